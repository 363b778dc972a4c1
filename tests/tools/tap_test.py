# SPDX-License-Identifier: BSD-2-Clause
"""Runs the functions test_... of a module one after the other and prints TAP."""
import inspect
import sys
import traceback


class Skip(Exception):
    """Raised by a test that cannot be run here; says why."""


def main(module):
    tests = [f for name, f in vars(sys.modules[module]).items() if name.startswith("test_")]
    wanted = sys.argv[1:]
    tests = [f for f in tests if not wanted or any(w in f.__name__ for w in wanted)]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, function in enumerate(tests, 1):
        title = inspect.getdoc(function) or function.__name__
        try:
            function()
            print(f"ok {number} - {title}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {title} # SKIP {reason}", flush=True)
        except Exception:		# whatever it is, it is the test's failure
            failed += 1
            print(f"not ok {number} - {title}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", flush=True)
    return 1 if failed else 0


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")
