# SPDX-License-Identifier: BSD-2-Clause
"""The blocks of tools/figures that are about the library kernel, with their words."""
from figures_base import result, table

DAMAGE_HEAD = {"en": ["file system", "damage", "images", "contents, no error", "mount refused", "error from a call", "panic, reported", "child killed", "time limit"]}
DAMAGE_KEYS = ("no error", "mount refused", "error from a call", "panic reported", "killed", "time limit")
DAMAGE_WORDS = "{kernel}, seed {seed}; {date}; `tests/lkl/fuzz all {images}`.\n"


BENCH_HEAD = {
    "en": ["the library kernel", "", "library", "native", "library / native", "known LKL", "article: / native", "goal", ""],
    "ja": ["ライブラリカーネル", "", "ライブラリ", "ネイティブ", "ライブラリ / ネイティブ", "既存の LKL", "記事: / ネイティブ", "目標", ""],
}
BENCH_MARKS = {"en": {True: "met", False: "**missed**", None: ""}, "ja": {True: "達成", False: "**未達**", None: ""}}
BENCH_WORDS = {"en": "{kernel}; {cpus} CPUs, load {load} before the run; {date}. In real time, medians.\n",
               "ja": "{kernel}。CPU {cpus} 個、測定前の負荷 {load}、{date}。実時間、中央値。\n"}


def bench(language):
    conditions, rows = result("lkl", "make bench-lkl")
    lines = []
    for row in rows.values():
        native = ["", ""] if row["native"] is None else [f"{row['native']:.4g}", f"{row['ratio']:.2f}"]
        lines.append([row["case"], row["unit"], f"{row['library']:.4g}", *native, row["known"], row["article"],
                      row["goal"].replace("<=", "≤").replace(">=", "≥"), BENCH_MARKS[language][row["reached"]]])
    return table(BENCH_HEAD[language], lines, left=2) + "\n" + BENCH_WORDS[language].format(**{**conditions, "date": conditions["date"][:10], "load": conditions["load"].split()[0]})


def damage(language):
    conditions, rows = result("lkl-damage", "tests/lkl/fuzz all 200")
    lines = [[row["system"], row["damage"], str(row["images"])] + [str(row[key]) if row[key] else "" for key in DAMAGE_KEYS] for row in rows.values()]
    images = max(row["images"] for row in rows.values())
    return table(DAMAGE_HEAD[language], lines, left=2) + "\n" + DAMAGE_WORDS.format(images=images, **conditions)


BLOCKS = {"lkl": bench, "lkl-damage": damage}
