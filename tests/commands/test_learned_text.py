"""What `calfuzz learn` prints: a verdict, what it holds for, and scenarios with names, never with numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from fuzz.automaton.alphabet import read_word
from fuzz.commands.learned_text import exit_code, legend, told
from fuzz.errors import ExitCode
from fuzz.learning.learner import Learned, Tried, learn
from fuzz.learning.membership_oracle import NondeterministicTargetError
from fuzz.selftest.in_process import InProcess
from swagger.load import load_contract

CONTRACT = load_contract()


@cache
def learned(fault: str | None = None) -> Learned:
    return learn(InProcess.of(CONTRACT, fault=fault).session, max_requests=8000)


def lines(result: Learned) -> list[str]:
    return list(told(InProcess.of(CONTRACT).session, result))


def test_a_pass_says_over_what_it_holds() -> None:
    text = " ".join(" ".join(lines(learned())).split())
    among = "among all machines with at most 11 states over these inputs, names and bodies, if create resets"
    assert text.startswith(f"PASS equivalent to the documented machine {among}")
    assert "inputs send google_v3, a@example.com or b@example.com | outlook_v1.0, a@example.com or" in text
    assert "81 pairs of near accounts, 17 near providers" in text
    assert "staff two members, one changing while the other must not, in 32 scenarios" in text
    assert "bodies one item in one form" in text
    assert "not learnt payload rules such as those for dates" in text
    assert ExitCode.PASS == exit_code(learned())


def test_a_pass_with_one_staff_member_says_so() -> None:
    alone = replace(learned(), tried=Tried(81, 17, 0))
    assert any("one member: the profile names no other" in line for line in lines(alone))


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ("disabled-never-said", "FAIL  the target's machine is not the documented one: 2 differences"),
        ("account-without-domain", "FAIL  the target's machine is the documented one, but not with near names:"),
        ("disable-leaks", "FAIL  the target's machine is the documented one, but not beside a second staff member:"),
    ],
)
def test_a_failure_says_first_what_differs(fault: str, verdict: str) -> None:
    assert lines(learned(fault))[0].startswith(verdict)
    assert ExitCode.BROKEN == exit_code(learned(fault))


def test_a_scenario_of_two_staff_members_says_who_does_what() -> None:
    text = "\n".join(lines(learned("disable-leaks")))
    assert re.search(r"\d  staff 2  disable +google_v3, a@example.com +200\n +\d  staff 1  send .*422 invalid", text)


def test_a_difference_names_the_state_and_the_input() -> None:
    text = lines(learned("disabled-never-said"))
    where = "in disabled (google_v3, a@example.com), send google_v3, a@example.com: success, documented invalid"
    assert f"      {where}" in text
    assert "      the same in disabled (outlook_v1.0, b@example.com): send outlook_v1.0, b@example.com" in text


def test_two_answers_to_one_word_are_counted() -> None:
    error = NondeterministicTargetError(read_word(["send p0 a0"]), Counter({"success": 6, "invalid": 1}))
    result = replace(learned(), complete=False, nondeterministic=error)
    assert [
        "FAIL  this input sequence gave two different answers, so the target has no machine to learn",
        "      create google_v3 · send google_v3, a@example.com",
        "      6 × success",
        "      1 × invalid",
    ] == lines(result)[:4]
    assert ExitCode.BROKEN == exit_code(result)


def test_what_is_not_known_says_why() -> None:
    result = replace(learned(), complete=False, why="the budget of 300 requests is spent")
    assert "INCONCLUSIVE  not known: the budget of 300 requests is spent" == lines(result)[0]
    assert ExitCode.INCONCLUSIVE == exit_code(result)


@pytest.mark.parametrize("fault", [None, "disabled-never-said", "account-without-domain", "disable-leaks"])
def test_numbers_never_stand_for_names(fault: str | None) -> None:
    text = "\n".join([*lines(learned(fault)), *legend(learned(fault))])
    assert [] == re.findall(r"\b[ap]\d\b|\?{2,}", text)
