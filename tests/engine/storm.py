"""The long version of the noise test: `python -m tests.engine.storm --requests 50000 --seeds 10 --rate 0.05`.

Runs the whole fuzzer against the honest sandbox and its variants behind the noisy proxy, and prints a line for each
run. Ends with 1 if any raised an alarm.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import count
from pathlib import Path

from fuzz.sandbox.server import Sandbox
from fuzz.sandbox.variants import Variant
from tests.engine.noise import NoisyProxy
from tests.engine.runs import SECONDS, Ran, profile_for, run_against

PHASES = ("preflight", "conformance", "payloads", "random", "race")


def storm(
    subject: str | None, *, rate: float, seed: int, seconds: float | None, path: Path | None = None, **changed: object
) -> tuple[Ran, NoisyProxy]:
    """One run against an honest server behind the noise."""
    with (
        Sandbox(variant=Variant(subject) if subject else None) as sandbox,
        NoisyProxy(sandbox.address, rate=rate, seed=seed, timeout=SECONDS) as proxy,
    ):
        options = {"seed": seed, "phases": PHASES, "max_time": seconds, **changed}
        return run_against(profile_for(sandbox, proxy.address), path=path, **options), proxy


def say(line: str) -> None:
    """A line on the standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--variants", action="store_true")
    parser.add_argument("--journals", type=Path, help="a directory for the journal of every run")
    given = parser.parse_args()
    subjects = [None, *(each.value for each in Variant)] if given.variants else [None]
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
        for each in ran.summary.failures.values():
            say(f"{each['phase']}, {each['fingerprint']}, {each['reproduced']}: {each['argument']}")
    say(f"{total} requests, {runs} runs, {alarms} alarms, {time.monotonic() - began:.0f} s")
    return int(alarms > 0)


if __name__ == "__main__":
    sys.exit(main())
