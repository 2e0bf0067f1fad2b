"""Each fault does what its sentence says: a hand-written scenario shows it, and the honest server answers well."""

from __future__ import annotations

from itertools import pairwise

import pytest

from fuzz.sandbox.faults import Fault
from fuzz.sandbox.faults.kinds import FaultKind
from tests.sandbox.scenarios import Step, answers_to, send
from tests.sandbox.witnesses import INTERMITTENTS, SURE_WITNESSES
from tests.sandbox.witnesses.witness import BOUND, DISABLED

REPEATS = 120


@pytest.mark.parametrize("fault", SURE_WITNESSES)
def test_the_honest_server_answers_as_documented_where_the_fault_would_show(fault: Fault) -> None:
    assert answers_to(SURE_WITNESSES[fault].steps)[-1] == SURE_WITNESSES[fault].honest


@pytest.mark.parametrize("fault", SURE_WITNESSES)
def test_the_fault_shows_in_its_scenario(fault: Fault) -> None:
    assert answers_to(SURE_WITNESSES[fault].steps, faults=[fault])[-1] == SURE_WITNESSES[fault].faulty


@pytest.mark.parametrize("fault", INTERMITTENTS)
def test_an_intermittent_fault_shows_now_and_then(fault: Fault) -> None:
    witness = INTERMITTENTS[fault]
    length = len(witness.steps)
    honest = answers_to(witness.steps * REPEATS)[length - 1 :: length]
    faulty = answers_to(witness.steps * REPEATS, faults=[fault])[length - 1 :: length]
    assert set(honest) == {witness.honest}
    assert set(faulty) == {witness.honest, witness.faulty}
    assert 1 <= faulty.count(witness.faulty) <= REPEATS // 3


@pytest.mark.parametrize("fault", INTERMITTENTS)
def test_an_intermittent_fault_shows_at_the_same_requests_each_time(fault: Fault) -> None:
    steps = INTERMITTENTS[fault].steps * REPEATS
    assert answers_to(steps, faults=[fault]) == answers_to(steps, faults=[fault])


def test_every_fault_has_a_witness() -> None:
    assert set(Fault) == {*SURE_WITNESSES, *INTERMITTENTS}


def test_every_kind_of_mistake_is_in_the_catalogue_several_times() -> None:
    counts = {kind: sum(fault.kind is kind for fault in Fault) for kind in FaultKind}
    assert min(counts.values()) >= 5


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_described_in_one_sentence_of_its_own(fault: Fault) -> None:
    assert fault.description.endswith(".")
    assert fault.description.count(". ") == 0
    assert [other for other in Fault if other.description == fault.description] == [fault]


def test_only_races_and_intermittent_faults_are_not_deterministic() -> None:
    assert {fault.kind for fault in Fault if not fault.deterministic} == {FaultKind.RACE, FaultKind.INTERMITTENT}


def test_a_race_does_not_show_in_calls_that_come_one_after_the_other() -> None:
    races = [fault for fault in Fault if fault.kind is FaultKind.RACE]
    steps = [*BOUND, send("bob@example.com"), *DISABLED, send(), *BOUND]
    for race in races:
        assert answers_to(steps, faults=[race]) == answers_to(steps)


def test_three_faults_at_once_all_show() -> None:
    faults = [Fault.MISSING_CODE_NOT_FOUND, Fault.ACCOUNT_DOMAIN_ONLY, Fault.CRASH_ON_EMPTY_LIST]
    for fault in faults:
        assert answers_to(SURE_WITNESSES[fault].steps, faults=faults)[-1] == SURE_WITNESSES[fault].faulty


@pytest.mark.parametrize("kind", FaultKind)
def test_faults_of_one_kind_combine(kind: FaultKind) -> None:
    deterministic = [fault for fault in Fault if fault.kind is kind and fault in SURE_WITNESSES]
    for pair in pairwise(deterministic):
        assert _shown(pair, pair[0]) or _shown(pair, pair[1])


@pytest.mark.parametrize("fault", SURE_WITNESSES)
def test_a_fault_shows_beside_one_that_has_nothing_to_do_with_it(fault: Fault) -> None:
    bystander = Fault.CRASH_ON_NO_OBJECT if fault is not Fault.CRASH_ON_NO_OBJECT else Fault.MARKUP_REFUSED
    assert _shown((fault, bystander), fault)
    assert _shown((bystander, fault), fault)


def test_faults_of_a_field_do_not_hide_each_other() -> None:
    optional = [Fault.EXTERNAL_ID_OPTIONAL, Fault.START_DATE_OPTIONAL, Fault.END_DATE_OPTIONAL]
    for fault in optional:
        assert _shown(optional, fault)


def test_witnesses_begin_with_nothing_known() -> None:
    # Every scenario runs on a new sandbox, so its first step must not count on a sync.
    for fault, witness in SURE_WITNESSES.items():
        assert isinstance(witness.steps[0], Step), fault


def _shown(faults: tuple[Fault, ...] | list[Fault], fault: Fault) -> bool:
    return answers_to(SURE_WITNESSES[fault].steps, faults=faults)[-1] == SURE_WITNESSES[fault].faulty
