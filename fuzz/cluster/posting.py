"""Posts: the events of a shard, sent in batches over a Dask queue to the machine that started the run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, TypedDict

from fuzz.events.summary import Summary
from fuzz.events.types import Event

SECONDS_BETWEEN_POSTS = 0.3
SECONDS_TO_POST = 8.0
MAX_EVENTS = 500
MAX_WAITING_POSTS = 500


class Post(TypedDict):
    """A batch of a shard's events. `attempt` names one run of the shard, `place` numbers its posts from 0.

    Post 0 is empty: it says that the attempt has begun.
    """

    shard: int
    attempt: str
    place: int
    events: list[Event]


def queue_for(run: str, client: Any) -> Any:
    """The Dask queue that the shards of a run post to."""
    from distributed import Queue

    return Queue(f"calfuzz-{run}-events", client=client, maxsize=MAX_WAITING_POSTS)


def stop_flag_for(run: str, client: Any) -> Any:
    """The Dask event that stops the shards of a run once it is set."""
    from distributed import Event as Flag

    return Flag(f"calfuzz-{run}-stop", client=client)


class Poster:
    """Posts a shard's events from a thread of its own, for as long as the `with` block lasts.

    `halt` stops the shard: it is called when a post cannot be sent, or when the run's stop flag is set. The error of a
    post that could not be sent is raised at the end of the block.
    """

    def __init__(self, client: Any, run: str, shard: int, attempt: str, *, halt: Callable[[], None]) -> None:
        self.sent = 0
        self._queue, self._stop = queue_for(run, client), stop_flag_for(run, client)
        self._shard, self._attempt, self._halt = shard, attempt, halt
        self._waiting: list[Event] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._post_until_over, daemon=True)

    def __enter__(self) -> Poster:
        self._send([])
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def listen(self, event: Event, _summary: Summary) -> None:
        """Keeps an event for the next post (a listener of the journal)."""
        with self._lock:
            self._waiting.append(event)

    def _post_until_over(self) -> None:
        try:
            while not self._over.wait(SECONDS_BETWEEN_POSTS):
                self._post()
                if self._stop.is_set():
                    self._halt()
            self._post()
        except Exception as error:
            self._error = error
            self._halt()

    def _post(self) -> None:
        for batch in self._batches():
            self._send(batch)

    def _batches(self) -> Iterator[list[Event]]:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        yield from (waiting[place : place + MAX_EVENTS] for place in range(0, len(waiting), MAX_EVENTS))

    def _send(self, events: list[Event]) -> None:
        post: Post = {"shard": self._shard, "attempt": self._attempt, "place": self.sent, "events": events}
        self._queue.put(post, timeout=SECONDS_TO_POST)
        self.sent += 1
