"""A run on a Dask cluster: each shard a task, on any machine; what they post becomes the one journal of the run.

The machine that starts the run does the preflight and the saved failures itself, and keeps journal, failures and
reports. A worker that dies is Dask's to notice: its shard is given to another one.
"""

from __future__ import annotations

import logging
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

from fuzz.engine.baseline import Baseline
from fuzz.engine.merge import Merge
from fuzz.engine.options import RunOptions
from fuzz.engine.rates import rate_for
from fuzz.engine.run import Ended, Run
from fuzz.engine.shard import Shard
from fuzz.engine.shard_task import Done, Part, code_of, do, queue_of, stop_of
from fuzz.engine.shared import INSTALL, place_of
from fuzz.errors import ExitCode, UsageError
from fuzz.interrupts import heard

HERE = ("preflight", "saved")
"""What the machine that starts the run does itself. Each shard has a preflight of its own besides."""

SECONDS_TO_CONNECT = 8.0
SECONDS_TO_FINISH = 60.0
SECONDS_WITHOUT_WORKERS = 120.0
SECONDS_BETWEEN_LINES = 10.0
SECONDS_OF_A_RATE = 1.0
MOST_POSTS = 500
RETRIES = 3
_ADDRESS = re.compile(r"(tcp|tls|ws|wss)://([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}", re.ASCII)


class Cluster:
    """A connection to a scheduler while the block lasts. UsageError for one that cannot be reached or used."""

    def __init__(self, address: str, *, count: int | None = None) -> None:
        self.address = address
        self.count = count or 0

    def __enter__(self) -> Cluster:
        if _ADDRESS.fullmatch(self.address) is None:
            raise UsageError(
                f"--scheduler: {self.address!r} is not the address of a Dask scheduler",
                next="write it as tcp://host:8786",
            )
        try:
            import distributed
        except ImportError:
            raise UsageError("--scheduler needs Dask's package distributed", next=INSTALL) from None
        # Its connections tell of their ends themselves; what matters of that is said by the run.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self.client = distributed.Client(self.address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except OSError as error:
            why = " ".join(str(error).split())[:200] or type(error).__name__
            raise UsageError(
                f"--scheduler: {self.address} cannot be reached: {why}",
                next="start one with `dask scheduler`, and name its address as tcp://host:8786",
            ) from None
        try:
            workers = self._check()
        except BaseException:
            self.client.close(timeout=2)
            raise
        self.count = self.count or workers
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(Exception):
            self.client.close(timeout=2)

    @property
    def workers(self) -> list[str]:
        """The addresses of the workers that are there now."""
        return sorted(self.client.scheduler_info(n_workers=-1)["workers"])

    def _check(self) -> int:
        """How many workers there are, all with the same calfuzz as this machine. UsageError if they are not."""
        workers = self.workers
        if not workers:
            raise UsageError(
                f"--scheduler: {self.address} has no workers", next=f"start some with `dask worker {self.address}`"
            )
        try:
            codes = self.client.run(code_of)
        except Exception as error:
            raise UsageError(
                f"the workers of {self.address} cannot run calfuzz: {type(error).__name__}: {error}",
                next=f"install it on each of them: {INSTALL}",
            ) from None
        others = sorted(worker for worker, code in codes.items() if code != code_of())
        if others:
            raise UsageError(
                f"the Dask worker {others[0]} has another calfuzz than this machine",
                next="install the same version on all machines",
            )
        return len(workers)


@contextmanager
def cluster_of(options: RunOptions) -> Iterator[Cluster | None]:
    """The cluster that a command names, if it names one: with a shard for each worker, or as many as were asked for."""
    if options.scheduler is None:
        yield None
        return
    with Cluster(options.scheduler, count=options.workers if options.workers > 1 else None) as cluster:
        yield cluster


