"""The live view of a run on a terminal, drawn with rich: phase, requests, rate, failures, situations and answers.

It is drawn from the thread that folds the events: a thread of rich would read the summary while it changes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live as Screen
from rich.table import Table
from rich.text import Text

from fuzz.events.summary import Summary
from fuzz.report import queries
from fuzz.report.failure_text import failure_line
from fuzz.report.text import counted, duration, visible, wrapped

EVERY = 0.125
"""Seconds between two drawings."""

WINDOW = 5.0
"""Seconds over which the rate is measured."""

FAILURES = 8
"""Number of failures listed, the latest ones."""

SHORTEST_NAME = 20
"""Columns of a failure's name on a terminal that is too narrow for it."""


def write_coloured(stream: TextIO, text: str) -> None:
    """Writes the final text in colours, though the stream may be no terminal."""
    _print_coloured(Console(file=stream, force_terminal=True, highlight=False, soft_wrap=False), text)


def _print_coloured(console: Console, text: str) -> None:
    shown = Text(text.rstrip("\n"))
    shown.highlight_regex(r"(?m)^(FAIL|CHANGED)\b|\bfail$", "bold red")
    shown.highlight_regex(r"(?m)^PASS\b|\bpass$", "green")
    shown.highlight_regex(r"(?m)^(INCONCLUSIVE|ACCEPTED)\b|\binconclusive$", "yellow")
    console.print(shown, soft_wrap=True)


class Live:
    """Draws the view. Mutable. It opens at the first update, so that an error before it leaves no empty frame."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._console = Console(file=stream, force_terminal=True, highlight=False, soft_wrap=False)
        self._screen = Screen(console=self._console, auto_refresh=False, transient=True)
        self._clock = clock
        self._began = clock()
        self._last = self._began - EVERY
        self._counts: deque[tuple[float, int]] = deque()

    def update(self, summary: Summary) -> None:
        """Draws the summary, at most every `EVERY` seconds."""
        now = self._clock()
        if now - self._last < EVERY:
            return
        self._last = now
        if not self._screen.is_started:
            self._screen.start()
        self._screen.update(self._drawing(summary, now), refresh=True)

    def announce(self, lines: Iterable[str]) -> None:
        """Leaves lines above the drawing."""
        for line in lines:
            self._console.print(Text("\n".join(wrapped(line, indent=2))), soft_wrap=True)

    def finish(self, text: str) -> None:
        """Clears the view and prints the final text."""
        self._screen.stop()
        _print_coloured(self._console, text)

    def _drawing(self, summary: Summary, now: float) -> Group:
        return Group(
            self._status(summary, now),
            Text(),
            _matrix(queries.matrix_of(summary)),
            *_failures(summary, self._console.width),
        )

    def _status(self, summary: Summary, now: float) -> Text:
        failures = Text(counted(len(summary.failures), "failure"), style="bold red" if summary.failures else "green")
        parts = [
            Text(visible(summary.phase or "starting"), style="bold"),
            Text(counted(summary.total, "request")),
            Text(f"{self._rate(summary.total, now):.1f}/s"),
            failures,
            Text(duration(now - self._began), style="dim"),
        ]
        return Text("  ").join(parts)

    def _rate(self, total: int, now: float) -> float:
        self._counts.append((now, total))
        while len(self._counts) > 2 and now - self._counts[0][0] > WINDOW:
            self._counts.popleft()
        then, before = self._counts[0]
        return (total - before) / (now - then) if now > then else 0.0


def _matrix(matrix: queries.Matrix) -> Table:
    table = Table("answer", box=None, pad_edge=False, header_style="dim")
    for situation in matrix.situations:
        table.add_column(Text(visible(situation)), justify="right")
    for answer in matrix.answers:
        counts = (matrix.count(situation, answer) for situation in matrix.situations)
        table.add_row(Text(visible(answer, limit=24)), *(f"{count:,}" if count else "·" for count in counts))
    return table


def _failures(summary: Summary, width: int) -> list[Text]:
    latest = list(summary.failures.values())[-FAILURES:]
    lines = (failure_line(failure, room=max(SHORTEST_NAME, width - len("ACCEPTED  "))) for failure in latest)
    return [Text(line, style="red", no_wrap=True, overflow="ellipsis") for line in lines]
