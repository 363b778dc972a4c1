# SPDX-License-Identifier: BSD-2-Clause
"""The jitter table beside the thesis' own, the goals, and the plot."""
import subprocess

# Table 3.1 of the thesis, us, period 10 ms, NetBSD in VMware on a Xeon of 2.66 GHz:
# min, max, mean, standard deviation.
THESIS = {
    "native": (9203.2, 10629.6, 10023.8, 123.3),
    "unitron-idle": (9273.8, 10783.6, 10035.3, 125.2),
    "unitron-loaded": (9356.9, 10726.9, 10036.4, 179.6),
    "user-timer-idle": (8505.4, 11580.6, 10021.5, 296.6),
    "user-timer-loaded": (3724.9, 25288.6, 10022.3, 458.3),
}
INTERVALS = ("native", "unitron-idle", "unitron-loaded",
             "user-timer-idle", "user-timer-loaded", "user-fifo-idle", "user-fifo-loaded",
             "rt-user-timer-idle", "rt-user-timer-loaded", "rt-user-fifo-idle", "rt-user-fifo-loaded")
# Latencies from the timer event on; chain: of a task that the handler woke;
# critical: of a handler while a task is nearly always inside the kernel
LATENCIES = tuple(f"{what}-{case}" for what in ("handler-latency", "wakeup", "chain", "critical-latency") for case in ("native", "idle", "loaded"))


def table(rows, period_ns):
    """The table as text; rows: {case: row}, in ns."""
    ms = period_ns // 1000000
    head = f"{'start of a cyclic activity, us':24}{'n':>7}{'min':>11}{'max':>11}{'mean':>11}{'sd':>9}{'p99.9':>11}{'p99.99':>11}{'lost':>6}"
    lines = [f"{'':101}     thesis (10 ms)", head + f"  | {'min':>8}{'max':>9}{'mean':>9}{'sd':>7}"]
    lines.append("-" * len(lines[1]))
    for case in INTERVALS:
        if case not in rows:
            continue
        row = rows[case]
        line = f"{case:24}{row['n']:>7}" + "".join(f"{row[k] / 1000:>11.3f}" for k in ("min", "max", "mean"))
        line += f"{row['sd'] / 1000:>9.4f}" + "".join(f"{row[k] / 1000:>11.3f}" for k in ("p999", "p9999")) + f"{row['lost']:>6}  |"
        if case in THESIS:
            line += " {:>8.1f}{:>9.1f}{:>9.1f}{:>7.1f}".format(*THESIS[case])
        lines.append(line)
    if any(case in rows for case in LATENCIES):
        lines += latency_table(rows)
    lines += ["", f"Period {ms} ms. Virtual time: 1 executed instruction = 1 ns; no caches, TLBs, SMIs, trap or device costs."]
    if "unitron-loaded" in rows:
        lines.append("While unitron-loaded was measured, Linux also kept its interrupts off for 10 ms at a time; the user rows had only the load.")
    return "\n".join(lines)


def latency_table(rows):
    lines = ["", f"{'latency, ns':24}{'n':>7}{'min':>11}{'max':>11}{'mean':>11}{'sd':>9}{'p99.9':>11}{'p99.99':>11}"]
    lines.append("-" * len(lines[-1]))
    for case in LATENCIES:
        if case in rows:
            row = rows[case]
            lines.append(f"{case:24}{row['n']:>7}{row['min']:>11}{row['max']:>11}{row['mean']:>11.1f}{row['sd']:>9.1f}{row['p999']:>11}{row['p9999']:>11}")
    return lines


def goals(rows, period_ns):
    """[(goal in words, figure in words, met)] of those whose rows are there."""
    found = []

    def goal(words, value, limit):
        found.append((words, f"{value:.6g} (limit {limit:.6g})", value <= limit))

    loaded = rows.get("unitron-loaded")
    if loaded:
        goal("unitron-loaded: standard deviation, ns", loaded["sd"], 6)
        goal("unitron-loaded: furthest interval off the period, ns", max(loaded["max"] - period_ns, period_ns - loaded["min"]), 300)
        goal("unitron-loaded: lost periods", loaded["lost"], 0)
        best = min((row["sd"] for case, row in rows.items() if case.startswith("rt-user") and case.endswith("loaded")), default=None)
        if best is not None:
            goal("unitron-loaded: sd against 1/100 of the best PREEMPT_RT row under load, ns", loaded["sd"], best / 100)
        if "native" in rows:
            goal("unitron-loaded: sd more than native, ns", loaded["sd"] - rows["native"]["sd"], 5)
    for case, limit in (("handler-latency-loaded", 300), ("wakeup-loaded", 450), ("critical-latency-loaded", 1000)):
        if case in rows:
            goal(f"{case}: maximum, ns", rows[case]["max"], limit)
    return found


COLOURS = {"native": "#000000", "unitron-idle": "#7fb3e0", "unitron-loaded": "#0b5cad",
           "user-timer-idle": "#e9a58c", "user-timer-loaded": "#c23b0e", "user-fifo-idle": "#e6c15a", "user-fifo-loaded": "#b8860b",
           "rt-user-timer-idle": "#b9a3d6", "rt-user-timer-loaded": "#6a3fa0", "rt-user-fifo-idle": "#8fcf9a", "rt-user-fifo-loaded": "#1c7c32"}


def plot(histograms, period_ns, path):
    """PNG: share of the starts that are further off the period than x, both axes logarithmic."""
    cases = [case for case in INTERVALS if case in histograms]
    lines = ["set terminal pngcairo size 1200,760 font 'sans,12' enhanced",
             f"set output '{path}'", "set logscale xy", "set xrange [1:3e7]", "set yrange [5e-5:1.4]",
             "set format x '10^{%L} ns'", "set format y '%g'", "set grid xtics ytics lc '#dddddd'",
             f"set title 'How far the start of a {period_ns // 1000000} ms activity is off its period'",
             "set xlabel 'deviation from the period (1 ns and less at the left edge)'",
             "set ylabel 'share of intervals that deviate at least this much'",
             "set key outside right top noenhanced"]
    for number, case in enumerate(cases):
        lines.append(f"$data{number} << end")
        curve = histograms[case].exceedance(period_ns)
        points = [(max(distance, 1), share) for distance, share in curve]
        lines.append(f"1 {points[0][1]:.6g}")
        for (distance, share), following in zip(points, points[1:] + [(None, None)]):
            lines.append(f"{distance} {share:.6g}")
            # A step: the share stays until the next distance and drops there.
            lines.append(f"{distance} {following[1] if following[1] else 1e-9:.6g}")
        lines.append("end")
    # Idle rows dashed, native dotted, loaded ones solid.
    dash = lambda case: 2 if case.endswith("idle") else 3 if case == "native" else 1
    lines.append("plot " + ", ".join(
        f"$data{n} using 1:2 with lines lw {2 if dash(case) > 1 else 3} dt {dash(case)} lc '{COLOURS[case]}' title '{case}'" for n, case in enumerate(cases)))
    try:
        done = subprocess.run(["gnuplot"], input="\n".join(lines) + "\n", text=True, stderr=subprocess.PIPE, check=False)
    except FileNotFoundError:
        return "gnuplot is missing: as root, apt-get install gnuplot-nox"
    return done.stderr.strip() if done.returncode else None
