"""Cases about who sends what for whom: no token, somebody else's, and two staff members with the same items."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from fuzz.engine.situations import Cases, Situations
from fuzz.model.exchange import Create, Move, MoveSync, SendItems, Token
from strategies.fields import OTHER_CALENDAR_SYNC_UID
from swagger.contract import Json

DAY_BEFORE = ("last_modification", "2029-12-31T10:00:00Z")
"""Makes an item an update that comes late."""
THEIR_CALENDAR = ("external_calendar_uid", OTHER_CALENDAR_SYNC_UID)
"""Puts the other one's calendar in the place of the staff member's own."""


def token_cases(situations: Situations) -> Iterator[Cases]:
    """No token, an unknown one and other people's, on a fresh and on a bound sync, and that they change nothing."""
    tokens = (Token.NONE, Token.UNKNOWN)
    body = situations.body(account="b@example.com")
    connect = [each for each in situations.documented if each is Move.CONNECT]
    refused = [situations.move(each, Token.NONE, account="b@example.com") for each in connect]
    yield Cases(situations.fresh, (*(SendItems(0, body, token) for token in tokens), *refused, situations.send()))
    for token in (Token.ADMIN, Token.OTHER_STAFF):
        yield Cases(situations.fresh, (SendItems(0, body, token), situations.send()))
    own, look = situations.body(serial=3), situations.send(account="b@example.com")
    near = (Token.EMPTY, Token.CUT, Token.LONGER, Token.SWAPPED, Token.CHANGED)
    sends = [SendItems(0, own, token) for token in (*tokens, *near)]
    moves = [situations.move(move, token) for move, token in zip(situations.documented, cycle(tokens), strict=False)]
    yield Cases(situations.matched, (*sends, *moves, look, situations.send()))
    others = (SendItems(0, own, Token.ADMIN), SendItems(0, own, Token.OTHER_STAFF))
    yield Cases(situations.matched, (*others, look, situations.send()))


def two_people(situations: Situations) -> Iterator[Cases]:
    """What is done with one staff member's token or items changes nothing for the other."""
    provider, body = situations.provider, situations.body(serial=7)
    sends = (
        SendItems(1, body),
        SendItems(0, body),
        SendItems(0, _with_field(body, *DAY_BEFORE)),
        SendItems(1, body, Token.NONE),
    )
    yield Cases((*situations.fresh, Create(1, provider)), sends, same_ids=True)
    theirs = SendItems(0, situations.body(account="b@example.com"), Token.OTHER_STAFF)
    one, other = situations.body(serial=9), situations.body(account="b@example.com")
    bound = (*situations.matched, Create(1, provider), SendItems(1, other))
    moves = [move for move in (Move.DISCONNECT, Move.DISABLE) if situations.can(move)]
    refused, last = ([MoveSync(staff, move, provider, "b@example.com") for move in moves] for staff in (0, 1))
    in_theirs = [SendItems(0, _with_field(situations.body(serial=serial), *THEIR_CALENDAR)) for serial in (10, 11)]
    first = (SendItems(0, other), in_theirs[0], SendItems(1, one))
    yield Cases(bound, (*first, *refused, SendItems(1, other), *last[-1:], in_theirs[1]))
    yield Cases((*situations.fresh, Create(1, provider)), (theirs, SendItems(1, situations.body(serial=8))))


def _with_field(body: dict[str, Json], field: str, value: Json) -> dict[str, Json]:
    """The body with another value in each item that has the field."""
    return {
        name: [{**item, field: value} if field in item else item for item in listed]
        if isinstance(listed, list)
        else listed
        for name, listed in body.items()
    }
