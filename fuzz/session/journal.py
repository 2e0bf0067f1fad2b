"""The journal of a run: writes every event to `events.ndjson`, adds it to the summary, and tells listeners of it.

Everything that a run writes passes through the journal, so secrets are redacted here once more.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from fuzz.events.summary import Summary
from fuzz.events.types import Event
from fuzz.target.http.client import Unreachable
from fuzz.target.secrets import Secrets

Listener = Callable[[Event, Summary], None]
_as_json = json.JSONEncoder(separators=(",", ":")).encode


class Journal:
    """Writes events. Without a path it only adds them to the summary and tells its listeners."""

    def __init__(self, path: Path | None, secrets: Secrets, listeners: tuple[Listener, ...] = ()) -> None:
        self._summary = Summary()
        self._pending: Callable[[], Event] | None = None
        self._secrets = secrets
        self._listeners = listeners
        self._lock = threading.RLock()  # a listener may read the summary
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
            self._write(line)
        finally:
            self._summary.fold(event)
            for listener in self._listeners:
                listener(event, self._summary)

    def _write(self, line: str) -> None:
        if self._file is None:
            return
        try:
            self._file.write(line + "\n")
            self._file.flush()
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
        self.write_pending()
        if self._file is not None:
            self._file.close()
            self._file = None
