"""Forecasts of scenarios: which actions are accepted, which change a sync, and the features of their bodies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fuzz.oracle.actions import Action, AtOnce, Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.forecast import NOT_READ, forecast
from swagger.contract import Json
from tests.oracle.documented import A, B, G, O, body, item, the_contract

STAFF = {"staff_uid": "{{staff_id}}"}


def send(account: str = A, *, number: int = 1, staff: int = 0, provider: str = G, **fields: Json) -> SendItems:
    own = item(external_id=f"item-{number}", external_calendar_uid="{{calendar_sync_uid}}", **fields)
    return SendItems(staff, body(provider, account, **STAFF, external_items=[own]))


def move(kind: Move, account: str = A) -> MoveSync:
    return MoveSync(0, kind, G, account)


CREATE = Create(0, G)

# The action after a prefix, whether it is accepted, whether a sync is another one after it.
EFFECTS: list[tuple[list[Action], Action, bool, bool]] = [
    ([], CREATE, True, True),
    ([CREATE], CREATE, True, True),
    ([], send(), False, False),
    ([CREATE], send(), True, True),
    ([CREATE], send(provider=O), False, False),
    ([CREATE, send()], send(number=2), True, False),
    ([CREATE, send()], send(B, number=2), False, False),
    ([CREATE, send()], send(B, number=2, staff=1), False, False),
    ([CREATE], replace(send(), token=Token.NONE), False, False),
    ([CREATE], replace(send(), token=Token.UNKNOWN), False, False),
    ([CREATE], send(start_date=5), False, False),
    ([CREATE], SendItems(0, None, raw="{"), False, False),
    ([CREATE], move(Move.CONNECT), True, True),
    ([CREATE, send()], move(Move.CONNECT), True, False),
    ([CREATE, send()], move(Move.DISABLE), True, True),
    ([CREATE, send(), move(Move.DISABLE)], send(number=2), False, False),
    ([CREATE, move(Move.DISABLE)], send(B), False, False),
    ([CREATE, send()], move(Move.DISCONNECT), True, True),
    ([CREATE, send(), move(Move.DISCONNECT)], send(number=2), False, False),
    ([CREATE], AtOnce(send(), send(B, number=2)), True, True),
    ([CREATE, send()], AtOnce(send(B, number=2), send(B, number=3)), False, False),
    ([CREATE], send(external_title=""), True, True),
    ([CREATE], SendItems(0, body(**STAFF, external_items=[])), True, True),
    ([CREATE], SendItems(0, body(**STAFF), raw="{"), False, False),
    ([], move(Move.DISCONNECT), False, False),
]


@pytest.mark.parametrize(("before", "action", "accepted", "changes"), EFFECTS, ids=range(len(EFFECTS)))
def test_it_is_forecast_whether_an_action_is_accepted_and_changes_the_sync(
    before: list[Action], action: Action, accepted: bool, changes: bool
) -> None:
    found = forecast(the_contract(), [*before, action])[-1]
    assert (accepted, changes) == (found.accepted, found.changes)


# The action after a prefix, whether the documents promise one outcome and one state after it.
DECIDED: list[tuple[list[Action], Action, bool]] = [
    ([], CREATE, True),
    ([], replace(CREATE, token=Token.STAFF), False),
    ([CREATE], send(), True),
    ([CREATE, send()], send(B, number=2), True),
    ([CREATE], replace(send(), token=Token.UNKNOWN), True),
    ([CREATE], replace(send(), token=Token.OTHER_STAFF), False),
    ([CREATE], send(start_date=5), False),
    ([CREATE], send(external_title=""), False),
    ([CREATE], move(Move.CONNECT), False),
    ([CREATE], move(Move.DISABLE), False),
    ([CREATE, send()], move(Move.DISABLE), False),
    ([CREATE], move(Move.DISCONNECT), False),
    ([], move(Move.CONNECT), True),
    ([CREATE], replace(move(Move.DISABLE), token=Token.NONE), True),
    ([CREATE], AtOnce(send(), send(B, number=2)), True),
    ([CREATE], AtOnce(send(), move(Move.CONNECT)), False),
]


@pytest.mark.parametrize(("before", "action", "decided"), DECIDED, ids=range(len(DECIDED)))
def test_it_is_forecast_whether_the_outcome_of_an_action_decides_the_state(
    before: list[Action], action: Action, decided: bool
) -> None:
    assert decided is forecast(the_contract(), [*before, action])[-1].decided


FEATURES: list[tuple[list[Action], Action, set[str]]] = [
    ([CREATE], send(), set()),
    ([CREATE, send()], send(), {"external_id sent before"}),
    ([CREATE, send(), CREATE], send(), {"external_id sent before"}),
    ([CREATE, send()], send(staff=1), set()),
    ([CREATE], AtOnce(send(), send(B)), {"external_id sent before"}),
    ([CREATE, send()], AtOnce(send(number=2), send(B, number=3)), set()),
    ([CREATE], send(start_date=5), {"type:external_items[].start_date"}),
    ([CREATE], send("no email"), {"account is no email address"}),
    ([CREATE], move(Move.DISABLE, "no email"), {"account is no email address"}),
    ([CREATE], replace(move(Move.CONNECT), provider="caldav"), {"unlisted value: provider"}),
    ([CREATE], SendItems(0, None, raw="{"), {NOT_READ}),
    ([CREATE], SendItems(0, body(), Token.ADMIN, raw="{"), {NOT_READ}),
    ([CREATE, send()], replace(send(number=2), token=Token.ADMIN), {"admin token"}),
]


@pytest.mark.parametrize(("before", "action", "features"), FEATURES, ids=range(len(FEATURES)))
def test_violations_and_unspecified_features_of_a_body_are_forecast(
    before: list[Action], action: Action, features: set[str]
) -> None:
    assert features == {str(feature) for feature in forecast(the_contract(), [*before, action])[-1].features}
