"""The events of a replay: a failure is told as it was seen, and as its bundle tells it where nothing was seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.errors import ExitCode
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.events import failed_event, finished_event, replayed_event
from fuzz.failures.replays.result import Outcome, ReplayResult, cannot_tell
from fuzz.sandbox.launcher import Sandbox
from tests.failures.bundling import FAULT, another_account, kept, performed, session_for


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    with Sandbox(fault=FAULT) as sandbox:
        return kept(sandbox, tmp_path, another_account())


def test_a_failure_without_an_answer_is_told_as_its_bundle_tells_it(bundle: Path) -> None:
    with Sandbox() as sandbox:
        session = session_for(sandbox)
        passed = replace(performed(session, another_account()).scenario, reproduced=(1, 4))
        result = ReplayResult(bundle.name, Outcome.FAILED, "no answer to step 3 again", (), 1, 4, scenario=passed)
        event = failed_event(session, bundle, load_bundle(bundle), result)
    assert event is not None
    told = (event["clause"], event["expected"], event["observed"], event["reproduced"], event["intermittent"])
    assert ("already_exists", "422 already_exists", "200", "1/4", True) == told
    assert failed_event(session, bundle, load_bundle(bundle), replace(result, outcome=Outcome.FIXED)) is None


def test_the_verdict_of_all_is_that_of_the_exit_code_with_the_reason_of_each_that_is_not_fixed() -> None:
    results = [cannot_tell("one", "it is gone"), ReplayResult("two", Outcome.FIXED, "as documented", (), 0, 1)]
    replays = [replayed_event(result, None, 0.5) for result in results]
    finished = finished_event(replays, ExitCode.INCONCLUSIVE, 1.0)
    assert ("inconclusive", 3) == (finished["verdict"], finished["exit_code"])
    assert ["one: CANNOT TELL, it is gone"] == finished["reasons"]
    assert "fail" == finished_event(replays, ExitCode.BROKEN, 1.0)["verdict"]
    assert "pass" == finished_event(replays, ExitCode.PASS, 1.0)["verdict"]
