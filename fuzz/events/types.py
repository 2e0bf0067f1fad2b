"""The events of a run, version 1: one type for each kind, which `event` names.

A journal, `events.ndjson`, holds one event a line, in the order in which they happened. Keys are only ever added.
"""

import json
from typing import Any, Literal, NotRequired, cast, final, get_args

from typing_extensions import TypedDict

from fuzz.events.shapes import misfit

VERSION = 1

Action = dict[str, Any]
"""An action as `oracle.scenario.to_json` writes it."""

FailureStatus = Literal["found", "confirmed"]
"""`found`: as first seen. `confirmed`: shrunk, and run again."""


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


@final
class RequestId(TypedDict):
    """A request of which only the id is kept."""

    id: str


@final
class RequestEntry(TypedDict):
    """A request as sent: tokens as placeholders, a very long body cut."""

    id: str
    method: str
    url: str
    headers: dict[str, str]
    body: str


class AnswerEntry(TypedDict):
    """An answer as received, a very long body cut. `seconds`: from the request's beginning to the answer's end."""

    status: int
    headers: dict[str, str]
    body: str
    seconds: float


class ExchangeEvent(TypedDict):
    """One request, its answer, and the verdict on it.

    `act`: the kind of action. `lost`: why there is no answer. `was`, `belief`: the states believed before and after.
    `seen`: the answer's label, None if none came. `breaks`: clauses that the payload violates. `silent`: features of
    it that the documents do not specify. `due`, `met`, `not_due`, `surplus`: ids of the clauses that it adds to.
    `at_once`: it is one of a pair. `earlier`: requests that the action took before this one.
    """

    event: Literal["exchange"]
    n: int
    phase: str
    scenario: int
    step: int
    staff: int
    act: str
    request: RequestId | RequestEntry
    answer: AnswerEntry | None
    lost: str | None
    attempts: int
    lost_attempts: int
    kind: str
    clause: str
    situation: str
    detail: str
    was: list[str]
    belief: list[str]
    allowed: list[str]
    seen: str | None
    why: str
    breaks: list[str]
    silent: list[str]
    due: list[str]
    met: list[str]
    not_due: list[str]
    surplus: list[str]
    at: NotRequired[str]
    at_once: NotRequired[bool]
    earlier: NotRequired[int]


class Totals(TypedDict):
    """All that a run has counted so far, from a journal that no longer holds each exchange. It replaces earlier counts.

    `unwritten`: exchanges that were counted and not written. `requests`: in all, retried, lost; `phases`: by phase.
    `clauses`, `cases`: clause (and situation), due, seen, not due, surplus. `observations`: feature, situation, label,
    how often. `edges`: state, act, label, state, how often, failures. `touched`: clause, situation, whose wrong answer,
    how often. `sent`: by kind of request; `shrinking`: by phase.
    """

    event: Literal["totals"]
    unwritten: int
    requests: list[int]
    latency: list[int]
    phases: dict[str, int]
    clauses: list[tuple[str, int, int, int, int]]
    cases: list[tuple[str, str, int, int, int, int]]
    situations: dict[str, dict[str, int]]
    observations: list[tuple[str, str, str, int]]
    edges: list[tuple[str, str, str, str, int, int]]
    touched: list[tuple[str, str, str, int]]
    sent: dict[str, int]
    shrinking: dict[str, int]


class TraceStep(TypedDict):
    """One step of a failure's evidence, as reports show it.

    `sent`: seconds from the first of the answered requests to this one, if it was answered. `logs`: the address of the
    request's logs, if the profile says where they are.
    """

    step: int
    method: str
    url: str
    path: str
    staff: int
    says: str
    expected: str
    seen: str
    state: str
    states: list[str]
    kind: str
    request: RequestEntry
    answer: AnswerEntry | None
    sent: NotRequired[float]
    logs: NotRequired[str]


class Acceptance(TypedDict):
    """Why and until when the baseline accepts a failure, and whose it is. Dates are ISO 8601."""

    reason: str
    first_seen: str
    expires: str | None
    owner: NotRequired[str]
    ticket: NotRequired[str]


class FailureFacts(TypedDict):
    """The facts of a failure that its event and its bundle share.

    `features`: clauses that its payload violates, and its unspecified features. `payload`: what else is unusual in it.
    `reproduced`: `3/3`. `needs_past`: its steps alone do not reproduce it.
    """

    fingerprint: str
    clause: str
    says: str
    where: str
    situation: str
    detail: str
    expected: str
    observed: str
    why: str
    argument: str
    features: list[str]
    payload: list[str]
    reproduced: str
    intermittent: bool
    needs_past: bool
    phase: str
    status: FailureStatus
    accepted: Acceptance | None
    actions: list[Action]


class FailureEvent(FailureFacts):
    """A failure; a later event with the same fingerprint replaces it.

    `cause`: what is wrong, if it is the same failure in every situation in which it shows; `situations`: how often it
    showed in each. `expired`: the baseline's entry for it whose time is over. `steps`: a count of requests. `bundle`:
    the path of its folder. `files`: the bundle's files by name, from a shard for the machine that merges. `age`: what
    earlier runs say of it, in words; reports add it.
    """

    event: Literal["failure"]
    steps: int
    requests_to_find: int
    requests_to_shrink: int
    bundle: str | None
    count: int
    trace: list[TraceStep]
    curl: list[str]
    age: NotRequired[str]
    cause: NotRequired[str]
    situations: NotRequired[dict[str, int]]
    expired: NotRequired[Acceptance]
    files: NotRequired[dict[str, str]]


class Replayed(TypedDict):
    """What came of a kept failure, or of a workflow document, that was run again: an event of `calfuzz replay`.

    `clause`, `documented_at`: the clause of the failure and its place, empty for a document alone. `outcome`: `FIXED`,
    `FAILED` or `CANNOT TELL`. `came` of `times` that it was run, it failed. `text`: as the terminal shows it.
    """

    event: Literal["replayed"]
    name: str
    clause: str
    documented_at: str
    outcome: Literal["FIXED", "FAILED", "CANNOT TELL"]
    why: str
    target: str
    came: int
    times: int
    seconds: float
    text: str


class FailureRenamed(TypedDict):
    """A failure has a new name: its final one, or that of the failure that it is the same as."""

    event: Literal["failure_renamed"]
    old: str
    new: str


class FailureCounted(TypedDict):
    """The number of times that a failure was seen, and in which situations."""

    event: Literal["failure_counted"]
    fingerprint: str
    count: int
    situations: NotRequired[dict[str, int]]


class FailureWithdrawn(TypedDict):
    """A failure that was told is none: it has never come back, or is another one's doing."""

    event: Literal["failure_withdrawn"]
    fingerprint: str
    why: str


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
