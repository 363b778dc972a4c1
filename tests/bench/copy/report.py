# SPDX-License-Identifier: BSD-2-Clause
"""The copies as a table, the goals, and the plot of Fig. 4.16."""
import subprocess

WAYS = {"kw": "kw cp", "readwrite": "read, write", "sendfile": "sendfile", "copy_file_range": "copy_file_range"}
SYSTEMS = ("ext4", "tmpfs")
SMALL = 1 << 20		# up to here kw cp has to be better than all others, above not worse
NOTE = ("1 executed instruction = 1 ns; MB/s at that pace: no caches, TLBs, memory bandwidth, or trap costs. Each 8 bytes that Linux copies count as\n"
        "one instruction. Both files are open, the source is in the page cache, the target empty; nothing is written to the disk meanwhile.")


def size_text(size):
    for unit, name in ((1 << 20, "MB"), (1 << 10, "KB")):
        if size >= unit:
            return f"{size // unit} {name}"
    return f"{size} B"


def table(rows):
    lines = [f"{'instructions':16}" + "".join(f"{name:>17}" for name in WAYS.values()) + f"{'of read, write':>17}{'of the best':>13}{'kw cp, MB/s':>13}",
             "-" * 127]
    for row in rows:
        others = [row[way] for way in WAYS if way != "kw"]
        lines.append(f"{row['case'].split('/')[0] + ' ' + size_text(row['bytes']):16}" + "".join(f"{row[way]:>17}" for way in WAYS) +
                     f"{100 * row['kw'] / row['readwrite']:>15.1f} %{100 * row['kw'] / min(others):>11.1f} %{1000 * row['bytes'] / row['kw']:>13.1f}")
    return "\n".join(lines + ["", NOTE])


def goals(rows):
    """[(goal in words, figure in words, met)]"""
    found = []
    for row in rows:
        for way, name in WAYS.items():
            if way == "kw":
                continue
            small = row["bytes"] <= SMALL
            found.append((f"{row['case']} bytes: {'fewer' if small else 'not more'} than {name}", f"{row['kw']} to {row[way]}",
                          row["kw"] < row[way] if small else row["kw"] <= row[way]))
    return found


COLOURS = {"kw": "#0b5cad", "readwrite": "#c23b0e", "sendfile": "#b8860b", "copy_file_range": "#1c7c32"}


def plot(rows, path):
    """PNG: throughput over the size, both logarithmic, a picture each for the file systems. None, or why there is none."""
    lines = ["set terminal pngcairo size 1200,520 font 'sans,12' noenhanced", f"set output '{path}'", "set multiplot layout 1,2", "set logscale x 4",
             "set logscale y", "set yrange [0.05:2000]", "set grid lc '#dddddd'", "set xrange [1:67108864]", "set key bottom right", "set ylabel 'MB/s at 1 instruction = 1 ns'",
             "set xtics rotate by -45 (" + ", ".join(f"'{size_text(4 ** n)}' {4 ** n}" for n in range(0, 14, 2)) + ")"]
    for system in SYSTEMS:
        for way in WAYS:
            lines.append(f"${system}_{way} << end")
            lines += [f"{row['bytes']} {1000 * row['bytes'] / row[way]}" for row in rows if row["case"].startswith(system + "/")]
            lines.append("end")
        lines += [f"set title 'Copying a file, {system}'",
                  "plot " + ", ".join(f"${system}_{way} using 1:2 with linespoints pt 7 ps 0.6 lw 2 lc '{COLOURS[way]}' title '{name}'" for way, name in WAYS.items())]
    try:
        done = subprocess.run(["gnuplot"], input="\n".join(lines) + "\n", text=True, stderr=subprocess.PIPE, check=False)
    except FileNotFoundError:
        return "gnuplot is missing: as root, apt-get install gnuplot-nox"
    return done.stderr.strip() if done.returncode else None
