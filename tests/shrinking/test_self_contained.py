"""A shrunk scenario fails on a server that has seen nothing, or is marked as one that needs a history."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.failures.handler import FailureHandler
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.bundle_replay import replay
from fuzz.failures.replays.result import Outcome
from fuzz.oracle.actions import Create, MoveSync
from fuzz.oracle.scenario import from_json
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from fuzz.selftest.in_process import InProcess
from fuzz.shrinking.history import likely_histories, with_history
from tests.failures.bundling import another_account, kept, session_for
from tests.run.runs import CONTRACT, profile_for, run_against

REMEMBERS = {
    Fault.RECREATION_KEEPS_ACCOUNT: 4,
    Fault.RECREATION_KEEPS_PROVIDER: 3,
    Fault.RECREATION_KEEPS_DISABLED: 4,
    Fault.LOOKUP_BY_ACCOUNT: 6,
}
"""Faults that remember what should be forgotten, and how many actions show that on a new server."""


@pytest.mark.parametrize("fault", REMEMBERS, ids=lambda fault: fault.value)
def test_a_shrunk_scenario_fails_on_a_service_that_has_seen_nothing(fault: Fault) -> None:
    with Sandbox(fault=fault) as sandbox:
        profile = profile_for(sandbox, request_timeout=10.0)
        ran = run_against(profile, phases=("preflight", "conformance"), max_failures=1, seed=1)

    (failure,) = ran.summary.failures.values()
    actions = tuple(from_json(action) for action in failure["actions"])
    assert (failure["clause"], failure["observed"]) == InProcess.of(CONTRACT, fault=fault.value).first_failure(actions)
    assert ("3/3", False) == (failure["reproduced"], failure["needs_past"])
    assert REMEMBERS[fault] == failure["steps"]


def test_a_likely_history_begins_with_a_create_for_each_staff_member_and_ends_in_another_state() -> None:
    histories = list(likely_histories(CONTRACT, another_account()))
    assert len(histories) == len(set(map(repr, histories)))
    for history in histories:
        assert all(
            isinstance(next(action for action in history if action.staff == staff), Create)
            for staff in {0, 1} & {action.staff for action in history}
        )
    moves = {action.move for history in histories for action in history if isinstance(action, MoveSync)}
    assert {"disable", "disconnect"} == moves


def test_of_likely_histories_of_two_actions_those_without_a_sibling_come_first() -> None:
    histories = [history for history in likely_histories(CONTRACT, another_account()) if len(history) == 2]
    by_a_sibling = [any(isinstance(action, MoveSync) for action in history) for history in histories]
    assert [False, False, False, True] == by_a_sibling


def test_a_scenario_comes_after_the_last_ones_of_its_history() -> None:
    a, b, c = history = [(Create(0, provider),) for provider in "abc"]
    scenario = (Create(0, "z"),)
    assert [c + scenario, b + c + scenario, a + b + c + scenario] == list(with_history(history, scenario))
    assert [] == list(with_history([], scenario))


def test_a_failure_that_needs_a_history_is_not_fixed_because_its_replay_passes(tmp_path: Path) -> None:
    with Sandbox() as honest:
        bundle = load_bundle(kept(honest, tmp_path, another_account()))
        session = session_for(honest)
        assert Outcome.FIXED is replay(bundle, session).outcome
        needs_history = replace(bundle, file={**bundle.file, "needs_past": True})
        assert Outcome.CANNOT_TELL is replay(needs_history, session).outcome


@pytest.mark.parametrize("requests", [0, 2, 100])
def test_a_failure_is_not_said_to_need_a_history_where_there_was_no_room_to_try(requests: int) -> None:
    with Sandbox(fault=Fault.ACCOUNT_NOT_COMPARED) as sandbox, closing(session_for(sandbox)) as session:
        FailureHandler(session, shrink_requests=requests).run(another_account(), "test")
        (failure,) = session.journal.summary.failures.values()
    assert ("3/3", False) == (failure["reproduced"], failure["needs_past"])
