"""Makes the event of an exchange: redacts the secrets in its texts, then cuts long texts.

The journal redacts every event again, and quickly: it looks for no encoded secrets in an exchange, and could not
recognise half a token that a cut has left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from fuzz.events.exchanges import AnswerEntry, ExchangeEvent, RequestEntry
from fuzz.events.summary import SHRINKING
from fuzz.oracle.scenario import kind_of
from fuzz.oracle.state import describe
from fuzz.oracle.verdict import VerdictKind
from fuzz.session.exchange import Exchange
from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.secrets import Secrets

LONGEST_BODY = 20_000
LONGEST_REASON = 300
LONGEST_URL = 2_000
LONGEST_HEADER = 1_000
LONGEST_HEADERS = 8_000
"""Characters kept of a body, a reason, a URL, a header's name or value, and all headers of a message."""


class ExchangeId(NamedTuple):
    """Where in a run an exchange stands: the phase's name, and the numbers of the scenario and of its step."""

    phase: str
    scenario: int
    step: int


def exchange_event(secrets: Secrets, exchange: Exchange, where: ExchangeId) -> ExchangeEvent:
    """The event of one exchange."""
    verdict, delivery = exchange.verdict, exchange.delivery
    counted = where.phase != SHRINKING
    why = verdict.seen.why if verdict.seen else verdict.why
    event: ExchangeEvent = {
        "event": "exchange",
        "n": _number(delivery.request_id),
        "phase": where.phase,
        "scenario": where.scenario,
        "step": where.step,
        "staff": exchange.action.staff,
        "act": kind_of(exchange.action),
        "request": request_json(secrets, exchange) if counted else {"id": delivery.request_id},
        "answer": answer_json(secrets, delivery.answer) if counted or verdict.kind is VerdictKind.FAIL else None,
        "lost": _from_target(secrets, delivery.why, LONGEST_REASON) if delivery.answer is None else None,
        "attempts": delivery.attempts,
        "lost_attempts": delivery.lost_attempts,
        "kind": verdict.kind.value,
        "clause": verdict.clause,
        "situation": verdict.situation.value,
        "detail": verdict.detail,
        "was": [describe(state) for state in verdict.was],
        "belief": [describe(state) for state in verdict.belief],
        "allowed": list(verdict.allowed),
        "seen": secrets.redact(verdict.seen.label) if verdict.seen else None,
        "why": _from_target(secrets, why, LONGEST_REASON),
        "breaks": list(verdict.violations),
        "silent": [str(feature) for feature in verdict.unspecified],
        "due": sorted(verdict.tally.due),
        "met": sorted(verdict.tally.seen),
        "not_due": sorted(verdict.tally.not_due),
        "surplus": sorted(verdict.tally.surplus),
    }
    if verdict.at_once:
        event["at_once"] = True
    if exchange.earlier:
        event["earlier"] = exchange.earlier
    return event


def request_json(secrets: Secrets, exchange: Exchange) -> RequestEntry:
    """A request as events and reports show it: tokens as placeholders, a very long body cut."""
    http_request = exchange.sent.http
    return {
        "id": exchange.delivery.request_id,
        "method": http_request.method,
        "url": _cut(http_request.url, LONGEST_URL),
        "headers": dict(_headers(http_request.written)),
        "body": _of_ours(secrets, http_request.content.decode("utf-8", "replace")),
    }


def _of_ours(secrets: Secrets, body: str) -> str:
    """The body of a request. One that is not cut the journal redacts, with the whole line."""
    return body if len(body) <= LONGEST_BODY else _cut(secrets.redact_ours(body), LONGEST_BODY)


def answer_json(secrets: Secrets, http_answer: HttpAnswer | None) -> AnswerEntry | None:
    """An answer as events and reports show it."""
    if http_answer is None:
        return None
    redacted = {secrets.redact(name): secrets.redact(value) for name, value in http_answer.headers.items()}
    return {
        "status": http_answer.status,
        "headers": dict(_headers(redacted)),
        "body": _from_target(secrets, http_answer.text, LONGEST_BODY),
        "seconds": round(http_answer.seconds, 6),
    }


def _from_target(secrets: Secrets, text: str, limit: int) -> str:
    return _cut(secrets.redact(text), limit)


def _headers(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The headers, cut; in place of those for which there is no room, how many there are."""
    room = LONGEST_HEADERS
    for place, (name, value) in enumerate(headers.items()):
        kept = _cut(name, LONGEST_HEADER), _cut(value, LONGEST_HEADER)
        room -= sum(map(len, kept))
        if room < 0:
            yield "…", f"{len(headers) - place} more headers"
            return
        yield kept


def _cut(text: str, limit: int) -> str:
    """The text, or its beginning and a mark of the cut."""
    return text if len(text) <= limit else f"{text[:limit]}…"


def _number(request_id: str) -> int:
    number = request_id.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
