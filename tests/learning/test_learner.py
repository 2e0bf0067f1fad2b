"""The learner finds the documented machine in an honest service, and the difference in a dishonest one.

What its alphabet cannot say, it tries in variations: near names, and a second staff member.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from fuzz.automaton.alphabet import read_word
from fuzz.automaton.concretise import Naming
from fuzz.automaton.isolation import isolation_scenarios
from fuzz.automaton.mealy import Mealy, shortest_difference
from fuzz.cases.names import kinds_of_nearness
from fuzz.learning import learner as learner_module
from fuzz.learning.aalpy_machines import from_aalpy, to_aalpy
from fuzz.learning.learner import Learned, learn
from fuzz.learning.membership_oracle import MembershipOracle, NondeterministicTargetError, OutvotedError
from fuzz.learning.near_names import unlisted_near_providers
from fuzz.learning.variations import FailedVariation
from fuzz.oracle.state import CalendarSync
from fuzz.selftest.in_process import InProcess
from strategies.valid.fields import listed_providers
from swagger.load import load_contract
from tests.automaton.machines import documented

CONTRACT = load_contract()


@cache
def learned(*, fault: str | None = None, variant: str | None = None, max_requests: int = 8000) -> Learned:
    return learn(InProcess.of(CONTRACT, fault=fault, variant=variant).session, max_requests=max_requests)


def test_an_honest_service_is_equivalent() -> None:
    result = learned()
    assert result.equivalent
    assert result.machine is not None
    assert len(result.machine.states) <= len(result.documented.states)


def test_an_honest_service_is_tried_with_every_kind_of_near_account_and_beside_another_staff_member() -> None:
    result = learned()
    assert len(kinds_of_nearness()) == result.tried.near_accounts
    assert len(unlisted_near_providers(CONTRACT)) == result.tried.near_providers
    assert len(isolation_scenarios(documented())) == result.tried.with_two_staff


def named(failed: FailedVariation) -> list[tuple[str, str, str]]:
    """Provider and account that each step names, and the answer's label."""
    steps = [(step.request.named, step.verdict.seen) for step in failed.exchanges]
    return [(str(names.provider), str(names.account), seen.label if seen else "") for names, seen in steps]


def test_a_service_that_compares_only_local_parts_differs_with_near_accounts() -> None:
    result = learned(fault="account-without-domain")
    assert () == result.found
    assert not result.equivalent
    (_, stored, _), (_, given, label) = named(result.varied[0])[1:]
    assert stored != given
    assert stored.partition("@")[0] == given.partition("@")[0]
    assert "200" == label


def test_a_service_that_compares_the_beginnings_of_providers_differs_with_near_providers() -> None:
    result = learned(fault="provider-by-family")
    assert () == result.found
    (created, _, _), *_, (given, _, label) = named(result.varied[0])
    assert given not in listed_providers(CONTRACT)
    assert created.startswith(given.partition("_")[0])
    assert "200" == label


def test_a_service_whose_disable_leaks_differs_beside_a_second_staff_member() -> None:
    result = learned(fault="disable-leaks")
    assert () == result.found
    assert not result.equivalent
    assert {0, 1} == {step.action.staff for step in result.varied[0].exchanges}


def test_a_machine_that_differs_already_is_not_tried_beside_a_second_staff_member() -> None:
    result = learned(fault="disabled-never-said")
    assert result.found
    assert 0 == result.tried.with_two_staff
    assert () == result.varied


@pytest.mark.parametrize("variant", ["disable-stores-no-account", "disable-forgets-account"])
def test_a_variant_in_what_the_documents_do_not_specify_is_equivalent(variant: str) -> None:
    """Of a disable that forgets the account, the record in its answer says so."""
    assert learned(variant=variant).equivalent
    assert learned().tried.with_two_staff == learned(variant=variant).tried.with_two_staff


def test_a_service_that_never_says_invalid_has_fewer_states_and_differs_first_where_it_is_due() -> None:
    result = learned(fault="disabled-never-said")
    assert result.machine is not None
    assert len(result.machine.states) < len(result.documented.states)
    first = result.found[0]
    assert first.difference.word == read_word(["send p0 a0", "disable p0 a0", "send p0 a0"])
    assert (first.difference.documented, first.difference.observed) == ("invalid", "success")
    assert first.exchanges[-1].verdict.clause == "invalid"
    assert first.difference.state == CalendarSync("p0", "a0", disabled=True)


