"""Of the variations that fail, the simplest of each kind is told, if it fails again."""

from __future__ import annotations

from fuzz.automaton.alphabet import read_word
from fuzz.automaton.concretise import Naming, alone
from fuzz.cases.names import ScenarioNames
from fuzz.learning.learner import ACCOUNTS
from fuzz.learning.membership_oracle import MembershipOracle
from fuzz.learning.variations import Variation, confirmed
from fuzz.selftest.in_process import InProcess
from swagger.load import load_contract
from tests.automaton.machines import documented

CONTRACT = load_contract()
PLAIN = Naming(("google_v3", "outlook_v1.0"), ACCOUNTS)
FAULT = "account-not-compared"
RESET = read_word(["create p0"])[0]


def oracle(*, fault: str | None = FAULT) -> MembershipOracle:
    session = InProcess.of(CONTRACT, fault=fault).session
    return MembershipOracle(session, RESET, PLAIN, ScenarioNames(CONTRACT, 0).payload, 1_000)


def performed(asked: MembershipOracle, *word: str, naming: Naming = PLAIN) -> Variation:
    return Variation.performed(asked, asked.steps(read_word(list(word))), naming)


def test_a_failure_is_told_up_to_its_first_wrong_answer() -> None:
    asked = oracle()
    (failed,) = confirmed(asked, [performed(asked, "send p0 a0", "send p0 a1", "send p0 a0", "send p1 a0")])
    assert 3 == len(failed.exchanges)
    assert 0 == failed.others


def test_a_failure_that_does_not_come_back_is_not_told() -> None:
    assert () == confirmed(oracle(fault=None), [performed(oracle(), "send p0 a0", "send p0 a1")])


def test_of_those_alike_the_shortest_one_with_the_shortest_names_is_told() -> None:
    asked = oracle()
    long = performed(asked, "send p0 a0", "send p0 a0", "send p0 a1")
    lengthy = performed(asked, "send p0 a0", "send p0 a1", naming=Naming(PLAIN.providers, ("a" * 40, "b" * 40)))
    simple = performed(asked, "send p0 a0", "send p0 a1")
    (failed,) = confirmed(asked, [long, lengthy, simple])
    assert ACCOUNTS == tuple(step.request.named.account for step in failed.exchanges[1:])
    assert 2 == failed.others


def test_staff_members_without_a_part_in_a_failure_are_left_out() -> None:
    asked = oracle()
    other = alone(read_word(["create p0", "send p0 a0"]), staff=1)
    word = alone(read_word(["create p0", "send p0 a0", "send p0 a1"]))
    (failed,) = confirmed(asked, [Variation.performed(asked, (*other, *word), PLAIN)])
    assert [0, 0, 0] == [step.action.staff for step in failed.exchanges]


def test_a_staff_member_with_a_part_in_a_failure_stays() -> None:
    asked = oracle(fault="disable-leaks")
    disable, send = read_word(["disable p0 a0", "send p0 a0"])
    begin = (*alone(read_word(["create p0", "send p0 a0"]), staff=1), *alone(read_word(["create p0"])))
    (failed,) = confirmed(asked, [Variation.performed(asked, (*begin, (1, disable), (0, send)), PLAIN)])
    assert [1, 1, 0, 1, 0] == [step.action.staff for step in failed.exchanges]


def test_what_the_machine_answers_too_is_known_already() -> None:
    variation = performed(oracle(), "send p0 a0", "send p0 a1")
    machine = documented()
    assert not variation.is_answer_of(machine)
    first = machine.after(read_word(["create p0"]))
    bound = machine.after(read_word(["create p0", "send p0 a0"]))
    table = {**machine.table, (bound, read_word(["send p0 a1"])[0]): ("success", bound)}
    assert variation.is_answer_of(type(machine)(first, machine.inputs, table))
