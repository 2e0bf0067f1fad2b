"""The state machine as a test of its own: for a project that has pytest and Hypothesis, and does not need a run."""

from __future__ import annotations

import re
import unittest
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture import providers

from fuzz.phases.random import no_constants_of_the_source
from fuzz.phases.state_machine import state_machine_for
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from fuzz.session.session import Session
from tests.run.runs import profile_for, session_against

SETTINGS = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    database=None,
    derandomize=False,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session with a sandbox that has the fault that the test asks for."""
    with Sandbox(fault=getattr(request, "param", None)) as sandbox:
        found = session_against(profile_for(sandbox, request_timeout=10.0))
        yield found
        found.close()


def outcome_of(session: Session) -> unittest.TestResult:
    """What comes of the machine's own test case."""
    machine = state_machine_for(session)
    seed(11)(machine)
    case = machine.TestCase
    case.settings = SETTINGS
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    return result


def test_an_honest_target_passes(session: Session) -> None:
    result = outcome_of(session)

    assert result.wasSuccessful(), result.errors + result.failures
    assert 1 == result.testsRun
    assert session.client.requests_sent > 50


def test_no_body_is_made_from_the_swagger_where_none_is_asked_for(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("fuzz.phases.state_machine.schema_bodies")

    machine = state_machine_for(session, swagger_bodies=False)
    assert not hasattr(machine, "send_a_body_made_from_the_swagger")


def test_hypothesis_draws_no_constants_of_the_source_in_the_random_phase() -> None:
    before = providers._get_local_constants

    with no_constants_of_the_source():
        assert 0 == len(providers._get_local_constants())
    assert before is providers._get_local_constants


@pytest.mark.parametrize("session", [Fault.ACCOUNT_NOT_COMPARED], indirect=True)
def test_a_faulty_target_fails_with_the_clause_and_the_argument(session: Session) -> None:
    result = outcome_of(session)

    ((_, text),) = result.failures or result.errors
    assert re.search(
        r"AssertionError: already_exists, in mismatched: expected already_exists( or refusal)?, seen 200\.", text
    )
    assert "names" in text
    assert "Falsifying example" in text or "state = " in text
