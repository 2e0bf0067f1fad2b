"""Cases in which the siblings' own documents say what they answer: after a create, and without a sync."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.cases.situations import CaseGroup, Situations
from fuzz.oracle.actions import Create, Move, Single, Token


def sibling_cases(situations: Situations) -> Iterator[CaseGroup]:
    """Each sibling after a create, without a token, and after `disconnect` and a send that shows what that has done.

    Their documents speak of some providers only.
    """
    documented = situations.capabilities.documented_moves
    speaking = [move for move in documented if situations.contract.promised_by(move).success_body is not None]
    for provider in _spoken_of(situations, speaking):
        of_provider = situations.of(provider)
        create = Create(0, provider)
        actions: list[Single] = []
        for move in speaking:
            actions += [of_provider.move(move), create]
        actions += [of_provider.move(move, Token.NONE) for move in documented]
        if Move.DISCONNECT in documented:
            actions += [of_provider.move(Move.DISCONNECT), of_provider.send()]
            actions += map(of_provider.move, (*speaking, Move.DISCONNECT))
        yield CaseGroup(of_provider.fresh, tuple(actions))


def _spoken_of(situations: Situations, moves: list[Move]) -> list[str]:
    """The first listed provider of which all these siblings' documents speak; none if there is none."""
    promises = [situations.contract.promised_by(move) for move in moves]
    common = [name for name in situations.providers if promises and all(name in each.providers for each in promises)]
    return common[:1]
