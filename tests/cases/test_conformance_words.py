"""The order of the conformance words, and the accounts that they compare."""

from __future__ import annotations

from fuzz.automaton.concretise import alone
from fuzz.automaton.isolation import isolation_scenarios
from fuzz.automaton.wp_method import suite
from fuzz.cases.conformance_words import FIRST, conformance_words, machine_for
from fuzz.cases.names import ScenarioNames, compared_accounts, kinds_of_nearness
from fuzz.oracle.scenario import kind_of
from fuzz.target.capabilities import Capabilities
from swagger.load import load_contract

CONTRACT = load_contract()
CAPABILITIES = Capabilities(CONTRACT, staff_count=2)
MACHINE = machine_for(CAPABILITIES)


def test_every_kind_of_near_account_is_told_apart_in_two_runs() -> None:
    steps = [*map(alone, suite(MACHINE)), *isolation_scenarios(MACHINE)]
    compared = [list(compared_accounts(MACHINE, each)) for each in steps]
    telling = sum(any(stored != given for stored, given in pairs) for pairs in compared)
    kinds = [{frozenset(pair) for pair in pairs} for pairs in kinds_of_nearness().values()]

    assert len(kinds) <= 2 * telling
    for seed in range(5):
        both = (ScenarioNames(CONTRACT, seed), ScenarioNames(CONTRACT, seed + 1))
        used = {frozenset(names.next(pairs).accounts) for names in both for pairs in compared}
        assert all(kind & used for kind in kinds)


def test_of_what_a_slow_target_leaves_no_time_for_each_seed_tries_another_part() -> None:
    orders = [_kinds_of_actions(seed) for seed in range(4)]

    assert all(sorted(order) == sorted(orders[0]) for order in orders)
    assert all(order[:FIRST] == orders[0][:FIRST] for order in orders)
    assert 1 < len({order[FIRST] for order in orders})


def _kinds_of_actions(seed: int) -> list[tuple[str, ...]]:
    words = conformance_words(CAPABILITIES, seed=seed)[0]
    return [tuple(kind_of(action) for action in word.actions) for word in words]
