# SPDX-License-Identifier: BSD-2-Clause
"""The blocks of tools/figures that are about the library kernel, with their words."""
from figures_base import result, table

DAMAGE_HEAD = {"en": ["file system", "damage", "images", "contents, no error", "mount refused", "error from a call", "panic, reported", "child killed", "time limit"]}
DAMAGE_KEYS = ("no error", "mount refused", "error from a call", "panic reported", "killed", "time limit")
DAMAGE_WORDS = "{kernel}, seed {seed}; {date}; `tests/lkl/fuzz all {images}`.\n"


def damage(language):
    conditions, rows = result("lkl-damage", "tests/lkl/fuzz all 200")
    lines = [[row["system"], row["damage"], str(row["images"])] + [str(row[key]) if row[key] else "" for key in DAMAGE_KEYS] for row in rows.values()]
    images = max(row["images"] for row in rows.values())
    return table(DAMAGE_HEAD[language], lines, left=2) + "\n" + DAMAGE_WORDS.format(images=images, **conditions)


BLOCKS = {"lkl-damage": damage}
