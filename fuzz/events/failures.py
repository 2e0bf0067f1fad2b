"""The events of failures: found and confirmed, renamed, counted, withdrawn; and of those that were replayed."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from fuzz.events.exchanges import AnswerEntry, RequestEntry

ActionJson = dict[str, Any]
"""An action as `oracle.scenario.to_json` writes it."""

FailureStatus = Literal["found", "confirmed"]
"""`found`: as first seen. `confirmed`: shrunk, and run again."""


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


class WhatFailed(TypedDict):
    """What failed, where, what was expected and what was observed. Events and `failure.json` say it alike."""

    clause: str
    says: str
    where: str
    situation: str
    detail: str
    expected: str
    observed: str


class FailureFacts(WhatFailed):
    """The facts of a failure that its event and its bundle share.

    `features`: clauses that its payload violates, and its unspecified features. `payload`: what else is unusual in it.
    `reproduced`: `3/3`. `needs_past`: its steps alone do not reproduce it.
    """

    fingerprint: str
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
    actions: list[ActionJson]


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
