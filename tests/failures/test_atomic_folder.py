"""A folder is replaced as a whole, whatever moment a kill comes at."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fuzz.failures.keeping import atomic_folder
from fuzz.failures.keeping.atomic_folder import recover, replace_file, write_folder


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
    recover(tmp_path)
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

    monkeypatch.setattr(atomic_folder.shutil, "rmtree", deadly_call(atomic_folder.shutil.rmtree))
    monkeypatch.setattr(atomic_folder, "_write_durably", deadly_call(atomic_folder._write_durably))
    for name in ("mkdir", "rename"):
        monkeypatch.setattr(Path, name, deadly_call(getattr(Path, name)))


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for text in ("old", "new"):
        replace_file(tmp_path / "status.json", text)
    assert {"status.json": "new"} == {file.name: file.read_text() for file in tmp_path.iterdir()}