@dataclass(slots=True)
class ClusterRun:
    """One run whose shards are done by a cluster. `run` is its journal's, and does what is done here. Mutable."""

    cluster: Cluster
    run: Run
    baseline: Baseline | None = None
    say: Callable[[str], None] = lambda _line: None
    _done: dict[int, Done] = field(default_factory=dict)
    _stopped: str | None = None
    _interrupted: int | None = None
    _alone_since: float | None = None
    _told: float = field(default_factory=time.monotonic)

    def go(self) -> None:
        """Goes through all phases, here and on the cluster, and draws the one conclusion."""
        phases = self.run.options.phases
        self.run.start()
        ended = self.run.through([name for name in phases if name in HERE])
        rest = tuple(name for name in phases if name != "saved")
        if ended.stopped is None and not self._has_enough() and set(rest) - {"preflight"}:
            ended = self._joined(ended, self._shards(rest))
        self.run.conclude(ended)

    def _shards(self, phases: tuple[str, ...]) -> list[Ended]:
        import distributed

        # What was sent from here counts towards the rate of the second that it was sent in.
        time.sleep(SECONDS_OF_A_RATE)
        client, name = self.cluster.client, self.run.name
        queue = distributed.Queue(queue_of(name), client=client, maxsize=MOST_POSTS)
        stop = distributed.Event(stop_of(name), client=client)
        with tempfile.TemporaryDirectory(prefix="calfuzz-") as folder:
            merge = Merge(self.run.journal, phases, Path(folder), self.run.established)
            merge.begin(self.cluster.count)
            futures = self._submit(phases)
            try:
                self._gather(futures, queue, merge, stop)
            except KeyboardInterrupt as ending:
                heard(ending)
                self._interrupted = getattr(ending, "exit_code", int(ExitCode.INTERRUPTED))
                self._stopped = "interrupted"
                self._let_them_finish(futures, queue, merge, stop)
            finally:
                with suppress(Exception):
                    stop.set()
                    client.cancel(futures, force=True)
            merge.commit(all_of_it=True)
        return [done.ended for done in self._done.values()]

    def _submit(self, phases: tuple[str, ...]) -> list[Any]:
        limit = self.run.options.max_time
        left = None if limit is None else max(0.0, limit - (self.run.clock() - self.run.began))
        options = replace(self.run.options, phases=phases, max_time=left)
        submit, name = self.cluster.client.submit, self.run.name
        return [
            submit(do, self._part(options, index), key=f"calfuzz-{name}-{index}", retries=RETRIES, pure=False)
            for index in range(self.cluster.count)
        ]

    def _part(self, options: RunOptions, index: int) -> Part:
        profile, contract = self.run.profile, self.run.contract
        beside = options.target.absolute().parent / profile.auth_file if options.target and profile.auth_file else None
        place = place_of(options.database)
        return Part(
            run=self.run.name,
            shard=Shard(index, self.cluster.count),
            options=options,
            contract=contract,
            profile=profile,
            code=code_of(),
            failures=str(place.failures),
            today=str(date.today()),
            calfuzz=version("calfuzz"),
            auth_file=beside,
            baseline=self.baseline,
            rate=rate_for(options, profile, contract, sandbox=False),
            redis=place.redis,
        )

    def _let_them_finish(self, futures: Sequence[Any], queue: Any, merge: Merge, stop: Any) -> None:
        with suppress(Exception):
            stop.set()
            self._gather(futures, queue, merge, stop, until=time.monotonic() + SECONDS_TO_FINISH)

    def _gather(
        self, futures: Sequence[Any], queue: Any, merge: Merge, stop: Any, *, until: float = float("inf")
    ) -> None:
        """Takes posts until every shard has ended and everything that it has posted is there."""
        while time.monotonic() < until and not all(self._is_over(*each, merge) for each in enumerate(futures)):
            try:
                self._receive(queue, merge)
            except (OSError, TimeoutError) as error:
                self._stopped = f"the Dask scheduler has gone: {type(error).__name__}"
                return
            merge.commit()
            if self._has_enough():
                stop.set()
            if self._has_no_workers():
                self._stopped = f"the Dask cluster has had no workers for {SECONDS_WITHOUT_WORKERS:.0f} s"
                return

    def _receive(self, queue: Any, merge: Merge) -> None:
        waiting = queue.qsize()
        if not waiting:
            time.sleep(0.2)
        for post in queue.get(batch=waiting) if waiting else ():
            merge.take(post)
        self._tell(merge)

    def _tell(self, merge: Merge) -> None:
        """Says now and then how far the shards are: their events come to the journal a phase at a time."""
        now = time.monotonic()
        if now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            self.say(merge.progress())

    def _has_enough(self) -> bool:
        most = self.run.options.max_failures
        broken = [event for event in self.run.journal.summary.failures.values() if not event["accepted"]]
        return most is not None and len(broken) >= most

    def _is_over(self, index: int, future: Any, merge: Merge) -> bool:
        if not future.done():
            return False
        if index not in self._done:
            self._done[index] = self._result(index, future)
            refused = self._done[index].refused
            if refused is not None:
                raise UsageError(refused[0], next=refused[1])
        done = self._done[index]
        over = done.posts == 0 or merge.has_all(index, done.attempt, done.posts)
        if over:
            merge.finish(index)
        return over

    def _result(self, index: int, future: Any) -> Done:
        try:
            done: Done = future.result()
        except Exception as error:
            why = f"shard {index + 1} of {self.cluster.count} was lost each time: {type(error).__name__}"
            return Done("", ended=Ended(stopped=why))
        return done

    def _has_no_workers(self) -> bool:
        if self.cluster.workers:
            self._alone_since = None
            return False
        self._alone_since = self._alone_since or time.monotonic()
        return time.monotonic() - self._alone_since > SECONDS_WITHOUT_WORKERS

    def _joined(self, here: Ended, shards: Sequence[Ended]) -> Ended:
        """One ending of all: the first reason to stop, every count, everything that some shard could not do."""
        ended = (here, *shards)
        counts: Counter[str] = Counter()
        for each in ended:
            counts.update(each.counts)
        reasons = [self._stopped, *(each.stopped for each in ended)]
        return Ended(
            next((reason for reason in reasons if reason), None),
            self._interrupted,
            {name: count for name, count in counts.items() if name in self.run.journal.summary.failures},
            tuple(sorted({reason for each in ended for reason in each.impossible})),
        )
