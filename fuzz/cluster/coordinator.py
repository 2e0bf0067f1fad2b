"""A run on a Dask cluster: each shard is a task, and the events of all shards become the journal of the run.

The machine that starts the run does the phases preflight and regressions, and keeps journal, failures and reports. Dask
gives the shard of a worker that dies to another one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fuzz.cases.shard import Shard
from fuzz.cluster.connection import Cluster
from fuzz.cluster.gathering import Gathering, has_enough_failures
from fuzz.cluster.merge import Merge
from fuzz.cluster.posting import queue_for, stop_flag_for
from fuzz.cluster.worker import ShardTask, run_shard, source_digest
from fuzz.failures.keeping.baseline import Baseline
from fuzz.failures.keeping.shared_store import location_of
from fuzz.run.options import RunOptions
from fuzz.run.phase_list import phase_named
from fuzz.run.run import Ended, Run
from fuzz.run.setup.rate_source import rate_for
from fuzz.run.setup.session_setup import auth_file_of

SECONDS_OF_A_RATE = 1.0
RETRIES = 3


@dataclass(slots=True)
class ClusterRun:
    """One run whose shards a cluster performs. Mutable.

    `run` has the journal, and performs the phases of this machine. `say` prints a line of progress.
    """

    cluster: Cluster
    run: Run
    baseline: Baseline | None = None
    say: Callable[[str], None] = lambda _line: None

    def go(self) -> None:
        """Performs all phases, here and on the cluster, and draws the conclusion."""
        phases = self.run.options.phases
        self.run.start()
        # Each shard also has a preflight of its own.
        ended = self.run.through([name for name in phases if name == "preflight" or phase_named(name).once])
        rest = tuple(name for name in phases if not phase_named(name).once)
        if ended.stopped is None and not has_enough_failures(self.run) and set(rest) - {"preflight"}:
            ended = self._run_shards(ended, rest)
        self.run.finish(ended)

    def _run_shards(self, ended: Ended, phases: tuple[str, ...]) -> Ended:
        """Runs all shards. Returns how the whole run ended; `ended`: how it ended on this machine."""
        # The requests of this machine count towards the rate of the second in which they were sent.
        time.sleep(SECONDS_OF_A_RATE)
        client = self.cluster.client
        with tempfile.TemporaryDirectory(prefix="calfuzz-") as folder:
            merge = Merge(self.run.journal, phases, Path(folder), self.run.established)
            merge.begin(self.cluster.count)
            queue, stop = queue_for(self.run.name, client), stop_flag_for(self.run.name, client)
            gathering = Gathering(self.cluster, self.run, merge, queue, stop, self._submit(phases), self.say)
            try:
                gathering.gather_until_interrupted()
            finally:
                with suppress(Exception):
                    stop.set()
                    client.cancel(gathering.futures, force=True)
            merge.commit(incomplete_too=True)
        return gathering.joined(ended)

    def _submit(self, phases: tuple[str, ...]) -> list[Any]:
        """Submits a task for each shard, with the time that the run has left. Returns their Dask futures."""
        limit = self.run.options.max_time
        left = None if limit is None else max(0.0, limit - self.run.budget.spent)
        options = replace(self.run.options, phases=phases, max_time=left)
        return [
            self.cluster.client.submit(
                run_shard,
                self._task(options, index),
                key=f"calfuzz-{self.run.name}-{index}",
                retries=RETRIES,
                pure=False,
            )
            for index in range(self.cluster.count)
        ]

    def _task(self, options: RunOptions, index: int) -> ShardTask:
        profile, contract = self.run.profile, self.run.contract
        auth_file = auth_file_of(options.target, profile)
        location = location_of(options.database)
        return ShardTask(
            run=self.run.name,
            shard=Shard(index, self.cluster.count),
            options=options,
            contract=contract,
            profile=profile,
            source=source_digest(),
            failures=str(location.failures),
            today=str(date.today()),
            calfuzz=version("calfuzz"),
            auth_file=auth_file.absolute() if auth_file else None,
            baseline=self.baseline,
            rate=rate_for(options, profile, contract, sandbox=False).per_second,
            redis=location.redis,
        )
