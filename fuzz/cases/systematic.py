"""The systematic list: conformance words and payload groups as one list, the likeliest finders first.

Requests are the scarce resource, so all kinds of entries are interleaved from the first request on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from fuzz.cases.conformance_words import SMALLEST, ConformanceWord, Extent, conformance_words, further_words
from fuzz.cases.payloads import payload_groups
from fuzz.cases.situations import CaseGroup, with_own_ids
from fuzz.target.capabilities import Capabilities

Entry = ConformanceWord | CaseGroup

SUITE_AHEAD = 24
"""Requests of the suite that come first of all: after them each state error has been due."""
SUITE_PACE = 4
"""Requests of the suite for one request of each other kind: the states are what the contract is about."""


class Part(StrEnum):
    """A part of the systematic list, which `--phases` can pick."""

    CONFORMANCE = "conformance"
    PAYLOADS = "payloads"


def systematic_list(
    capabilities: Capabilities, parts: Iterable[Part] = tuple(Part), *, seed: int, extent: Extent = SMALLEST
) -> Iterator[Entry]:
    """Every entry of the parts in order. The words that a greater extent adds come last: there may be very many."""
    wanted, kinds = set(parts), list[Kind]()
    if Part.CONFORMANCE in wanted:
        of_suite, *others = conformance_words(capabilities, seed=seed)
        kinds.append(Kind(of_suite, ahead=SUITE_AHEAD, pace=SUITE_PACE))
    if Part.PAYLOADS in wanted:
        kinds += [Kind([*map(with_own_ids, groups)]) for groups in payload_groups(capabilities, seed)]
    if Part.CONFORMANCE in wanted:
        kinds += map(Kind, others)
    yield from in_turn(kinds)
    if Part.CONFORMANCE in wanted:
        yield from further_words(capabilities, seed=seed, extent=extent)


@dataclass(frozen=True, slots=True)
class Kind:
    """Entries of one kind, likeliest finders first. Frozen.

    `ahead`: the requests with which it begins before any other kind. `pace`: how many requests of it there are for one
    request of another kind.
    """

    entries: Sequence[Entry]
    ahead: int = 0
    pace: int = 1

    def turns(self) -> Iterator[tuple[float, Entry]]:
        """Each entry with its turn: the requests that another kind has had before it."""
        before = -self.ahead
        for entry in self.entries:
            yield before / self.pace, entry
            before += len(entry)


def in_turn(kinds: Sequence[Kind]) -> Iterator[Entry]:
    """The entries of all kinds, at the same pace: a kind with few entries is done early, while the first cases of the
    others, which find most, are still being tried.
    """
    turns = [(turn, place, entry) for place, kind in enumerate(kinds) for turn, entry in kind.turns()]
    return (entry for *_, entry in sorted(turns, key=itemgetter(0, 1)))
