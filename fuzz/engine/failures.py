"""One failure as an event: what broke, the argued evidence step by step, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fuzz.engine.plain_body import not_plain
from fuzz.engine.session import Performed, Session
from fuzz.engine.wire import parse
from fuzz.model.answer import all_but
from fuzz.model.argument import argue
from fuzz.model.curl import curl_of
from fuzz.model.events import Event
from fuzz.model.exchange import NEAR, NOT_JSON, Action, Answer, MoveSync, SendItems, Single, Token
from fuzz.model.payload import items_of
from fuzz.model.race import AT_ONCE
from fuzz.model.scenario import singles, to_json
from fuzz.model.state import describe, name_of
from fuzz.model.verdict import REFUSAL, SUCCESS, Kind, Verdict
from strategies.layout import layout_of

LONGEST_NAME = 40
MOST_LINES = 3


@dataclass(slots=True)
class Failure:
    """A failure as it is known now. `needs_past`: its actions alone do not bring it back, on a staff member who has not
    been through what was done before, and what matters of that is not known. Mutable: it shrinks, and is found again.
    """

    fingerprint: str
    phase: str
    requests_to_find: int
    actions: tuple[Action, ...]
    evidence: list[Performed]
    requests_to_shrink: int = 0
    reproduced: tuple[int, int] | None = None
    intermittent: bool = False
    needs_past: bool = False
    count: int = 1
    accepted: Event | None = None
    bundle: str | None = None
    raw: set[str] = field(default_factory=set)

    @property
    def verdict(self) -> Verdict:
        """The verdict that failed: the first failing one of the evidence."""
        return failed_of(self.evidence).verdict


def failed_of(evidence: list[Performed]) -> Performed:
    """The exchange that failed; the last one if the failure lies in what was lost."""
    return next((each for each in evidence if each.verdict.kind is Kind.FAIL), evidence[-1])


def failure_event(session: Session, failure: Failure, status: str) -> Event:
    """The `failure` event: everything that a report or a bundle says of it."""
    verdict = failure.verdict
    clause = session.contract.clause(verdict.clause)
    trace = [step_json(session, number, each) for number, each in enumerate(failure.evidence, start=1)]
    times = failure.reproduced
    return {
        "event": "failure",
        "status": status,
        "fingerprint": failure.fingerprint,
        "clause": clause.id,
        "says": clause.says,
        "where": str(clause.where),
        "situation": verdict.situation.value,
        "detail": verdict.detail,
        "expected": expected_label(session, verdict),
        "observed": seen_label(session, failed_of(failure.evidence)),
        "why": verdict.seen.why if verdict.seen else verdict.why,
        "steps": len(failure.evidence),
        "requests_to_find": failure.requests_to_find,
        "requests_to_shrink": failure.requests_to_shrink,
        "phase": failure.phase,
        "reproduced": f"{times[0]}/{times[1]}" if times else "not run again yet",
        "intermittent": failure.intermittent,
        "needs_past": failure.needs_past,
        "accepted": failure.accepted,
        "bundle": failure.bundle,
        "count": failure.count,
        "features": [*verdict.breaks, *verdict.silent],
        "payload": [session.secrets.clean(line) for line in payload_lines(session, failure)],
        "argument": session.secrets.clean(argue([(each.request, each.verdict) for each in failure.evidence])),
        "actions": [to_json(action) for action in failure.actions],
        "trace": trace,
        "curl": [curl_of(step["request"]) for step in trace],
        "orders": orders_tried(failure.actions),
    }


def orders_tried(actions: Sequence[Action]) -> list[list[str]]:
    """The orders of two requests at once that do not explain the failure, as steps; none where it ends otherwise."""
    last = singles(actions[-1])
    if len({single.staff for single in last}) == len(last):
        return []
    count = sum(len(singles(action)) for action in actions)
    pair = [f"step {count - 1}", f"step {count}"]
    return [pair, pair[::-1]]


def expected_label(session: Session, verdict: Verdict) -> str:
    """What was allowed, as reports say it: `422 already_exists`, `200`, `a refusal (4xx)`."""
    if {SUCCESS, REFUSAL, *(error.code for error in session.contract.state_errors)} <= {*verdict.allowed}:
        return "anything but a 5xx"
    return " or ".join(label_of(session, outcome) for outcome in verdict.allowed) or "nothing that came"


def label_of(session: Session, outcome: str) -> str:
    """One outcome as reports say it."""
    if outcome == SUCCESS:
        return str(session.contract.success_status)
    if outcome == REFUSAL:
        return "a refusal (4xx)"
    return f"{session.contract.state_error(outcome).status} {outcome}"


def seen_label(session: Session, performed: Performed, *, lost: str = "no answer") -> str:
    """What was seen, as reports say it. A refusal in the place of a state error that it all but is, is called so."""
    verdict, incoming = performed.verdict, performed.delivery.incoming
    if verdict.seen is None:
        return lost
    if verdict.kind is not Kind.FAIL or verdict.seen.outcome != REFUSAL or incoming is None:
        return verdict.seen.label
    answer = Answer(incoming.status, parse(incoming.text))
    if answer.body is NOT_JSON:
        return f"{incoming.status} that is no JSON"
    return all_but(session.contract, answer, verdict.allowed) or verdict.seen.label


def payload_lines(session: Session, failure: Failure) -> list[str]:
    """What is not plain in the payloads of the steps, that of the failing one first: a few lines, none of them long.

    `external_items[0].external_title is "100 %"`, `in step 2 external_item stands in place of external_items`.
    """
    failed = failed_of(failure.evidence)
    numbered = [*enumerate(failure.evidence, start=1)]
    last = [(number, each) for number, each in numbered if each is failed]
    lines = []
    for number, each in (*last, *((number, each) for number, each in numbered if each is not failed)):
        where = "" if each is failed else f"in step {number} "
        lines += [f"{where}{line}" for line in _payload_of(session, each.action)]
    return lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], f"and {len(lines) - MOST_LINES} more"]


def _payload_of(session: Session, action: Single) -> Iterator[str]:
    if not isinstance(action, SendItems) or action.raw is not None:
        return
    listing = layout_of(session.contract).listing
    if isinstance(action.body, dict) and listing.alternative in action.body and listing.name not in action.body:
        yield f"{listing.alternative} stands in place of {listing.name}"
    yield from map(str, not_plain(session.contract, action.body))


def step_json(session: Session, number: int, performed: Performed) -> Event:
    """One step of the evidence."""
    verdict = performed.verdict
    return {
        "step": number,
        "method": performed.wired.outgoing.method,
        "url": performed.wired.outgoing.url,
        "path": performed.wired.path.rpartition("/")[2],
        "staff": performed.action.staff,
        "says": session.secrets.clean(says(session, performed)),
        "expected": expected_label(session, verdict),
        "seen": seen_label(session, performed, lost="lost"),
        "state": " or ".join(sorted({name_of(state) for state in verdict.belief})),
        "states": sorted(describe(state) for state in verdict.belief),
        "kind": verdict.kind.value,
        "request": session.request_json(performed),
        "answer": session.answer_json(performed.delivery.incoming),
    }


def says(session: Session, performed: Performed) -> str:
    """What a step names, in a few words: `provider google_v3`, `google_v3, a@example.com`, `3 items, no token`."""
    action = performed.action
    if isinstance(action, MoveSync):
        return ", ".join([_short(action.provider), _short(action.account), *_token_of(action)])
    if not isinstance(action, SendItems):
        return f"provider {action.provider}"
    named = performed.request.named
    parts = [_short(str(named.provider)), _short(str(named.account))] if named.complete else []
    if action.raw is not None:
        parts.append("a body that is not JSON" if not isinstance(performed.wired.body, dict) else "raw JSON")
    count = len(items_of(session.contract, performed.wired.body))
    if count != 1 and isinstance(performed.wired.body, dict):
        parts.append(f"{count} items")
    parts += _token_of(action)
    parts += [f"breaks {clause}" for clause in performed.verdict.breaks[:2]]
    parts += [feature for feature in performed.verdict.silent if feature not in parts][:2]
    if performed.verdict.kind is Kind.FAIL and performed.request.quality.allowed:
        parts += [line.partition(" ")[0].rpartition(".")[2] for line in _payload_of(session, action)][:2]
    if performed.verdict.detail.endswith(AT_ONCE):
        parts.append(AT_ONCE)
    return ", ".join(part[:80] for part in parts)


def _token_of(action: SendItems | MoveSync) -> list[str]:
    """A token that is not the staff member's own, in words."""
    if action.token is Token.STAFF:
        return []
    token = "no" if action.token is Token.NONE else action.token.value
    return [f"token {token}" if action.token in NEAR else f"{token} token"]


def _short(text: str) -> str:
    """A long name with its middle left out: what near misses differ in stands at an end more often than not."""
    return text if len(text) <= LONGEST_NAME else f"{text[:16]}…{text[-16:]} ({len(text)} characters)"
