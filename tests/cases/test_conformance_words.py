"""The order of the conformance phase's scenarios, and the accounts that they compare."""

from __future__ import annotations

from fuzz.cases.conformance_words import abstract_scenarios, alphabet_for, machine_for
from fuzz.cases.names import ScenarioNames, compared_accounts, kinds_of_nearness
from fuzz.target.capabilities import Capabilities
from swagger.load import load_contract

CONTRACT = load_contract()
CAPABILITIES = Capabilities(CONTRACT, staff_count=2)
MACHINE, ALPHABET = machine_for(CAPABILITIES), alphabet_for(CAPABILITIES)


def test_every_kind_of_near_account_is_told_apart_at_every_seed() -> None:
    scenarios = abstract_scenarios(MACHINE, ALPHABET, 0, two_staff=True, seed=1)
    compared = [list(compared_accounts(MACHINE, scenario.steps)) for scenario in scenarios]
    telling = sum(any(stored != given for stored, given in pairs) for pairs in compared)
    kinds = [{frozenset(pair) for pair in pairs} for pairs in kinds_of_nearness().values()]

    assert len(kinds) <= telling
    for seed in range(5):
        names = ScenarioNames(CONTRACT, seed)
        used = {frozenset(names.next(pairs).accounts) for pairs in compared}
        assert all(kind & used for kind in kinds)


def test_of_what_a_slow_target_leaves_no_time_for_each_seed_tries_another_part() -> None:
    orders = [
        [repr(scenario.steps) for scenario in abstract_scenarios(MACHINE, ALPHABET, 0, two_staff=True, seed=seed)]
        for seed in range(30)
    ]
    in_time = [order[: len(order) // 2] for order in orders]

    assert all(sorted(order) == sorted(orders[0]) for order in orders)
    assert all(order[:25] == orders[0][:25] for order in orders)
    assert set(orders[0]) == {steps for order in in_time for steps in order}
