"""What `calfuzz learn` prints: a verdict, what it holds for, and scenarios with names, never with numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from fuzz.automaton.alphabet import Alphabet, Word, read_word
from fuzz.automaton.concretise import Naming, Steps, alone
from fuzz.automaton.mealy import Difference
from fuzz.cases.names import ScenarioNames
from fuzz.commands.learned_text import exit_code, legend, told
from fuzz.errors import ExitCode
from fuzz.learning.learner import ACCOUNTS, ConfirmedDifference, Learned, Tried, documented_readings
from fuzz.learning.membership_oracle import MembershipOracle, NondeterministicTargetError
from fuzz.learning.variations import Variation, confirmed
from fuzz.oracle.state import CalendarSync
from fuzz.selftest.in_process import InProcess
from swagger.load import load_contract

CONTRACT = load_contract()
NAMING = Naming(("google_v3", "outlook_v1.0"), ACCOUNTS)
NEAR = Naming(NAMING.providers, ("a@example.com", "a@another.example"))
RESET = read_word(["create p0"])[0]
DOCUMENTED = documented_readings(CONTRACT, Alphabet(), RESET)[0]
EQUIVALENT = Learned(
    documented=DOCUMENTED,
    machine=DOCUMENTED,
    complete=True,
    words=524,
    requests=2826,
    outvoted=0,
    naming=NAMING,
    reset=RESET,
    tried=Tried(81, 17, 32),
)


def word(*inputs: str) -> Word:
    return read_word(list(inputs))


def oracle(fault: str) -> MembershipOracle:
    session = InProcess.of(CONTRACT, fault=fault).session
    return MembershipOracle(session, RESET, NAMING, ScenarioNames(CONTRACT, 0).payload, 1_000)


def varied(fault: str, steps: Steps, naming: Naming = NAMING) -> Learned:
    asked = oracle(fault)
    return replace(EQUIVALENT, varied=confirmed(asked, [Variation.performed(asked, steps, naming)] * 2))


def different() -> Learned:
    """Two differences of a service that never says `invalid`."""
    asked, found = oracle("disabled-never-said"), []
    for p, a in (("p0", "a0"), ("p1", "a1")):
        shown = word(f"create {p}", f"send {p} {a}", f"disable {p} {a}", f"send {p} {a}")
        difference = Difference(shown, CalendarSync(p, a, disabled=True), "invalid", "success")
        found.append(ConfirmedDifference(difference, tuple(asked.perform(alone(shown), NAMING))))
    return replace(EQUIVALENT, found=tuple(found))


def near() -> Learned:
    return varied("account-without-domain", alone(word("create p0", "send p0 a0", "send p0 a1")), NEAR)


def leaking() -> Learned:
    second = alone(word("create p0", "send p0 a0"), staff=1)
    disable, send = word("disable p0 a0", "send p0 a0")
    return varied("disable-leaks", (*second, *alone(word("create p0")), (1, disable), (0, send)))


def odd_sibling() -> Learned:
    return varied("connect-without-uid", alone(word("create p0", "connect p0 a0")))


def lines(result: Learned) -> list[str]:
    return list(told(InProcess.of(CONTRACT).session, result))


def test_a_pass_says_over_what_it_holds() -> None:
    text = " ".join(" ".join(lines(EQUIVALENT)).split())
    among = "among all machines with at most 11 states over these inputs, names and bodies, if create resets"
    assert text.startswith(f"PASS equivalent to the documented machine {among}")
    assert "inputs send google_v3, a@example.com or b@example.com | outlook_v1.0, a@example.com or" in text
    assert "81 pairs of near accounts, 17 near providers" in text
    assert "staff two members, one changing while the other must not, in 32 scenarios" in text
    assert "bodies one item in one form" in text
    assert "not learnt payload rules such as those for dates" in text
    assert ExitCode.PASS == exit_code(EQUIVALENT)


def test_a_pass_with_one_staff_member_says_so() -> None:
    alone = replace(EQUIVALENT, tried=Tried(81, 17, 0))
    assert any("one member: the profile names no other" in line for line in lines(alone))


@pytest.mark.parametrize(
    ("result", "what"),
    [
        (different, "not the documented one: 2 differences"),
        (near, "the documented one, but not with near names: 1 difference"),
        (leaking, "the documented one, but not beside a second staff member: 1 difference"),
        (odd_sibling, "the documented one, but not in what connect answers: 1 difference"),
    ],
)
def test_a_failure_says_first_what_differs(result: Callable[[], Learned], what: str) -> None:
    assert f"FAIL  the target's machine is {what}" == lines(result())[0]
    assert ExitCode.BROKEN == exit_code(result())


def test_a_scenario_of_two_staff_members_says_who_does_what() -> None:
    text = "\n".join(lines(leaking()))
    assert re.search(r"\d  staff 2  disable +google_v3, a@example.com +200\n +\d  staff 1  send .*422 invalid", text)
    assert "the same in 1 other scenario" in text


def test_a_scenario_with_near_names_shows_them() -> None:
    text = "\n".join(lines(near()))
    assert re.search(r"2  send +google_v3, a@example.com +200\n +3  send +google_v3, a@another.example +200", text)


def test_a_difference_names_the_state_and_the_input() -> None:
    text = lines(different())
    where = "in disabled (google_v3, a@example.com), send google_v3, a@example.com: success, documented invalid"
    assert f"      {where}" in text
    assert "      the same in disabled (outlook_v1.0, b@example.com): send outlook_v1.0, b@example.com" in text


def test_two_answers_to_one_word_are_counted() -> None:
    error = NondeterministicTargetError(read_word(["send p0 a0"]), Counter({"success": 6, "invalid": 1}))
    result = replace(EQUIVALENT, complete=False, nondeterministic=error)
    assert [
        "FAIL  this input sequence gave two different answers, so the target has no machine to learn",
        "      create google_v3 · send google_v3, a@example.com",
        "      6 × success",
        "      1 × invalid",
    ] == lines(result)[:4]
    assert ExitCode.BROKEN == exit_code(result)


def test_what_is_not_known_says_why() -> None:
    result = replace(EQUIVALENT, complete=False, why="the budget of 300 requests is spent")
    assert "INCONCLUSIVE  not known: the budget of 300 requests is spent" == lines(result)[0]
    assert ExitCode.INCONCLUSIVE == exit_code(result)


@pytest.mark.parametrize("result", [lambda: EQUIVALENT, different, near, leaking])
def test_numbers_never_stand_for_names(result: Callable[[], Learned]) -> None:
    text = "\n".join([*lines(result()), *legend(result())])
    assert [] == re.findall(r"\b[ap]\d\b|\?{2,}", text)
