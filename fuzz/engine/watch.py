"""A staff member who is left alone while much is done to another one."""

from __future__ import annotations

from fuzz.engine.campaign import Campaign
from fuzz.engine.situations import Situations
from fuzz.model.exchange import Create, Move, MoveSync, SendItems, Single

STAFF = 1


def stages(situations: Situations) -> tuple[tuple[Single, ...], ...]:
    """What is done to the second staff member before all cases, half-way and after them: bound, found to be bound and
    disabled, where the target can do that, and found to be disabled.
    """
    bound = (Create(STAFF, situations.provider), SendItems(STAFF, situations.body()))
    disable = MoveSync(STAFF, Move.DISABLE, situations.provider, situations.account)
    look = SendItems(STAFF, situations.body(account="b@example.com", serial=1))
    half_way = (look, disable) if situations.can(Move.DISABLE) else (look,)
    return bound, half_way, (SendItems(STAFF, situations.body(serial=2)),)


class Watch:
    """Nothing that is done to the first staff member, and no time that goes by, may change what the second one is.
    Mutable. Ends with the first failure of anybody, as nobody's state is known then.
    """

    def __init__(self, campaign: Campaign, situations: Situations, phase: str) -> None:
        self._campaign = campaign
        self._play = campaign.session.play(phase)
        self._stages = iter(stages(situations))
        self._goes_on = True
        self.go_on()

    def go_on(self) -> None:
        """Performs the next stage."""
        for action in next(self._stages):
            self._goes_on &= isinstance(action, Create) or self._play.member(action).belief is not None
            if self._goes_on:
                self._goes_on = not self._campaign.attend(self._play, self._play.perform(action))
