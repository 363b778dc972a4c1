# SPDX-License-Identifier: BSD-2-Clause
"""What the blocks of tools/figures are made with: results, tables."""
import json
import os

TREE = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", ".."))


class Missing(Exception):
    """An input that a block needs is not there; the message says which and what makes it."""


def path_of(*names):
    return os.path.join(TREE, *names)


def result(name, command):
    """The result file out/bench/NAME.json: (conditions, {case: row})."""
    try:
        with open(path_of("out", "bench", name + ".json"), encoding="utf-8") as stream:
            found = json.load(stream)
    except FileNotFoundError:
        raise Missing(f"out/bench/{name}.json: {command} makes it") from None
    return found["conditions"], {row["case"]: row for row in found["rows"]}


def table(head, rows, left=1):
    """A Markdown table; the first columns, left of them, to the left."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * left + "---:|" * (len(head) - left)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def rounds(name, group, least=1):
    """The lines of out/vm/NAME/NAME.txt, "kind|what|times|outcome|why", which that group of tests writes; every kind so many times at least."""
    path = f"out/vm/{name}/{name}.txt"
    try:
        with open(path_of(path), encoding="utf-8") as stream:
            lines = [line.rstrip("\n").split("|", 4) for line in stream]
    except FileNotFoundError:
        raise Missing(f"{path}: tools/test {group} makes it") from None
    few = min((int(line[2]) for line in lines), default=0)
    if few < least:
        raise Missing(f"{path} has {few} rounds of a kind, not {least}: tools/test {group} makes them")
    return lines
