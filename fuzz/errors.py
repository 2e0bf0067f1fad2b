"""Errors that the user can correct (bad options, profiles, documents, bundles), and the exit codes.

A broken contract is a verdict, and an unreachable target ends a run: neither is an exception class here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

REDACTORS: list[Callable[[str], str]] = []
"""Functions that remove the known secrets from a text; for the traceback of a command that itself fails."""


class ExitCode(IntEnum):
    """What a command's exit code means to a pipeline."""

    PASS = 0
    BROKEN = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERRUPTED = 130


class Terminated(KeyboardInterrupt):
    """Raised on SIGTERM and SIGHUP. Like an interruption, with another exit code: 128 and the signal's number."""

    def __init__(self, signal: int) -> None:
        super().__init__()
        self.exit_code = 128 + signal


class UsageError(Exception):
    """Raised for input that cannot be used: `what` is wrong (file, line and field where known), what to do `next`."""

    def __init__(self, what: str, *, next: str) -> None:
        super().__init__(what)
        self.what = what
        self.next = next

    def __str__(self) -> str:
        return f"{self.what}\n  next: {self.next}"
