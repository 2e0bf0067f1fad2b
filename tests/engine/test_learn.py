"""The learner finds the documented machine in an honest service, and the difference in a dishonest one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fuzz.engine.learn import Learned, from_aalpy, learn, to_aalpy
from fuzz.engine.learn_target import Asking, OutvotedError, TwoAnswersError
from fuzz.model.alphabet import read_word
from fuzz.model.automaton import shortest_difference
from fuzz.model.naming import Naming
from fuzz.model.state import CalendarSync
from fuzz.selftest.in_process import InProcess
from swagger.load import load_contract
from tests.model.machines import documented

CONTRACT = load_contract()


def learned(*, fault: str | None = None, variant: str | None = None, most: int = 8000) -> Learned:
    return learn(InProcess.of(CONTRACT, fault=fault, variant=variant).session, most=most)


def test_an_honest_service_is_equivalent() -> None:
    result = learned()
    assert result.equivalent
    assert result.machine is not None
    assert len(result.machine.states) == len(result.documented.states)


def test_a_variant_in_what_the_documents_leave_open_is_equivalent() -> None:
    assert learned(variant="disable-stores-no-account").equivalent


def test_a_service_that_never_says_invalid_has_fewer_states_and_differs_first_where_it_is_due() -> None:
    result = learned(fault="disabled-never-said")
    assert result.machine is not None
    assert len(result.machine.states) < len(result.documented.states)
    first = result.found[0]
    assert first.difference.word == read_word(["disable p0 a0", "send p0 a0"])
    assert (first.difference.documented, first.difference.observed) == ("invalid", "success")
    assert first.performed[-1].verdict.clause == "invalid"
    assert first.difference.state == CalendarSync("p0", "a0", disabled=True)


def test_a_scenario_is_told_that_no_reading_of_the_documents_explains() -> None:
    """After a disable alone the account may not be stored, and `invalid` be in order."""
    first = learned(fault="disabled-before-mismatch").found[0]
    assert first.difference.word == read_word(["send p0 a0", "disable p0 a0", "send p0 a1"])
    assert "invalid" not in first.performed[-1].verdict.allowed


def test_a_hidden_state_is_learned_with_the_shortest_scenario_that_shows_it() -> None:
    result = learned(fault="three-mismatches-lock")
    assert result.machine is not None
    assert len(result.machine.states) > len(result.documented.states)
    assert len(result.found[0].difference.word) == 5


def test_a_service_that_answers_by_chance_gives_two_answers_to_one_sequence() -> None:
    result = learned(fault="mismatch-accepted-once-in-7")
    assert result.two_answers is not None
    assert set(result.two_answers.seen) == {"already_exists", "success"}
    assert not result.equivalent


def test_a_spent_budget_is_said_and_proves_nothing() -> None:
    result = learned(most=200)
    assert not result.complete
    assert not result.equivalent
    assert result.why == "the budget of 200 requests is spent"


def test_a_machine_survives_the_way_to_aalpy_and_back() -> None:
    machine = documented()
    rooted = from_aalpy(to_aalpy(machine), machine.inputs)
    assert shortest_difference(machine, rooted) is None


def asking(answers: Callable[[], str]) -> Asking:
    """Asks a target whose last answer is made up."""

    class Made(Asking):
        def fresh(self, word: tuple[object, ...]) -> tuple[str, ...]:
            return (*("success",) * (len(word) - 1), answers())

    session = InProcess.of(CONTRACT).session
    naming = Naming(("google_v3", "outlook_v1.0"), ("a@example.com", "b@example.com"))
    return Made(session, read_word(["create p0"])[0], naming, lambda *_: {}, 1000)


WORD = read_word(["send p0 a0"])


def test_noise_of_a_gateway_is_outvoted() -> None:
    told = iter(["success", *["server error"], *["success"] * 5])
    asked = asking(lambda: next(told))
    assert asked.ask(WORD) == ("success",)
    asked._keep(WORD, asked.fresh(WORD))
    assert asked.outvoted == 1
    assert asked.ask(WORD) == ("success",)


def test_what_was_concluded_from_noise_is_concluded_anew() -> None:
    told = iter(["server error", *["success"] * 6])
    asked = asking(lambda: next(told))
    asked.ask(WORD)
    with pytest.raises(OutvotedError):
        asked._keep(WORD, asked.fresh(WORD))
    assert asked.ask(WORD) == ("success",)


def test_an_odd_answer_of_the_service_itself_is_not_outvoted() -> None:
    told = iter(["success", "invalid", *["success"] * 5])
    asked = asking(lambda: next(told))
    asked.ask(WORD)
    with pytest.raises(TwoAnswersError) as error:
        asked._keep(WORD, asked.fresh(WORD))
    assert error.value.seen == {"success": 6, "invalid": 1}
