"""Ctrl-C and SIGTERM: raised where the program is, and once more before the next request if that was not heard.

Python raises what a signal handler raises in whatever runs just then. A callback of the garbage collector (Hypothesis
has one) cannot raise: Python prints the exception and goes on as if nothing had been.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fuzz.errors import Terminated

_unheard: list[KeyboardInterrupt] = []


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C and SIGTERM end what runs within, so that reports are written. For the main thread."""

    def interrupt(number: int, _frame: Any) -> None:
        _unheard.append(Terminated() if number == signal.SIGTERM else KeyboardInterrupt())
        raise _unheard[-1]

    def unraisable(what: Any) -> None:
        if what.exc_value not in _unheard:
            report(what)

    report, sys.unraisablehook = sys.unraisablehook, unraisable
    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = report
        _unheard.clear()


def heard(interruption: KeyboardInterrupt) -> None:
    """An interruption has come to where it is dealt with."""
    if interruption in _unheard:
        _unheard.remove(interruption)


def raise_unheard() -> None:
    """Raises an interruption that came while nothing could be raised."""
    if _unheard:
        raise _unheard.pop(0)
