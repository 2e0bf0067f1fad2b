"""Standard output and error that a command survives: closed, full, or of an encoding that lacks a character.

What cannot be written is lost; the run goes on, its reports are written, and its verdict is the exit code.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

STANDARD = {"stdout": 1, "stderr": 2}


class _Surviving(io.FileIO):
    """A file that drops what it cannot write."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def survive_lost_output() -> None:
    """Replaces Python's own standard output and error; streams that somebody else has put there stay."""
    _take_free_places()
    for name, place in STANDARD.items():
        stream = getattr(sys, name)
        if stream is None or stream is getattr(sys, f"__{name}__"):
            setattr(sys, name, _surviving(stream, place))


def _take_free_places() -> None:
    """Opens what is closed on nothing: another file would get its number, and the output of child processes."""
    for place in (0, *STANDARD.values()):
        try:
            os.fstat(place)
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_RDWR), place)


def _surviving(stream: TextIO | None, place: int) -> TextIO:
    """The stream with characters escaped that its encoding lacks. A terminal gets each line at once, as stderr does."""
    if stream is not None:
        with suppress(OSError):
            stream.flush()
    raw = _Surviving(place, "wb", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(stream, "encoding", None) or "utf-8",
        errors="backslashreplace",
        line_buffering=raw.isatty() or place == STANDARD["stderr"],
    )
