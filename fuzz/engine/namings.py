"""Names for the conformance phase: pairs of accounts near each other, and accounts unusual in themselves.

A scenario that sends one account to a sync bound to another tells the two apart, so it gets a pair of near ones; every
kind of nearness has its turn before any comes again. The others get accounts that a service may fail to keep as given.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from fuzz.engine.allowed_forms import structures
from fuzz.model.alphabet import Kind
from fuzz.model.automaton import Mealy
from fuzz.model.naming import Naming, Steps
from fuzz.model.payload import is_plain_email
from fuzz.model.state import CalendarSync
from strategies.accounts import PLAIN_ACCOUNTS
from strategies.fields import listed_providers
from strategies.near_names import account_pairs, near_accounts
from strategies.payloads import plain_payload
from swagger.contract import Contract, Json

Pair = tuple[str, str]
DIFFERENT: Pair = ("a0", "a1")
OTHER_ACCOUNT = "b@example.com"
PLAIN = 0.5
SOME = (4, 25)
"""Items of a body that has more than a few."""


@dataclass(slots=True)
class Namings:
    """Names for the scenarios of one run, drawn by its seed. Mutable: each scenario gets the next accounts."""

    contract: Contract
    number: int
    count: int = 0
    serial: int = 0
    _providers: tuple[str, ...] = field(init=False)
    _near: list[Pair] = field(init=False)
    _unusual: list[str] = field(init=False)
    _turns: random.Random = field(init=False)
    _told: int = 0
    _untold: int = 0

    def __post_init__(self) -> None:
        turns = random.Random(self.number)
        self._turns = random.Random(f"{self.number}, forms")
        self._providers = listed_providers(self.contract)[:2]
        self._near = near_pairs(turns)
        self._unusual = turns.sample(PLAIN_ACCOUNTS, len(PLAIN_ACCOUNTS))

    def next(self, met: Sequence[Pair] = (DIFFERENT,)) -> Naming:
        """Both listed providers, in either order, and two accounts for a scenario that compares those `met`."""
        place = self.count
        self.count += 1
        providers = self._providers if place % 2 == 0 else self._providers[::-1]
        return Naming(providers, self._accounts(met))

    def _accounts(self, met: Sequence[Pair]) -> Pair:
        told = next((stored for stored, given in met if stored != given), None)
        if told is not None:
            stored, given = self._near[self._told % len(self._near)]
            self._told += 1
            return (stored, given) if told == DIFFERENT[0] else (given, stored)
        unusual = self._unusual[self._untold % len(self._unusual)]
        self._untold += 1
        kept = next((stored for stored, _ in met), DIFFERENT[0])
        return (unusual, OTHER_ACCOUNT) if kept == DIFFERENT[0] else (OTHER_ACCOUNT, unusual)

    def payload(self, provider: str, account: str) -> Json:
        """An allowed body with an item of its own."""
        self.serial += 1
        return plain_payload(self.contract, provider=provider, account=account, serial=self.serial)

    def varied_payload(self, provider: str, account: str) -> Json:
        """The same, every other one in another form or order: a service may handle each on a path of its own."""
        body = self.payload(provider, account)
        if self._turns.random() < PLAIN:
            return body
        sizes = (2, 3, self._turns.randint(*SOME))
        form = self._turns.choice(list(structures(self.contract, body, sizes)))
        return self._in_some_order(form)

    def _in_some_order(self, value: Json) -> Json:
        """The value with the names of each object in an order that is drawn."""
        if isinstance(value, list):
            return [self._in_some_order(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {name: self._in_some_order(value[name]) for name in self._turns.sample(list(value), len(value))}


def accounts_met(machine: Mealy, steps: Steps) -> Iterator[Pair]:
    """The stored and the given account, by their numbers, of each `send` that a bound sync has to compare."""
    states = {staff: machine.initial for staff, _ in steps}
    for staff, symbol in steps:
        state, given = states[staff], f"a{symbol.account}"
        if (state, symbol) not in machine.table:
            continue
        states[staff] = machine.table[state, symbol][1]
        if symbol.kind is not Kind.SEND or not isinstance(state, CalendarSync) or state.account is None:
            continue
        if state.provider == f"p{symbol.provider}" and {state.account, given} <= set(DIFFERENT):
            yield state.account, given


def near_ways() -> dict[str, list[Pair]]:
    """The ways to be near another plain account, each with pairs of a stored and a given one."""
    ways: dict[str, list[Pair]] = {}
    for base in PLAIN_ACCOUNTS:
        for name in near_accounts(base):
            if not name.alike and is_plain_email(name.value):
                ways.setdefault(name.name, []).append((base, name.value))
    for pair in account_pairs():
        if is_plain_email(pair.one) and is_plain_email(pair.other):
            ways[pair.name] = [(pair.one, pair.other)]
    return ways


def near_pairs(turns: random.Random) -> list[Pair]:
    """Of each way to be near another account a pair, then of each a second, and so on. Their order is drawn."""
    drawn = [turns.sample(pairs, len(pairs)) for pairs in near_ways().values()]
    turns.shuffle(drawn)
    return list(dict.fromkeys(pair for each in zip_longest(*drawn) for pair in each if pair is not None))
