"""Ctrl-C, SIGTERM and SIGHUP raise an exception at once, or before the next request if the first one was swallowed.

A signal handler raises in the code that runs at that moment. If that is a callback of the garbage collector (Hypothesis
has one), Python prints the exception and goes on.
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
    """Ctrl-C, SIGTERM and SIGHUP (a closed terminal) raise within the block, so that reports are still written.

    Only for the main thread. A signal that is ignored, as `nohup` does with SIGHUP, stays so.
    """

    def interrupt(number: int, _frame: Any) -> None:
        _unheard.append(KeyboardInterrupt() if number == signal.SIGINT else Terminated(number))
        raise _unheard[-1]

    def unraisable(what: Any) -> None:
        if what.exc_value not in _unheard:
            report(what)

    report, sys.unraisablehook = sys.unraisablehook, unraisable
    before = {
        number: signal.signal(number, interrupt)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = report
        _unheard.clear()


def heard(interruption: KeyboardInterrupt) -> None:
    """Notes that an interruption was caught where it is handled."""
    if interruption in _unheard:
        _unheard.remove(interruption)


def raise_unheard() -> None:
    """Raises an interruption that came while nothing could raise."""
    if _unheard:
        raise _unheard.pop(0)
