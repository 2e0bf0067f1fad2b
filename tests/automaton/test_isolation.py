"""Scenarios that test isolation: a service that mixes up two staff members is found."""

from __future__ import annotations

from collections import Counter

import pytest

from fuzz.automaton.alphabet import Alphabet, Input, InputKind
from fuzz.automaton.concretise import Steps
from fuzz.automaton.isolation import _changes, isolation_scenarios
from fuzz.automaton.mealy import Mealy, cover, documented_machine
from swagger.load import load_contract
from tests.automaton.machines import documented


class Service:
    """The documented service, for two staff members; `leak(mine, other)` is what is left of one who is not acted on."""

    def __init__(self, leak: str = "") -> None:
        self.states: list[object] = [None, None]
        self.leak = leak

    def answer(self, staff: int, symbol: Input) -> str:
        before = self.states[staff]
        output, self.states[staff] = documented().step(before, symbol)
        if self.leak in ("everything", symbol.kind) and self.states[staff] != before:
            self.states[1 - staff] = self.states[staff]
        if self.leak == "account" and symbol.kind is InputKind.DISCONNECT and self.states[1 - staff] == before:
            self.states[1 - staff] = None
        return output


def shows(steps: Steps, leak: str) -> bool:
    leaking, honest = Service(leak), Service()
    return [leaking.answer(*step) for step in steps] != [honest.answer(*step) for step in steps]


@pytest.mark.parametrize("leak", ["everything", "account", *InputKind])
def test_a_service_that_mixes_up_two_staff_members_is_found(leak: str) -> None:
    assert any(shows(steps, leak) for steps in isolation_scenarios(documented()))


def test_every_scenario_shows_it_if_one_staff_member_gets_the_state_of_the_other() -> None:
    machine = documented()
    for steps in isolation_scenarios(machine):
        acted = max(place for place, (staff, _) in enumerate(steps) if staff == 1)
        check = tuple(symbol for _, symbol in steps[acted + 1 :])
        first, other = (machine.after(tuple(x for who, x in steps[: acted + 1] if who == staff)) for staff in (0, 1))
        answers = {Mealy(state, machine.inputs, machine.table).outputs(check) for state in (first, other)}
        assert len(answers) == len({first, other}), steps


def test_every_kind_of_input_is_tried_on_the_other_in_every_kind_of_state_of_the_first() -> None:
    scenarios = isolation_scenarios(documented())
    kinds = Counter(_act(steps).kind for steps in scenarios)
    both, one = (InputKind.CREATE, InputKind.SEND, InputKind.DISABLE), (InputKind.CONNECT, InputKind.DISCONNECT)
    assert kinds == dict.fromkeys(both, 8) | dict.fromkeys(one, 4)
    assert sum(map(len, scenarios)) < 300
    assert all(
        next(x for who, x in steps if who == staff).kind is InputKind.CREATE for steps in scenarios for staff in (0, 1)
    )


def _act(steps: Steps) -> Input:
    return [symbol for staff, symbol in steps if staff == 1][-1]


def test_an_input_that_is_accepted_in_no_state_is_left_out() -> None:
    machine = documented()
    assert [] == list(_changes(machine, {}))
    assert list(_changes(machine, {state: word for state, word in cover(machine).items() if word}))


def test_moves_that_the_target_lacks_are_not_used() -> None:
    scenarios = isolation_scenarios(documented_machine(load_contract(), Alphabet(moves=())))
    assert {symbol.kind for steps in scenarios for _, symbol in steps} == {InputKind.CREATE, InputKind.SEND}


ACTS = {
    "create p0": ["create p1"],
    "create p1": ["create p0"],
    "connect p0 a0": ["create p0"],
    "disable p0 a0": ["create p0", "send p0 a0"],
    "disable p1 a1": ["create p1", "send p1 a1"],
    "disconnect p0 a0": ["create p0"],
    "send p0 a0": ["create p0"],
    "send p1 a1": ["create p1"],
}
"""The inputs that come before each input that changes the state of the other staff member."""

CHECKED = {
    ("create p0",),
    ("create p0", "send p0 a0"),
    ("create p0", "send p0 a0", "disable p0 a0"),
    ("create p0", "disconnect p0 a0", "send p0 a0"),
}


def test_the_scenarios_are_every_input_of_the_other_in_every_state_of_the_first() -> None:
    found = []
    for steps in isolation_scenarios(documented()):
        acted = max(place for place, (staff, _) in enumerate(steps) if staff == 1)
        first, other = ([str(x) for who, x in steps[:acted] if who == staff] for staff in (0, 1))
        found.append((tuple(first), str(steps[acted][1]), tuple(other)))
    expected = {(first, act, tuple(other)) for first in CHECKED for act, other in ACTS.items()}
    assert (len(expected), expected) == (len(found), set(found))


def test_scenarios_come_shortest_first_and_check_with_a_word_that_tells_the_states_apart() -> None:
    scenarios = isolation_scenarios(documented())
    assert sorted(map(len, scenarios)) == [len(steps) for steps in scenarios]
    assert ["create p0", "create p0", "send p0 a0", "send p0 a1"] == [str(x) for _, x in scenarios[0]]
