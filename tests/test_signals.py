"""An interruption is raised where it is heard, however busy Python is when it comes."""

from __future__ import annotations

import gc
import signal
from typing import Any

import pytest

from fuzz.errors import Terminated
from fuzz.signals import heard, interruptible, raise_unheard


@pytest.mark.parametrize(
    ("number", "kind"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated), (signal.SIGHUP, Terminated)],
)
def test_what_python_drops_is_raised_at_the_next_request(
    number: signal.Signals, kind: type[BaseException], capfd: pytest.CaptureFixture[str]
) -> None:
    def collecting(phase: str, _info: Any) -> None:
        if phase == "start":
            signal.raise_signal(number)

    with interruptible():
        gc.callbacks.append(collecting)
        try:
            gc.collect()
        finally:
            gc.callbacks.remove(collecting)
        with pytest.raises(kind):
            raise_unheard()
        raise_unheard()
    assert "" == capfd.readouterr().err


def test_what_is_heard_is_raised_once() -> None:
    with interruptible():
        with pytest.raises(KeyboardInterrupt) as raised:
            signal.raise_signal(signal.SIGINT)
        heard(raised.value)
        raise_unheard()


def test_what_else_cannot_be_raised_is_reported_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[str] = []
    monkeypatch.setattr("sys.unraisablehook", lambda what: reported.append(str(what.exc_value)))

    class Failing:
        def __del__(self) -> None:
            raise ValueError("in a finaliser")

    with interruptible():
        Failing()
        gc.collect()
    assert ["in a finaliser"] == reported


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_exit_code_is_the_signals(number: signal.Signals, code: int) -> None:
    with interruptible(), pytest.raises(Terminated) as raised:
        signal.raise_signal(number)
    assert code == raised.value.exit_code


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with interruptible():
        assert before != [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
