"""Requests to the first failure of each deterministic sandbox fault: the systematic list, and the random phase alone.

In one process, without a socket. APFD, the average percentage of faults detected: Rothermel and others, "Prioritizing
test cases for regression testing", IEEE TSE 27(10), 2001; here a request stands for a test case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from statistics import mean, median, quantiles

from fuzz.events.failures import FailureEvent
from fuzz.failures.confirming import Keeping, Stop
from fuzz.failures.failure import Failure
from fuzz.failures.handler import FailureHandler
from fuzz.phases import preflight, systematic
from fuzz.phases import random as random_phase
from fuzz.sandbox.faults import Fault
from fuzz.selftest.in_process import InProcess
from fuzz.selftest.trial import REQUESTS_TO_FIND
from fuzz.target.http.client import TimeOver
from tests.benchmarks.subjects import CONTRACT
from tests.benchmarks.tables import table

SEEDS = (7, 8, 9, 10, 11)
BUDGETS = (100, 384, 768, 1536, REQUESTS_TO_FIND)
"""Requests: of a minute at 8 a second there are 480."""
Search = Callable[[FailureHandler], object]


def measure(*, quick: bool) -> str:
    """The table: a row for each seed of the systematic list, each half of the catalogue, and the random phase."""
    faults = [fault for fault in Fault if fault.deterministic]
    seeds = SEEDS[:1] if quick else SEEDS
    searches = {f"systematic, seed {seed}": partial(systematic.run, seed=seed) for seed in seeds}
    found = {name: _all_found(faults[:: 8 if quick else 1], search) for name, search in searches.items()}
    every = next(iter(found.values()))
    for half in (0, 1):
        found[f"half {half + 1} of the faults"] = every[half::2]
    random_phase.warm_up(CONTRACT)
    random_search = partial(random_phase.run, seed=SEEDS[0], examples=None)
    found["random alone"] = _all_found(faults[:: 16 if quick else 4], random_search)
    head = ("search", "faults", *(f"within {budget:,}" for budget in BUDGETS), "median", "mean", "p90", "max", "APFD")
    rows = [(name, len(spent), *_figures(spent)) for name, spent in found.items()]
    return table("Requests to the first failure", head, rows)


def _figures(spent: Sequence[int | None]) -> tuple[object, ...]:
    found = sorted(requests for requests in spent if requests is not None)
    within = (sum(requests <= budget for requests in found) for budget in BUDGETS)
    detected = 1 - mean(REQUESTS_TO_FIND if each is None else each for each in spent) / REQUESTS_TO_FIND
    numbers = (median(found), mean(found), quantiles(found, n=10)[-1], found[-1])
    return (*within, *(f"{number:,.0f}" for number in numbers), f"{detected:.2f}")


def _all_found(faults: Sequence[Fault], search: Search) -> list[int | None]:
    return [_requests_to_find(fault, search) for fault in faults]


def _requests_to_find(fault: Fault, search: Search) -> int | None:
    """Requests until the first failure, preflight's included; None if none was found within the budget."""
    session = InProcess.of(CONTRACT, fault=fault.value).session
    client = session.client
    found: list[int] = []

    def keep(_failure: Failure, _event: FailureEvent) -> None:
        found.append(client.requests_sent)

    handler = FailureHandler(
        session,
        shrink_requests=0,
        max_failures=1,
        time_left=lambda: 0.0 if found or client.requests_sent >= REQUESTS_TO_FIND else float("inf"),
        keeping=Keeping(keep=keep),
    )
    with suppress(Stop, TimeOver):
        preflight.run(handler)
        search(handler)
    return found[0] if found else None
