"""Names for the conformance phase: pairs of near accounts, and unusual accounts.

A scenario that sends one account to a sync bound to another one gets a pair of near accounts; every kind of nearness is
used before any is used again, and all of them in two runs. Other scenarios get unusual accounts, which a service may
fail to store as sent.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from fuzz.automaton.alphabet import InputKind
from fuzz.automaton.concretise import Naming, Steps
from fuzz.automaton.mealy import Mealy
from fuzz.oracle.state import CalendarSync
from fuzz.oracle.validity.unspecified_features import is_plain_email
from strategies.mutations.near_names import account_pairs, near_accounts
from strategies.valid.bodies import plain_payload
from strategies.valid.covering import covering_body, covering_rows
from strategies.valid.fields import listed_providers
from strategies.values.accounts import PLAIN_ACCOUNTS
from swagger.contract import Contract, Json

Pair = tuple[str, str]
DIFFERENT: Pair = ("a0", "a1")
"""The two accounts of the alphabet."""
OTHER_ACCOUNT = "b@example.com"


@dataclass(slots=True)
class ScenarioNames:
    """Draws names and bodies for the scenarios of one run from its seed. Mutable: each scenario gets the next ones."""

    contract: Contract
    seed: int
    _scenarios: int = 0
    _serial: int = 0
    _providers: tuple[str, ...] = field(init=False)
    _near: list[Pair] = field(init=False)
    _unusual: list[str] = field(init=False)
    _rows_used: Counter[bool] = field(default_factory=Counter)
    _pair_index: int = 0
    _single_index: int = 0

    def __post_init__(self) -> None:
        drawn = random.Random(self.seed)
        self._providers = listed_providers(self.contract)[:2]
        self._near = near_pairs(self.seed)
        self._unusual = drawn.sample(PLAIN_ACCOUNTS, len(PLAIN_ACCOUNTS))

    def next(self, compared: Sequence[Pair] = (DIFFERENT,)) -> Naming:
        """The names of the next scenario: the listed providers in either order, and two accounts.

        `compared`: the pairs of accounts, by their numbers, that the scenario compares.
        """
        providers = self._providers if self._scenarios % 2 == 0 else self._providers[::-1]
        self._scenarios += 1
        return Naming(providers, self._accounts(compared))

    def _accounts(self, compared: Sequence[Pair]) -> Pair:
        told_apart = next((stored for stored, given in compared if stored != given), None)
        if told_apart is not None:
            stored, given = self._near[self._pair_index % len(self._near)]
            self._pair_index += 1
            return (stored, given) if told_apart == DIFFERENT[0] else (given, stored)
        unusual = self._unusual[self._single_index % len(self._unusual)]
        self._single_index += 1
        kept = next((stored for stored, _ in compared), DIFFERENT[0])
        return (unusual, OTHER_ACCOUNT) if kept == DIFFERENT[0] else (OTHER_ACCOUNT, unusual)

    def payload(self, provider: str, account: str) -> Json:
        """A valid body with a new item."""
        self._serial += 1
        return plain_payload(self.contract, provider=provider, account=account, serial=self._serial)

    def covering_payload(self, provider: str, account: str, *, accepted: bool) -> Json | str:
        """The next body of the covering array, with new items: a text where its spelling is not plain. Requests that
        are to be accepted have a turn of their own, so that all pairs are in them.
        """
        rows = covering_rows(self.contract, self.seed)
        row = rows[self._rows_used[accepted] % len(rows)]
        self._rows_used[accepted] += 1
        return covering_body(self.contract, row, self.payload(provider, account))


def compared_accounts(machine: Mealy, steps: Steps) -> Iterator[Pair]:
    """The stored and the sent account, by their numbers, of each `send` to a bound sync."""
    states = {staff: machine.initial for staff, _ in steps}
    for staff, symbol in steps:
        state, given = states[staff], f"a{symbol.account}"
        if (state, symbol) not in machine.table:
            continue
        states[staff] = machine.table[state, symbol][1]
        if symbol.kind is not InputKind.SEND or not isinstance(state, CalendarSync) or state.account is None:
            continue
        if state.provider == f"p{symbol.provider}" and {state.account, given} <= set(DIFFERENT):
            yield state.account, given


def kinds_of_nearness() -> dict[str, list[Pair]]:
    """The kinds of nearness of two plain accounts, each with pairs of a stored and a sent account."""
    ways: dict[str, list[Pair]] = {}
    for base in PLAIN_ACCOUNTS:
        for near in near_accounts(base):
            if not near.match_unspecified and is_plain_email(near.value):
                ways.setdefault(near.name, []).append((base, near.value))
    for pair in account_pairs():
        if is_plain_email(pair.one) and is_plain_email(pair.other):
            ways[pair.name] = [(pair.one, pair.other)]
    return ways


def near_pairs(seed: int) -> list[Pair]:
    """One pair of each kind of nearness, then a second one of each, and so on. An odd seed begins with the other half
    of the kinds, so that two runs try all of them.
    """
    drawn = random.Random(seed)
    kinds = [drawn.sample(pairs, len(pairs)) for pairs in kinds_of_nearness().values()]
    random.Random(0).shuffle(kinds)
    half = seed % 2 * len(kinds) // 2
    kinds = [*kinds[half:], *kinds[:half]]
    return list(dict.fromkeys(pair for row in zip_longest(*kinds) for pair in row if pair is not None))
