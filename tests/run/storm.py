"""The long version of the noise test, behind the noisy proxy:

    python -m tests.run.storm --requests 50000 --seeds 10 --rate 0.05 [--variants]
    python -m tests.run.storm --faults --rate 0.05

Runs the whole fuzzer against the honest sandbox (and its variants), and ends with 1 if any run raised an alarm; or
against every deterministic fault until it is found, and ends with 1 if one is missed. A line for each run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from fuzz.sandbox.variants import Variant
from tests.run.runs import SECONDS, Ran, profile_for, run_against
from tests.target.http.noise import NoisyProxy

PHASES = ("preflight", "systematic", "random", "race")


def storm(
    variant: str | None, *, rate: float, seed: int, seconds: float | None, path: Path | None = None, **changed: object
) -> tuple[Ran, NoisyProxy]:
    """One run against an honest server behind the noise."""
    return _run(Sandbox(variant=Variant(variant) if variant else None), rate, seed, path, max_time=seconds, **changed)


def _run(
    sandbox: Sandbox, rate: float, seed: int, path: Path | None = None, **changed: object
) -> tuple[Ran, NoisyProxy]:
    with sandbox, NoisyProxy(sandbox.address, rate=rate, seed=seed, timeout=SECONDS) as proxy:
        options = {"seed": seed, "phases": PHASES, **changed}
        return run_against(profile_for(sandbox, proxy.address), path=path, **options), proxy


def say(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def no_alarms(given: argparse.Namespace) -> bool:
    """Runs against honest servers until enough requests are sent; whether none raised an alarm."""
    subjects: Sequence[str | None] = [None, *(variant.value for variant in Variant)] if given.variants else [None]
    total = alarms = runs = 0
    began = time.monotonic()
    for place in count():
        if total >= given.requests and runs >= given.seeds:
            break
        subject, seed = subjects[place % len(subjects)], given.first_seed + place
        path = given.journals and given.journals / f"{subject or 'honest'}-{seed}.ndjson"
        ran, proxy = storm(subject, rate=given.rate, seed=seed, seconds=given.seconds, path=path)
        runs, total, alarms = runs + 1, total + ran.summary.total, alarms + len(ran.failures)
        line = f"{subject or 'honest'} seed {seed}: {ran.summary.total} requests, {sum(proxy.done.values())} disturbed"
        say(f"{line}, {ran.summary.lost} lost, {len(ran.failures)} alarms, {ran.conclusion.verdict}")
        for event in ran.summary.failures.values():
            say(f"{event['phase']}, {event['fingerprint']}, {event['reproduced']}: {event['argument']}")
    say(f"{total} requests, {runs} runs, {alarms} alarms, {time.monotonic() - began:.0f} s")
    return alarms == 0


def all_found(given: argparse.Namespace) -> bool:
    """Runs against every deterministic fault behind the noise until a failure is found; whether none was missed."""
    faults = [fault for fault in Fault if fault.deterministic]
    found = reproduced = 0
    began = time.monotonic()
    for fault in faults:
        limits = {"max_failures": 1, "max_time": given.seconds}
        ran, _ = _run(Sandbox(fault=fault), given.rate, given.first_seed, **limits)
        failures = list(ran.summary.failures.values())
        found += bool(failures)
        reproduced += any(event["reproduced"] == "3/3" for event in failures)
        say(f"{fault.value}: {', '.join(ran.failures) or 'MISSED'}, {ran.summary.total} requests")
    took = time.monotonic() - began
    say(f"{found} of {len(faults)} found, {reproduced} of them reproduced 3/3, {took:.0f} s")
    return found == len(faults)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--seconds", type=float, default=60.0, help="the most that one run may take")
    parser.add_argument("--variants", action="store_true", help="the honest variants as well, in turn")
    parser.add_argument("--faults", action="store_true", help="the deterministic faults in their place")
    parser.add_argument("--journals", type=Path, help="a directory for the journal of every run")
    given = parser.parse_args()
    return int(not (all_found if given.faults else no_alarms)(given))


if __name__ == "__main__":
    sys.exit(main())
