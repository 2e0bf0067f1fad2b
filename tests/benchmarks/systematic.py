"""What the systematic phases buy: faults found by them, and by the random phase alone, within the same requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from statistics import median

from fuzz.events.types import FailureEvent
from fuzz.failures.confirming import Keeping, Stop
from fuzz.failures.failure import Failure
from fuzz.failures.handler import FailureHandler
from fuzz.phases import conformance, payloads, preflight
from fuzz.phases import random as random_phase
from fuzz.sandbox.faults import Fault
from fuzz.selftest.in_process import InProcess
from fuzz.selftest.trial import REQUESTS_TO_FIND
from fuzz.target.http.client import TimeOver
from tests.benchmarks.subjects import CONTRACT
from tests.benchmarks.tables import table

SEED = 7
Search = Callable[[FailureHandler], object]


def systematic(handler: FailureHandler) -> None:
    """Both systematic phases."""
    conformance.run(handler, seed=SEED, depth=0)
    payloads.run(handler, seed=SEED)


SEARCHES: dict[str, Search] = {
    "systematic": systematic,
    "random": partial(random_phase.run, seed=SEED, examples=None),
}


def measure(*, quick: bool) -> str:
    """The table: for each kind of fault how many are found, and after how many requests in the median."""
    random_phase.warm_up(CONTRACT)
    faults = [fault for fault in Fault if fault.deterministic][:: 8 if quick else 1]
    spent = {name: {fault: _requests_to_find(fault, search) for fault in faults} for name, search in SEARCHES.items()}
    kinds = Counter(fault.kind.value for fault in faults)
    rows = [
        (kind, count, *(_cell(spent[name][fault] for fault in faults if fault.kind.value == kind) for name in SEARCHES))
        for kind, count in kinds.items()
    ]
    rows.append(("all", len(faults), *(_cell(spent[name].values()) for name in SEARCHES)))
    head = ("kind of fault", "faults", *(f"{name} alone" for name in SEARCHES))
    return table(f"Found within {REQUESTS_TO_FIND:,} requests (after so many in the median)", head, rows)


def _cell(spent: Iterable[int | None]) -> str:
    found = [requests for requests in spent if requests is not None]
    return f"{len(found)} ({median(found):.0f})" if found else "0"


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
        time_left=lambda: float("inf") if client.requests_sent < REQUESTS_TO_FIND else 0.0,
        keeping=Keeping(keep=keep),
    )
    with suppress(Stop, TimeOver):
        preflight.run(handler)
        search(handler)
    return found[0] if found else None
