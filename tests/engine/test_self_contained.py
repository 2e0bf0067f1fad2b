"""A kept scenario needs nothing that was done before it, or is kept as one that does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.engine.keep import load_bundle
from fuzz.engine.past import likely_pasts, with_past
from fuzz.engine.replay import Outcome, replay
from fuzz.model.exchange import Create, MoveSync
from fuzz.model.scenario import from_json
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.server import Sandbox
from fuzz.selftest.in_process import InProcess
from tests.engine.bundling import another_account, kept, session_for
from tests.engine.runs import CONTRACT, profile_for, run_against

REMEMBERS = {
    Fault.RECREATION_KEEPS_ACCOUNT: 4,
    Fault.RECREATION_KEEPS_PROVIDER: 3,
    Fault.RECREATION_KEEPS_DISABLED: 4,
    Fault.LOOKUP_BY_ACCOUNT: 5,
}
"""Faults that remember what should be forgotten, and the actions that it takes to see that on a new server."""


@pytest.mark.parametrize("fault", REMEMBERS, ids=lambda fault: fault.value)
def test_what_is_left_fails_on_a_service_that_has_seen_nothing(fault: Fault) -> None:
    with Sandbox(fault=fault) as sandbox:
        profile = profile_for(sandbox, request_timeout=10.0)
        ran = run_against(profile, phases=("preflight", "conformance"), max_failures=1, seed=1)

    (failure,) = ran.summary.failures.values()
    actions = tuple(from_json(action) for action in failure["actions"])
    assert (failure["clause"], failure["observed"]) == InProcess.of(CONTRACT, fault=fault.value).fails(actions)
    assert ("3/3", False) == (failure["reproduced"], failure["needs_past"])
    assert REMEMBERS[fault] == failure["steps"]


def test_a_past_begins_with_a_create_for_each_staff_member_and_ends_in_another_state() -> None:
    pasts = list(likely_pasts(CONTRACT, another_account()))
    assert len(pasts) == len(set(map(repr, pasts)))
    for past in pasts:
        assert all(
            isinstance(next(each for each in past if each.staff == staff), Create)
            for staff in {0, 1} & {each.staff for each in past}
        )
    assert {"disable", "disconnect"} == {each.move for past in pasts for each in past if isinstance(each, MoveSync)}


def test_a_scenario_comes_after_the_last_ones_of_its_past() -> None:
    past = [(Create(0, provider),) for provider in "abc"]
    (last,) = scenario = (Create(0, "z"),)
    assert [(*past[-1], last), (*past[-2], *past[-1], last), (*past[0], *past[1], *past[2], last)] == list(
        with_past(past, scenario)
    )
    assert [] == list(with_past([], scenario))


def test_one_that_needs_its_past_is_not_called_fixed_because_it_passes_without(tmp_path: Path) -> None:
    with Sandbox() as honest:
        bundle = load_bundle(kept(honest, tmp_path, another_account()))
        session = session_for(honest)
        assert Outcome.FIXED is replay(bundle, session).outcome
        needy = replace(bundle, description={**bundle.description, "needs_past": True})
        assert Outcome.CANNOT_TELL is replay(needy, session).outcome
