# SPDX-License-Identifier: BSD-2-Clause
"""What a request costs the servers: the rows, the goals, a table and the plot."""
import statistics
import subprocess

CASES = ("redis-get", "redis-set", "redis-unix-get", "redis-unix-set", "nginx-1k", "tinyproxy-1k",
         "web-readwrite", "web-sendfile", "web-direct")
MODES = ("user", "kernelware")
# Per cent, of cases that begin so. By TCP the 3 % of redis are out of reach: docs/design/kernelware-bench.md
FEWER = {"redis-unix": 3, "nginx": 2}
MARGIN = 1		# per cent, of one short round
NOTE = """\
Instructions that the server's processes execute for a request, for a MiB in the rows of web: Linux's on their behalf too, and on
loopback those of the receiving side of what they send. web-direct exists as kernelware only: beside it, read and write in user mode.
An emulator counts instructions, and no trap cost: on hardware the switch of modes itself, which the gate avoids, costs as much as
tens to hundreds of instructions, and is no part of these figures."""


def row_of(case, turns):
    """turns: {mode: [(instructions, ns, switches) a request, of each round]}"""
    row = {"case": case}
    for mode, values in turns.items():
        cpu, wall, switches = (statistics.median(column) for column in zip(*values))
        row[mode] = round(cpu, 1)
        row[mode + "_rps"] = round(1e9 / wall)
        row[mode + "_switches"] = round(switches, 3)
        row[mode + "_spread"] = round(max(v[0] for v in values) - min(v[0] for v in values), 1)
    return row


def rows_of(found, suffix):
    """{case: row}; found: {case: turns}"""
    rows = {}
    for case, turns in found.items():
        if list(turns) == ["kernelware"] and "web-readwrite" in found:
            turns["user"] = found["web-readwrite"]["user"]
        rows[case + suffix] = row_of(case + suffix, turns)
    return rows


def saved(row):
    """Per cent"""
    return 100 * (1 - row["kernelware"] / row["user"])


def goals(rows, margin=0):
    """[(goal in words, figure in words, met)]; margin, per cent, for what shall be no more than something"""
    told = []
    for case, row in rows.items():
        if not all(mode in row for mode in MODES):
            continue
        if not case.startswith("web-direct"):
            least = next((goal for name, goal in FEWER.items() if case.startswith(name)), 0)
            words = f"at least {least} % fewer instructions than in user mode"
            if not least:
                # By chance one may come out on top.
                least = -max(margin, 100 * max(row[mode + "_spread"] for mode in MODES) / row["user"])
                words = f"no more instructions than in user mode (but for the {-least:.2f} % of chance)"
            told.append((f"{case}: {words}", f"{saved(row):.2f} % fewer", saved(row) >= least))
            continue
        ratio = row["user"] / row["kernelware"]
        words = "at least 1.5 times fewer instructions than read and write in user mode"
        told.append((f"{case}: {words}", f"{ratio:.2f} times", ratio >= 1.5))
        other = rows.get(case.replace("direct", "sendfile"))
        if other:
            least = min(other[mode] for mode in MODES if mode in other)
            told.append((f"{case}: no more instructions than sendfile", f"{row['kernelware']:.0f} to {least:.0f}",
                         row["kernelware"] <= least * (1 + margin / 100)))
    return told


def table(rows):
    lines = [f"{'instructions a request':24}{'user mode':>12}{'kernelware':>12}{'fewer':>10}{'spread of each':>16}"
             f"{'requests/s':>14}{'kernelware':>12}", "-" * 100]
    for case, row in rows.items():
        cells = [f"{row[mode]:>12.0f}" if mode in row else " " * 12 for mode in MODES]
        cells.append(f"{saved(row):>8.2f} %" if all(mode in row for mode in MODES) else " " * 10)
        cells.append(f"{row.get('user_spread', 0):>9.0f}{row.get('kernelware_spread', 0):>7.0f}")
        cells.append(f"{row.get('user_rps', ''):>14}{row.get('kernelware_rps', ''):>12}")
        lines.append(f"{case:24}" + "".join(cells))
    return "\n".join(lines + ["", NOTE])


def plot(rows, path):
    """PNG: each case's share of user mode, with and without page table isolation. None, or why there is none."""
    lines = ["set terminal pngcairo size 1100,520 font 'sans,12'", f"set output '{path}'", "set style data histograms",
             "set style histogram clustered gap 1", "set style fill solid 0.9 border -1", "set boxwidth 0.9", "set yrange [0:110]",
             "set grid ytics lc '#dddddd'", "set ylabel 'instructions a request, % of user mode'", "set xtics rotate by -30 noenhanced",
             "set title 'Servers in kernel mode (web-direct: of read and write in user mode)'",
             "set key outside top center horizontal", "$data << end"]
    for case in CASES:
        pair = [rows.get(case + suffix, {}) for suffix in ("", "-pti")]
        shares = [str(100 - saved(row)) if all(mode in row for mode in MODES) else "?" for row in pair]
        lines.append(f'"{case}" {shares[0]} {shares[1]}')
    lines += ["end", "set datafile missing '?'",
              "plot $data using 2:xtic(1) lc '#0b5cad' title 'kernelware', '' using 3 lc '#c23b0e' title 'kernelware, PTI'"]
    try:
        done = subprocess.run(["gnuplot"], input="\n".join(lines) + "\n", text=True, stderr=subprocess.PIPE, check=False)
    except FileNotFoundError:
        return "gnuplot is missing: as root, apt-get install gnuplot-nox"
    return done.stderr.strip() if done.returncode else None
