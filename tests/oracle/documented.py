"""What the tests of the oracle share: names, bodies, answers as the document writes them, and judging them."""

from __future__ import annotations

from functools import cache
from typing import Any

from fuzz.oracle.actions import Answer, Create, Move, MoveSync, RequestContext, SendItems, Single, Token
from fuzz.oracle.answers.answer import read_answer, read_create
from fuzz.oracle.judgement.judge import judge_answer
from fuzz.oracle.request import Request, judge_payload, request_of
from fuzz.oracle.siblings import read_move
from fuzz.oracle.state import CalendarSync, SyncState
from fuzz.oracle.validity.feature_names import Unspecified
from fuzz.oracle.verdict import ReadAnswer, Verdict
from swagger.contract import Contract, Json
from swagger.load import load_contract

G, O = "google_v3", "outlook_v1.0"  # noqa: E741 - the two listed providers, short enough for tables
A, B = "a@example.com", "b@example.com"
STAFF, UID = "f67acee343b4a38b", "0c1d2e3f4a5b6c7d"

NONE: SyncState = None
FRESH, BOUND, DISABLED = CalendarSync(G), CalendarSync(G, A), CalendarSync(G, A, disabled=True)
DISABLED_FRESH = CalendarSync(G, disabled=True)

HERE = RequestContext(STAFF, Token.STAFF, UID)

MESSAGES = {
    "missing": "staff is not registered to any calendar sync",
    "already_exists": "staff already registered to other calendar sync",
    "invalid": "staff account is disabled",
}


@cache
def the_contract() -> Contract:
    return load_contract()


def item(**changes: Json) -> dict[str, Json]:
    """The document's own item; a change to None leaves the field out."""
    plain: dict[str, Json] = {
        "external_id": "ext_item_1",
        "external_title": "External Meeting",
        "external_calendar_uid": UID,
        "start_date": "2026-11-23T10:00:00Z",
        "end_date": "2026-11-30T10:00:00Z",
        "last_modification": "2026-11-22T09:00:00Z",
    }
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def body(provider: Json = G, account: Json = A, **changes: Json) -> dict[str, Json]:
    """The document's own body; a change to None leaves the field out."""
    sync = {name: value for name, value in (("provider", provider), ("account", account)) if value is not None}
    plain: dict[str, Json] = {"staff_uid": STAFF, "calendar_sync": sync, "external_items": [item()]}
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def without(name: str) -> dict[str, Json]:
    """The document's own item without one field."""
    return {key: value for key, value in item().items() if key != name}


def single(one: Json) -> dict[str, Json]:
    """The document's own body in the other form: with one item that is no list."""
    return body(external_items=None, external_item=one)


def judged(sent: Json, context: RequestContext = HERE) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The clauses that a body violates, and the texts of its unspecified features."""
    validity = judge_payload(the_contract(), sent, context)
    assert validity.is_valid is (not validity.violations and not validity.unspecified)
    return validity.violations, texts(validity.unspecified)


def texts(features: tuple[Unspecified, ...]) -> tuple[str, ...]:
    return tuple(map(str, features))


def send(
    provider: Json = G,
    account: Json = A,
    *,
    token: Token = Token.STAFF,
    sent_ids: frozenset[str] = frozenset(),
    uid: str | None = UID,
    **changes: Json,
) -> Request:
    return sending(body(provider, account, **changes), token=token, sent_ids=sent_ids, uid=uid)


def sending(
    sent: Json, *, token: Token = Token.STAFF, sent_ids: frozenset[str] = frozenset(), uid: str | None = UID
) -> Request:
    circumstances = RequestContext(STAFF, token, uid, sent_ids)
    return request_of(the_contract(), SendItems(0, sent, token), sent, circumstances)


def create(provider: str = G) -> Request:
    return _request(Create(0, provider))


def move(kind: Move, provider: str = G, account: str = A, *, token: Token = Token.STAFF) -> Request:
    return _request(MoveSync(0, kind, provider, account, token), token)


def _request(action: Single, token: Token = Token.STAFF) -> Request:
    return request_of(the_contract(), action, None, RequestContext(STAFF, token))


def state_error(code: str, /, **changes: Any) -> Answer:
    """The documented answer for a state error, with changes to its one entry."""
    entry = {"code": code, "message": MESSAGES[code], **changes}
    return Answer(422, {"success": False, "errors": [entry]})


OK = Answer(200, {"success": True, "data": {"success": True}})


def record(account: Json = A, provider: Json = G, **changes: Json) -> Answer:
    """The 200 of connect or disable: a sync record."""
    return Answer(200, {"uid": UID, "staff_uid": STAFF, "provider": provider, "account": account, **changes})


CONNECTED = record(enabled=True)
DISABLED_NOW = record(enabled=False)
DISCONNECTED = Answer(200, {"success": True})
MOVED = {Move.CONNECT: CONNECTED, Move.DISABLE: DISABLED_NOW, Move.DISCONNECT: DISCONNECTED}
CONNECT_MISSING = Answer(
    422,
    {"status": "Error", "errors": [{"code": "missing", "field": "staff", "message": MESSAGES["missing"]}]},
)
CREATED = Answer(200, {"uid": UID}, {"calendar_sync_uid": UID})
REFUSED = Answer(422, {"success": False, "errors": [{"code": "missing", "message": "external_id is missing"}]})
CRASHED = Answer(500, {"success": False})


def read(request: Request, answer: Answer) -> ReadAnswer:
    if isinstance(request.action, Create):
        return read_create(the_contract(), answer)
    if isinstance(request.action, MoveSync):
        return read_move(the_contract(), request.action.move, answer)
    return read_answer(the_contract(), answer)


def judge(state: SyncState | frozenset[SyncState], request: Request, answer: Answer) -> Verdict:
    belief = state if isinstance(state, frozenset) else frozenset({state})
    return judge_answer(the_contract(), belief, request, read(request, answer))
