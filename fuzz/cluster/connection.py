"""The connection to a Dask cluster, and the checks that its workers can do a run's shards."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

from fuzz.cluster.worker import source_digest
from fuzz.errors import UsageError
from fuzz.run.options import RunOptions
from fuzz.target.http.redis_server import INSTALL

SECONDS_TO_CONNECT = 8.0
SECONDS_TO_CLOSE = 2
_ADDRESS = re.compile(r"(tcp|tls|ws|wss)://([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}", re.ASCII)


class Cluster:
    """A connection to a Dask scheduler for as long as the `with` block lasts. `count`: how many shards a run has.

    UsageError for a scheduler that cannot be reached, has no workers, or has workers with another calfuzz.
    """

    def __init__(self, address: str, *, count: int | None = None) -> None:
        self.address = address
        self.count = count or 0

    def __enter__(self) -> Cluster:
        self.client = _connect(self.address)
        try:
            workers = self.workers
            self._check(workers)
        except BaseException:
            self.client.close(timeout=SECONDS_TO_CLOSE)
            raise
        self.count = self.count or len(workers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(Exception):
            self.client.close(timeout=SECONDS_TO_CLOSE)

    @property
    def workers(self) -> list[str]:
        """The addresses of the workers that are there now."""
        return sorted(self.client.scheduler_info(n_workers=-1)["workers"])

    def _check(self, workers: list[str]) -> None:
        """UsageError unless there are workers, all with the same calfuzz as this machine."""
        if not workers:
            raise UsageError(
                f"--scheduler: {self.address} has no workers", next=f"start some with `dask worker {self.address}`"
            )
        try:
            digests = self.client.run(source_digest)
        except Exception as error:
            raise UsageError(
                f"the workers of {self.address} cannot run calfuzz: {type(error).__name__}: {error}",
                next=f"install it on each of them: {INSTALL}",
            ) from None
        others = sorted(worker for worker, digest in digests.items() if digest != source_digest())
        if others:
            raise UsageError(
                f"the Dask worker {others[0]} has another calfuzz than this machine",
                next="install the same version on all machines",
            )


def _connect(address: str) -> Any:
    """A Dask client of the scheduler at an address."""
    if _ADDRESS.fullmatch(address) is None:
        raise UsageError("--scheduler: this is not the address of a Dask scheduler", next="write it as tcp://host:8786")
    try:
        import distributed
    except ImportError:
        raise UsageError("--scheduler needs Dask's package distributed", next=INSTALL) from None
    # Dask logs the end of its connections; the run reports the ends that matter.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        return distributed.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except OSError as error:
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise UsageError(
            f"--scheduler: {address} cannot be reached: {why}",
            next="start one with `dask scheduler`, and name its address as tcp://host:8786",
        ) from None


@contextmanager
def cluster_of(options: RunOptions) -> Iterator[Cluster | None]:
    """The cluster that a command names, None if it names none. A shard for each worker, unless `--workers` asks for
    another number.
    """
    if options.scheduler is None:
        yield None
        return
    with Cluster(options.scheduler, count=options.workers if options.workers > 1 else None) as cluster:
        yield cluster
