"""The run's append-only journal: every event to `events.ndjson` as it happens, folded into the summary, shown to
listeners.

The one way out of the engine, and so the choke point where secrets are taken out once more.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from fuzz.engine.secrets import Secrets
from fuzz.engine.transport import Unreachable
from fuzz.model.events import Event, Summary

Listener = Callable[[Event, Summary], None]
_as_json = json.JSONEncoder(separators=(",", ":")).encode


class Journal:
    """Writes events. With no path it only folds them: for tests, and for workers that hand events on."""

    def __init__(self, path: Path | None, secrets: Secrets, listeners: tuple[Listener, ...] = ()) -> None:
        self._summary = Summary()
        self._later: Callable[[], Event] | None = None
        self._secrets = secrets
        self._listeners = listeners
        self._lock = threading.RLock()  # a listener may read the summary
        self._file: TextIO | None = path.open("w", encoding="utf-8") if path else None

    @property
    def summary(self) -> Summary:
        """All events so far, folded."""
        self.catch_up()
        return self._summary

    def emit(self, event: Event) -> None:
        """Appends one event. It reaches the operating system at once."""
        with self._lock:
            self._catch_up()
            self._append(event)

    def emit_later(self, event: Callable[[], Event]) -> None:
        """Appends one event when there is time, and at the latest before the next one or before anything is read: a run
        that is killed loses no more than this one.
        """
        with self._lock:
            self._catch_up()
            self._later = event

    def catch_up(self) -> None:
        """Appends what was left for later."""
        with self._lock:
            self._catch_up()

    def _catch_up(self) -> None:
        later, self._later = self._later, None
        if later is not None:
            self._append(later())

    def _append(self, event: Event) -> None:
        line = _as_json(event)
        clean = self._secrets.clean(line)
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
        """Closes the file. Emitting goes on working without it."""
        self.catch_up()
        if self._file is not None:
            self._file.close()
            self._file = None
