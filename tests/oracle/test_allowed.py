"""The documented outcome in each state, and the state that is taken where several are allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fuzz.oracle.actions import Move, Token
from fuzz.oracle.allowed import allowed, choose_state, documented_outcome, would_succeed
from fuzz.oracle.request import Request
from fuzz.oracle.state import CalendarSync, Named, SyncState
from tests.oracle.documented import (
    BOUND,
    DISABLED,
    DISABLED_FRESH,
    FRESH,
    A,
    B,
    G,
    O,
    create,
    item,
    move,
    send,
    the_contract,
)


def test_a_payload_may_be_all_that_stands_in_the_way() -> None:
    ready = [would_succeed(the_contract(), state, Named(None, A)) for state in (None, FRESH, BOUND, DISABLED)]
    assert [False, True, True, False] == ready
    assert [False, True] == [would_succeed(the_contract(), BOUND, Named(G, named)) for named in (B, None)]


@pytest.mark.parametrize(
    ("state", "request_", "outcome"),
    [
        (None, create(), "success"),
        (DISABLED, create(O), "success"),
        (None, send(), "missing"),
        (FRESH, send(), "success"),
        (FRESH, send(O), "already_exists"),
        (BOUND, send(), "success"),
        (BOUND, send(G, B), "already_exists"),
        (DISABLED, send(), "invalid"),
        (FRESH, send(external_items=[]), "success"),
        (BOUND, send(external_items=[item(external_id=5)]), "refusal"),
        (None, send(external_items=5), "missing"),
        (BOUND, send(token=Token.NONE), "refusal"),
        (None, send(token=Token.UNKNOWN), "refusal"),
        (BOUND, move(Move.DISABLE), "success"),
        (BOUND, move(Move.DISABLE, G, B), "refusal"),
        (DISABLED, move(Move.CONNECT), "success"),
        (None, move(Move.CONNECT), "connect.missing"),
        (None, move(Move.DISABLE), "disable.staff_not_registered"),
        (None, move(Move.DISCONNECT), "refusal"),
        (BOUND, move(Move.DISCONNECT, token=Token.EMPTY), "refusal"),
        (None, replace(move(Move.CONNECT), is_judged=False), "success"),
    ],
)
def test_the_documents_name_one_outcome(state: SyncState, request_: Request, outcome: str) -> None:
    assert outcome == documented_outcome(the_contract(), state, request_)
    assert outcome in allowed(the_contract(), state, request_)


@pytest.mark.parametrize(
    ("states", "with_account", "without_account"),
    [
        ({DISABLED, DISABLED_FRESH}, DISABLED, DISABLED_FRESH),
        ({None, FRESH}, FRESH, FRESH),
        ({None, BOUND}, BOUND, BOUND),
        ({None}, None, None),
        ({CalendarSync(G, B), BOUND}, BOUND, BOUND),
        ({CalendarSync(O), CalendarSync(G)}, FRESH, FRESH),
    ],
)
def test_of_several_states_a_sync_is_taken_with_an_account_or_without(
    states: set[SyncState], with_account: SyncState, without_account: SyncState
) -> None:
    assert with_account == choose_state(states, with_account=True)
    assert without_account == choose_state(states, with_account=False)