def test_a_difference_is_shown_by_a_scenario_that_no_reading_of_the_documents_explains() -> None:
    """After a disable alone the account may not be stored, and `invalid` be in order."""
    first = learned(fault="disabled-before-mismatch").found[0]
    assert first.difference.word == read_word(["send p0 a0", "disable p0 a0", "send p0 a1"])
    assert "invalid" not in first.exchanges[-1].verdict.allowed


def test_a_hidden_state_is_learned_with_the_shortest_scenario_that_shows_it() -> None:
    result = learned(fault="three-mismatches-lock")
    assert result.machine is not None
    assert len(result.machine.states) > len(result.documented.states)
    assert len(result.found[0].difference.word) == 5


def test_a_service_that_answers_by_chance_is_found_to_be_nondeterministic() -> None:
    result = learned(fault="mismatch-accepted-once-in-7")
    assert result.nondeterministic is not None
    assert set(result.nondeterministic.seen) == {"already_exists", "success"}
    assert not result.equivalent


def test_a_spent_budget_is_said_and_proves_nothing() -> None:
    result = learned(max_requests=200)
    assert not result.complete
    assert not result.equivalent
    assert result.why == "the budget of 200 requests is spent"


def test_answers_that_are_overturned_again_and_again_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last hypothesis, which the answers overturned as well, is not told."""

    def overturned(learner: learner_module._Learner) -> Learned:
        first = learner.documented
        learner.hypothesis = Mealy(
            first.initial, first.inputs, {at: ("invalid", to) for at, (_, to) in first.table.items()}
        )
        raise OutvotedError

    monkeypatch.setattr(learner_module._Learner, "learn", overturned)
    result = learn(InProcess.of(CONTRACT).session, max_requests=100)
    assert "the answers were too noisy: votes overturned them again and again" == result.why
    assert (None, ()) == (result.machine, result.found)
    assert not result.complete


def test_a_machine_survives_the_way_to_aalpy_and_back() -> None:
    machine = documented()
    rooted = from_aalpy(to_aalpy(machine), machine.inputs)
    assert shortest_difference(machine, rooted) is None


def oracle_of(answers: Callable[[], str]) -> MembershipOracle:
    """A membership oracle of a target whose last answer is made up."""

    class Made(MembershipOracle):
        def fresh(self, word: tuple[object, ...]) -> tuple[str, ...]:
            return (*("success",) * (len(word) - 1), answers())

    session = InProcess.of(CONTRACT).session
    naming = Naming(("google_v3", "outlook_v1.0"), ("a@example.com", "b@example.com"))
    return Made(session, read_word(["create p0"])[0], naming, lambda *_: {}, 1000)


WORD = read_word(["send p0 a0"])


def test_noise_of_a_gateway_is_outvoted() -> None:
    told = iter(["success", *["server error"], *["success"] * 5])
    oracle = oracle_of(lambda: next(told))
    assert oracle.ask(WORD) == ("success",)
    oracle._keep(WORD, oracle.fresh(WORD))
    assert oracle.outvoted == 1
    assert oracle.ask(WORD) == ("success",)


def test_what_was_learned_from_noise_is_learned_anew() -> None:
    told = iter(["server error", *["success"] * 6])
    oracle = oracle_of(lambda: next(told))
    oracle.ask(WORD)
    with pytest.raises(OutvotedError):
        oracle._keep(WORD, oracle.fresh(WORD))
    assert oracle.ask(WORD) == ("success",)


def test_an_odd_answer_of_the_service_itself_is_not_outvoted() -> None:
    told = iter(["success", "invalid", *["success"] * 5])
    oracle = oracle_of(lambda: next(told))
    oracle.ask(WORD)
    with pytest.raises(NondeterministicTargetError) as error:
        oracle._keep(WORD, oracle.fresh(WORD))
    assert error.value.seen == {"success": 6, "invalid": 1}
