# SPDX-License-Identifier: BSD-2-Clause
"""
What `run --keep` takes from the last result of the same name: rows, lost
periods with them, from the .json, histograms from the .hist; only if it was
measured under the same conditions.
"""
import json

import report
from histogram import Histogram

# What must be the same; the rest (QEMU's command line, the date) may have changed since.
SAME = ("period_ns", "kernel", "time", "load")


class KeepError(Exception):
    """The last result cannot be kept; the message says why."""


def part_of(case):
    """The part of run that measures this row."""
    for part in ("rt-user", "user"):
        if case.startswith(part + "-"):
            return part
    return "native" if case.endswith("native") else "unitron"


def read(base, measured, conditions, n):
    """
    ({case: row}, {case: Histogram}, the kept conditions) of base.json and
    base.hist, without the parts that are measured now. Raises KeepError.
    """
    try:
        with open(base + ".json", encoding="utf-8") as stream:
            result = json.load(stream)
        with open(base + ".hist", encoding="utf-8") as stream:
            lines = [line.split() for line in stream]
    except FileNotFoundError as error:
        raise KeepError(f"--keep: {error.filename} is missing: run without --keep") from None
    old = result["conditions"]
    for key in SAME:
        if old[key] != conditions[key]:
            raise KeepError(f"--keep: {base}.json was measured with {key} {old[key]}, not {conditions[key]}: run without --keep")
    rows = {row["case"]: row for row in result["rows"] if part_of(row["case"]) not in measured}
    histograms = {case: Histogram() for case in rows}
    for case, value, count in lines:
        if case in rows:
            histograms[case].add(int(value), int(count))
    for case, row in rows.items():
        if case in report.INTERVALS and row["n"] != n:
            raise KeepError(f"--keep: {base}.json has {row['n']} intervals of {case}, not {n}: run without --keep")
        if histograms[case].n() != row["n"]:
            raise KeepError(f"--keep: {base}.hist does not belong to {base}.json: run without --keep")
    return rows, histograms, old
