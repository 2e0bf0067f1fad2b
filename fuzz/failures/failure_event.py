"""Makes the `failure` event: the clause, the steps with their answers, and why the last answer is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from fuzz.bundle.argument import argue
from fuzz.bundle.at_once import differ_by_order
from fuzz.bundle.failure_json import GivenReach
from fuzz.bundle.shell import curl_of, curl_options
from fuzz.events.failures import FailureEvent, FailureStatus, TraceStep
from fuzz.failures.failure import Failure
from fuzz.oracle.actions import NEAR, NOT_JSON, Answer, Create, MoveSync, SendItems, Single, Token
from fuzz.oracle.answers.answer import all_but
from fuzz.oracle.answers.bodies import Contrast
from fuzz.oracle.expectations import says_allowed
from fuzz.oracle.judgement.contrast import contrast_of
from fuzz.oracle.request import Request
from fuzz.oracle.scenario import to_json
from fuzz.oracle.state import describe, name_of
from fuzz.oracle.validity.violations import items_of
from fuzz.oracle.verdict import AT_ONCE, REFUSAL, Verdict, VerdictKind
from fuzz.session.exchange import Exchange, failing_exchange
from fuzz.session.recording import answer_json, request_json
from fuzz.session.session import Session
from fuzz.shrinking.canonical_body import differences_from_canonical
from fuzz.target.request_builder import parse
from strategies.body_layout import layout_of
from swagger.contract import Contract, Json

LONGEST_NAME = 40
MAX_LINES = 3
BY_ORDER = ", by which of the two came first"
NOT_RUN_AGAIN: Mapping[FailureStatus, str] = {
    "found": "not run again yet",
    "confirmed": "not run again: the run ended first",
}


def failure_event(session: Session, failure: Failure, status: FailureStatus) -> FailureEvent:
    """The `failure` event: everything that reports and bundles say of the failure."""
    failed = failing_exchange(failure.evidence)
    verdict = failed.verdict
    clause = session.contract.clause(verdict.clause)
    trace = trace_of(session, failure.evidence)
    place = failure.evidence.index(failed)
    times = failure.scenario.reproduced
    options = curl_options(cast(GivenReach, session.profile.as_given()))
    event: FailureEvent = {
        "event": "failure",
        "status": status,
        "fingerprint": failure.fingerprint,
        "clause": clause.id,
        "says": clause.says,
        "where": str(clause.where),
        "situation": verdict.situation.value,
        "detail": verdict.detail,
        "expected": trace[place]["expected"],
        "observed": seen_label(session, failed),
        "why": verdict.seen.why if verdict.seen else verdict.why,
        "steps": len(failure.evidence),
        "requests_to_find": failure.requests_to_find,
        "requests_to_shrink": failure.requests_to_shrink,
        "phase": failure.phase,
        "reproduced": f"{times[0]}/{times[1]}" if times else NOT_RUN_AGAIN[status],
        "intermittent": failure.scenario.intermittent,
        "needs_past": failure.scenario.needs_history,
        "accepted": failure.accepted,
        "bundle": failure.bundle,
        "count": failure.count,
        "features": [*verdict.violations, *map(str, verdict.unspecified)],
        "payload": [session.secrets.redact(line) for line in payload_lines(session, failure)],
        "argument": session.secrets.redact(_argument(session, failure)),
        "actions": [to_json(action) for action in failure.actions],
        "trace": trace,
        "curl": [curl_of(step["request"], options) for step in trace],
        "cause": failure.identity.cause,
    }
    if failure.expired is not None:
        event["expired"] = failure.expired
    return event


def _argument(session: Session, failure: Failure) -> str:
    """Why the answer that failed is wrong, and with what else it was wrong, too: only what was tried."""
    *others, last = failure.scenario.others or ("",)
    tried = f"{', '.join(others)} and {last}" if others else last
    argued = argument(session, failure.evidence)
    return f"{argued} It failed too with {tried}." if tried else argued


def argument(session: Session, evidence: Sequence[Exchange]) -> str:
    """Why the answer that failed breaks the contract."""
    steps = [(step.request, step.verdict) for step in evidence]
    try:
        return argue(session.contract, steps, _contrast(session, failing_exchange(evidence)))
    except RecursionError:  # the answer is nested too deeply to be shown
        return argue(session.contract, steps)


def _contrast(session: Session, failed: Exchange) -> Contrast | None:
    """Where an answer differs from the one that was due. Secrets in it are redacted before its long texts are cut."""
    http_answer = failed.delivery.answer
    if http_answer is None:
        return None
    body = parse(http_answer.text) if http_answer.text else NOT_JSON
    found = contrast_of(session.contract, failed.request, failed.verdict, Answer(http_answer.status, body))
    if found is not None and found.seen is NOT_JSON:
        found = found._replace(path="the body", seen=http_answer.text)
    return found and found._replace(seen=_redacted(session.secrets.redact, found.seen))


def _redacted(redact: Callable[[str], str], value: Json) -> Json:
    """A value of an answer with each of its texts redacted."""
    if isinstance(value, dict):
        return {redact(key): _redacted(redact, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_redacted(redact, inner) for inner in value]
    return redact(value) if isinstance(value, str) else value


def expected_label(session: Session, exchange: Exchange) -> str:
    """What was allowed, as reports say it: `422 already_exists`, `200`, `a refusal (4xx)`."""
    return says_allowed(session.contract, exchange.request, exchange.verdict.allowed)


def seen_label(session: Session, exchange: Exchange, *, lost: str = "no answer") -> str:
    """What was seen, as reports say it. A refusal with the right code but another message says so."""
    verdict, http_answer = exchange.verdict, exchange.delivery.answer
    if verdict.seen is None:
        return lost
    if verdict.kind is not VerdictKind.FAIL or verdict.seen.outcome != REFUSAL or http_answer is None:
        return verdict.seen.label
    answer = Answer(http_answer.status, parse(http_answer.text))
    if answer.body is NOT_JSON:
        return f"{http_answer.status} that is no JSON"
    return all_but(session.contract, answer, verdict.allowed) or verdict.seen.label


def payload_lines(session: Session, failure: Failure) -> list[str]:
    """A few short lines on what is unusual in the payloads of the steps, the failing step first.

    `external_items[0].external_title is "100 %"`, `in step 2 external_item stands in place of external_items`.
    """
    failed = failing_exchange(failure.evidence)
    numbered = [*enumerate(failure.evidence, start=1)]
    lines = []
    for number, exchange in sorted(numbered, key=lambda step: step[1] is not failed):
        where = "" if exchange is failed else f"in step {number} "
        lines += [f"{where}{line}" for line in _payload_of(session.contract, exchange.action)]
    return lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], f"and {len(lines) - MAX_LINES} more"]


def _payload_of(contract: Contract, action: Single) -> Iterator[str]:
    if not isinstance(action, SendItems) or action.raw is not None:
        return
    listing = layout_of(contract).listing
    if isinstance(action.body, dict) and listing.alternative in action.body and listing.name not in action.body:
        yield f"{listing.alternative} stands in place of {listing.name}"
    yield from map(str, differences_from_canonical(contract, action.body))


def trace_of(session: Session, evidence: Sequence[Exchange]) -> list[TraceStep]:
    """The steps of the evidence, with the times at which the answered ones were sent."""
    trace = [step_json(session, number, exchange) for number, exchange in enumerate(evidence, start=1)]
    steps = [(exchange.request, exchange.verdict) for exchange in evidence]
    for place, step in enumerate(trace):
        step["expected"] += BY_ORDER if differ_by_order(steps, place) else ""
    began = {place: answer.began for place, step in enumerate(evidence) if (answer := step.delivery.answer)}
    for place, moment in began.items():
        trace[place]["sent"] = round(moment - min(began.values()), 6)
    return trace


def step_json(session: Session, number: int, exchange: Exchange) -> TraceStep:
    """One step of the evidence."""
    verdict = exchange.verdict
    told: TraceStep = {
        "step": number,
        "method": exchange.sent.http.method,
        "url": exchange.sent.http.url,
        "path": exchange.sent.path.rpartition("/")[2],
        "staff": exchange.action.staff,
        "says": session.secrets.redact(", ".join([says(session, exchange), *[AT_ONCE] * verdict.at_once])),
        "expected": expected_label(session, exchange),
        "seen": seen_label(session, exchange, lost="lost"),
        "state": " or ".join(sorted({name_of(state) for state in verdict.belief})),
        "states": sorted(describe(state) for state in verdict.belief),
        "kind": verdict.kind.value,
        "request": request_json(session.secrets, exchange),
        "answer": answer_json(session.secrets, exchange.delivery.answer),
    }
    logs = session.profile.logs_of(exchange.delivery.request_id)
    if logs:
        told["logs"] = logs
    return told


def says(session: Session, exchange: Exchange) -> str:
    """What a step names: `provider google_v3`, `google_v3, a@example.com`, `3 items, no token`."""
    return request_says(session.contract, exchange.request, exchange.sent.body, exchange.verdict)


def request_says(contract: Contract, request: Request, body: Json, verdict: Verdict) -> str:
    """What a request names, and what is unusual in it. `body`: as it is sent, or with its templates."""
    action = request.action
    if isinstance(action, MoveSync):
        return ", ".join([_short(action.provider), _short(action.account), *_token_of(action)])
    if not isinstance(action, SendItems):
        return ", ".join([f"provider {action.provider}", *_token_of(action)])
    named = request.named
    parts = [_short(str(named.provider)), _short(str(named.account))] if named.complete else []
    if action.raw is not None:
        parts.append("a body that is not JSON" if not isinstance(body, dict) else "raw JSON")
    count = len(items_of(contract, body))
    if count != 1 and isinstance(body, dict):
        parts.append(f"{count} items")
    parts += _token_of(action)
    parts += [f"breaks {clause}" for clause in verdict.violations[:2]]
    parts += [text for text in map(str, verdict.unspecified) if text not in parts][:2]
    if verdict.kind is VerdictKind.FAIL and request.validity.is_valid:
        parts += [line.partition(" ")[0].rpartition(".")[2] for line in _payload_of(contract, action)][:2]
    return ", ".join(part[:80] for part in parts)


def _token_of(action: Single) -> list[str]:
    """The words for a token that is not the documented one; empty for that one."""
    if action.token is (Token.ADMIN if isinstance(action, Create) else Token.STAFF):
        return []
    token = "no" if action.token is Token.NONE else action.token.value
    return [f"token {token}" if action.token in NEAR else f"{token} token"]


def _short(text: str) -> str:
    """A long name without its middle: near names mostly differ at an end."""
    return text if len(text) <= LONGEST_NAME else f"{text[:16]}…{text[-16:]} ({len(text)} characters)"
