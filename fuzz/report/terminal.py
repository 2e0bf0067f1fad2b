"""Shows a run on a text stream: a live view on a terminal, plain lines elsewhere, and the final text.

Plain lines are for the logs of pipelines: they are not overwritten, and come at most every ten seconds unless something
happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from fuzz.events.failures import FailureEvent
from fuzz.events.gate import NO_TURN
from fuzz.events.summary import Summary
from fuzz.events.types import Event, PhaseFinished
from fuzz.report.failure_text import failure_line
from fuzz.report.first_lines import first_lines
from fuzz.report.summary_text import summary_text
from fuzz.report.text import counted, duration, visible

if TYPE_CHECKING:
    from fuzz.report.live import Live

EVERY = 10.0
"""Minimum seconds between two plain lines, except for events that have a line of their own."""

Clock = Callable[[], float]
"""A monotonic clock in seconds, as `time.monotonic`."""


class Terminal:
    """Shows a run on a text stream. `finish` ends it, after any number of events."""

    def __init__(
        self,
        stream: TextIO,
        *,
        live: bool,
        clock: Clock,
        progress: bool = True,
        detail: int = 0,
        coloured: bool = False,
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._began = self._last = clock()
        self._last_total = 0
        self._told: set[str] = set()
        self._progress, self._detail, self._coloured = progress, detail, coloured
        self._live = _live(stream, clock) if live and progress else None

    def on_event(self, event: Event, summary: Summary) -> None:
        """Shows an event, which `summary` holds already."""
        if self._live is not None:
            if event["event"] == "run_started":
                self._live.announce(first_lines(event))
            self._live.update(summary)
        elif self._progress:
            self._plain(event, summary)

    def finish(self, summary: Summary, *, reports: Sequence[Path] = ()) -> None:
        """Writes the final text, and where the reports are."""
        text = summary_text(summary, reports=reports, detail=self._detail)
        if self._live is not None:
            self._live.finish(text)
        elif self._coloured:
            from fuzz.report.live import write_coloured

            write_coloured(self._stream, text)
        else:
            self._write(text)

    def _plain(self, event: Event, summary: Summary) -> None:
        if event["event"] == "run_started":
            for line in first_lines(event):
                self._say(line)
        elif event["event"] == "phase_finished":
            self._say(_phase_line(event, summary.shrinking[event["phase"]]))
        elif event["event"] == "failure" and event["status"] == "confirmed":
            self._tell_failure(event)
        elif event["event"] == "failure_withdrawn" and event["fingerprint"] in self._told:
            self._say(f"withdrawn  {visible(event['fingerprint'])}: {visible(event['why'])}")
        elif event["event"] == "run_finished":
            for failure in summary.failures.values():
                self._tell_failure(failure)
        elif event["event"] == "trouble":
            self._tell_trouble(event["what"])
        elif self._clock() - self._last >= EVERY:
            self._say(self._progress_line(summary))

    def _tell_failure(self, failure: FailureEvent) -> None:
        """Says that a failure is known, once, under its final name: as first seen it may turn out to be another one."""
        if failure["fingerprint"] not in self._told:
            self._told.add(failure["fingerprint"])
            self._say(failure_line(failure))

    def _tell_trouble(self, what: str) -> None:
        """Says what disturbs the run, once, however many workers meet it."""
        if what not in self._told:
            self._told.add(what)
            self._say(f"trouble: {visible(what, limit=400)}")

    def _progress_line(self, summary: Summary) -> str:
        now = self._clock()
        rate = (summary.total - self._last_total) / max(now - self._last, 1e-9)
        self._last_total = summary.total
        counts = f"{counted(summary.total, 'request')}, {rate:.1f}/s, {counted(len(summary.failures), 'failure')}"
        return f"{visible(summary.phase or 'between phases')}: {counts}"

    def say(self, line: str) -> None:
        """Writes a line of progress that no event tells; nothing in the live view."""
        if self._progress and self._live is None:
            self._say(line)

    def _say(self, line: str) -> None:
        self._last = self._clock()
        self._write(f"[{duration(self._last - self._began)}] {line}\n")

    def _write(self, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self._stream.flush()


def _live(stream: TextIO, clock: Clock) -> Live:
    from fuzz.report.live import Live  # rich takes a tenth of a second to import

    return Live(stream, clock)


def _phase_line(event: PhaseFinished, shrinking: int) -> str:
    if not event["requests"] and event.get("complete") is False:
        return f"{visible(event['phase'])} {NO_TURN}"
    of_them = f" ({shrinking:,} of them to shrink failures)" if shrinking else ""
    requests = f"{counted(event['requests'], 'request')}{of_them} in {duration(event['seconds'])}"
    established = f"; {visible(event['established'], limit=400)}" if event["established"] else ""
    return f"{visible(event['phase'])} finished: {counted(event['scenarios'], 'scenario')}, {requests}{established}"
