"""Cases about who sends what for whom: no token, somebody else's, and two staff members with the same items."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.engine.situations import Cases, Situations
from fuzz.model.exchange import Create, SendItems, Token
from swagger.contract import Json

MODIFIED, DAY_BEFORE = "last_modification", "2029-12-31T10:00:00Z"


def token_cases(situations: Situations) -> Iterator[Cases]:
    """No token and an unknown one in every situation, and that they change nothing; other people's tokens."""
    tokens = (Token.NONE, Token.UNKNOWN)
    everyones = (*tokens, Token.ADMIN, Token.OTHER_STAFF)
    for _, beginning, account in situations.unhappy():
        yield Cases(beginning, tuple(SendItems(0, situations.body(account=account), token) for token in everyones))
    for token in everyones:
        body = situations.body(account="b@example.com")
        yield Cases((*situations.fresh, SendItems(0, body, token)), (situations.send(),))
    own = situations.body(serial=3)
    near = (Token.EMPTY, Token.CUT, Token.LONGER, Token.SWAPPED)
    refused = [SendItems(0, own, token) for token in (*tokens, *near)]
    yield Cases(situations.matched, (refused[0], situations.send(), *refused[1:], situations.send()))
    for token in (Token.ADMIN, Token.OTHER_STAFF):
        yield Cases(situations.matched, (SendItems(0, own, token), situations.send()))


def two_people(situations: Situations) -> Iterator[Cases]:
    """What is done with one staff member's token or items changes nothing for the other."""
    provider, body = situations.provider, situations.body(serial=7)
    sends = (SendItems(1, body), SendItems(0, body), SendItems(0, _older(body)), SendItems(1, body, Token.NONE))
    yield Cases((*situations.fresh, Create(1, provider)), sends, same_ids=True)
    theirs = SendItems(0, situations.body(account="b@example.com"), Token.OTHER_STAFF)
    one, other = situations.body(serial=9), situations.body(account="b@example.com")
    bound = (*situations.matched, Create(1, provider), SendItems(1, other))
    yield Cases(bound, (SendItems(0, other), SendItems(1, one)))
    yield Cases((*situations.fresh, Create(1, provider)), (theirs, SendItems(1, situations.body(serial=8))))


def _older(body: dict[str, Json]) -> dict[str, Json]:
    """The body with its items as they were a day before: an update that comes late."""
    return {
        name: [{**item, MODIFIED: DAY_BEFORE} if MODIFIED in item else item for item in value]
        if isinstance(value, list)
        else value
        for name, value in body.items()
    }
