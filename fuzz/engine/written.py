"""What is written down of an exchange: events without secrets, and bodies no longer than a report can bear.

The journal cleans every event as a whole. A text that is cut is cleaned before: half a token would not be known for
one.
"""

from __future__ import annotations

from typing import NamedTuple

from fuzz.engine.attempt import Incoming
from fuzz.engine.judged import Performed
from fuzz.engine.secrets import Secrets
from fuzz.model.events import SHRINKING, Event
from fuzz.model.scenario import kind_of
from fuzz.model.state import describe
from fuzz.model.verdict import Kind

LONGEST_BODY = 20_000
LONGEST_REASON = 300


class Place(NamedTuple):
    """Where in a run an exchange stands: the phase's name, and the numbers of the scenario and of its step."""

    phase: str
    scenario: int
    step: int


def exchange_event(secrets: Secrets, performed: Performed, where: Place) -> Event:
    """The event of one exchange, for the journal to clean and to keep."""
    verdict, delivery = performed.verdict, performed.delivery
    counted = where.phase != SHRINKING
    why = verdict.seen.why if verdict.seen else verdict.why
    return {
        "event": "exchange",
        "n": _number(delivery.request_id),
        "phase": where.phase,
        "scenario": where.scenario,
        "step": where.step,
        "staff": performed.action.staff,
        "act": kind_of(performed.action),
        "request": request_json(secrets, performed) if counted else {"id": delivery.request_id},
        "answer": answer_json(secrets, delivery.incoming) if counted or verdict.kind is Kind.FAIL else None,
        "lost": _cut(secrets, delivery.why, LONGEST_REASON) if delivery.incoming is None else None,
        "attempts": delivery.attempts,
        "lost_attempts": delivery.lost_attempts,
        "kind": verdict.kind.value,
        "clause": verdict.clause,
        "situation": verdict.situation.value,
        "detail": verdict.detail,
        "was": [describe(state) for state in verdict.was],
        "belief": [describe(state) for state in verdict.belief],
        "allowed": list(verdict.allowed),
        "seen": verdict.seen.label if verdict.seen else None,
        "why": _cut(secrets, why, LONGEST_REASON),
        "breaks": list(verdict.breaks),
        "silent": list(verdict.silent),
        "due": sorted(verdict.tally.due),
        "met": sorted(verdict.tally.seen),
        "not_due": sorted(verdict.tally.not_due),
        "surplus": sorted(verdict.tally.surplus),
    }


def request_json(secrets: Secrets, performed: Performed) -> dict[str, object]:
    """A request as events and reports show it: placeholders for tokens, a very long body cut."""
    outgoing = performed.wired.outgoing
    return {
        "id": performed.delivery.request_id,
        "method": outgoing.method,
        "url": outgoing.url,
        "headers": dict(outgoing.written),
        "body": _cut(secrets, outgoing.content.decode("utf-8", "replace"), LONGEST_BODY),
    }


def answer_json(secrets: Secrets, incoming: Incoming | None) -> dict[str, object] | None:
    """An answer as events and reports show it."""
    if incoming is None:
        return None
    return {
        "status": incoming.status,
        "headers": dict(incoming.headers),
        "body": _cut(secrets, incoming.text, LONGEST_BODY),
        "seconds": round(incoming.seconds, 6),
    }


def _cut(secrets: Secrets, text: str, most: int) -> str:
    return text if len(text) <= most else secrets.clean(text)[:most]


def _number(request_id: str) -> int:
    number = request_id.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
