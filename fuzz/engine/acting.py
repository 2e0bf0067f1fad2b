"""What the rules of the Hypothesis machine stand on: the play, the staff members' syncs, and the ways to a state."""

from __future__ import annotations

from typing import ClassVar, Protocol

from hypothesis.stateful import RuleBasedStateMachine

from fuzz.engine.session import Play, Session
from fuzz.model.argument import argue
from fuzz.model.exchange import Action, Create, Move, MoveSync, SendItems, Token
from fuzz.model.state import CalendarSync, SyncState
from fuzz.model.verdict import Kind, Verdict
from strategies.breakages import Breakage
from strategies.fields import listed_providers
from strategies.payloads import with_sync
from strategies.silences import Silence
from swagger.contract import Json

STAFF = (0, 1)


class Attendant(Protocol):
    """Told of every verdict and of the end of every example."""

    def attend(self, play: Play, verdict: Verdict) -> bool:
        """True: the example's staff members must be created anew."""

    def remember(self, play: Play) -> None: ...


class Asserting:
    """The attendant of a test: a failure raises AssertionError with its argument."""

    def attend(self, play: Play, verdict: Verdict) -> bool:
        """Raises for a failure."""
        if verdict.kind is Kind.FAIL:
            raise AssertionError(
                f"{verdict.clause}, in {verdict.situation}: expected {' or '.join(verdict.allowed)}, seen"
                f" {verdict.seen.label if verdict.seen else 'nothing'}."
                f" {argue([(each.request, each.verdict) for each in play.performed])}"
            )
        return False

    def remember(self, play: Play) -> None:
        """Nothing is kept."""


class Acting(RuleBasedStateMachine):
    """Two staff members of one target, who are brought to states and send. Has no rules of its own."""

    session: ClassVar[Session]
    attendant: ClassVar[Attendant]
    phase: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.play = self.session.play(self.phase)
        self.listed = listed_providers(self.session.contract)
        self.last: dict[int, Json] = {}

    def perform(self, action: Action) -> None:
        """Does an action. After a failure the staff members' syncs are created anew, and the example goes on."""
        verdict = self.play.perform(action)
        if self.attendant.attend(self.play, verdict):
            self.attendant.remember(self.play)
            self.play = self.session.play(self.phase)
            for staff in STAFF:
                self.play.perform(Create(staff, self.listed[0]))

    def state(self, staff: int) -> SyncState:
        """A believed state of the staff member; of several, always the same one."""
        belief = self.play.member(Create(staff, "")).belief or frozenset({None})
        return min(belief, key=repr)

    def matching(self, staff: int, otherwise: str) -> tuple[str, str]:
        """The provider and account that match the staff member's sync, as far as it has them."""
        state = self.state(staff)
        if state is None:
            return self.listed[0], otherwise
        return state.provider, state.account or otherwise

    def send(self, staff: int, body: Json, provider: str, account: str, token: Token = Token.STAFF) -> None:
        """Sends a drawn body that names this provider and account."""
        self.last[staff] = with_sync(body, provider, account)
        self.perform(SendItems(staff, self.last[staff], token))

    def send_changed(self, staff: int, change: Breakage | Silence, body: Json, account: str) -> None:
        """Sends a drawn body that names the staff member's own sync, with a change made to it."""
        changed = change.apply(with_sync(body, *self.matching(staff, account)))
        if getattr(change, "raw", False):
            self.perform(SendItems(staff, None, raw=changed))
        else:
            self.perform(SendItems(staff, changed))

    def move(self, staff: int, move: Move, account: str) -> None:
        """Moves the staff member's sync, naming its own provider and account."""
        self.perform(MoveSync(staff, move, *self.matching(staff, account)))

    def bind(self, staff: int, body: Json, account: str) -> None:
        """Brings the staff member from wherever they are to a sync that has an account and is not disabled."""
        state = self.state(staff)
        if state is None or state.disabled:
            self.create(staff)
        if self._is_fresh(staff):
            self.send(staff, body, *self.matching(staff, account))

    def disable(self, staff: int, body: Json, account: str) -> None:
        """Brings the staff member to a disabled sync that has an account, if this target has a way there."""
        state = self.state(staff)
        if state is None or not state.disabled:
            self.bind(staff, body, account)
            if self.session.lifecycle.can(Move.DISABLE) and self.state(staff) is not None:
                self.move(staff, Move.DISABLE, account)

    def disconnect(self, staff: int, account: str) -> None:
        """Brings the staff member to where they have no sync, if this target has a way there."""
        state = self.state(staff)
        if state is not None and self.session.lifecycle.can(Move.DISCONNECT):
            if state.disabled:
                self.create(staff)
            self.move(staff, Move.DISCONNECT, account)

    def create(self, staff: int) -> None:
        """Gives the staff member a fresh sync, of the provider that they had."""
        state = self.state(staff)
        self.perform(Create(staff, state.provider if isinstance(state, CalendarSync) else self.listed[0]))

    def _is_fresh(self, staff: int) -> bool:
        state = self.state(staff)
        return state is not None and state.account is None
