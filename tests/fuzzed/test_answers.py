"""Answers of any bytes: each is judged, or lost; the failures that they make can be kept, reported and run again."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.failures.failure_event import failure_event
from fuzz.failures.keeping.store import FailureStore, load_bundle
from fuzz.failures.replays.bundle_replay import replay
from fuzz.failures.replays.result import as_text
from fuzz.oracle.actions import Action, Create, Move, MoveSync
from fuzz.report.journal_reader import open_journal
from fuzz.report.write import KINDS, write_reports
from fuzz.target.http.client import Ending
from tests.failures.bundling import another_account, as_failure
from tests.fuzzed.answers import framed, session_at
from tests.fuzzed.damage import SETTINGS, damaged, files, spliced, written
from tests.report.runs import Run
from tests.target.http.servers import saying, server

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

CREATED = {"success": True, "uid": "0a1b2c", "data": {"uid": "0a1b2c", "staff_uid": "x", "provider": "google_v3"}}
REFUSED = {"success": False, "errors": [{"code": "already_exists", "message": "Calendar sync already exists"}]}
ACTIONS: list[Action] = [*another_account(), MoveSync(0, Move.DISABLE, "google_v3", "a@example.com"), Create(0, "x")]
STATUSES = st.sampled_from(
    [b"200", b"422", b"404", b"500", b"401", b"204", b"302", b"100", b"999", b"2000", b"-1", b"x"]
)
HEADERS = st.sampled_from(
    [
        b"",
        b"Retry-After: 9999999999999999999999\r\n",
        b"Retry-After: Mon, 99 Foo 2026\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: br, \xff\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Type: \xff\xfe; charset=nonsense\r\n",
        b"Location: http://\r\n",
        b"X: " + b"y" * 5000 + b"\r\n",
        b"Content-Length: 3\r\n",
        b"Content-Length: -1\r\n",
    ]
)


GOOD = framed(b"200", b"", written(CREATED))
BODIES = files(CREATED) | files(REFUSED)
ANSWERS = st.one_of(
    st.builds(framed, STATUSES, HEADERS, BODIES), spliced(GOOD), st.binary(max_size=100).map(GOOD[:40].__add__)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("answers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUZZED_TOKEN", "a-token-of-the-tests")
        patch.chdir(folder)
        yield folder


def perform(folder: Path, url: str) -> None:
    """A scenario, the bundle of it as a failure, its replay, and the reports on all of that."""
    events = folder / "events.ndjson"
    events.unlink(missing_ok=True)
    session = session_at(url, events)
    try:
        for event in Run().started().phase("conformance").events:
            session.journal.emit(event)
        run = session.start_scenario("conformance")
        with suppress(Ending):
            for action in ACTIONS:
                run.perform(action)
        if run.exchanges:
            failure = as_failure(run)
            event = failure_event(session, failure, "confirmed")
            FailureStore(folder / "failures", session, "2026-12-01").keep(failure, event)
            session.journal.emit(event)
            bundle = folder / "failures" / failure.fingerprint
            compile((bundle / "test_failure.py").read_text("utf-8"), "test_failure.py", "exec")
            subprocess.run(["bash", "-n", bundle / "repro.sh"], check=True, timeout=60)
            with suppress(Ending):
                as_text(replay(load_bundle(bundle), session, times=1)).encode()
    finally:
        session.close()
        session.journal.close()
    for path in write_reports(folder, KINDS, stdout=io.StringIO(), environ={}):
        path.read_bytes().decode()
    # What the run itself wrote can be read again.
    journal = open_journal(folder)
    assert [] == [what for what in journal.summary().troubles if "events.ndjson" in what]


@SETTINGS
@given(first=st.just(GOOD) | ANSWERS, then=ANSWERS)
@example(framed(b"200", b"", written({**CREATED, "uid": "\ud800", "data": {"uid": "\ud800"}})), GOOD)
@example(GOOD, framed(b"422", b"", written({"errors": [{"code": "\ud800", "message": "::error::\r\n\x1b[2J"}]})))
def test_any_answer_is_judged_or_lost(folder: Path, first: bytes, then: bytes) -> None:
    with server(saying(first, then)) as url:
        perform(folder, url)


@SETTINGS
@given(first=damaged(CREATED), then=damaged(REFUSED) | damaged(CREATED), status=STATUSES)
def test_any_body_is_judged_or_lost(folder: Path, first: Any, then: Any, status: bytes) -> None:
    with server(saying(framed(b"200", b"", written(first)), framed(status, b"", written(then)))) as url:
        perform(folder, url)
