"""The Dask task that runs one shard of a run on a worker.

Tokens are not sent: the worker reads its own environment. A worker that can no longer post stops, since its shard is
run again elsewhere, with the same staff members.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import fuzz
from fuzz.bundle.failure_json import FoundBy
from fuzz.cases.shard import Shard
from fuzz.cluster.posting import Poster
from fuzz.errors import UsageError
from fuzz.events.failures import FailureEvent
from fuzz.events.summary import Summary
from fuzz.events.types import Event
from fuzz.failures.confirming import Keeping
from fuzz.failures.failure import Failure
from fuzz.failures.keeping.baseline import Baseline
from fuzz.failures.keeping.store import bundle_files
from fuzz.run.options import RunOptions
from fuzz.run.phase_list import performs_suite
from fuzz.run.run import Ended, Run
from fuzz.run.setup.rate_source import limiter_of
from fuzz.run.setup.session_setup import secrets_for
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.profile import Profile
from swagger.contract import Contract

SECONDS_FOR_LOST_ATTEMPT = 10.0
"""Seconds that a shard waits before it is run again: the worker that Dask has given up may still be running."""

PACKAGES = ("swagger", "strategies", "fuzz")


@dataclass(frozen=True, slots=True)
class ShardTask:
    """One shard of a run, as it is sent to a worker. Frozen.

    `source`: the digest of the code that the worker must have. `rate`: the requests per second of all shards together.
    """

    run: str
    shard: Shard
    options: RunOptions
    contract: Contract
    profile: Profile
    source: str
    failures: str
    today: str
    calfuzz: str
    auth_file: Path | None = None
    baseline: Baseline | None = None
    rate: float | None = None
    redis: str | None = None


@dataclass(frozen=True, slots=True)
class ShardResult:
    """How a shard has ended, and how many posts it has sent. Frozen.

    `refused`: what was wrong and what to do next, as in a UsageError, if it could not begin.
    """

    attempt: str
    posts: int = 0
    ended: Ended = field(default_factory=Ended)
    refused: tuple[str, str] | None = None


@lru_cache
def source_digest() -> str:
    """A digest of our packages' source: two machines with the same one run the same fuzzer."""
    root = Path(fuzz.__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def run_shard(task: ShardTask) -> ShardResult:
    """Runs one shard to its end. A UsageError comes back as `refused`."""
    from distributed import get_client, get_worker

    attempt, client = uuid4().hex[:4], get_client()
    if task.source != source_digest():
        what = f"the Dask worker {get_worker().address} has another calfuzz than this machine"
        return ShardResult(attempt, refused=(what, "install the same version on all machines"))
    _wait_for_lost_attempt(client, task)
    try:
        return _run(task, attempt, client)
    except UsageError as error:
        what = f"on the Dask worker {get_worker().address}: {error.what}"
        return ShardResult(attempt, refused=(what, error.next))


def _wait_for_lost_attempt(client: Any, task: ShardTask) -> None:
    """Waits if another worker has begun this shard before. Notes that this one has begun it."""
    keys = ["calfuzz", task.run, str(task.shard.index)]
    if client.get_metadata(keys, None) is not None:
        time.sleep(SECONDS_FOR_LOST_ATTEMPT)
    client.set_metadata(keys, "begun")


def _run(task: ShardTask, attempt: str, client: Any) -> ShardResult:
    secrets = secrets_for(task.profile, task.auth_file)
    journal = Journal(None, secrets)
    run = Run(
        task.options,
        task.contract,
        task.profile,
        secrets,
        journal,
        limiter_of(task.rate, redis=task.redis, target=task.profile.base_url, shares=task.shard.count),
        keeping_of=partial(_keeping, task),
        shard=task.shard,
        name=f"{task.run}-{attempt}",
        # All machines count in steps of the same size from different starts, so no number is given twice.
        numbers=itertools.count(task.shard.index + 2, task.shard.count + 1),
    )
    with Poster(client, task.run, task.shard.index, attempt, halt=run.budget.halt) as poster:
        journal.listen(partial(_post, poster, run))
        ended = run.through(task.options.phases)
        run.close()
    return ShardResult(attempt, poster.sent, ended)


def _post(poster: Poster, run: Run, event: Event, summary: Summary) -> None:
    """Posts an event (a listener of the journal). The end of a phase with the suite gets its coverage."""
    if event["event"] == "phase_finished" and performs_suite(event["phase"]):
        event = {**event, "covered": [(part.complete, part.failed, part.lost) for part in run.covered]}
    poster.listen(event, summary)


def _keeping(task: ShardTask, session: Session) -> Keeping:
    """Puts the bundle's files into the failure's event: the machine that started the run writes them."""

    def keep(failure: Failure, event: FailureEvent) -> str:
        found_by: FoundBy = {"found": task.today, "seed": task.options.seed, "calfuzz": task.calfuzz}
        event["files"] = bundle_files(session, failure, event, **found_by)
        return str(Path(task.failures) / failure.fingerprint)

    if task.baseline is None:
        return Keeping(keep)
    return Keeping(keep, partial(task.baseline.judge, today=date.fromisoformat(task.today)))
