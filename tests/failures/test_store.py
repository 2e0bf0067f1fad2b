"""Bundles on disk: whole at any moment, without secrets, and refused in one line where they cannot be used."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuzz.errors import UsageError
from fuzz.events.failures import FailureEvent
from fuzz.failures.confirming import Keeping
from fuzz.failures.failure_event import failure_event
from fuzz.failures.handler import FailureHandler
from fuzz.failures.keeping import store
from fuzz.failures.keeping.store import (
    FAILING,
    FIXED,
    FailureStore,
    load_bundle,
    mark_failed,
    mark_fixed,
    saved_failures,
)
from fuzz.phases.regressions import replay_saved
from fuzz.sandbox.launcher import Sandbox
from fuzz.target.profile import kept_profile
from tests.failures.bundling import FAULT, FOUND, another_account, kept, performed, session_for

FILES = {"failure.json", "workflow.md", "repro.sh", "test_failure.py", "failure.hurl"}


@pytest.fixture(scope="module")
def faulty() -> Iterator[Sandbox]:
    with Sandbox(fault=FAULT) as sandbox:
        yield sandbox


@pytest.fixture
def bundle(faulty: Sandbox, tmp_path: Path) -> Path:
    return kept(faulty, tmp_path / "failures", another_account())


def test_a_bundle_is_five_files_and_nothing_beside_them(bundle: Path) -> None:
    assert {path.name for path in bundle.iterdir()} == FILES
    assert [bundle] == list(bundle.parent.iterdir())


def test_no_file_of_a_bundle_holds_a_token(bundle: Path, faulty: Sandbox) -> None:
    secrets = [faulty.admin_token, *(member.token for member in faulty.staff)]
    for path in bundle.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not [secret for secret in secrets if secret in text], path.name


def test_a_bundle_says_when_and_where_it_was_found_and_what_was_done(bundle: Path, faulty: Sandbox) -> None:
    description = json.loads((bundle / "failure.json").read_text())
    assert (2, FOUND, 7) == (description["version"], description["found"], description["seed"])
    assert {"create": "main", "send": "fallback"} == description["gateways"]
    profile = kept_profile(description["target"], "a bundle")
    assert (faulty.base_url, faulty.fallback_url) == (profile.base_url, profile.fallback_url)
    assert [member.uid for member in faulty.staff[:2]] == [member.uid for member in profile.staff]
    assert "{{staff_id}}" == description["actions"][-1]["body"]["staff_uid"]


def test_a_renamed_failure_has_no_folder_under_its_old_name(faulty: Sandbox, tmp_path: Path) -> None:
    session = session_for(faulty)
    failure = performed(session, another_account())
    failure_store = FailureStore(tmp_path, session, FOUND)
    folder = failure_store.keep(failure, failure_event(session, failure, "found"))
    failure = replace(failure, fingerprint="final", bundle=folder)
    folder = failure_store.keep(failure, failure_event(session, failure, "confirmed"))
    assert ["final"] == [path.name for path in tmp_path.iterdir()]
    assert str(tmp_path / "final") == folder


def test_a_failure_that_turns_out_to_be_a_known_one_has_no_folder_of_its_own(faulty: Sandbox, tmp_path: Path) -> None:
    session = session_for(faulty)
    failure = performed(session, another_account())
    failure_store = FailureStore(tmp_path, session, FOUND)
    failure_store.keep(failure, failure_event(session, failure, "found"))
    (tmp_path / "known").mkdir()
    renamed = {"event": "failure_renamed", "old": failure.fingerprint, "new": "known"}
    failure_store.listen(renamed, session.journal.summary)
    assert ["known"] == [path.name for path in tmp_path.iterdir()]


def test_a_failure_that_is_only_found_does_not_replace_a_confirmed_one(bundle: Path, faulty: Sandbox) -> None:
    before = (bundle / "failure.json").read_text()
    session = session_for(faulty)
    failure = performed(session, (*another_account(), *another_account()[2:]))
    FailureStore(bundle.parent, session, "2026-12-01").keep(failure, failure_event(session, failure, "found"))
    assert before == (bundle / "failure.json").read_text()


def test_a_failure_found_again_keeps_the_date_when_it_was_found_first(bundle: Path, faulty: Sandbox) -> None:
    session = session_for(faulty)
    failure = performed(session, another_account())
    FailureStore(bundle.parent, session, "2026-12-01").keep(failure, failure_event(session, failure, "confirmed"))
    assert FOUND == load_bundle(bundle).file["found"]


def test_a_failure_found_again_leaves_what_people_have_added_to_its_folder(bundle: Path, faulty: Sandbox) -> None:
    (bundle / "note.md").write_text("asked the backend team", encoding="utf-8")
    (bundle / "failure.hurl").write_text("of an earlier version", encoding="utf-8")
    mark_fixed(bundle, "2026-11-30", target="sandbox")
    session = session_for(faulty)
    failure = performed(session, another_account())
    FailureStore(bundle.parent, session, "2026-12-01").keep(failure, failure_event(session, failure, "confirmed"))
    assert FILES | {"note.md"} == {path.name for path in bundle.iterdir()}
    assert "asked the backend team" == (bundle / "note.md").read_text("utf-8")
    assert "PUT " in (bundle / "failure.hurl").read_text("utf-8")


def test_a_fixed_failure_is_marked_and_stays(bundle: Path) -> None:
    mark_fixed(bundle, "2026-12-01", target="sandbox")
    mark_failed(bundle, "2026-12-01", target="staging")
    (failure,), problems = saved_failures(bundle.parent)
    assert ({"sandbox": FIXED, "staging": FAILING}, []) == (failure.states, problems)


def test_a_status_that_cannot_be_read_counts_as_no_status(bundle: Path) -> None:
    (bundle / "status.json").write_text("{")
    (failure,), _problems = saved_failures(bundle.parent)
    assert {} == failure.states


def test_a_folder_that_cannot_be_read_does_not_hide_the_others(bundle: Path) -> None:
    (bundle.parent / "corrupt").mkdir()
    found, problems = saved_failures(bundle.parent)
    assert [bundle] == [failure.path for failure in found]
    assert 1 == len(problems)


def test_nothing_is_saved_in_a_directory_that_is_not_there(tmp_path: Path) -> None:
    assert ([], []) == saved_failures(tmp_path / "nowhere")


def test_the_regressions_phase_marks_failures_as_fixed_or_failing(bundle: Path, faulty: Sandbox) -> None:
    with Sandbox() as honest:
        replay_saved(FailureHandler(session_for(honest)), bundle.parent, today="2026-12-01")
    assert [FIXED] == [failure.states["sandbox"] for failure in saved_failures(bundle.parent)[0]]
    handler = FailureHandler(session_for(faulty), shrink_requests=0)
    replay_saved(handler, bundle.parent, today="2026-12-02")
    assert [FAILING] == [failure.states["sandbox"] for failure in saved_failures(bundle.parent)[0]]
    assert 1 == len(handler.session.journal.summary.failures)


def found_and_kept(faulty: Sandbox, directory: Path, *, replaying: bool = True, **limits: int) -> FailureEvent:
    """The failure of a fault, found anew or by a replay of what is kept; it is kept."""
    session = session_for(faulty)
    handler = FailureHandler(session, keeping=Keeping(FailureStore(directory, session, FOUND).keep), **limits)
    if replaying:
        replay_saved(handler, directory, today="2026-12-02")
    else:
        handler.run(another_account(), "test")
    (failure,) = session.journal.summary.failures.values()
    return failure


def test_a_kept_failure_that_comes_again_is_run_again_and_not_shrunk_again(faulty: Sandbox, tmp_path: Path) -> None:
    first = found_and_kept(faulty, tmp_path, replaying=False)
    script = tmp_path / first["fingerprint"] / "repro.sh"
    before = script.read_text()
    again = found_and_kept(faulty, tmp_path)
    same = ("fingerprint", "steps", "reproduced", "needs_past", "argument", "payload")
    assert [first[key] for key in same] == [again[key] for key in same]
    assert ("3/3", before) == (again["reproduced"], script.read_text())
    without_shrinking = found_and_kept(faulty, tmp_path, shrink_requests=0)
    assert without_shrinking["requests_to_shrink"] == again["requests_to_shrink"] < first["requests_to_shrink"]


def test_the_regressions_phase_tells_whether_there_was_time_for_all(bundle: Path, faulty: Sandbox) -> None:
    session = session_for(faulty)
    hurried = FailureHandler(session, time_left=lambda: 0.0)
    assert (0, False) == (session.client.requests_sent, replay_saved(hurried, bundle.parent, today="2026-12-02"))
    assert {bundle.name: "not tried"} == session.journal.summary.regressions
    assert replay_saved(FailureHandler(session, shrink_requests=0), bundle.parent, today="2026-12-02")
    assert session.client.requests_sent > 0


def nights_tried(bundle: Path, *, nights: int, target: str = "sandbox") -> list[int]:
    """On which nights a failure is due that passes on each of them."""
    tried = []
    for night in range(1, nights + 1):
        today = str(date(2026, 12, 1) + timedelta(days=night - 1))
        (failure,), _ = saved_failures(bundle.parent)
        if not failure.rests(target, today):
            tried.append(night)
            mark_fixed(bundle, today, target=target)
    return tried


def test_a_failure_that_was_fixed_long_ago_is_tried_ever_more_seldom_and_never_lost(bundle: Path) -> None:
    assert [1, 2, 4, 8, 16, 32, 48, 64] == nights_tried(bundle, nights=70)
    (failure,), _ = saved_failures(bundle.parent)
    assert not failure.rests("staging", "2027-02-05")
    mark_failed(bundle, "2027-02-05", target="sandbox")
    assert [1, 2, 4, 8] == nights_tried(bundle, nights=10)


def test_a_failure_that_comes_and_goes_is_tried_for_a_week_of_nights_before_it_rests(bundle: Path) -> None:
    description = json.loads((bundle / "failure.json").read_text()) | {"reproduced": "2/20"}
    (bundle / "failure.json").write_text(json.dumps(description))
    assert [1, 2, 3, 4, 5, 6, 7, 23] == nights_tried(bundle, nights=30)


def test_what_is_not_fixed_comes_first_and_then_what_has_waited_longest(bundle: Path, faulty: Sandbox) -> None:
    marks = {"fixed lately": (mark_fixed, 9), "fixed long ago": (mark_fixed, 2), "fails": (mark_failed, 8)}
    for name, (mark, day) in marks.items():
        mark(shutil.copytree(bundle, bundle.parent / name), f"2026-12-0{day}", target="sandbox")
    kept_ones, _ = saved_failures(bundle.parent)
    in_turn = [each.path.name for each in sorted(kept_ones, key=lambda each: each.turn("sandbox"))]
    assert [bundle.name, "fails", "fixed long ago", "fixed lately"] == in_turn


def test_a_failure_that_was_fixed_today_is_tried_again_today(bundle: Path) -> None:
    for _ in range(3):
        mark_fixed(bundle, "2026-12-01", target="sandbox")
        (failure,), _problems = saved_failures(bundle.parent)
        assert not failure.rests("sandbox", "2026-12-01")


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"passes": "many"},
        {"passes": 9, "on": "yesterday"},
        {"passes": 9, "on": 3},
        {"passes": 9, "on": "2027-01-01"},
    ],
)
def test_a_status_that_makes_no_sense_lets_no_failure_rest(bundle: Path, entry: dict[str, Any]) -> None:
    status = {"version": 1, "targets": {"sandbox": {"state": FIXED, "on": "2026-12-01", **entry}}}
    (bundle / "status.json").write_text(json.dumps(status))
    (failure,), _ = saved_failures(bundle.parent)
    assert not failure.rests("sandbox", "2026-12-02")


def test_only_a_failure_that_is_due_is_replayed_unless_every_one_is_asked_for(bundle: Path) -> None:
    for day in (1, 2, 4):
        mark_fixed(bundle, f"2026-12-0{day}", target="sandbox")
    with Sandbox() as honest:
        handler = FailureHandler(session_for(honest))
        journal, client = handler.session.journal, handler.session.client
        assert replay_saved(handler, bundle.parent, today="2026-12-05")
        assert ({bundle.name: "rests"}, 0) == (journal.summary.regressions, client.requests_sent)
        assert replay_saved(handler, bundle.parent, today="2026-12-05", every=True)
        assert {bundle.name: "passed"} == journal.summary.regressions


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[" * 100_000, "cannot be read"),
        (b"[]", "is not a JSON object"),
        (b"{}", "has no version"),
        (b'{"version": true}', "has no version"),
        (b'{"version": 3}', "is of the newer version 3"),
        (b'{"version": 0}', "is of the unknown version 0"),
        (b'{"version": 1}', "fingerprint is missing"),
        (b'{"version": 1, "fingerprint": 3}', "fingerprint is not a text"),
    ],
)
def test_a_bundle_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "failure.json").write_bytes(content)
    with pytest.raises(UsageError) as raised:
        load_bundle(tmp_path)
    assert says in raised.value.what
    assert "\n" not in raised.value.what
    assert raised.value.next


@pytest.mark.parametrize(
    "actions", [None, [], {}, [3], [{"do": "dance"}], [{"do": "create", "staff": -1, "provider": "p"}], [{"do": []}]]
)
def test_a_bundle_whose_actions_cannot_be_read_is_refused(bundle: Path, actions: Any) -> None:
    description = json.loads((bundle / "failure.json").read_text()) | {"actions": actions}
    (bundle / "failure.json").write_text(json.dumps(description))
    with pytest.raises(UsageError, match="actions"):
        load_bundle(bundle)


def test_a_bundle_that_is_not_there_or_is_huge_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load_bundle(tmp_path / "nowhere")
    (tmp_path / "failure.json").write_text(" " * 100)
    monkeypatch.setattr(store, "LARGEST_BUNDLE", 99)
    with pytest.raises(UsageError, match="larger than"):
        load_bundle(tmp_path / "failure.json")
