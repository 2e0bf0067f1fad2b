"""Replaces folders and files as a whole: even after a kill, either the old or the new content is there.

A new folder is written beside the old one; two renames then swap them. If a kill comes between the renames, `recover`
puts the old folder back.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_ASIDE, _NEW = ".old", ".new"


def write_folder(path: Path, files: Mapping[str, str]) -> None:
    """Replaces a folder by one with these files (name -> text). Makes its parents."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new, aside = (path.with_name(f".{path.name}{suffix}") for suffix in (f".{os.getpid()}{_NEW}", _ASIDE))
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for name, text in files.items():
        _write_durably(new / name, text)
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(FileNotFoundError):
        path.rename(aside)
    new.rename(path)
    shutil.rmtree(aside, ignore_errors=True)


def replace_file(path: Path, text: str) -> None:
    """Replaces one file as a whole."""
    new = path.with_name(f".{path.name}{_NEW}")
    _write_durably(new, text)
    new.replace(path)


def recover(directory: Path) -> None:
    """Puts back the old folders of a directory that an interrupted swap has moved away."""
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
