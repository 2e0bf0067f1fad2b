"""What earlier runs have kept, damaged in any way: it is used, or passed over and said; it never ends a later run."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis.database import InMemoryExampleDatabase

from fuzz.commands.explain import explain
from fuzz.errors import UsageError
from fuzz.events.history import line_of, news_of
from fuzz.failures.failure_event import failure_event
from fuzz.failures.keeping.history import HistoryFile, TargetHistory
from fuzz.failures.keeping.shared_store import KEY, SharedFailures
from fuzz.failures.keeping.store import FailureStore, load_bundle, mark_failed, mark_fixed, saved_failures
from fuzz.failures.replays.bundle_replay import replay
from fuzz.failures.replays.events import failed_event, replayed_event
from fuzz.failures.replays.result import as_text
from fuzz.run.setup.documents import read_contract
from fuzz.selftest.in_process import InProcess
from fuzz.session.session import Session
from fuzz.shrinking.candidate import can_begin
from fuzz.target.profile import kept_profile
from tests.failures.bundling import another_account, performed
from tests.fuzzed.damage import DEEP, SETTINGS, changed, check_printed, check_refusal, files, written
from tests.report.runs import broken_run

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

TODAY = "2026-12-01"
DOCUMENTS: dict[str, Path | None] = {"workflow": None, "swagger": None, "documents": None}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    session = InProcess.of(read_contract(None, None), fault="account-not-compared").session
    yield session
    session.close()


@pytest.fixture(scope="module")
def kept(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a good bundle."""
    failure, directory = performed(session, another_account()), tmp_path_factory.mktemp("state") / "failures"
    store = FailureStore(directory, session, TODAY, calfuzz="0.1.0", seed=7)
    store.keep(failure, failure_event(session, failure, "confirmed"))
    mark_fixed(directory / failure.fingerprint, "2026-11-30", target="sandbox")
    return directory / failure.fingerprint


GOOD: dict[str, Any] = json.loads(Path(__file__).with_name("failure.json").read_text(encoding="utf-8"))
STATUS = {"version": 1, "targets": {"sandbox": {"state": "fixed", "on": "2026-11-30", "passes": 3}}}
LINE: dict[str, Any] = dict(line_of(broken_run().summary, base_url="http://t"))
SHARED = {"version": 1, "fingerprint": GOOD["fingerprint"], "actions": GOOD["actions"]}


def with_change(path: tuple[Any, ...], new: Any) -> bytes:
    """The good bundle with one value replaced."""
    value = json.loads(json.dumps(GOOD))
    changed(value, path, "replace", new)
    return written(value)


def use_kept(session: Session, path: Path) -> None:
    """All that later commands do with the folder of a kept failure."""
    directory, printed = path.parent, io.StringIO()
    found, problems = saved_failures(directory)
    assert 1 == len(found) + len(problems)
    check_printed("\n".join(problems))
    past = TargetHistory(HistoryFile(directory.parent / "absent.ndjson"), "sandbox", "").earlier(directory)
    json.dumps(past).encode()
    for each in found:
        each.turn("sandbox")
        each.rests("sandbox", TODAY)
        explain(each.bundle.fingerprint, DOCUMENTS, str(directory.parent), stdout=printed)
        if each.bundle.times <= 100 and len(each.bundle.actions) < 10:
            result = replay(each.bundle, session, times=1)
            check_printed(as_text(result))
            json.dumps([failed_event(session, path, each.bundle, result), replayed_event(result, each.bundle, 0.1)])
        if each.bundle.profile is not None:
            try:
                kept_profile(each.bundle.profile, each.bundle.fingerprint)
            except UsageError as error:
                check_refusal(error)
    explain("already_exists", DOCUMENTS, str(directory.parent), stdout=printed)
    check_printed(printed.getvalue())
    mark_failed(path, TODAY, target="sandbox")
    mark_fixed(path, TODAY, target="sandbox")
    failure = performed(session, another_account())
    FailureStore(directory, session, TODAY).keep(failure, failure_event(session, failure, "confirmed"))
    load_bundle(directory / failure.fingerprint)


def with_file(kept: Path, name: str, content: bytes) -> Path:
    """A copy of the folder of the good bundle in which one file is another."""
    home = kept.parent.parent.with_name("damaged")
    shutil.rmtree(home, ignore_errors=True)
    path = home / "failures" / kept.name
    shutil.copytree(kept, path)
    (path / name).write_bytes(content)
    return path


@SETTINGS
@given(content=files(GOOD))
@example(with_change(("reproduced",), "²/3"))
@example(with_change(("reproduced",), "-1/3"))
@example(with_change(("actions", 1, "body"), DEEP))
@example(with_change(("actions", 0, "staff"), 10**400))
@example(with_change(("target", "staff", 0, "uid"), "\ud800"))
@example(with_change(("target", "tokens", "admin", "env"), "\ud800"))
@example(with_change(("target", "staff"), DEEP))
@example(with_change(("fingerprint",), "\x1b[2J\n::error::"))
@example(with_change(("target", "name"), "\x1b[2J"))
@example(with_change(("observed",), "\x1b[2J"))
@example(with_change(("actions", 1, "body", "calendar_sync", "account"), "\ud800"))
def test_any_bundle_is_used_or_passed_over(session: Session, kept: Path, content: bytes) -> None:
    use_kept(session, with_file(kept, "failure.json", content))


@SETTINGS
@given(content=files(STATUS))
def test_any_status_is_used_or_passed_over(session: Session, kept: Path, content: bytes) -> None:
    use_kept(session, with_file(kept, "status.json", content))


@SETTINGS
@given(content=files(LINE))
def test_any_line_of_the_history_is_used_or_passed_over(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "history.ndjson"
    file.write_bytes(written(LINE) + b"\n" + content + b"\n" + written(LINE) + b"\n")
    history = TargetHistory(HistoryFile(file), LINE["target"], LINE["base_url"])
    earlier = history.earlier(Path("absent"))
    assert earlier is not None
    assert [] == history.problems
    assert 2 <= earlier["runs"]
    summary = broken_run().summary
    summary.fold(earlier)
    news_of(summary)
    history.add(summary)


@SETTINGS
@given(content=files(SHARED))
def test_any_value_of_a_shared_database_is_used_or_passed_over(session: Session, content: bytes) -> None:
    database = InMemoryExampleDatabase()
    database.save(KEY, content)
    shared = SharedFailures(database)
    for _fingerprint, actions in shared.scenarios():
        if can_begin(actions) and len(actions) < 10:
            run = session.start_scenario("regressions")
            for action in actions:
                run.perform(action)
    for event in broken_run().events:
        if event["event"] == "failure":
            shared.listen({**event, "fingerprint": SHARED["fingerprint"]}, broken_run().summary)
    assert [] == shared.problems
