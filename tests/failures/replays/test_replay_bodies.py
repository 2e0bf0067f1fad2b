"""What a bundle sends is byte for byte what the session sent, whatever stands in accounts, titles and raw bodies."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fuzz.bundle.files import files_of
from fuzz.failures.failure_event import failure_event
from fuzz.failures.keeping.describe import describe_failure
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.oracle.actions import Create, SendItems
from fuzz.sandbox.launcher import Sandbox
from fuzz.session.session import Session
from tests.failures.bundling import as_failure, body, played, session_for

TEXTS = st.text(
    st.sampled_from("'\"$(){}`\\\n\r\t %*?!#&;|<>@~é\u2028\U0001f600\0\x1b\ud800aA0") | st.just("{"), max_size=20
)
PROFILE = {"deadline": None, "derandomize": True, "database": None}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Sandbox() as sandbox:
        yield session_for(sandbox)


def sent_and_files(session: Session, action: SendItems) -> tuple[bytes, dict[str, str], dict[str, str]]:
    """The body that the session sent, the values that it filled in, and the files of the bundle."""
    run = played(session, (Create(0, "google_v3"), action))
    failure = as_failure(run)
    member = session.staff[0]
    sent = failure.evidence[-1].sent.http.content
    values = {"staff_uid": member.uid, "calendar": member.calendar_uid, "timestamp": run.timestamp}
    description = describe_failure(session, failure, failure_event(session, failure, "confirmed"))
    return sent, values, files_of(description)


def sent_by_bash(script: str, values: dict[str, str], folder: Path) -> bytes:
    """What the script's own function for the second body prints. The script is cut off before it plays."""
    ending = script.index("\ntimes=$")
    call = "staff_uid=$1 staff_calendar_sync_uid=$2 now_timestamp=$3; body_2"
    (folder / "repro.sh").write_text(f"{script[:ending]}\n{call}\n", encoding="utf-8")
    tokens = {"CALFUZZ_SANDBOX_ADMIN_TOKEN": "a", "CALFUZZ_SANDBOX_STAFF_TOKEN_1": "b"}
    arguments = [values["staff_uid"], values["calendar"], values["timestamp"]]
    done = subprocess.run(
        ["bash", "repro.sh", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **tokens},
        capture_output=True,
        check=True,
        timeout=10,
    )
    assert b"" == done.stderr
    return done.stdout


def sent_by_python(source: str, values: dict[str, str]) -> bytes:
    """What the emitted test hands to httpx, if nothing is judged."""
    bodies: list[str] = []

    def send(*_args: Any, body: str, **_kwargs: Any) -> None:
        bodies.append(body)

    module: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(source, "test_failure.py", "exec"), module)
    module["STAFF"]["staff"] = values["staff_uid"]
    ignore = SimpleNamespace(
        send=send,
        judge=lambda *_args, **_kwargs: None,
        extract=lambda *_args: None,
        value=lambda *_args: values["calendar"],
        now_timestamp=values["timestamp"],
    )
    module["play"](ignore)
    return bodies[1].encode()


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


@needs_bash
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], **PROFILE)
@given(account=TEXTS, title=TEXTS)
@example(account="{{staff_id}}", title="{{unknown}} {{ staff_id }} {{{now_timestamp}}}")
@example(account="'; exit 7; '", title='$(exit 7)`exit 7`"""\\')
def test_any_account_and_title_are_sent_as_the_session_sent_them(
    session: Session, tmp_path: Path, account: str, title: str
) -> None:
    sent, values, files = sent_and_files(session, SendItems(0, body(account, title=title)))
    assert sent == sent_by_bash(files["repro.sh"], values, tmp_path)
    assert sent == sent_by_python(files["test_failure.py"], values)


@needs_bash
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], **PROFILE)
@given(raw=TEXTS)
@example(raw="")
@example(raw='{"a": 1, "a": 1.0}')
@example(raw="\0{{staff_id}}\0%s")
def test_any_raw_body_is_sent_as_the_session_sent_it(session: Session, tmp_path: Path, raw: str) -> None:
    sent, values, files = sent_and_files(session, SendItems(0, None, raw=raw))
    assert sent == sent_by_bash(files["repro.sh"], values, tmp_path)
    assert sent == sent_by_python(files["test_failure.py"], values)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], **PROFILE)
@given(account=TEXTS, title=TEXTS)
def test_the_workflow_document_is_readable_whatever_the_failure_names(
    session: Session, tmp_path: Path, account: str, title: str
) -> None:
    _sent, _values, files = sent_and_files(session, SendItems(0, body(account, title=title)))
    (tmp_path / "workflow.md").write_text(files["workflow.md"], encoding="utf-8")
    assert 2 == len(replay_workflow(tmp_path / "workflow.md", session).rows)


def test_what_the_grammar_cannot_say_is_noted(session: Session) -> None:
    for action in (SendItems(0, body("{{unknown}}")), SendItems(0, body("\ud800")), SendItems(0, None, raw="{")):
        assert "only nearly" in sent_and_files(session, action)[2]["workflow.md"]
    assert "only nearly" not in sent_and_files(session, SendItems(0, body("é'`")))[2]["workflow.md"]
