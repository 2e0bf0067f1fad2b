"""What an answer adds to each clause's tally: due, seen, not due, surplus."""

from __future__ import annotations

import pytest

from fuzz.oracle.actions import NOT_JSON, Answer, Move, Token
from fuzz.oracle.request import Request
from fuzz.oracle.state import Belief, CalendarSync, SyncState
from tests.oracle.documented import (
    BOUND,
    CONNECT_MISSING,
    CONNECTED,
    CRASHED,
    CREATED,
    DISABLED,
    FRESH,
    OK,
    REFUSED,
    A,
    B,
    G,
    O,
    create,
    item,
    judge,
    move,
    send,
    state_error,
    the_contract,
)

BROKEN = send(external_items=[item(external_id=5)])
UNCERTAIN = frozenset({FRESH, BOUND})
TYPE_ID = "type:external_items[].external_id"


FIELD_CLAUSES = {clause.id for clause in the_contract().clauses if ":" in clause.id} - {
    "listed:calendar_sync.provider",
    "alternative:external_item",
}
ALWAYS, STATE = {"no_server_error"}, {"missing", "already_exists", "invalid"}
LISTED, SINGLE = "listed:calendar_sync.provider", "alternative:external_item"
OF_SUCCESS = ALWAYS | {"success", LISTED}
KEPT = STATE | FIELD_CLAUSES | {"token"}

OF_CONNECT = {"connect.success", "connect.no_server_error"}
CONNECT_IS_DUE = {"connect.missing", "connect.no_server_error"}

TALLIES = [
    # state, request, answer, due, seen, not due, surplus
    (FRESH, send(), OK, OF_SUCCESS, OF_SUCCESS, KEPT | {SINGLE, "account_stored"}, set()),
    (BOUND, send(), OK, OF_SUCCESS | {"account_stored"}, OF_SUCCESS | {"account_stored"}, KEPT | {SINGLE}, set()),
    (
        BOUND,
        send(external_items=None, external_item=item()),
        OK,
        OF_SUCCESS | {"account_stored", SINGLE},
        OF_SUCCESS | {"account_stored", SINGLE},
        KEPT,
        set(),
    ),
    (
        BOUND,
        send(external_items=None, external_item=item()),
        REFUSED,
        OF_SUCCESS | {"account_stored", SINGLE},
        ALWAYS,
        KEPT,
        set(),
    ),
    (BOUND, send(), REFUSED, OF_SUCCESS | {"account_stored"}, ALWAYS, KEPT | {SINGLE}, set()),
    (BOUND, send(), CRASHED, OF_SUCCESS | {"account_stored"}, set(), KEPT | {SINGLE}, set()),
    (BOUND, send(), state_error("missing"), OF_SUCCESS | {"account_stored"}, ALWAYS, KEPT | {SINGLE}, {"missing"}),
    (
        BOUND,
        send(G, B),
        state_error("already_exists"),
        ALWAYS | {"already_exists", "account_stored"},
        ALWAYS | {"already_exists", "account_stored"},
        {"missing", "invalid", "success"},
        set(),
    ),
    (
        BOUND,
        send(G, B),
        OK,
        ALWAYS | {"already_exists", "account_stored"},
        ALWAYS,
        {"missing", "invalid", "success"},
        {"success"},
    ),
    (
        BOUND,
        send(O, A),
        state_error("already_exists"),
        ALWAYS | {"already_exists"},
        ALWAYS | {"already_exists"},
        {"missing", "invalid", "success"},
        set(),
    ),
    (
        None,
        send(),
        state_error("missing"),
        ALWAYS | {"missing"},
        ALWAYS | {"missing"},
        {"already_exists", "invalid", "success", "account_stored"},
        set(),
    ),
    (
        DISABLED,
        send(),
        state_error("invalid"),
        ALWAYS | {"invalid"},
        ALWAYS | {"invalid"},
        {"already_exists", "missing", "success"},
        set(),
    ),
    (BOUND, BROKEN, REFUSED, ALWAYS | {TYPE_ID}, ALWAYS | {TYPE_ID}, STATE | {"success"}, set()),
    (BOUND, BROKEN, OK, ALWAYS | {TYPE_ID}, ALWAYS, STATE | {"success"}, {"success"}),
    (
        BOUND,
        send(external_items=[item(external_id=5, start_date="x")]),
        REFUSED,
        ALWAYS,
        ALWAYS,
        STATE | {"success"},
        set(),
    ),
    (
        BOUND,
        send(None, A),
        REFUSED,
        ALWAYS | {"required:calendar_sync.provider"},
        ALWAYS | {"required:calendar_sync.provider"},
        {"missing", "invalid", "success"},
        set(),
    ),
    (
        BOUND,
        send(G, B, external_items=[item(external_id=5)]),
        REFUSED,
        ALWAYS,
        ALWAYS,
        {"missing", "invalid", "success"},
        set(),
    ),
    (
        None,
        BROKEN,
        REFUSED,
        ALWAYS,
        ALWAYS,
        {"already_exists", "invalid", "success", "account_stored"},
        set(),
    ),
    (
        BOUND,
        send(token=Token.NONE),
        Answer(401, NOT_JSON),
        ALWAYS | {"token"},
        ALWAYS | {"token"},
        STATE | {"success"},
        set(),
    ),
    (BOUND, send(token=Token.UNKNOWN), OK, ALWAYS | {"token"}, ALWAYS, STATE | {"success"}, {"success"}),
    (
        BOUND,
        send(token=Token.NONE, external_items=5),
        Answer(401, NOT_JSON),
        ALWAYS | {"token"},
        ALWAYS | {"token"},
        STATE | {"success"},
        set(),
    ),
    (BOUND, send("caldav", A), REFUSED, ALWAYS, ALWAYS, {"missing", "invalid", "success", LISTED}, set()),
    (CalendarSync("caldav", A), send("caldav", A), OK, ALWAYS, ALWAYS, STATE | {LISTED}, set()),
    (BOUND, send(external_items=[]), OK, ALWAYS, ALWAYS, STATE, set()),
    (BOUND, create(), CREATED, {"create"}, {"create"}, set(), set()),
    (BOUND, create(), REFUSED, {"create"}, set(), set(), set()),
    (FRESH, move(Move.CONNECT), CONNECTED, OF_CONNECT, OF_CONNECT, {"connect.missing"}, set()),
    (None, move(Move.CONNECT), CONNECT_MISSING, CONNECT_IS_DUE, CONNECT_IS_DUE, set(), set()),
    (None, move(Move.CONNECT), REFUSED, CONNECT_IS_DUE, {"connect.no_server_error"}, set(), set()),
    (BOUND, move(Move.CONNECT, G, B), REFUSED, {"connect.no_server_error"}, {"connect.no_server_error"}, set(), set()),
    (UNCERTAIN, send(), OK, OF_SUCCESS, OF_SUCCESS, KEPT | {SINGLE}, set()),
    (UNCERTAIN, send(G, B), OK, ALWAYS, ALWAYS, {"missing", "invalid"}, set()),
]


@pytest.mark.parametrize("row", TALLIES, ids=range(len(TALLIES)))
def test_an_answer_adds_to_just_these_tallies(
    row: tuple[SyncState | Belief, Request, Answer, set[str], set[str], set[str], set[str]],
) -> None:
    state, request, answer, *wanted = row
    tally = judge(state, request, answer).tally
    assert wanted == [tally.due, tally.seen, tally.not_due, tally.surplus]
