"""Replaces folders and files as a whole: even after a kill, either the old or the new content is there.

A new folder is written beside the old one; two renames then swap them. If a kill comes between the renames, `recover`
puts the old folder back. What people have put into a folder stays there.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

_ASIDE, _NEW = ".old", ".new"
ABANDONED = 60.0
"""Seconds after which a folder that is still not whole belongs to a process that was killed: writing one takes less."""


def write_folder(path: Path, files: Mapping[str, str], *, ours: Collection[str] = ()) -> None:
    """Replaces a folder by one with these files (name -> text), and with what else is in it but the names of `ours`.
    Makes its parents.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new, aside = (path.with_name(f".{path.name}{suffix}") for suffix in (f".{os.getpid()}{_NEW}", _ASIDE))
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for name, text in files.items():
        _write_durably(new / name, text)
    _copy_others(path, new, {*ours, *files})
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(FileNotFoundError):
        path.rename(aside)
    new.rename(path)
    shutil.rmtree(aside, ignore_errors=True)


def _copy_others(old: Path, new: Path, known: Collection[str]) -> None:
    """Copies the files and folders that stand in the old folder under other names than those known."""
    for each in old.iterdir() if old.is_dir() else ():
        if each.name in known or each.name.endswith(_NEW):
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.copytree(each, new / each.name, symlinks=True)
        elif each.is_file() or each.is_symlink():
            shutil.copy2(each, new / each.name, follow_symlinks=False)


def replace_file(path: Path, text: str) -> None:
    """Replaces one file as a whole."""
    new = path.with_name(f".{path.name}{_NEW}")
    _write_durably(new, text)
    new.replace(path)


def recover(directory: Path) -> None:
    """Puts back the old folders of a directory that an interrupted swap has moved away, and removes new ones that a
    kill has left half written.
    """
    for new in directory.glob(f".*{_NEW}"):
        with suppress(OSError):
            if time.time() - new.stat().st_mtime > ABANDONED:
                shutil.rmtree(new)
    for aside in directory.glob(f".*{_ASIDE}"):
        path = aside.with_name(aside.name.removeprefix(".").removesuffix(_ASIDE))
        if path.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            with suppress(OSError):
                aside.rename(path)


def _write_durably(path: Path, text: str) -> None:
    """Writes a file and waits until it is on the disk. Scripts become executable."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if path.suffix == ".sh":
        path.chmod(0o755)
