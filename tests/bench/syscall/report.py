# SPDX-License-Identifier: BSD-2-Clause
"""The system calls beside the thesis' own figures, the goals, and the plot."""
import subprocess

# Table 4.3 of the thesis: clocks by function call and by software interrupt, NetBSD on a Xeon.
THESIS = {"getpid": (144, 412), "chdir": (794, 1184), "gettimeofday": (1626, 1967), "read-1": (1306, 1751),
          "read-8192": (5664, 6105), "write-1": (1652, 2149), "write-8192": (5609, 6886)}
NULL = [f"null-{what}-{size}" for what in ("read", "write") for size in (1, 8192)]
# nothing: Linux answers ENOSYS, which leaves the way in and out
CASES = list(THESIS) + NULL + ["nothing"]
DIRECT = {"nothing": "sys_ni_syscall", "getpid": "__task_pid_nr_ns", "chdir": "__x64_sys_chdir", "gettimeofday": "__x64_sys_gettimeofday"}
NOTE = ("An emulator counts instructions, and no trap cost: on hardware the switch of modes itself, which the gate and the direct call avoid,\n"
        "costs as much as tens to hundreds of instructions, and is no part of these figures.")


def percent(row, column):
    return 100 * row[column] / row["trap"]


def table(rows):
    lines = [f"{'instructions a call':26}{'trap':>8}{'gate':>8}{'%':>7}{'direct':>8}{'%':>7}  | {'thesis, %':>9}   direct call of",
             "-" * 102]
    for case in [prefix + case for prefix in ("", "pti-") for case in CASES]:
        if case not in rows:
            continue
        row, plain = rows[case], case.removeprefix("pti-")
        thesis = f"{100 * THESIS[plain][0] / THESIS[plain][1]:.0f}" if plain in THESIS else ""
        function = DIRECT.get(plain) or ("vfs_read" if "read" in plain else "vfs_write")
        lines.append(f"{case:26}{row['trap']:>8.0f}{row['gate']:>8.0f}{percent(row, 'gate'):>7.1f}{row['direct']:>8.0f}{percent(row, 'direct'):>7.1f}"
                     f"  | {thesis:>9}   {function}")
    return "\n".join(lines + ["", NOTE])


def goals(rows):
    """[(goal in words, figure in words, met)]"""
    found = []

    def goal(words, value, limit, strict=False):
        found.append((words, f"{value:.1f} % (limit {limit:.1f})", value < limit if strict else value <= limit))

    def best(case):
        return min(percent(rows[case], "gate"), percent(rows[case], "direct"))

    goal("getpid by gate", percent(rows["getpid"], "gate"), 44)
    goal("getpid by direct call", percent(rows["getpid"], "direct"), 36)
    goal("gettimeofday by gate", percent(rows["gettimeofday"], "gate"), 50)
    for case in CASES[1:]:
        if case not in ("gettimeofday", "nothing"):
            goal(f"{case} by the better of the two", best(case), 88 if case in ("read-1", "write-1") else 95)
    for case in CASES:
        for column in ("gate", "direct"):
            goal(f"{case} by {column} with page table isolation: lower than without", percent(rows["pti-" + case], column),
                 percent(rows[case], column), strict=True)
    return found


def plot(rows, path):
    """PNG: each case's share of the trap, by gate and direct, the thesis' beside. None, or why there is none."""
    lines = ["set terminal pngcairo size 1100,560 font 'sans,12'", f"set output '{path}'", "set style data histograms",
             "set style histogram clustered gap 1", "set style fill solid 0.9 border -1", "set boxwidth 0.9", "set yrange [0:110]",
             "set grid ytics lc '#dddddd'", "set ylabel 'instructions, % of the trap (thesis: clocks)'", "set xtics rotate by -30 noenhanced",
             "set title 'System calls without a trap'", "set key outside top center horizontal", "$data << end"]
    for case in CASES:
        thesis = 100 * THESIS[case][0] / THESIS[case][1] if case in THESIS else "?"
        pti = rows["pti-" + case]
        lines.append(f'"{case}" {percent(rows[case], "gate")} {percent(rows[case], "direct")} {percent(pti, "gate")} {percent(pti, "direct")} {thesis}')
    lines += ["end", "set datafile missing '?'",
              "plot $data using 2:xtic(1) lc '#7fb3e0' title 'gate', '' using 3 lc '#0b5cad' title 'direct call', "
              "'' using 4 lc '#e9a58c' title 'gate, PTI', '' using 5 lc '#c23b0e' title 'direct call, PTI', '' using 6 lc '#bbbbbb' title 'thesis'"]
    try:
        done = subprocess.run(["gnuplot"], input="\n".join(lines) + "\n", text=True, stderr=subprocess.PIPE, check=False)
    except FileNotFoundError:
        return "gnuplot is missing: as root, apt-get install gnuplot-nox"
    return done.stderr.strip() if done.returncode else None
