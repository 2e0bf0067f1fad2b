"""Errors that are the user's move: bad options, profiles, documents, bundles. What, where, and what next; exit code 2.

A broken contract is a verdict and an unreachable target is an ending; neither is an exception class here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

REDACTORS: list[Callable[[str], str]] = []
"""What takes the secrets known so far out of a text, for the last words of a command that itself fails."""


class ExitCode(IntEnum):
    """What a command's exit code means to a pipeline."""

    PASS = 0
    BROKEN = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERRUPTED = 130


class Terminated(KeyboardInterrupt):
    """SIGTERM: like an interruption, with an exit code of its own."""

    exit_code = 143


class UsageError(Exception):
    """Something the user gave cannot be used: `what` (with file, line and field where known) and what to do `next`."""

    def __init__(self, what: str, *, next: str) -> None:
        super().__init__(what)
        self.what = what
        self.next = next

    def __str__(self) -> str:
        return f"{self.what}\n  next: {self.next}"
