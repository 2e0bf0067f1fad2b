"""The capabilities of a target: what the sources of scenarios need to know of it."""

from __future__ import annotations

from dataclasses import dataclass

from fuzz.oracle.actions import Move
from swagger.contract import Contract


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a target can do. Frozen: made again for each phase, since preflight may find that something is missing.

    `moves` are the moves that can be made, in the order of `Move`. `custom_moves` and `custom_create` say which actions
    are done by steps of the target profile, which are not judged. `unlisted_providers` are providers that the document
    does not list, but for which a create succeeds.
    """

    contract: Contract
    moves: tuple[Move, ...] = tuple(Move)
    custom_moves: frozenset[Move] = frozenset()
    custom_create: bool = False
    unlisted_providers: tuple[str, ...] = ()
    staff_count: int = 1

    def can(self, move: Move) -> bool:
        """Whether the target can make this move."""
        return move in self.moves

    @property
    def documented_moves(self) -> tuple[Move, ...]:
        """The moves that the documented operations make."""
        return tuple(move for move in self.moves if move not in self.custom_moves)

    @property
    def only_documented(self) -> bool:
        """Whether no action is done by steps of the target profile."""
        return not (self.custom_moves or self.custom_create)

    @property
    def has_two_staff(self) -> bool:
        """Whether a scenario can use two staff members at once."""
        return self.staff_count > 1
