"""The one list of phases: what `--phases` takes, what a gate leaves out, and that a phase's share of the time grows."""

from __future__ import annotations

import pytest

from fuzz.errors import UsageError
from fuzz.run.phase_list import PHASES, parse_phases, phase_names


def test_phases_are_run_in_their_order_whatever_order_was_given() -> None:
    assert ("preflight", "payloads", "random") == parse_phases("random, preflight,payloads")


def test_the_old_name_of_the_regressions_is_still_taken() -> None:
    assert ("preflight", "regressions") == parse_phases("saved,preflight")


@pytest.mark.parametrize(("given", "said"), [("nights", "nights is no phase"), (" , ", "nothing is no phase")])
def test_a_phase_that_does_not_exist_is_named_with_those_that_do(given: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_phases(given)
    assert f"--phases: {said}" == caught.value.what
    assert all(name in caught.value.next for name in phase_names())


def test_a_gate_has_all_phases_but_the_race() -> None:
    assert ("race",) == tuple(name for name in phase_names() if name not in phase_names(gate=True))


def test_each_phase_but_the_first_may_go_on_for_longer_than_the_one_before() -> None:
    shares = [phase.share for phase in PHASES[1:]]
    assert sorted(shares) == shares
    assert 1.0 == shares[-1]
