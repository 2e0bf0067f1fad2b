"""A staff member who is left alone while much is done to another one."""

from __future__ import annotations

from fuzz.engine.campaign import Campaign
from fuzz.engine.situations import Situations
from fuzz.model.exchange import Create, Move, MoveSync, SendItems, Single

STAFF = 1


class Watch:
    """The second staff member, bound before the cases of a phase and disabled half-way: nothing that is done to the
    first one, and no time that goes by, may change what they are. Mutable. Ends with the first failure of anybody, as
    nobody's state is known then.
    """

    def __init__(self, campaign: Campaign, situations: Situations, phase: str) -> None:
        self._campaign, self._situations = campaign, situations
        self.possible = len(campaign.session.staff) > STAFF
        self._goes_on = self.possible
        self._play = campaign.session.play(phase)
        self._perform(Create(STAFF, situations.provider))
        self._perform(SendItems(STAFF, situations.body()))

    def look_and_disable(self) -> None:
        """Another account is another one still. Then the sync is disabled, where the target can do that."""
        self._perform(SendItems(STAFF, self._situations.body(account="b@example.com", serial=1)))
        if self._situations.can(Move.DISABLE):
            self._perform(MoveSync(STAFF, Move.DISABLE, self._situations.provider, self._situations.account))

    def look_again(self) -> None:
        """The right account is the right one still, and a sync that was disabled is disabled still."""
        self._perform(SendItems(STAFF, self._situations.body(serial=2)))

    def _perform(self, action: Single) -> None:
        self._goes_on &= isinstance(action, Create) or self._play.member(action).belief is not None
        if self._goes_on:
            self._goes_on = not self._campaign.attend(self._play, self._play.perform(action))
