"""The journal of a run: writes every event to `events.ndjson`, adds it to the summary, and tells listeners of it.

It is bounded: past its size, exchanges that passed are only counted, and past twice its size those that failed, too;
a failure's own event has its steps. `totals` events keep the counts.

Everything that a run writes passes through the journal, so secrets are redacted here once more.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from fuzz.events.summary import Summary, totals_of
from fuzz.events.types import Event
from fuzz.oracle.verdict import VerdictKind
from fuzz.target.http.client import Unreachable
from fuzz.target.secrets import Secrets

Listener = Callable[[Event, Summary], None]
JOURNAL_SIZE = 256_000_000
"""Bytes of a journal past which exchanges that passed are no longer written."""

COUNTED = 10_000
"""After so many exchanges that were not written, the counts are: a run that is killed loses no more than these."""

_as_json = json.JSONEncoder(separators=(",", ":")).encode


class Journal:
    """Writes events. Without a path it only adds them to the summary and tells its listeners. `size`: in bytes."""

    def __init__(
        self, path: Path | None, secrets: Secrets, listeners: tuple[Listener, ...] = (), *, size: int = JOURNAL_SIZE
    ) -> None:
        self._summary = Summary()
        self._pending: Callable[[], Event] | None = None
        self._secrets = secrets
        self._listeners = listeners
        self._lock = threading.RLock()  # a listener may read the summary
        self._size, self._written = size, 0
        self._unwritten = self._counted = 0
        self._file: TextIO | None = path.open("w", encoding="utf-8") if path else None

    @property
    def summary(self) -> Summary:
        """The summary of all events so far."""
        self.write_pending()
        return self._summary

    def emit(self, event: Event) -> None:
        """Appends one event and hands it to the operating system at once."""
        with self._lock:
            self._write_pending()
            self._append(event)

    def emit_later(self, event: Callable[[], Event]) -> None:
        """Appends one event later: at the latest before the next event, or before the summary is read.

        A run that is killed loses this event at most.
        """
        with self._lock:
            self._write_pending()
            self._pending = event

    def write_pending(self) -> None:
        """Appends the event that was left for later, if any."""
        with self._lock:
            self._write_pending()

    def _write_pending(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            self._append(pending())

    def _append(self, event: Event) -> None:
        line = _as_json(event)
        # In an exchange, of which there are many, what came from the target is redacted already.
        redact = self._secrets.redact_ours if event["event"] == "exchange" else self._secrets.redact
        clean = redact(line)
        if clean != line:
            line, event = clean, json.loads(clean)
        try:
            if self._has_room_for(event):
                self._write(line)
            else:
                self._unwritten += 1
        finally:
            self._summary.fold(event)
            for listener in self._listeners:
                listener(event, self._summary)
        if self._unwritten - self._counted >= COUNTED:
            self._write_totals()

    def _has_room_for(self, event: Event) -> bool:
        if event["event"] != "exchange":
            return True
        return self._written < (2 * self._size if event["kind"] == VerdictKind.FAIL else self._size)

    def _write_totals(self) -> None:
        """Writes the counts of all exchanges, if some were not written since the last time."""
        if self._unwritten > self._counted:
            self._counted = self._unwritten
            self._append(totals_of(self._summary, self._unwritten))

    def _write(self, line: str) -> None:
        if self._file is None:
            return
        try:
            self._file.write(line + "\n")
            self._file.flush()
            self._written += len(line) + 1  # JSON of ASCII alone
        except OSError as error:
            file, self._file = self._file, None
            with suppress(OSError):
                file.close()
            raise Unreachable(f"the journal {file.name} cannot be written any more: {error.strerror}") from None

    def listen(self, listener: Listener) -> None:
        """Tells one more listener of every event from now on."""
        self._listeners = (*self._listeners, listener)

    def close(self) -> None:
        """Closes the file. Later events are no longer written to it."""
        with self._lock:
            self._write_pending()
            self._write_totals()
        if self._file is not None:
            self._file.close()
            self._file = None
