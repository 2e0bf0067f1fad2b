"""The scenarios of the race phase: a few requests in turn, two at once, and requests that show the state after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from fuzz.automaton.concretise import Naming
from fuzz.cases.names import ScenarioNames
from fuzz.oracle.actions import Action, AtOnce, Create, Move, MoveSync, SendItems, Token
from fuzz.target.capabilities import Capabilities
from strategies.valid.bodies import with_sync

Scenario = tuple[Action, ...]


def concurrent_pairs(capabilities: Capabilities, names: ScenarioNames) -> Iterator[Scenario]:
    """One round of all scenarios. The actions after the pair tell the states apart that the two orders may leave."""
    naming = names.next()
    syncs = _OneSync.named(names, naming)
    yield from _two_sends(syncs)
    if capabilities.has_two_staff:
        yield from _two_staff(capabilities, names, naming)
    yield from _a_refused_send(syncs)
    if capabilities.only_documented:
        yield from _creates(syncs)
        yield from _moves(capabilities, syncs)


@dataclass(frozen=True, slots=True)
class _OneSync:
    """The actions of one scenario on a staff member's sync: the beginning, and the check of its state. Frozen."""

    names: ScenarioNames
    create: Create
    create_of_another: Create
    one: str
    other: str
    check: Scenario = ()
    bound: Scenario = ()

    @classmethod
    def named(cls, names: ScenarioNames, naming: Naming) -> _OneSync:
        """The actions with the names of a scenario."""
        create, of_another = Create(0, naming.providers[0]), Create(0, naming.providers[-1])
        one, other = naming.accounts[:2]
        sync = cls(names, create, of_another, one, other)
        check = (sync.send(sync.one), sync.send(sync.other), sync.send(sync.one))
        return replace(sync, check=check, bound=(create, sync.send(sync.one)))

    def send(self, account: str) -> SendItems:
        """Sends a new item, naming an account."""
        return SendItems(0, self.names.payload(self.create.provider, account))

    def move(self, move: Move, account: str) -> MoveSync:
        """Moves the sync, naming an account."""
        return MoveSync(0, move, self.create.provider, account)


def _two_sends(sync: _OneSync) -> Iterator[Scenario]:
    one, other, send = sync.one, sync.other, sync.send
    same = send(one)
    yield (sync.create, AtOnce(send(one), send(other)), *sync.check)
    yield (sync.create, AtOnce(send(one), send(one)), *sync.check)
    yield (*sync.bound, AtOnce(same, same), *sync.check)
    yield (*sync.bound, AtOnce(send(one), send(other)), *sync.check)


def _a_refused_send(sync: _OneSync) -> Iterator[Scenario]:
    """A send without a token, and one without a staff_uid, each at once with an accepted one."""
    one, other, send = sync.one, sync.other, sync.send
    yield (*sync.bound, AtOnce(replace(send(other), token=Token.NONE), send(one)), *sync.check)
    whole = send(one)
    without_staff = {name: value for name, value in whole.body.items() if name != "staff_uid"}
    yield (*sync.bound, AtOnce(replace(whole, body=without_staff), send(one)), *sync.check)


def _creates(sync: _OneSync) -> Iterator[Scenario]:
    one, other, send = sync.one, sync.other, sync.send
    yield (*sync.bound, AtOnce(sync.create, send(other)), *sync.check)
    yield (*sync.bound, AtOnce(sync.create_of_another, send(one)), *sync.check)
    yield (*sync.bound, AtOnce(sync.create, send(one)), send(other), send(one))
    yield (sync.create, AtOnce(sync.create, sync.create_of_another), *sync.check)


def _moves(capabilities: Capabilities, sync: _OneSync) -> Iterator[Scenario]:
    one, other, send = sync.one, sync.other, sync.send
    if capabilities.can(Move.DISABLE):
        disable = sync.move(Move.DISABLE, one)
        yield (*sync.bound, AtOnce(disable, send(one)), *sync.check)
        yield (*sync.bound, AtOnce(disable, disable), *sync.check)
        yield (*sync.bound, AtOnce(disable, sync.create_of_another), send(one), send(other))
        yield (sync.create, AtOnce(disable, send(other)), *sync.check)
    if capabilities.can(Move.DISCONNECT):
        disconnect = sync.move(Move.DISCONNECT, one)
        yield (*sync.bound, AtOnce(disconnect, send(one)), *sync.check)
        yield (*sync.bound, AtOnce(disconnect, disconnect), *sync.check)
        yield (*sync.bound, AtOnce(disconnect, sync.create_of_another), send(other), send(one))
    if capabilities.can(Move.CONNECT):
        connect = sync.move(Move.CONNECT, one)
        yield (sync.create, AtOnce(connect, send(other)), *sync.check)
        yield (sync.create, AtOnce(connect, sync.move(Move.CONNECT, other)), *sync.check)


def _two_staff(capabilities: Capabilities, names: ScenarioNames, naming: Naming) -> Iterator[Scenario]:
    """Two staff members at once: neither request may change the other staff member's sync."""
    accounts = naming.accounts[:2]
    providers = (naming.providers[0], naming.providers[-1])

    def send(staff: int, *, whose: int | None = None) -> SendItems:
        named = staff if whose is None else whose
        return SendItems(staff, names.payload(providers[named], accounts[named]))

    def check(staff: int) -> Scenario:
        return (send(staff), send(staff, whose=1 - staff))

    create = (Create(0, providers[0]), Create(1, providers[1]))
    bound = (*create, send(0), send(1))
    yield (*create, AtOnce(send(0), send(1)), *check(0), *check(1))
    yield (*bound, AtOnce(send(0), send(1)), AtOnce(send(0, whose=1), send(1)), *check(0), *check(1))
    refused, own = replace(send(0), token=Token.NONE), send(0)
    same_items = SendItems(1, with_sync(own.body, providers[1], accounts[1]))
    yield (*bound, AtOnce(refused, send(1)), AtOnce(own, same_items), *check(0), *check(1))
    if not capabilities.only_documented:
        return
    yield (AtOnce(*create), AtOnce(send(1), send(0)), *check(0), *check(1))
    for move in (Move.DISABLE, Move.DISCONNECT):
        if capabilities.can(move):
            ended = MoveSync(0, move, providers[0], accounts[0])
            yield (*bound, AtOnce(ended, send(1)), send(0), *check(1))
