"""A folder is replaced as a whole, whatever moment a kill comes at."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fuzz.failures.keeping import atomic_folder
from fuzz.failures.keeping.atomic_folder import recover, replace_file, write_folder


@pytest.mark.parametrize("deadly", range(1, 14))
def test_a_kill_at_any_step_of_a_swap_leaves_a_whole_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deadly: int
) -> None:
    path = tmp_path / "failure"
    old, new = (dict.fromkeys("abc", which) for which in ("old", "new"))
    write_folder(path, old)
    (path / "note.txt").write_text("mine")
    _die_at(monkeypatch, deadly)
    with suppress(KeyboardInterrupt):
        write_folder(path, new)
    monkeypatch.undo()
    recover(tmp_path)
    note = {"note.txt": "mine"}
    assert {file.name: file.read_text() for file in path.iterdir()} in (old | note, new | note)


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

    monkeypatch.setattr(atomic_folder.shutil, "rmtree", deadly_call(atomic_folder.shutil.rmtree))
    monkeypatch.setattr(atomic_folder.shutil, "copy2", deadly_call(atomic_folder.shutil.copy2))
    monkeypatch.setattr(atomic_folder, "_write_durably", deadly_call(atomic_folder._write_durably))
    for name in ("mkdir", "rename"):
        monkeypatch.setattr(Path, name, deadly_call(getattr(Path, name)))


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for text in ("old", "new"):
        replace_file(tmp_path / "status.json", text)
    assert {"status.json": "new"} == {file.name: file.read_text() for file in tmp_path.iterdir()}


def test_what_people_have_added_to_a_folder_stays_and_what_was_ours_goes(tmp_path: Path) -> None:
    path = tmp_path / "failure"
    write_folder(path, {"a": "old", "b": "old"})
    (path / "note.txt").write_text("mine")
    (path / "logs").mkdir()
    (path / "logs" / "backend.log").write_text("theirs")
    (path / "link").symlink_to("nowhere")
    (path / ".a.new").write_text("half")
    os.mkfifo(path / "pipe")
    write_folder(path, {"a": "new"}, ours={"a", "b"})
    assert {"a", "note.txt", "logs", "link"} == {each.name for each in path.iterdir()}
    assert ["new", "mine", "theirs"] == [(path / name).read_text() for name in ("a", "note.txt", "logs/backend.log")]
    assert "nowhere" == str((path / "link").readlink())


def test_a_folder_that_a_kill_has_left_half_written_is_removed_and_one_that_is_being_written_is_not(
    tmp_path: Path,
) -> None:
    left, at_work = tmp_path / ".failure.71.new", tmp_path / ".failure.72.new"
    for path in (left, at_work):
        path.mkdir()
        (path / "repro.sh").write_text("half")
    os.utime(left, (0, 0))
    recover(tmp_path)
    assert [at_work.name] == [each.name for each in tmp_path.iterdir()]
