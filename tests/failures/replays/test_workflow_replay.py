"""Replays of whole workflow documents, judged by what the documents say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzz.errors import UsageError
from fuzz.failures.replays.result import Outcome
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.sandbox.launcher import Sandbox
from fuzz.session.session import Session
from swagger.load import WORKFLOW
from tests.failures.bundling import session_for


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Sandbox() as sandbox:
        yield session_for(sandbox)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "workflow.md"
    path.write_text(WORKFLOW.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def changed(document: Path, old: str, new: str) -> Path:
    text = document.read_text(encoding="utf-8")
    assert old in text
    document.write_text(text.replace(old, new, 1), encoding="utf-8")
    return document


def test_the_packaged_document_runs_as_it_is_written(session: Session) -> None:
    result = replay_workflow(WORKFLOW, session, times=2)
    assert (Outcome.FIXED, 0, 2) == (result.outcome, result.came, result.times)
    assert ["200", "200"] == [row.seen for row in result.rows]


def test_an_unknown_variable_is_named(session: Session, document: Path) -> None:
    with pytest.raises(UsageError, match="nobody_knows"):
        replay_workflow(changed(document, "{{tomorrow_datetime}}", "{{nobody_knows}}"), session)


def test_an_unknown_token_is_named(session: Session, document: Path) -> None:
    with pytest.raises(UsageError, match="'app'"):
        replay_workflow(changed(document, "token: staff", "token: app"), session)


def test_a_jsonpath_that_cannot_be_read_is_named(session: Session, document: Path) -> None:
    with pytest.raises(UsageError, match=r"\$\.\[\["):
        replay_workflow(changed(document, "$.uid", "$.[["), session)


def test_a_document_that_cannot_be_read_is_a_usage_error(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        replay_workflow(tmp_path / "nowhere.md", session)
    (tmp_path / "empty.md").write_text("# nothing")
    with pytest.raises(UsageError, match="no test request"):
        replay_workflow(tmp_path / "empty.md", session)


@pytest.mark.parametrize(
    ("on_fail", "outcome"),
    [("abort", Outcome.CANNOT_TELL), ("skip", Outcome.FIXED), ("continue", Outcome.FIXED)],
)
def test_a_failing_prerequisite_does_what_on_fail_says(
    session: Session, document: Path, on_fail: str, outcome: Outcome
) -> None:
    changed(document, "status: 200\n    onFail: abort", f"status: [201, 202]\n    onFail: {on_fail}")
    assert outcome is replay_workflow(document, session).outcome


def test_a_listed_status_is_as_expected(session: Session, document: Path) -> None:
    changed(document, "status: 200\n    onFail: abort", "status: [200, 201]\n    onFail: abort")
    assert Outcome.FIXED is replay_workflow(document, session).outcome


def test_an_extract_that_finds_nothing_stops_the_document(session: Session, document: Path) -> None:
    result = replay_workflow(changed(document, "$.uid", "$.nothing.here"), session)
    assert Outcome.CANNOT_TELL is result.outcome
    assert "nothing at $.nothing.here" in result.why


def test_a_test_request_answered_otherwise_has_failed(session: Session, document: Path) -> None:
    result = replay_workflow(changed(document, 'account: "testuser@gmail.com"', "account: 3"), session)
    assert Outcome.FAILED is result.outcome


def test_a_documented_status_with_another_body_has_failed(document: Path) -> None:
    with Sandbox(fault="success-without-data") as terse:
        result = replay_workflow(document, session_for(terse))
    assert (Outcome.FAILED, True) == (result.outcome, "not the documented one" in result.why)


def test_a_document_with_a_skip_reason_is_not_run(session: Session, document: Path) -> None:
    result = replay_workflow(changed(document, "status: verified", 'skipReason: "not now"'), session)
    assert (Outcome.CANNOT_TELL, ()) == (result.outcome, result.rows)


def test_with_a_refused_token_the_outcome_cannot_be_told(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        session = session_for(sandbox)
        monkeypatch.setenv("CALFUZZ_SANDBOX_STAFF_TOKEN_1", "a-token-of-nobody")
        result = replay_workflow(document, session)
    assert (Outcome.CANNOT_TELL, True) == (result.outcome, "refuses the token of bulk_create_items" in result.why)
