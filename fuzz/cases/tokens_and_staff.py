"""Cases about tokens and about two staff members: no token, somebody else's token, leaks from one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from fuzz.cases.situations import OTHER_ACCOUNT, CaseGroup, Situations
from fuzz.oracle.actions import Create, Move, MoveSync, SendItems, Token
from strategies.valid.fields import OTHER_CALENDAR_SYNC_UID
from swagger.contract import Json

DAY_BEFORE = ("last_modification", "2029-12-31T10:00:00Z")
"""Makes an item an older version of one that was sent."""
THEIR_CALENDAR = ("external_calendar_uid", OTHER_CALENDAR_SYNC_UID)
"""Names the other staff member's calendar in place of the own one."""


def token_cases(situations: Situations) -> Iterator[CaseGroup]:
    """Sends without a token, with an unknown one and with somebody else's, to a fresh and to a bound sync.

    The requests that follow show whether anything has changed.
    """
    tokens = (Token.NONE, Token.UNKNOWN)
    documented = situations.capabilities.documented_moves
    body = situations.body(account=OTHER_ACCOUNT)
    connect = [move for move in documented if move is Move.CONNECT]
    refused = [situations.move(move, Token.NONE, account=OTHER_ACCOUNT) for move in connect]
    yield CaseGroup(situations.fresh, (*(SendItems(0, body, token) for token in tokens), *refused, situations.send()))
    for token in (Token.ADMIN, Token.OTHER_STAFF):
        yield CaseGroup(situations.fresh, (SendItems(0, body, token), situations.send()))
    own, check = situations.body(serial=3), situations.send(account=OTHER_ACCOUNT)
    near = (Token.EMPTY, Token.CUT, Token.LONGER, Token.SWAPPED, Token.CHANGED)
    sends = [SendItems(0, own, token) for token in (*tokens, *near)]
    moves = [situations.move(move, token) for move, token in zip(documented, cycle(tokens), strict=False)]
    yield CaseGroup(situations.matched, (*sends, *moves, check, situations.send()))
    others = (SendItems(0, own, Token.ADMIN), SendItems(0, own, Token.OTHER_STAFF))
    yield CaseGroup(situations.matched, (*others, check, situations.send()))
    if not situations.capabilities.custom_create:
        creates = (Create(0, situations.provider, token) for token in (Token.NONE, Token.UNKNOWN, Token.STAFF))
        yield CaseGroup(situations.matched, (*creates, situations.send(), check))


def two_staff_cases(situations: Situations) -> Iterator[CaseGroup]:
    """Cases that show whether one staff member's token or items change anything for the other."""
    if not situations.capabilities.has_two_staff:
        return
    provider, body = situations.provider, situations.body(serial=7)
    both_fresh = (*situations.fresh, Create(1, provider))
    sends = (
        SendItems(1, body),
        SendItems(0, body),
        SendItems(0, _with_field(body, *DAY_BEFORE)),
        SendItems(1, body, Token.NONE),
    )
    yield CaseGroup(both_fresh, sends, same_ids=True)
    yield _calendars_and_moves_of_the_other(situations)
    theirs = SendItems(0, situations.body(account=OTHER_ACCOUNT), Token.OTHER_STAFF)
    yield CaseGroup(both_fresh, (theirs, SendItems(1, situations.body(serial=8))))


def _calendars_and_moves_of_the_other(situations: Situations) -> CaseGroup:
    provider = situations.provider
    one, other = situations.body(serial=9), situations.body(account=OTHER_ACCOUNT)
    bound = (*situations.matched, Create(1, provider), SendItems(1, other))
    moves = [move for move in (Move.DISCONNECT, Move.DISABLE) if situations.capabilities.can(move)]
    refused, last = ([MoveSync(staff, move, provider, OTHER_ACCOUNT) for move in moves] for staff in (0, 1))
    in_theirs = [SendItems(0, _with_field(situations.body(serial=serial), *THEIR_CALENDAR)) for serial in (10, 11)]
    first = (SendItems(0, other), in_theirs[0], SendItems(1, one))
    return CaseGroup(bound, (*first, *refused, SendItems(1, other), *last[-1:], in_theirs[1]))


def _with_field(body: dict[str, Json], field: str, value: Json) -> dict[str, Json]:
    """The body with another value in each item that has the field."""
    return {
        name: [{**item, field: value} if field in item else item for item in listed]
        if isinstance(listed, list)
        else listed
        for name, listed in body.items()
    }
