"""What a bundle sends is byte for byte what the session sent, whatever stands in accounts, titles and raw bodies."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fuzz.bundle.files import files_of
from fuzz.failures.failure_event import failure_event
from fuzz.failures.keeping.describe import describe_failure
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.oracle.actions import NO_CALENDAR_UID, Create, SendItems
from fuzz.sandbox.launcher import Sandbox
from fuzz.session.session import Session
from strategies.valid.fields import OTHER_CALENDAR_SYNC_UID
from tests.failures.bundling import as_failure, body, played, run_script, run_test_here, session_for
from tests.failures.replays.scripted_server import Scripted, scripted_server

TEXTS = st.text(
    st.sampled_from("'\"$(){}`\\\n\r\t %*?!#&;|<>@~é\u2028\U0001f600\0\x1b\ud800aA0,") | st.just("{"), max_size=20
)
PROFILE = {"deadline": None, "derandomize": True, "database": None}
TOKENS = {"CALFUZZ_SANDBOX_ADMIN_TOKEN": "a", "CALFUZZ_SANDBOX_STAFF_TOKEN_1": "b"}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Sandbox() as sandbox:
        yield session_for(sandbox)


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with scripted_server() as script:
        yield script


def sent_and_files(session: Session, action: SendItems) -> tuple[re.Pattern[bytes], str, dict[str, str]]:
    """What the session sent, with any number for the time, the uid of the calendar, and the files of the bundle."""
    run = played(session, (Create(0, "google_v3"), action))
    failure = as_failure(run)
    description = describe_failure(session, failure, failure_event(session, failure, "confirmed"))
    sent = re.escape(failure.evidence[-1].sent.http.content).replace(run.timestamp.encode(), rb"\d+")
    return re.compile(sent), session.staff[0].calendar_uid, files_of(description)


def sent_by_bash(server: Scripted, files: dict[str, str], folder: Path) -> list[bytes]:
    """The bodies that the script sends to a server."""
    (folder / "repro.sh").write_bytes(files["repro.sh"].encode())
    done = run_script(folder / "repro.sh", CALFUZZ_BASE_URL=server.url, **TOKENS)
    assert "" == done.stderr
    return [request.body for request in server.sent]


def sent_by_python(server: Scripted, files: dict[str, str], folder: Path) -> list[bytes]:
    """The bodies that the emitted test sends to a server."""
    (folder / "test_failure.py").write_bytes(files["test_failure.py"].encode())
    run_test_here(folder / "test_failure.py", CALFUZZ_BASE_URL=server.url, **TOKENS)
    return [request.body for request in server.sent]


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def check(session: Session, server: Scripted, action: SendItems, folder: Path) -> None:
    sent, calendar, files = sent_and_files(session, action)
    for bodies in (sent_by_bash, sent_by_python):
        server.sent.clear()
        server.answers = [(200, {"uid": calendar})]
        found = bodies(server, files, folder)
        if "it takes" not in files["repro.sh"]:
            assert 2 == len(found)
            assert sent.fullmatch(found[1]), (sent.pattern, found[1])


@needs_curl
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], **PROFILE)
@given(account=TEXTS, title=TEXTS)
@example(account="{{staff_id}}", title="{{unknown}} {{ staff_id }} {{{now_timestamp}}}")
@example(account="'; exit 7; '", title='$(exit 7)`exit 7`"""\\')
@example(account="JSON\nJSON", title="\ud800")
@example(account="{{staff}}", title="{{now}}")
def test_any_account_and_title_are_sent_as_the_session_sent_them(
    session: Session, server: Scripted, tmp_path: Path, account: str, title: str
) -> None:
    check(session, server, SendItems(0, body(account, title=title)), tmp_path)


@needs_curl
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], **PROFILE)
@given(raw=TEXTS)
@example(raw="")
@example(raw='{"a": 1, "a": 1.0}')
@example(raw="@/etc/passwd {{staff_id}}%s")
@example(raw="\0")
def test_any_raw_body_is_sent_as_the_session_sent_it(
    session: Session, server: Scripted, tmp_path: Path, raw: str
) -> None:
    check(session, server, SendItems(0, None, raw=raw), tmp_path)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], **PROFILE)
@given(account=TEXTS, title=TEXTS)
def test_the_workflow_document_is_readable_whatever_the_failure_names(
    session: Session, tmp_path: Path, account: str, title: str
) -> None:
    _, _, files = sent_and_files(session, SendItems(0, body(account, title=title)))
    (tmp_path / "workflow.md").write_text(files["workflow.md"], encoding="utf-8")
    result = replay_workflow(tmp_path / "workflow.md", session)
    assert 2 == len(result.rows) or result.why.startswith("skipped: ")


@needs_curl
def test_a_calendar_that_is_not_there_is_named_as_the_session_named_it(
    session: Session, server: Scripted, tmp_path: Path
) -> None:
    sent = body()
    sent["external_items"][0]["external_calendar_uid"] = OTHER_CALENDAR_SYNC_UID
    check(session, server, SendItems(0, sent), tmp_path)
    assert NO_CALENDAR_UID in (tmp_path / "repro.sh").read_text(encoding="utf-8")


def test_what_the_grammar_cannot_say_is_a_document_to_skip(session: Session) -> None:
    for action in (SendItems(0, body("{{unknown}}")), SendItems(0, body("\ud800")), SendItems(0, None, raw="{")):
        assert "\nstatus: skip\n" in sent_and_files(session, action)[2]["workflow.md"]
    assert "\nstatus: pending\n" in sent_and_files(session, SendItems(0, body(title="é'`")))[2]["workflow.md"]
