"""Gathers the posts of the shards until all shards have ended, been interrupted, or been lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fuzz.cluster.connection import Cluster
from fuzz.cluster.merge import Merge
from fuzz.cluster.worker import ShardResult
from fuzz.errors import ExitCode, UsageError
from fuzz.run.run import Counted, Ended, Run
from fuzz.signals import heard

SECONDS_TO_FINISH = 60.0
SECONDS_WITHOUT_WORKERS = 120.0
SECONDS_BETWEEN_PROGRESS = 10.0
SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(slots=True)
class Gathering:
    """Gathers the posts of the shards until all of them have ended. Mutable.

    `futures` are the Dask futures of the shards, `stop` the flag that ends them all.
    """

    cluster: Cluster
    run: Run
    merge: Merge
    queue: Any
    stop: Any
    futures: Sequence[Any]
    say: Callable[[str], None]
    _results: dict[int, ShardResult] = field(default_factory=dict)
    _stopped: str | None = None
    _interrupted: int | None = None
    _without_workers_since: float | None = None
    _progress_said_at: float = field(default_factory=time.monotonic)

    def gather_until_interrupted(self) -> None:
        """Gathers all posts; after an interruption, the posts of one more minute."""
        try:
            self._gather()
        except KeyboardInterrupt as ending:
            heard(ending)
            self._interrupted = getattr(ending, "exit_code", int(ExitCode.INTERRUPTED))
            self._stopped = "interrupted"
            with suppress(Exception):
                self.stop.set()
                self._gather(until=time.monotonic() + SECONDS_TO_FINISH)

    def joined(self, here: Ended) -> Ended:
        """How the whole run ended: the first reason to stop, all counts, all that a shard could not exercise."""
        all_ended = (here, *(result.ended for result in self._results.values()))
        counts: dict[str, Counted] = {}
        for name, counted in (item for ended in all_ended for item in ended.counts.items()):
            counts[name] = counts[name].with_more(counted) if name in counts else counted
        reasons = (self._stopped, *(ended.stopped for ended in all_ended))
        return Ended(
            next((reason for reason in reasons if reason), None),
            self._interrupted,
            {name: count for name, count in counts.items() if name in self.run.journal.summary.failures},
            tuple(sorted({reason for ended in all_ended for reason in ended.impossible})),
            tuple(doubt for ended in all_ended for doubt in ended.doubts),
        )

    def _gather(self, *, until: float = float("inf")) -> None:
        """Takes posts until every shard has ended and all its posts are there."""
        while time.monotonic() < until and not all(self._is_over(index) for index in range(len(self.futures))):
            try:
                self._receive()
            except (OSError, TimeoutError) as error:
                self._stopped = f"the Dask scheduler has gone: {type(error).__name__}"
                return
            self.merge.commit()
            if has_enough_failures(self.run):
                self.stop.set()
            if self._has_no_workers():
                self._stopped = f"the Dask cluster has had no workers for {SECONDS_WITHOUT_WORKERS:.0f} s"
                return

    def _receive(self) -> None:
        """Takes the waiting posts, and prints progress from time to time."""
        waiting = self.queue.qsize()
        if not waiting:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        for post in self.queue.get(batch=waiting) if waiting else ():
            self.merge.receive(post)
        now = time.monotonic()
        if now - self._progress_said_at >= SECONDS_BETWEEN_PROGRESS:
            self._progress_said_at = now
            self.say(self.merge.progress())

    def _is_over(self, index: int) -> bool:
        """Whether a shard has ended and all its posts are there. UsageError if it could not begin."""
        if not self.futures[index].done():
            return False
        if index not in self._results:
            self._results[index] = self._result(index)
        result = self._results[index]
        if result.refused is not None:
            raise UsageError(result.refused[0], next=result.refused[1])
        over = result.posts == 0 or self.merge.has_all(index, result.attempt, result.posts)
        if over:
            self.merge.end_shard(index)
        return over

    def _result(self, index: int) -> ShardResult:
        try:
            result: ShardResult = self.futures[index].result()
        except Exception as error:
            why = f"shard {index + 1} of {self.cluster.count} was lost each time: {type(error).__name__}"
            return ShardResult("", ended=Ended(stopped=why))
        return result

    def _has_no_workers(self) -> bool:
        """Whether there have been no workers for `SECONDS_WITHOUT_WORKERS`."""
        if self.cluster.workers:
            self._without_workers_since = None
            return False
        self._without_workers_since = self._without_workers_since or time.monotonic()
        return time.monotonic() - self._without_workers_since > SECONDS_WITHOUT_WORKERS


def has_enough_failures(run: Run) -> bool:
    """Whether a run has as many unaccepted failures as `--max-failures` asks for."""
    max_failures = run.options.max_failures
    unaccepted = [event for event in run.journal.summary.failures.values() if not event["accepted"]]
    return max_failures is not None and len(unaccepted) >= max_failures
