"""What a Dask worker does: one shard of a run, its events posted as they happen to the machine that started the run.

Nothing that travels holds a token: the worker reads its own environment. A worker that can no longer post stops, since
its shard is run again elsewhere, with the same staff members.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import fuzz
from fuzz.engine.baseline import Baseline
from fuzz.engine.campaign import Campaign
from fuzz.engine.described import describe_failure
from fuzz.engine.failures import Failure
from fuzz.engine.journal import Journal
from fuzz.engine.options import RunOptions
from fuzz.engine.profile import Profile
from fuzz.engine.rates import limiter_of
from fuzz.engine.run import Ended, Run
from fuzz.engine.secrets import Secrets
from fuzz.engine.shard import Shard
from fuzz.errors import UsageError
from fuzz.model.bundle import files_of
from fuzz.model.events import Event, Summary
from swagger.contract import Contract

EVERY = 0.3
"""Seconds between two posts."""

LARGEST_POST = 500
SECONDS_TO_POST = 8.0
SECONDS_FOR_THE_LOST = 10.0
"""How long a shard that is run again waits: a worker that was given up, and lives, has stopped by then."""

PACKAGES = ("swagger", "strategies", "fuzz")


@dataclass(frozen=True, slots=True)
class Part:
    """One shard of a run, as it travels to a worker. Frozen. `rate` is for all shards together, a second."""

    run: str
    shard: Shard
    options: RunOptions
    contract: Contract
    profile: Profile
    code: str
    failures: str
    today: str
    calfuzz: str
    auth_file: Path | None = None
    baseline: Baseline | None = None
    rate: float | None = None
    redis: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What is left to say when a shard has ended: how, and how many posts it has sent. Frozen."""

    attempt: str
    posts: int = 0
    ended: Ended = field(default_factory=Ended)
    refused: tuple[str, str] | None = None


@lru_cache
def code_of() -> str:
    """A digest of our packages' source: what two machines must have in common to be one fuzzer."""
    root = Path(fuzz.__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def do(part: Part) -> Done:
    """Runs one shard to its end. What is the user's move comes back as `refused`."""
    from distributed import get_client, get_worker

    attempt, client = uuid4().hex[:4], get_client()
    if part.code != code_of():
        what = f"the Dask worker {get_worker().address} has another calfuzz than this machine"
        return Done(attempt, refused=(what, "install the same version on all machines"))
    _wait_for_a_lost_attempt(client, part)
    try:
        return _run(part, attempt, client)
    except UsageError as error:
        return Done(attempt, refused=(f"on the Dask worker {get_worker().address}: {error.what}", error.next))


def _wait_for_a_lost_attempt(client: Any, part: Part) -> None:
    keys = ["calfuzz", part.run, str(part.shard.index)]
    if client.get_metadata(keys, None) is not None:
        time.sleep(SECONDS_FOR_THE_LOST)
    client.set_metadata(keys, "begun")


def _run(part: Part, attempt: str, client: Any) -> Done:
    secrets = Secrets(part.auth_file)
    for source in (part.profile.tokens.admin, *(member.token for member in part.profile.staff)):
        secrets.token(source)
    limiter = limiter_of(part.rate, redis=part.redis, target=part.profile.base_url, shares=part.shard.count)
    with Post(client, part, attempt) as post:
        run = Run(
            part.options,
            part.contract,
            part.profile,
            secrets,
            Journal(None, secrets, (post.take,)),
            limiter,
            prepare=partial(_prepare, part),
            shard=part.shard,
            name=f"{part.run}-{attempt}",
            # The machine that started the run counts in the same steps: no number is given twice.
            numbers=itertools.count(part.shard.index + 2, part.shard.count + 1),
        )
        post.run = run
        ended = run.through(part.options.phases)
        run.close()
    return Done(attempt, post.sent, ended)


def _prepare(part: Part, campaign: Campaign) -> None:
    """Failures are kept by the machine that started the run: a failure's event takes its files along."""

    def keep(failure: Failure, event: Event) -> None:
        failure.bundle = str(Path(part.failures) / failure.fingerprint)
        facts = {"found": part.today, "seed": part.options.seed, "calfuzz": part.calfuzz}
        clean = campaign.session.secrets.clean
        files = files_of(describe_failure(campaign.session, failure, event, **facts))
        event["files"] = {name: clean(text) for name, text in files.items()}

    campaign.keep = keep
    if part.baseline is not None:
        campaign.accepted = partial(part.baseline.accepted, today=date.fromisoformat(part.today))


class Post:
    """Sends a shard's events in batches while the block lasts; halts the run when it cannot, or is asked to stop."""

    def __init__(self, client: Any, part: Part, attempt: str) -> None:
        from distributed import Event as Flag
        from distributed import Queue

        self.sent = 0
        self.run: Run | None = None
        self._queue, self._stop = Queue(queue_of(part.run), client=client), Flag(stop_of(part.run), client=client)
        self._heading = {"shard": part.shard.index, "attempt": attempt}
        self._waiting: list[Event] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._go, daemon=True)

    def __enter__(self) -> Post:
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

    def take(self, event: Event, _summary: Summary) -> None:
        """A journal's listener: keeps an event until the next post."""
        if event["event"] == "phase_finished" and event["phase"] == "conformance" and self.run is not None:
            event = {**event, "covered": [(each.complete, each.failed, each.lost) for each in self.run.covered]}
        with self._lock:
            self._waiting.append(event)

    def _go(self) -> None:
        try:
            while not self._over.wait(EVERY):
                self._post()
                if self._stop.is_set() and self.run is not None:
                    self.run.halt()
            self._post()
        except Exception as error:
            self._error = error
            if self.run is not None:
                self.run.halt()

    def _post(self) -> None:
        for batch in self._batches():
            self._send(batch)

    def _batches(self) -> Iterator[list[Event]]:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        yield from (waiting[place : place + LARGEST_POST] for place in range(0, len(waiting), LARGEST_POST))

    def _send(self, events: list[Event]) -> None:
        self._queue.put({**self._heading, "place": self.sent, "events": events}, timeout=SECONDS_TO_POST)
        self.sent += 1


def queue_of(run: str) -> str:
    """The name of the queue that a run's shards post to."""
    return f"calfuzz-{run}-events"


def stop_of(run: str) -> str:
    """The name of the flag that ends a run's shards."""
    return f"calfuzz-{run}-stop"
