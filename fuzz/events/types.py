"""The events of a run, version 1: one type for each kind, which `event` names.

A journal, `events.ndjson`, holds one event a line, in the order in which they happened. Keys are only ever added.
"""

import json
from typing import Any, Literal, NotRequired, cast, get_args

from typing_extensions import TypedDict

from fuzz.events.exchanges import ExchangeEvent, Totals
from fuzz.events.failures import (
    FailureCounted,
    FailureEvent,
    FailureRenamed,
    FailureWithdrawn,
    Replayed,
)
from fuzz.events.shapes import misfit

VERSION = 1


class ClauseEntry(TypedDict):
    """A clause of the contract. `where`: `file:line` or `file#pointer`."""

    id: str
    kind: str
    says: str
    where: str


class DriftEntry(TypedDict):
    """One place where document and swagger disagree, and which of the two is followed."""

    what: str
    document: str | None
    document_where: str | None
    swagger: str | None
    swagger_where: str | None
    follows: str


RateEntry = TypedDict("RateEntry", {"per_second": float | None, "from": str})
"""Requests a second at the most, None for no limit, and who says so; `from` cannot be written as a field of a class."""


class PlanEntry(TypedDict):
    """What a run has to send: requests, and the seconds that they take at the rate, None without one. `open`: phases
    that go on as long as they may.
    """

    requests: int
    seconds: float | None
    open: list[str]


class RunStarted(TypedDict):
    """The first event: the target, the options and the contract. `at`: ISO 8601. `documents`: their paths. `staff`: how
    many staff members the profile names. `commit`: what the pipeline runs for. `versions`: by package.
    """

    event: Literal["run_started"]
    version: int
    run: str
    command: str
    at: str
    target: str
    base_url: str
    fallback_url: str | None
    seed: int | None
    options: dict[str, Any]
    rate: NotRequired[RateEntry]
    plan: NotRequired[PlanEntry]
    staff: NotRequired[int]
    commit: NotRequired[str]
    versions: NotRequired[dict[str, str]]
    documents: list[str]
    clauses: list[ClauseEntry]
    drift: list[DriftEntry]


class KnownFailure(TypedDict):
    """A failure that earlier runs have seen on this target. `name`: what is wrong, in words. `outcomes`: a letter for
    each night on which it was tried, the latest last: f failed, i failed and not each time, p passed. `last`: the ISO
    date of the latest. `nights`: on how many in a row it has failed until then.
    """

    fingerprint: str
    name: str
    outcomes: str
    last: str
    nights: int


class EarlierRuns(TypedDict):
    """What is known of earlier runs on the same target: how many there were, and the failures not long gone."""

    event: Literal["earlier_runs"]
    runs: int
    known: list[KnownFailure]


RegressionOutcome = Literal["failed", "passed", "cannot tell", "not tried", "rests"]
"""`rests`: fixed long ago, and not due this time."""


class Regression(TypedDict):
    """What has become of a failure that an earlier run has kept."""

    event: Literal["regression"]
    fingerprint: str
    outcome: RegressionOutcome


class PhaseStarted(TypedDict):
    event: Literal["phase_started"]
    phase: str


class PhaseFigures(TypedDict):
    """The figures of a phase. `established`: what it has shown, in words. `complete`: it did all of its work. `done`,
    `listed`: requests of its list that it has come to, and of the whole list, if it has one whose length is known.
    """

    phase: str
    scenarios: int
    requests: int
    seconds: float
    established: str
    complete: NotRequired[bool]
    done: NotRequired[int]
    listed: NotRequired[int]


class PhaseFinished(PhaseFigures):
    """The end of a phase. `covered`: what one shard has covered of the suite, for the machine that merges."""

    event: Literal["phase_finished"]
    covered: NotRequired[list[tuple[bool, int, int]]]


class TargetBuild(TypedDict):
    """What the target answers when it is asked for its build. `why` says why it is not known; `build` is empty then."""

    event: Literal["target_build"]
    build: str
    why: str
    attempts: int


class AcceptedGone(TypedDict):
    """Entries of the baseline, in words, whose failures were tried and do not come any more. `pruned`: they are dropped
    from its file.
    """

    event: Literal["accepted_gone"]
    entries: list[str]
    pruned: bool


class ObservationChanged(TypedDict):
    """A pinned observation that has changed. `pinned`, `seen`: labels of answers."""

    event: Literal["observation_changed"]
    feature: str
    situation: str
    pinned: list[str]
    seen: list[str]


class Trouble(TypedDict):
    """Something that kept the run from a conclusion, or that it had to leave out or do in another way."""

    event: Literal["trouble"]
    what: str
    doubt: NotRequired[bool]
    """Whether it keeps the run from passing."""


class RunFinished(TypedDict):
    """The last event: the verdict, and why it is not `pass`."""

    event: Literal["run_finished"]
    verdict: Literal["pass", "fail", "inconclusive"]
    exit_code: int
    reasons: list[str]
    seconds: float


Event = (
    RunStarted
    | EarlierRuns
    | Regression
    | PhaseStarted
    | PhaseFinished
    | ExchangeEvent
    | Totals
    | FailureEvent
    | Replayed
    | FailureRenamed
    | FailureCounted
    | FailureWithdrawn
    | ObservationChanged
    | AcceptedGone
    | TargetBuild
    | Trouble
    | RunFinished
)

_KINDS: dict[str, type] = {get_args(kind.__annotations__["event"])[0]: kind for kind in get_args(Event)}


def read_event(line: str | bytes) -> Event | None:
    """The event on a line of a journal; None if the line is no event, or has not the shape of its kind.

    An event of an unknown kind is returned unchecked, and so is the beginning of a run of another version: readers
    ignore the one, and refuse the other.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not isinstance(value.get("event"), str):
        return None
    kind, version = _KINDS.get(value["event"]), value.get("version")
    if kind is RunStarted and type(version) is int and version != VERSION:
        return cast(Event, value)
    return None if kind is not None and misfit(value, kind) is not None else cast(Event, value)
