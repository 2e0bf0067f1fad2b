"""A phase that is cut off by the end of its time is named in reports, and does not pass a gate."""

from __future__ import annotations

import pytest

from fuzz.events.gate import incomplete, left_undone
from fuzz.report.formats.report_json import report_json
from fuzz.report.summary_text import summary_text
from fuzz.sandbox.launcher import Sandbox
from tests.run.runs import profile_for, run_against

PHASES = ("preflight", "systematic")


@pytest.fixture(scope="module")
def slow() -> Sandbox:
    with Sandbox(latency=0.005) as sandbox:
        yield sandbox


def test_a_phase_that_was_cut_off_is_named(slow: Sandbox) -> None:
    ran = run_against(profile_for(slow, request_timeout=10.0), phases=PHASES, max_time=5.0)

    assert ["systematic"] == incomplete(ran.summary)
    assert "systematic did not finish: give it more time with --max-time" in summary_text(ran.summary)
    assert [True, False] == [phase["complete"] for phase in report_json(ran.summary)["phases"]]


def test_a_gate_that_was_cut_off_is_inconclusive_and_says_why(slow: Sandbox) -> None:
    ran = run_against(profile_for(slow, request_timeout=10.0), phases=PHASES, max_time=2.0, command="gate")

    assert 3 == ran.conclusion.exit_code
    assert "systematic did not finish" in ran.conclusion.reasons


def test_phases_that_came_to_their_end_are_not_named(slow: Sandbox) -> None:
    ran = run_against(profile_for(slow, request_timeout=10.0), phases=("preflight", "race"), max_time=1.0)

    assert [] == incomplete(ran.summary)
    assert "did not finish" not in summary_text(ran.summary)


@pytest.mark.parametrize("endless", ["random", "race"])
def test_an_unbounded_phase_that_sent_nothing_was_cut_off(slow: Sandbox, endless: str) -> None:
    ran = run_against(profile_for(slow, request_timeout=10.0), phases=("preflight", endless), max_time=0.01)

    assert 0 == ran.summary.phases[endless]["requests"]
    assert endless in left_undone(ran.summary)["had no turn"]
