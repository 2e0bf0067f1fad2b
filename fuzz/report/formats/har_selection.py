"""What of a run goes into its HAR file: the exchanges of its failures, and a sample of the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from fuzz.events.exchanges import AnswerEntry, ExchangeEvent, RequestEntry
from fuzz.events.failures import FailureEvent
from fuzz.events.types import Event

MAX_ENTRIES = 2_000
MAX_BYTES = 20_000_000
"""What a file holds at the most."""

BYTES_AROUND = 1_000
"""Bytes of an entry beside its request and answer, about."""

KINDS = {"steps of failures": 4, "exchanges that failed": 2, "other exchanges": 1}
"""The kinds of entries, the most telling first. Each gets one such part of the room that those before it leave."""

STEPS, FAILED, OTHERS = KINDS


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its answer. Frozen. `at`: when it began, if that is known. `says`: what is to be known of it."""

    kind: str
    request: RequestEntry
    answer: AnswerEntry | None
    says: str
    lost: str | None = None
    at: str | None = None

    @property
    def id(self) -> str:
        return str(self.request["id"])

    @property
    def size(self) -> int:
        return BYTES_AROUND + len(json.dumps(self.request)) + len(json.dumps(self.answer))


@dataclass(slots=True)
class _Share:
    """Of one kind: how many entries there are, of how many bytes; one of `every` so many is written. Mutable."""

    there: int = 0
    bytes: int = 0
    every: int = 1
    met: int = 0

    def fit(self, entries: int, size: int) -> None:
        """Sets `every` for so many entries of so many bytes in all."""
        self.every = max(1, -(-self.there // entries), -(-self.bytes // size))

    def has_turn(self) -> bool:
        """Whether the next entry is written."""
        self.met += 1
        return (self.met - 1) % self.every == 0


@dataclass(slots=True)
class Selection:
    """What of a run is written. Mutable: it first looks at all that there is."""

    shares: dict[str, _Share] = field(default_factory=lambda: {kind: _Share() for kind in KINDS})
    final: dict[str, int] = field(default_factory=dict)
    """Where in the journal the last event of each failure stands: it has the final steps."""
    unwritten: int = 0

    def look_at(self, events: Iterable[Event]) -> None:
        """Counts what there is to write, and divides the room."""
        for place, event in enumerate(events):
            if event["event"] == "failure":
                self.final[event["fingerprint"]] = place
            elif event["event"] == "failure_renamed":
                self.final.pop(event["old"], None)
            elif event["event"] == "failure_withdrawn":
                self.final.pop(event["fingerprint"], None)
            elif event["event"] == "totals":
                self.unwritten = event["unwritten"]
            for entry in entries_of(event):
                self.shares[entry.kind].there += 1
                self.shares[entry.kind].bytes += entry.size
        entries, size = MAX_ENTRIES, MAX_BYTES
        for kind, share in self.shares.items():
            share.fit(entries // KINDS[kind], size // KINDS[kind])
            entries -= -(-share.there // share.every)
            size -= share.bytes // share.every

    @property
    def says(self) -> str:
        """What the file holds, in a sentence."""
        counted_only = f"; the run has only counted {self.unwritten:,} more" if self.unwritten else ""
        some = [
            f"one of every {share.every:,} of {share.there:,} {kind}"
            for kind, share in self.shares.items()
            if share.every > 1
        ]
        return f"{', '.join(some) if some else 'every exchange'} in the run's journal{counted_only}"

    def chosen(self, events: Iterable[Event]) -> Iterator[Entry | str]:
        """The entries to write, none twice; between them the times that the journal names."""
        written = set[str]()
        for place, event in enumerate(events):
            if event["event"] == "run_started":
                yield event["at"]
            if event["event"] == "failure" and self.final.get(event["fingerprint"]) != place:
                continue
            for entry in entries_of(event):
                if self.shares[entry.kind].has_turn() and entry.id not in written:
                    written.add(entry.id)
                    yield entry


def entries_of(event: Event) -> Iterator[Entry]:
    """The exchanges of an event: its own, or the steps of a failure. None of a damaged event."""
    with suppress(KeyError, TypeError, ValueError, AttributeError):
        if event["event"] == "exchange" and "method" in event["request"]:
            yield _own(event, event["request"])
        elif event["event"] == "failure":
            yield from _steps(event)


def _own(event: ExchangeEvent, request: RequestEntry) -> Entry:
    says = f"{request['id']}: {event['kind']}, {event['clause']} in {event['situation']}"
    kind = FAILED if event["kind"] == "fail" else OTHERS
    return Entry(kind, request, event["answer"], says, event["lost"], event.get("at"))


def _steps(failure: FailureEvent) -> Iterator[Entry]:
    for step in failure["trace"]:
        says = f"{step['request']['id']}: step {step['step']} of {failure['fingerprint']}"
        yield Entry(STEPS, step["request"], step["answer"], says)
