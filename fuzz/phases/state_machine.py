"""The Hypothesis state machine: its rules draw actions on two staff members and perform them.

In a run the failure handler handles failures, and the example goes on. Under pytest (`state_machine_for(...).TestCase`)
a failure is an AssertionError, and Hypothesis shrinks and prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import ClassVar, TypedDict

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from fuzz.oracle.actions import UNAUTHORISED, Create, Move, MoveSync, SendItems, Token
from fuzz.phases.capabilities import capabilities_of
from fuzz.phases.machine_base import AssertingListener, SyncMachineBase, VerdictListener
from fuzz.session.session import Session
from strategies.mutations.invalid import invalid_mutations
from strategies.mutations.mutation import Mutation
from strategies.mutations.near_names import long_account_pairs, near_accounts, near_providers
from strategies.mutations.unspecified import unspecified_mutations
from strategies.schemathesis_bodies import schema_bodies
from strategies.valid.bodies import payloads
from strategies.valid.fields import accounts, listed_providers
from swagger.contract import Json


class Goal(StrEnum):
    """A situation, and what is mismatched in it, that one rule brings about on purpose."""

    NO_SYNC = "none"
    FRESH = "fresh"
    MATCHED = "matched"
    ANOTHER_PROVIDER = "provider"
    ANOTHER_ACCOUNT = "account"
    BOTH_OTHERS = "both"
    DISABLED = "disabled"
    DISABLED_ANOTHER_ACCOUNT = "disabled account"
    NEAR_ACCOUNT = "near account"


class DrawnItems(TypedDict):
    """The strategies of most rules that send items."""

    staff: st.SearchStrategy[int]
    body: st.SearchStrategy[Json]
    account: st.SearchStrategy[str]


class DrawnMove(TypedDict):
    """The strategies of the rules that move a sync. The move is None on a target that has none."""

    staff: st.SearchStrategy[int]
    move: st.SearchStrategy[Move | None]
    account: st.SearchStrategy[str]


GOALS = tuple(goal.value for goal in Goal)
WRONG = tuple(token for token in Token if token in UNAUTHORISED and token is not Token.NONE)


def state_machine_for(
    session: Session,
    listener: VerdictListener | None = None,
    *,
    phase: str = "random",
    seldom_first: Callable[[Sequence[str]], Sequence[str]] = lambda names: names,
    swagger_bodies: bool = True,
) -> type[RuleBasedStateMachine]:
    """The machine's class for one session. `seldom_first` orders goals, or clauses, the least often met first.
    `swagger_bodies`: whether it sends bodies made from the swagger, which takes seconds to prepare.
    """
    contract, capabilities = session.contract, capabilities_of(session)
    bodies = payloads(contract, provider="", account="")
    listed = listed_providers(contract)
    creatable = (*listed, *capabilities.unlisted_providers)
    invalid = by_clauses(invalid_mutations(contract))
    # Chosen by number: Hypothesis writes down the whole list that a rule draws from whenever it skips an entry.
    unspecified = unspecified_mutations(contract)
    one_clause = {clauses[0]: found for clauses, found in invalid.items() if len(clauses) == 1}
    moves: list[Move | None] = [*capabilities.moves] or [None]

    def seldom(names: Sequence[str], rank: int) -> str:
        """One of the names; those that were seldom met have more ranks."""
        return seldom_first(names)[rank * rank // len(names)]

    class SyncMachine(SyncMachineBase):
        """Two staff members of one target."""

        staff = Bundle("staff")
        _items: ClassVar[DrawnItems] = {"staff": staff, "body": bodies, "account": accounts()}
        _move: ClassVar[DrawnMove] = {"staff": staff, "move": st.sampled_from(moves), "account": accounts()}

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

        @rule(**_move)
        def move_sync(self, staff: int, move: Move | None, account: str) -> None:
            if move is not None:
                self.move(staff, move, account)

        @rule(**_move, provider=st.sampled_from(listed))
        def move_sync_naming_another_one(self, staff: int, move: Move | None, provider: str, account: str) -> None:
            if move in capabilities.documented_moves:
                self.perform(MoveSync(staff, move, provider, account))

        @rule(**_move, token=st.sampled_from((Token.NONE, *WRONG)))
        def move_sync_with_an_invalid_token(self, staff: int, move: Move | None, account: str, token: Token) -> None:
            if move in capabilities.documented_moves:
                self.move(staff, move, account, token)

        # Sending what the documents allow.

        @rule(**_items)
        def send_allowed_items(self, staff: int, body: Json, account: str) -> None:
            self.send(staff, body, *self.matching(staff, account))

        @rule(staff=staff, body=bodies, pair=long_account_pairs(), second=st.booleans())
        def send_items_naming_a_long_account(self, staff: int, body: Json, pair: tuple[str, str], second: bool) -> None:
            provider, _ = self.matching(staff, "")
            self.send(staff, body, provider, pair[second])

        @rule(**_items)
        def send_items_naming_another_account(self, staff: int, body: Json, account: str) -> None:
            provider, _ = self.matching(staff, account)
            self.send(staff, body, provider, account)

        @rule(**_items, which=st.integers(0, 63))
        def send_items_naming_a_near_account(self, staff: int, body: Json, which: int, account: str) -> None:
            provider, held = self.matching(staff, account)
            near = near_accounts(held)
            self.send(staff, body, provider, near[which % len(near)].value)

        @rule(**_items, which=st.integers(0, 31))
        def send_items_naming_another_provider(self, staff: int, body: Json, which: int, account: str) -> None:
            provider, held = self.matching(staff, account)
            near = near_providers(contract, provider)
            self.send(staff, body, near[which % len(near)].value, held)

        @rule(**_items, which=st.integers(0, 31))
        def send_items_naming_another_sync(self, staff: int, body: Json, account: str, which: int) -> None:
            near = near_providers(contract, self.matching(staff, account)[0])
            self.send(staff, body, near[which % len(near)].value, account)

        @rule(staff=staff)
        def resend_the_last_items(self, staff: int) -> None:
            if staff in self.last_bodies:
                self.perform(SendItems(staff, self.last_bodies[staff]))

        @rule(**_items, goal=st.integers(0, len(GOALS) - 1), other=accounts(), which=st.integers(0, 63))
        def meet_a_situation_that_was_seldom_met(
            self, staff: int, goal: int, body: Json, account: str, other: str, which: int
        ) -> None:
            wanted = Goal(seldom(GOALS, goal))
            if wanted is Goal.NO_SYNC:
                self.disconnect(staff, account)
            elif wanted is Goal.FRESH:
                self.create(staff)
            elif wanted in (Goal.DISABLED, Goal.DISABLED_ANOTHER_ACCOUNT):
                self.disable(staff, body, account)
            else:
                self.bind(staff, body, account)
            provider, held = self.matching(staff, account)
            if wanted in (Goal.ANOTHER_PROVIDER, Goal.BOTH_OTHERS):
                provider = near_providers(contract, provider)[0].value
            if wanted is Goal.NEAR_ACCOUNT:
                held = near_accounts(held)[which % len(near_accounts(held))].value
            elif wanted in (Goal.ANOTHER_ACCOUNT, Goal.BOTH_OTHERS, Goal.DISABLED_ANOTHER_ACCOUNT):
                held = other
            self.send(staff, body, provider, held)

        # Sending what the documents forbid, or do not specify.

        @rule(**_items, clauses=st.sampled_from(tuple(invalid)), which=st.integers(0, 63))
        def send_an_invalid_payload(
            self, staff: int, clauses: tuple[str, ...], which: int, body: Json, account: str
        ) -> None:
            self.send_mutated(staff, invalid[clauses][which % len(invalid[clauses])], body, account)

        @rule(**_items, clause=st.integers(0, len(one_clause) - 1), which=st.integers(0, 63))
        def send_a_payload_that_violates_a_clause_seldom_due(
            self, staff: int, clause: int, which: int, body: Json, account: str
        ) -> None:
            found = one_clause[seldom(tuple(one_clause), clause)]
            self.bind(staff, body, account)
            self.send_mutated(staff, found[which % len(found)], body, account)

        @rule(staff=staff, which=st.sampled_from(range(len(unspecified))), body=bodies, account=accounts())
        def send_what_the_documents_do_not_specify(self, staff: int, which: int, body: Json, account: str) -> None:
            self.send_mutated(staff, unspecified[which], body, account)

        if swagger_bodies:

            @rule(staff=staff, body=schema_bodies(contract), account=accounts())
            def send_a_body_made_from_the_swagger(self, staff: int, body: Json, account: str) -> None:
                self.send(staff, body, *self.matching(staff, account))

        # Tokens.

        @rule(**_items)
        def send_without_a_token(self, staff: int, body: Json, account: str) -> None:
            self.send(staff, body, *self.matching(staff, account), token=Token.NONE)

        @rule(**_items, token=st.sampled_from(WRONG))
        def send_with_an_unknown_token(self, staff: int, body: Json, account: str, token: Token) -> None:
            self.send(staff, body, *self.matching(staff, account), token=token)

        @rule(**_items, token=st.sampled_from(Token))
        def send_with_any_token(self, staff: int, body: Json, account: str, token: Token) -> None:
            self.send(staff, body, *self.matching(staff, account), token=token)

    SyncMachine.session, SyncMachine.capabilities, SyncMachine.phase = session, capabilities, phase
    SyncMachine.listener = listener or AssertingListener()
    return SyncMachine


def by_clauses(catalogue: Sequence[Mutation]) -> dict[tuple[str, ...], list[Mutation]]:
    """The mutations by the clauses that they violate, so that each clause can be drawn equally often."""
    found: dict[tuple[str, ...], list[Mutation]] = {}
    for mutation in catalogue:
        found.setdefault(mutation.violations, []).append(mutation)
    return found
