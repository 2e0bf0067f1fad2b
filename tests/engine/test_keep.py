"""Bundles on disk: whole at any moment, without secrets, and refused in one line where they cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fuzz.engine import keep
from fuzz.engine.campaign import Campaign
from fuzz.engine.failures import failure_event
from fuzz.engine.keep import FAILING, FIXED, Keeper, load_bundle, mark_failed, mark_fixed, saved, write_folder
from fuzz.engine.saved_phase import replay_saved
from fuzz.errors import UsageError
from fuzz.sandbox.server import Sandbox
from tests.engine.bundling import FAULT, FOUND, another_account, kept, performed, session_for

FILES = {"failure.json", "workflow.md", "repro.sh", "test_failure.py"}


@pytest.fixture(scope="module")
def faulty() -> Iterator[Sandbox]:
    with Sandbox(fault=FAULT) as sandbox:
        yield sandbox


@pytest.fixture
def bundle(faulty: Sandbox, tmp_path: Path) -> Path:
    return kept(faulty, tmp_path / "failures", another_account())


def test_a_bundle_is_four_files_and_nothing_beside_them(bundle: Path) -> None:
    assert {path.name for path in bundle.iterdir()} == FILES
    assert [bundle] == list(bundle.parent.iterdir())


def test_no_file_of_a_bundle_holds_a_token(bundle: Path, faulty: Sandbox) -> None:
    secrets = [faulty.admin_token, *(member.token for member in faulty.staff)]
    for path in bundle.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not [secret for secret in secrets if secret in text], path.name


def test_a_description_says_when_and_where_and_what_is_promised(bundle: Path, faulty: Sandbox) -> None:
    description = json.loads((bundle / "failure.json").read_text())
    assert (1, FOUND, 7) == (description["version"], description["found"], description["seed"])
    assert faulty.base_url == description["target"]["base_url"]
    failing = description["steps"][-1]
    assert [True, "fallback", "staff"] == [failing["fails"], failing["gateway"], failing["token"]]
    assert ["422"] == failing["promised"][0]["status"]
    assert 200 == failing["found"]["status"]
    assert "{{staff_id}}" == failing["json"]["staff_uid"]


def test_a_failure_that_gets_another_name_leaves_nothing_under_the_old_one(faulty: Sandbox, tmp_path: Path) -> None:
    session = session_for(faulty)
    failure = performed(session, another_account())
    keeper = Keeper(tmp_path, session, FOUND)
    keeper.keep(failure, failure_event(session, failure, "found"))
    failure.fingerprint = "final"
    keeper.keep(failure, failure_event(session, failure, "confirmed"))
    assert ["final"] == [path.name for path in tmp_path.iterdir()]
    assert str(tmp_path / "final") == failure.bundle


def test_a_failure_that_turns_out_to_be_a_known_one_leaves_nothing(faulty: Sandbox, tmp_path: Path) -> None:
    session = session_for(faulty)
    failure = performed(session, another_account())
    keeper = Keeper(tmp_path, session, FOUND)
    keeper.keep(failure, failure_event(session, failure, "found"))
    (tmp_path / "known").mkdir()
    renamed = {"event": "failure_renamed", "old": failure.fingerprint, "new": "known"}
    keeper.listen(renamed, session.journal.summary)
    assert ["known"] == [path.name for path in tmp_path.iterdir()]


def test_a_failure_only_just_found_does_not_replace_a_confirmed_one(bundle: Path, faulty: Sandbox) -> None:
    before = (bundle / "failure.json").read_text()
    session = session_for(faulty)
    failure = performed(session, (*another_account(), *another_account()[2:]))
    Keeper(bundle.parent, session, "2026-12-01").keep(failure, failure_event(session, failure, "found"))
    assert before == (bundle / "failure.json").read_text()


def test_a_failure_found_again_keeps_the_date_when_it_was_found_first(bundle: Path, faulty: Sandbox) -> None:
    session = session_for(faulty)
    failure = performed(session, another_account())
    Keeper(bundle.parent, session, "2026-12-01").keep(failure, failure_event(session, failure, "confirmed"))
    assert FOUND == load_bundle(bundle).description["found"]


@pytest.mark.parametrize("deadly", range(1, 12))
def test_a_kill_at_any_step_of_a_swap_leaves_a_whole_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deadly: int
) -> None:
    path = tmp_path / "failure"
    old, new = (dict.fromkeys("abc", which) for which in ("old", "new"))
    write_folder(path, old)
    _die_at(monkeypatch, deadly)
    with suppress(KeyboardInterrupt):
        write_folder(path, new)
    monkeypatch.undo()
    keep.recover(tmp_path)
    assert {file.name: file.read_text() for file in path.iterdir()} in (old, new)


def _die_at(monkeypatch: pytest.MonkeyPatch, deadly: int) -> None:
    """Every call that changes the disk counts; the one of that number never happens, nor anything after it."""
    calls = 0

    def deadly_call(real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls >= deadly:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        return call

    monkeypatch.setattr(keep.shutil, "rmtree", deadly_call(keep.shutil.rmtree))
    monkeypatch.setattr(keep, "_write_file", deadly_call(keep._write_file))
    for name in ("mkdir", "rename"):
        monkeypatch.setattr(Path, name, deadly_call(getattr(Path, name)))


def test_a_fixed_failure_is_marked_and_stays(bundle: Path) -> None:
    mark_fixed(bundle, "2026-12-01", target="sandbox")
    mark_failed(bundle, "2026-12-01", target="staging")
    (only,), problems = saved(bundle.parent)
    assert ({"sandbox": FIXED, "staging": FAILING}, True, []) == (only.states, only.fixed, problems)


def test_an_unreadable_status_is_no_reason_to_stop(bundle: Path) -> None:
    (bundle / "status.json").write_text("{")
    (only,), _problems = saved(bundle.parent)
    assert {} == only.states


def test_a_corrupt_folder_does_not_hide_the_others(bundle: Path) -> None:
    (bundle.parent / "corrupt").mkdir()
    found, problems = saved(bundle.parent)
    assert [bundle] == [each.path for each in found]
    assert 1 == len(problems)


def test_nothing_is_saved_in_a_directory_that_is_not_there(tmp_path: Path) -> None:
    assert ([], []) == saved(tmp_path / "nowhere")


def test_the_saved_phase_marks_what_is_fixed_and_what_came_back(bundle: Path, faulty: Sandbox) -> None:
    with Sandbox() as honest:
        replay_saved(Campaign(session_for(honest)), bundle.parent, today="2026-12-01")
    assert [FIXED] == [each.states["sandbox"] for each in saved(bundle.parent)[0]]
    campaign = Campaign(session_for(faulty), shrink_requests=0)
    replay_saved(campaign, bundle.parent, today="2026-12-02")
    assert [FAILING] == [each.states["sandbox"] for each in saved(bundle.parent)[0]]
    assert 1 == len(campaign.session.journal.summary.failures)


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
        (b'{"version": 2}', "is of the newer version 2"),
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
    monkeypatch.setattr(keep, "LARGEST_BUNDLE", 99)
    with pytest.raises(UsageError, match="larger than"):
        load_bundle(tmp_path / "failure.json")
