# SPDX-License-Identifier: BSD-2-Clause
"""
Reads TAP as a stream of lines. Several streams, one after the other, are
taken too: each has its plan, at its beginning or its end.
"""
import re

POINT = re.compile(r"^(not )?ok\b\s*(\d+)?\s*(?:-\s*)?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*(.*))?$")
DIRECTIVE = re.compile(r"\s#\s*(skip|todo)\b:?\s*(.*)$", re.IGNORECASE)


class Point:
    """One test: state is "passed", "failed" or "skipped"; notes are the lines that belong to it."""

    def __init__(self, name, state, reason=""):
        self.name = name
        self.state = state
        self.reason = reason
        self.notes = []


class Reader:
    """Collects the points; what is wrong with the stream itself becomes failed points."""

    def __init__(self):
        self.points = []
        self.count = 0			# points of the current stream
        self.plan = None
        self.last = None		# point that comment lines belong to

    def feed(self, line):
        point, plan = POINT.match(line), PLAN.match(line)
        if point:
            self.take_point(point)
        elif plan:
            self.take_plan(int(plan.group(1)), plan.group(2))
        elif line.startswith("Bail out!"):
            self.fail(line)
        elif line.startswith("#") and self.last is not None:
            self.last.notes.append(line)

    def take_point(self, match):
        if self.plan is not None and self.count >= self.plan and match.group(2) in (None, "1"):
            self.close()
        self.count += 1
        text, state, reason = match.group(3), "failed" if match.group(1) else "passed", ""
        directive = DIRECTIVE.search(" " + text)
        if directive:
            text = (" " + text)[:directive.start()].strip()
            # A point that is still to be done may fail; one that passes is none any more.
            if directive.group(1).lower() == "skip" or state == "failed":
                state, reason = "skipped", directive.group(2) or directive.group(1)
        self.last = Point(text.strip() or f"point {self.count}", state, reason)
        self.points.append(self.last)
        if match.group(2) and int(match.group(2)) != self.count:
            self.fail(f"point {match.group(2)} comes where point {self.count} was due")
            self.count = int(match.group(2))

    def take_plan(self, planned, why):
        if self.plan is not None:
            self.close()
        self.plan = planned
        if planned == 0:
            self.points.append(Point("all", "skipped", (why or "no reason given").removeprefix("SKIP").strip()))

    def close(self):
        if self.plan is not None and self.plan != self.count:
            self.fail(f"{self.count} of {self.plan} planned points")
        self.count, self.plan = 0, None

    def fail(self, why):
        point = Point(why, "failed")
        self.points.append(point)

    def end(self, status):
        """The stream is over and its program's exit status known: the points."""
        self.last = None
        if self.points and self.plan is None:
            self.fail("no plan: the stream is cut off")
        self.close()
        if not self.points:
            self.fail("it printed no test point")
        if status != 0 and not any(p.state == "failed" for p in self.points):
            self.fail(f"exit status {status}")
        return self.points
