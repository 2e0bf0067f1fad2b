"""`make bench`: every benchmark, each a table of ratios that were measured in one run on one machine."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from functools import partial

from tests.benchmarks import memory, phases, races, schemathesis_cli, shrinking, startup, systematic, workers


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help="one or more of them")
    parser.add_argument("--quick", action="store_true", help="a few minutes in all, and rougher figures")
    parser.add_argument("--million", action="store_true", help="memory over a million requests: an hour or more")
    given = parser.parse_args()
    measures: dict[str, Callable[..., str]] = {
        "startup": startup.measure,
        "phases": phases.measure,
        "workers": workers.measure,
        "shrinking": shrinking.measure,
        "systematic": systematic.measure,
        "races": races.measure,
        "memory": partial(memory.measure, million=given.million),
        "schemathesis": schemathesis_cli.measure,
    }
    unknown = sorted(set(given.only) - set(measures))
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}: {', '.join(measures)}")
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} at the start\n")
    for name in given.only or measures:
        print(measures[name](quick=given.quick))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
