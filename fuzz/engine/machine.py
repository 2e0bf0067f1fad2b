"""The Hypothesis state machine: staff members, the rules that act on them, and nothing that judges.

It draws and sends; what is expected is the oracle's. In a run the campaign attends to failures and the machine goes on.
Under pytest (`machine.TestCase` after `against(...)`) a failure is an AssertionError, and Hypothesis shrinks and
prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from fuzz.engine.session import Play, Session
from fuzz.model.argument import argue
from fuzz.model.exchange import Action, Create, Move, MoveSync, SendItems, Token
from fuzz.model.state import CalendarSync, SyncState
from fuzz.model.verdict import Kind, Verdict
from strategies.breakages import Breakage, breakages
from strategies.fields import accounts, listed_providers, unlisted_providers
from strategies.near_misses import long_account_pairs, near_accounts, near_providers
from strategies.payloads import payloads, with_sync
from strategies.schema import schema_bodies
from strategies.silences import silences
from swagger.contract import Json

STAFF = (0, 1)
GOALS = ("none", "fresh", "matched", "provider", "account", "both", "disabled", "disabled account", "near account")
"""What the steering rule can bring about: situations, and what is mismatched in them."""


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


def against(
    session: Session,
    attendant: Attendant | None = None,
    *,
    phase: str = "random",
    least_witnessed: Callable[[], tuple[str, ...]] = lambda: GOALS,
) -> type[RuleBasedStateMachine]:
    """The machine's class for one session. `least_witnessed` orders the goals of the steering rule."""
    contract = session.contract
    attending = attendant or Asserting()
    placeholder_bodies = payloads(contract, provider="", account="")
    listed = listed_providers(contract)
    creatable = [*listed, *(provider for provider in unlisted_providers(contract) if provider == "mock_provider")]
    broken, silent = by_clauses(breakages(contract)), silences(contract)
    can = session.lifecycle.can
    moves: list[Move | None] = [move for move in Move if can(move)] or [None]

    class SyncMachine(RuleBasedStateMachine):
        """Two staff members of one target."""

        staff = Bundle("staff")

        def __init__(self) -> None:
            super().__init__()
            self.play = session.play(phase)
            self.last: dict[int, Json] = {}

        # The staff members.

        @initialize(target=staff, provider=st.sampled_from(listed))
        def first_staff_member(self, provider: str) -> int:
            return self._arrive(0, provider)

        @initialize(target=staff, provider=st.sampled_from(listed))
        def second_staff_member(self, provider: str) -> int:
            return self._arrive(1, provider)

        def _arrive(self, staff: int, provider: str) -> int:
            self.perform(Create(staff, provider))
            return staff

        def perform(self, action: Action) -> None:
            """Does an action. After a failure the staff members' syncs are created anew, and the example goes on."""
            verdict = self.play.perform(action)
            if attending.attend(self.play, verdict):
                attending.remember(self.play)
                self.play = session.play(phase)
                for staff in STAFF:
                    self.play.perform(Create(staff, listed[0]))

        def state(self, staff: int) -> SyncState:
            """A believed state of the staff member; of several, always the same one."""
            belief = self.play.member(Create(staff, "")).belief or frozenset({None})
            return min(belief, key=repr)

        def matching(self, staff: int, otherwise: str) -> tuple[str, str]:
            """The provider and account that match the staff member's sync, as far as it has them."""
            state = self.state(staff)
            if state is None:
                return listed[0], otherwise
            return state.provider, state.account or otherwise

        def send(self, staff: int, body: Json, provider: str, account: str, token: Token = Token.STAFF) -> None:
            """Sends a drawn body that names this provider and account."""
            self.last[staff] = with_sync(body, provider, account)
            self.perform(SendItems(staff, self.last[staff], token))

        # Moving between states.

        @rule(staff=staff, provider=st.sampled_from(creatable))
        def create_sync(self, staff: int, provider: str) -> None:
            self.perform(Create(staff, provider))

        @rule(staff=staff, move=st.sampled_from(moves), account=accounts())
        def move_sync(self, staff: int, move: Move | None, account: str) -> None:
            if move is not None:
                self.perform(MoveSync(staff, move, *self.matching(staff, account)))

        @rule(
            staff=staff,
            move=st.sampled_from(moves),
            provider=st.sampled_from(listed),
            account=accounts(),
        )
        def move_sync_naming_another(self, staff: int, move: Move | None, provider: str, account: str) -> None:
            if move is not None and move.value not in session.lifecycle.custom:
                self.perform(MoveSync(staff, move, provider, account))

        # Sending what the documents allow.

        @rule(staff=staff, body=placeholder_bodies, account=accounts())
        def send_allowed_items(self, staff: int, body: Json, account: str) -> None:
            self.send(staff, body, *self.matching(staff, account))

        @rule(staff=staff, body=placeholder_bodies, pair=long_account_pairs(), second=st.booleans())
        def send_items_naming_a_long_account(self, staff: int, body: Json, pair: tuple[str, str], second: bool) -> None:
            provider, _ = self.matching(staff, "")
            self.send(staff, body, provider, pair[second])

        @rule(staff=staff, body=placeholder_bodies, account=accounts())
        def send_items_naming_another_account(self, staff: int, body: Json, account: str) -> None:
            provider, _ = self.matching(staff, account)
            self.send(staff, body, provider, account)

        @rule(staff=staff, body=placeholder_bodies, which=st.integers(0, 63), account=accounts())
        def send_items_naming_a_near_account(self, staff: int, body: Json, which: int, account: str) -> None:
            provider, held = self.matching(staff, account)
            near = near_accounts(held)
            self.send(staff, body, provider, near[which % len(near)].value)

        @rule(staff=staff, body=placeholder_bodies, which=st.integers(0, 31), account=accounts())
        def send_items_naming_another_provider(self, staff: int, body: Json, which: int, account: str) -> None:
            provider, held = self.matching(staff, account)
            near = near_providers(contract, provider)
            self.send(staff, body, near[which % len(near)].value, held)

        @rule(staff=staff, body=placeholder_bodies, account=accounts(), which=st.integers(0, 31))
        def send_items_naming_both_others(self, staff: int, body: Json, account: str, which: int) -> None:
            near = near_providers(contract, self.matching(staff, account)[0])
            self.send(staff, body, near[which % len(near)].value, account)

        @rule(staff=staff)
        def resend_the_last_items(self, staff: int) -> None:
            if staff in self.last:
                self.perform(SendItems(staff, self.last[staff]))

        @rule(
            staff=staff,
            goal=st.integers(0, len(GOALS) - 1),
            body=placeholder_bodies,
            account=accounts(),
            other=accounts(),
            which=st.integers(0, 63),
        )
        def meet_a_situation_that_was_seldom_met(
            self, staff: int, goal: int, body: Json, account: str, other: str, which: int
        ) -> None:
            wanted = least_witnessed()[goal * goal // len(GOALS)]
            self._approach(staff, wanted, body, account)
            provider, held = self.matching(staff, account)
            if "provider" in wanted or wanted == "both":
                provider = near_providers(contract, provider)[0].value
            if wanted == "near account":
                held = near_accounts(held)[which % len(near_accounts(held))].value
            elif "account" in wanted or wanted == "both":
                held = other
            self.send(staff, body, provider, held)

        def _approach(self, staff: int, wanted: str, body: Json, account: str) -> None:
            """Brings the staff member from wherever they are to the state in which the goal can be met."""
            state = self.state(staff)
            if wanted == "none":
                if state is not None and can(Move.DISCONNECT):
                    self._leave_disabled(staff)
                    self.perform(MoveSync(staff, Move.DISCONNECT, *self.matching(staff, account)))
                return
            if wanted == "fresh" or state is None or (state.disabled and not wanted.startswith("disabled")):
                self.perform(Create(staff, state.provider if isinstance(state, CalendarSync) else listed[0]))
            if wanted != "fresh" and self._is_fresh(staff):
                self.send(staff, body, *self.matching(staff, account))
            state = self.state(staff)
            if wanted.startswith("disabled") and can(Move.DISABLE) and state is not None and not state.disabled:
                self.perform(MoveSync(staff, Move.DISABLE, *self.matching(staff, account)))

        def _leave_disabled(self, staff: int) -> None:
            state = self.state(staff)
            if state is not None and state.disabled:
                self.perform(Create(staff, state.provider))

        def _is_fresh(self, staff: int) -> bool:
            state = self.state(staff)
            return state is not None and state.account is None

        # Sending what they forbid, or say nothing of.

        @rule(
            staff=staff,
            clause=st.sampled_from(tuple(broken)),
            which=st.integers(0, 63),
            body=placeholder_bodies,
            account=accounts(),
        )
        def send_a_broken_payload(self, staff: int, clause: Any, which: int, body: Json, account: str) -> None:
            self._send_changed(staff, broken[clause][which % len(broken[clause])], body, account)

        @rule(staff=staff, which=st.sampled_from(silent), body=placeholder_bodies, account=accounts())
        def send_what_the_documents_are_silent_on(self, staff: int, which: Any, body: Json, account: str) -> None:
            self._send_changed(staff, which, body, account)

        def _send_changed(self, staff: int, which: Any, body: Json, account: str) -> None:
            changed = which.apply(with_sync(body, *self.matching(staff, account)))
            if getattr(which, "raw", False):
                self.perform(SendItems(staff, None, raw=changed))
            else:
                self.perform(SendItems(staff, changed))

        @rule(staff=staff, body=schema_bodies(contract), account=accounts())
        def send_a_body_made_from_the_swagger(self, staff: int, body: Json, account: str) -> None:
            self.perform(SendItems(staff, with_sync(body, *self.matching(staff, account))))

        # Tokens.

        @rule(staff=staff, body=placeholder_bodies, account=accounts())
        def send_without_a_token(self, staff: int, body: Json, account: str) -> None:
            self.send(staff, body, *self.matching(staff, account), token=Token.NONE)

        @rule(staff=staff, body=placeholder_bodies, account=accounts())
        def send_with_an_unknown_token(self, staff: int, body: Json, account: str) -> None:
            self.send(staff, body, *self.matching(staff, account), token=Token.UNKNOWN)

        @rule(staff=staff, body=placeholder_bodies, account=accounts(), token=st.sampled_from(Token))
        def send_with_any_token(self, staff: int, body: Json, account: str, token: Token) -> None:
            self.send(staff, body, *self.matching(staff, account), token=token)

        def teardown(self) -> None:
            attending.remember(self.play)

    return SyncMachine


def by_clauses(catalogue: Sequence[Breakage]) -> dict[tuple[str, ...], list[Breakage]]:
    """The breakages by what they break, so that each clause is broken as often as any other."""
    found: dict[tuple[str, ...], list[Breakage]] = {}
    for breakage in catalogue:
        found.setdefault(breakage.breaks, []).append(breakage)
    return found
