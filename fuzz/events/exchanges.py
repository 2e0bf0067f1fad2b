"""The events of requests: one for each exchange, and the totals of those that are not written out."""

from typing import Literal, NotRequired, final

from typing_extensions import TypedDict


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
    requests: tuple[int, int, int]
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
