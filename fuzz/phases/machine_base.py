"""The base of the Hypothesis state machine: performs actions, and brings staff members into states. It has no rules."""

from __future__ import annotations

from typing import ClassVar, Protocol

from hypothesis.stateful import RuleBasedStateMachine

from fuzz.failures.failure_event import argument
from fuzz.oracle.actions import Action, Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.state import SyncState
from fuzz.oracle.verdict import Verdict, VerdictKind
from fuzz.session.session import ScenarioRun, Session
from fuzz.target.capabilities import Capabilities
from strategies.mutations.mutation import Mutation
from strategies.valid.bodies import with_sync
from strategies.valid.fields import listed_providers
from swagger.contract import Json

STAFF = (0, 1)


class VerdictListener(Protocol):
    """A listener that is told every verdict and the end of every example."""

    def on_verdict(self, run: ScenarioRun, verdict: Verdict) -> bool:
        """Returns True if the syncs of the example's staff members must be created again."""

    def on_scenario_end(self, run: ScenarioRun) -> None: ...


class AssertingListener:
    """The listener of a test: a failure raises AssertionError with its argument."""

    def on_verdict(self, run: ScenarioRun, verdict: Verdict) -> bool:
        """Raises AssertionError for a failure."""
        if verdict.kind is VerdictKind.FAIL:
            raise AssertionError(
                f"{verdict.clause}, in {verdict.situation}: expected {' or '.join(verdict.allowed)}, seen"
                f" {verdict.seen.label if verdict.seen else 'nothing'}."
                f" {argument(run.session, run.exchanges)}"
            )
        return False

    def on_scenario_end(self, run: ScenarioRun) -> None:
        """Nothing is kept."""


class SyncMachineBase(RuleBasedStateMachine):
    """Two staff members of one target, with the operations that the rules of the subclass use."""

    session: ClassVar[Session]
    capabilities: ClassVar[Capabilities]
    listener: ClassVar[VerdictListener]
    phase: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.run = self.session.start_scenario(self.phase)
        self.first_provider = listed_providers(self.session.contract)[0]
        self.last_bodies: dict[int, Json] = {}

    def perform(self, action: Action) -> None:
        """Performs an action. After a failure the staff members' syncs are created again, and the example goes on."""
        verdict = self.run.perform(action)
        if self.listener.on_verdict(self.run, verdict):
            self.listener.on_scenario_end(self.run)
            self.run = self.session.start_scenario(self.phase)
            for staff in STAFF:
                self.run.perform(Create(staff, self.first_provider))

    def teardown(self) -> None:
        """Tells the listener that the example has ended."""
        self.listener.on_scenario_end(self.run)

    def state(self, staff: int) -> SyncState:
        """A believed state of the staff member; the same one each time if there are several."""
        belief = self.run.member(Create(staff, "")).belief or frozenset({None})
        return min(belief, key=repr)

    def matching(self, staff: int, otherwise: str) -> tuple[str, str]:
        """The provider and account that match the staff member's sync; the account is `otherwise` if it has none."""
        state = self.state(staff)
        if state is None:
            return self.first_provider, otherwise
        return state.provider, state.account or otherwise

    def send(self, staff: int, body: Json, provider: str, account: str, token: Token = Token.STAFF) -> None:
        """Sends a body that names this provider and account."""
        self.last_bodies[staff] = with_sync(body, provider, account)
        self.perform(SendItems(staff, self.last_bodies[staff], token))

    def send_mutated(self, staff: int, mutation: Mutation, body: Json, account: str) -> None:
        """Sends a body that matches the staff member's sync, with a mutation applied to it."""
        mutated = mutation.apply(with_sync(body, *self.matching(staff, account)))
        self.perform(SendItems(staff, None, raw=mutated) if mutation.raw else SendItems(staff, mutated))

    def move(self, staff: int, move: Move, account: str, token: Token = Token.STAFF) -> None:
        """Moves the staff member's sync, naming its own provider and account."""
        self.perform(MoveSync(staff, move, *self.matching(staff, account), token))

    def bind(self, staff: int, body: Json, account: str) -> None:
        """Brings the staff member from any state to a bound sync."""
        state = self.state(staff)
        if state is None or state.disabled:
            self.create(staff)
        state = self.state(staff)
        if state is not None and state.account is None:
            self.send(staff, body, *self.matching(staff, account))

    def disable(self, staff: int, body: Json, account: str) -> None:
        """Brings the staff member to a disabled sync that has an account, if the target can."""
        state = self.state(staff)
        if state is None or not state.disabled:
            self.bind(staff, body, account)
            if self.capabilities.can(Move.DISABLE) and self.state(staff) is not None:
                self.move(staff, Move.DISABLE, account)

    def disconnect(self, staff: int, account: str) -> None:
        """Brings the staff member to having no sync, if the target can."""
        state = self.state(staff)
        if state is not None and self.capabilities.can(Move.DISCONNECT):
            if state.disabled:
                self.create(staff)
            self.move(staff, Move.DISCONNECT, account)

    def create(self, staff: int) -> None:
        """Gives the staff member a fresh sync of the same provider."""
        state = self.state(staff)
        self.perform(Create(staff, self.first_provider if state is None else state.provider))
