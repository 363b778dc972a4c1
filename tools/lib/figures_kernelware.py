# SPDX-License-Identifier: BSD-2-Clause
"""The blocks of tools/figures that are about kernelware, with their words."""
import json
import os

from figures_base import Missing, path_of, result, rounds, table

# Table 4.3 of the thesis: what is left of the time, per cent
THESIS = {"getpid": 35, "chdir": 67, "gettimeofday": 83, "read-1": 75, "read-8192": 93, "write-1": 77, "write-8192": 81}
SYSCALL_HEAD = {
    "en": ["instructions of a system call", "trap", "gate", "%", "direct", "%", "with page table isolation: gate, %", "direct, %", "thesis, %"],
    "ja": ["システムコールの命令数", "トラップ", "ゲート", "%", "直接", "%", "ページテーブル分離時: ゲート %", "直接 %", "論文 %"],
}
COPY_HEAD = {
    "en": ["instructions of a copy", "`kw cp`", "`read` and `write`", "`sendfile`", "`copy_file_range`"],
    "ja": ["コピーの命令数", "`kw cp`", "`read` と `write`", "`sendfile`", "`copy_file_range`"],
}
SERVER_HEAD = {
    "en": ["server-side instructions", "user mode", "kernelware", "difference", "with page table isolation: user mode", "kernelware", "difference"],
    "ja": ["サーバ側の命令数", "ユーザモード", "カーネルモード", "差", "ページテーブル分離時: ユーザモード", "カーネルモード", "差"],
}
COST_HEAD = {
    "en": ["an ordinary program's instructions", "without the module", "with it", "beside a program in kernel mode"],
    "ja": ["通常のプログラムの命令数", "モジュールなし", "あり", "カーネルモードのプログラムと並行して"],
}
ABUSE_HEAD = {"en": ["", "what a program did", "times", "what happened", "why, or what Linux says"]}


def number(value):
    """With thin groups of three digits."""
    return f"{value:,.0f}".replace(",", " ")


def per_cent(part, whole):
    return f"{100 * part / whole:.0f}"


def syscall(language):
    _, rows = result("syscall", "make bench-syscall")
    lines = []
    for case, thesis in THESIS.items():
        row, isolated = rows[case], rows["pti-" + case]
        lines.append([f"`{case}`", number(row["trap"]), number(row["gate"]), per_cent(row["gate"], row["trap"]),
                      number(row["direct"]), per_cent(row["direct"], row["trap"]),
                      per_cent(isolated["gate"], isolated["trap"]), per_cent(isolated["direct"], isolated["trap"]), str(thesis)])
    return table(SYSCALL_HEAD[language], lines)


def copy(language):
    _, rows = result("copy", "make bench-copy")
    return table(COPY_HEAD[language], [[f"{row['case'].partition('/')[0]}, {number(row['bytes'])} B"] + [number(row[way]) for way in ("kw", "readwrite", "sendfile", "copy_file_range")]
                                       for row in rows.values()])


def server(language):
    _, rows = result("server", "make bench-server")
    lines = []
    for case in (case for case in rows if not case.endswith("-pti")):
        if case + "-pti" not in rows:
            raise Missing(f"out/bench/server.json has no {case}-pti: make bench-server measures all")
        lines.append([f"`{case}`"])
        for row in (rows[case], rows[case + "-pti"]):
            lines[-1] += [number(row["user"]), number(row["kernelware"]), f"{100 * (row['kernelware'] / row['user'] - 1):+.1f} %"]
    return table(SERVER_HEAD[language], lines)


def cost(language):
    path = path_of("out", "vm", "kw-cost", "kw-cost.json")
    if not os.path.exists(path):
        raise Missing("out/vm/kw-cost/kw-cost.json: tools/test kw-cost makes it")
    with open(path, encoding="utf-8") as stream:
        rows = json.load(stream)["rows"]
    return table(COST_HEAD[language], [[row["case"].replace("-", " ")] + [number(row[column]) for column in ("without", "with", "beside")] for row in rows])


def abuse(language):
    """Of three groups; what is not contained first."""
    lines = []
    for name, group, least in (("kw-fatal", "kw-fatal", 1), ("kw-abuse", "kw-abuse-long", 8), ("kw-oops", "kw-oops-long", 10)):
        lines += [line[1:] for line in rounds(name, group, least)]
    lines.sort(key=lambda line: not line[2].startswith("not contained"))
    return table(ABUSE_HEAD[language], [[str(number), *line] for number, line in enumerate(lines, 1)], left=5)


BLOCKS = {"syscall": syscall, "copy": copy, "server": server, "kw-abuse": abuse, "kw-cost": cost}
