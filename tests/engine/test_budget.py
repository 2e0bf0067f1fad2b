"""The systematic phases keep to their budget, and a few seeds together try everything that one run leaves out."""

from __future__ import annotations

from fuzz.engine import conformance, payload_cases
from fuzz.engine.conformance import alphabet_for
from fuzz.engine.namings import Namings, accounts_met, near_ways
from fuzz.engine.people_cases import two_people
from fuzz.engine.situations import Situations
from fuzz.engine.turns import breakages_in_turn, from_a_place_on, silences_in_turn
from fuzz.engine.watch import stages
from fuzz.model.automaton import documented_machine
from fuzz.selftest.in_process import InProcess
from fuzz.selftest.trial import REQUESTS_TO_FIND
from strategies.breakages import breakages
from strategies.silences import silences
from swagger.load import load_contract

CONTRACT = load_contract()
PREFLIGHT = 16


def test_conformance_and_payloads_send_no_more_requests_than_promised() -> None:
    session = InProcess.of(CONTRACT).session
    alphabet = alphabet_for(session)
    machine = documented_machine(CONTRACT, alphabet)
    scenarios = conformance.scenarios(session, machine, alphabet, Namings(CONTRACT, 1), 0)
    watched = sum(map(len, stages(Situations(session))))
    of_conformance = sum(len(scenario[0]) for scenario in scenarios)
    session.lifecycle.unlisted = ("mock_provider",)
    people = list(two_people(Situations(session)))
    for seed in range(5):
        cases = (*payload_cases.all_cases(session, seed), *people)
        of_payloads = sum(len(each.beginning) + len(each.actions) for each in cases) + watched
        assert PREFLIGHT + of_conformance + of_payloads <= REQUESTS_TO_FIND


def test_every_body_of_the_catalogues_has_its_turn() -> None:
    seeds = range(200)
    assert {each.name for seed in seeds for each in breakages_in_turn(breakages(CONTRACT), seed)} == {
        each.name for each in breakages(CONTRACT)
    }
    assert {each.name for seed in seeds for each in silences_in_turn(silences(CONTRACT), seed)} == {
        each.name for each in silences(CONTRACT)
    }


def test_every_kind_of_near_account_is_told_apart_at_every_seed() -> None:
    session = InProcess.of(CONTRACT).session
    alphabet = alphabet_for(session)
    machine = documented_machine(CONTRACT, alphabet)
    steps = [scenario for scenario, _ in conformance.steps(machine, alphabet, 0, two_staff=True, number=1)]
    met = [list(accounts_met(machine, each)) for each in steps]
    telling = sum(any(stored != given for stored, given in each) for each in met)
    for seed in range(5):
        namings = Namings(CONTRACT, seed)
        pairs = {frozenset(namings.next(each).accounts) for each in met}
        kinds = [{frozenset(pair) for pair in way} for way in near_ways().values()]
        assert len(kinds) <= telling
        assert all(way & pairs for way in kinds)


def test_a_rule_is_broken_in_every_run_and_absent_in_every_form_of_item() -> None:
    for seed in range(3):
        chosen = list(breakages_in_turn(breakages(CONTRACT), seed))
        assert {each.breaks for each in chosen} == {each.breaks for each in breakages(CONTRACT)}
        absent = [each for each in breakages(CONTRACT) if each.name.startswith("absent")]
        assert set(absent) <= set(chosen)


def test_what_is_unusual_in_structure_comes_first() -> None:
    paths = [each.path for each in silences_in_turn(silences(CONTRACT), 1)]
    assert paths == sorted(paths, key=lambda path: path not in {"", "external_items", "external_items[]"})


def test_of_what_a_slow_target_leaves_no_time_for_each_seed_tries_another_part() -> None:
    alphabet = alphabet_for(InProcess.of(CONTRACT).session)
    machine = documented_machine(CONTRACT, alphabet)
    orders = [
        [repr(each) for each, _ in conformance.steps(machine, alphabet, 0, two_staff=True, number=seed)]
        for seed in range(30)
    ]
    in_time = [order[: len(order) // 2] for order in orders]

    assert all(sorted(order) == sorted(orders[0]) for order in orders)
    assert all(order[:50] == orders[0][:50] for order in orders)
    assert set(orders[0]) == {each for order in in_time for each in order}


def test_what_is_turned_is_all_there_in_its_order() -> None:
    for seed in range(20):
        turned = from_a_place_on("abcdef", seed)
        assert "".join(turned) in "abcdefabcdef"
        assert 6 == len(turned)
    assert () == from_a_place_on((), 1)
