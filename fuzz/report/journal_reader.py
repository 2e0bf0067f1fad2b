"""Reads a run's journal, `events.ndjson`, one event at a time.

A line that is no event, as a crash may leave one, is counted and left out of the reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.errors import UsageError
from fuzz.events.summary import Summary
from fuzz.events.types import Event, read_event

NAME = "events.ndjson"


@dataclass(slots=True)
class Journal:
    """A journal, and the damage found at the last reading. Mutable."""

    path: Path
    damaged: list[int] = field(default_factory=list)
    """Numbers of the lines that are no event."""
    cut_off: bool = False
    """The last line has no end: the run was stopped while it wrote."""

    def events(self) -> Iterator[Event]:
        """Every event that can be read, in order; holds one line at a time."""
        self.damaged, self.cut_off = [], False
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                event = read_event(line)
                if event is not None:
                    yield event
                elif not line.endswith(b"\n"):
                    self.cut_off = True
                elif line.strip():
                    self.damaged.append(number)

    def summary(self, *, also: Callable[[Event], None] = lambda _event: None) -> Summary:
        """The summary of the journal, with its damage among the troubles. `also` sees each event, too."""
        summary, unusable = Summary(), 0
        for event in self.events():
            try:
                summary.fold(event)
                also(event)
            except (KeyError, TypeError, ValueError, AttributeError):
                unusable += 1
        summary.troubles.extend(self._troubles(unusable))
        return summary

    def _troubles(self, unusable: int) -> Iterator[str]:
        lost = len(self.damaged) + unusable
        if lost:
            first = f", the first is line {self.damaged[0]}" if self.damaged else ""
            yield f"{lost} damaged line{'s' if lost > 1 else ''} of {NAME} left out of this report{first}"
        if self.cut_off:
            yield f"the last line of {NAME} is cut off: the run was stopped while it wrote"


def open_journal(directory: Path) -> Journal:
    """The journal of a run's directory; UsageError if there is none."""
    path = directory / NAME
    if not directory.is_dir():
        raise UsageError(f"{directory} is not a directory", next="name the report directory of a run")
    if not path.is_file():
        raise UsageError(f"{directory} holds no {NAME}", next="name the report directory of a run, which holds one")
    return Journal(path)
