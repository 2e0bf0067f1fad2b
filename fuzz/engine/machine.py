"""The Hypothesis state machine: staff members, the rules that act on them, and nothing that judges.

It draws and sends; what is expected is the oracle's. In a run the campaign attends to failures and the machine goes on.
Under pytest (`machine.TestCase` after `against(...)`) a failure is an AssertionError, and Hypothesis shrinks and
prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from fuzz.engine.acting import Acting, Asserting, Attendant
from fuzz.engine.session import Session
from fuzz.model.exchange import UNAUTHORISED, Create, Move, MoveSync, SendItems, Token
from strategies.breakages import Breakage, breakages
from strategies.fields import accounts, listed_providers
from strategies.near_misses import long_account_pairs, near_accounts, near_providers
from strategies.payloads import payloads
from strategies.schema import schema_bodies
from strategies.silences import silences
from swagger.contract import Json

GOALS = ("none", "fresh", "matched", "provider", "account", "both", "disabled", "disabled account", "near account")
"""What the steering rule can bring about: situations, and what is mismatched in them."""
WRONG = tuple(token for token in Token if token in UNAUTHORISED and token is not Token.NONE)


def against(
    session: Session,
    attendant: Attendant | None = None,
    *,
    phase: str = "random",
    seldom_first: Callable[[Sequence[str]], Sequence[str]] = lambda names: names,
) -> type[RuleBasedStateMachine]:
    """The machine's class for one session. `seldom_first` orders goals, or clauses, by how seldom they were met."""
    contract = session.contract
    placeholder_bodies = payloads(contract, provider="", account="")
    listed = listed_providers(contract)
    creatable = (*listed, *session.lifecycle.unlisted)
    broken = by_clauses(breakages(contract))
    # Chosen by number: Hypothesis writes down all that a rule chooses from whenever it passes over one.
    silent = silences(contract)
    one_clause = {clauses[0]: found for clauses, found in broken.items() if len(clauses) == 1}
    moves: list[Move | None] = [move for move in Move if session.lifecycle.can(move)] or [None]

    def seldom(names: Sequence[str], rank: int) -> str:
        """One of the names: of those met seldom, the low ranks."""
        return seldom_first(names)[rank * rank // len(names)]

    class SyncMachine(Acting):
        """Two staff members of one target."""

        staff = Bundle("staff")

        # The staff members.

        @initialize(target=staff, provider=st.sampled_from(listed))
        def first_staff_member(self, provider: str) -> int:
            self.perform(Create(0, provider))
            return 0

        @initialize(target=staff, provider=st.sampled_from(listed))
        def second_staff_member(self, provider: str) -> int:
            self.perform(Create(1, provider))
            return 1

        # Moving between states.

        @rule(staff=staff, provider=st.sampled_from(creatable))
        def create_sync(self, staff: int, provider: str) -> None:
            self.perform(Create(staff, provider))

        @rule(staff=staff, move=st.sampled_from(moves), account=accounts())
        def move_sync(self, staff: int, move: Move | None, account: str) -> None:
            if move is not None:
                self.move(staff, move, account)

        @rule(
            staff=staff,
            move=st.sampled_from(moves),
            provider=st.sampled_from(listed),
            account=accounts(),
        )
        def move_sync_naming_another(self, staff: int, move: Move | None, provider: str, account: str) -> None:
            if move is not None and move.value not in session.lifecycle.custom:
                self.perform(MoveSync(staff, move, provider, account))

        @rule(staff=staff, move=st.sampled_from(moves), account=accounts(), token=st.sampled_from((Token.NONE, *WRONG)))
        def move_sync_with_no_good_token(self, staff: int, move: Move | None, account: str, token: Token) -> None:
            if move is not None and move.value not in session.lifecycle.custom:
                self.perform(MoveSync(staff, move, *self.matching(staff, account), token))

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
            wanted = seldom(GOALS, goal)
            if wanted == "none":
                self.disconnect(staff, account)
            elif wanted == "fresh":
                self.create(staff)
            elif wanted.startswith("disabled"):
                self.disable(staff, body, account)
            else:
                self.bind(staff, body, account)
            provider, held = self.matching(staff, account)
            if "provider" in wanted or wanted == "both":
                provider = near_providers(contract, provider)[0].value
            if wanted == "near account":
                held = near_accounts(held)[which % len(near_accounts(held))].value
            elif "account" in wanted or wanted == "both":
                held = other
            self.send(staff, body, provider, held)

        # Sending what they forbid, or say nothing of.

        @rule(
            staff=staff,
            clauses=st.sampled_from(tuple(broken)),
            which=st.integers(0, 63),
            body=placeholder_bodies,
            account=accounts(),
        )
        def send_a_broken_payload(
            self, staff: int, clauses: tuple[str, ...], which: int, body: Json, account: str
        ) -> None:
            self.send_changed(staff, broken[clauses][which % len(broken[clauses])], body, account)

        @rule(
            staff=staff,
            clause=st.integers(0, len(one_clause) - 1),
            which=st.integers(0, 63),
            body=placeholder_bodies,
            account=accounts(),
        )
        def break_a_clause_that_was_seldom_due(
            self, staff: int, clause: int, which: int, body: Json, account: str
        ) -> None:
            found = one_clause[seldom(tuple(one_clause), clause)]
            self.bind(staff, body, account)
            self.send_changed(staff, found[which % len(found)], body, account)

        @rule(staff=staff, which=st.sampled_from(range(len(silent))), body=placeholder_bodies, account=accounts())
        def send_what_the_documents_are_silent_on(self, staff: int, which: int, body: Json, account: str) -> None:
            self.send_changed(staff, silent[which], body, account)

        @rule(staff=staff, body=schema_bodies(contract), account=accounts())
        def send_a_body_made_from_the_swagger(self, staff: int, body: Json, account: str) -> None:
            self.send(staff, body, *self.matching(staff, account))

        # Tokens.

        @rule(staff=staff, body=placeholder_bodies, account=accounts())
        def send_without_a_token(self, staff: int, body: Json, account: str) -> None:
            self.send(staff, body, *self.matching(staff, account), token=Token.NONE)

        @rule(staff=staff, body=placeholder_bodies, account=accounts(), token=st.sampled_from(WRONG))
        def send_with_an_unknown_token(self, staff: int, body: Json, account: str, token: Token) -> None:
            self.send(staff, body, *self.matching(staff, account), token=token)

        @rule(staff=staff, body=placeholder_bodies, account=accounts(), token=st.sampled_from(Token))
        def send_with_any_token(self, staff: int, body: Json, account: str, token: Token) -> None:
            self.send(staff, body, *self.matching(staff, account), token=token)

        def teardown(self) -> None:
            self.attendant.remember(self.play)

    SyncMachine.session, SyncMachine.phase = session, phase
    SyncMachine.attendant = attendant or Asserting()
    return SyncMachine


def by_clauses(catalogue: Sequence[Breakage]) -> dict[tuple[str, ...], list[Breakage]]:
    """The breakages by what they break, so that each clause is broken as often as any other."""
    found: dict[tuple[str, ...], list[Breakage]] = {}
    for breakage in catalogue:
        found.setdefault(breakage.breaks, []).append(breakage)
    return found
