"""What machines share: failures that one of them has confirmed, for the others to try, and one rate limit.

`--database` names where: a directory, a Redis server, or the artifact of a repository's pipeline, which is only read.
Hypothesis has a database class for each; what is kept in them are scenarios of our own, since Hypothesis's choices mean
nothing once a rule is edited. A password comes from the environment, as tokens do.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fuzz.errors import UsageError
from fuzz.model.events import Event, Summary
from fuzz.model.exchange import Action
from fuzz.model.scenario import ScenarioError, from_json

if TYPE_CHECKING:
    from hypothesis.database import ExampleDatabase
    from pyrate_limiter import BucketFactory, Rate

STATE = Path(".calfuzz")
PASSWORD = "CALFUZZ_REDIS_PASSWORD"
ARTIFACT = "calfuzz-examples"
VERSION = 1
KEY = b"calfuzz failures"
KEPT_FOR = timedelta(days=90)
SECONDS_TO_CONNECT = 5.0
INSTALL = "pip install 'calfuzz[cluster]'"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where `--database` says: a folder for what this machine keeps, and at most one place that is shared. Frozen."""

    directory: Path = STATE
    redis: str | None = None
    github: tuple[str, str] | None = None

    @property
    def failures(self) -> Path:
        """The folder of the bundles."""
        return self.directory / "failures"


def place_of(text: str | None) -> Place:
    """The place that a text names. UsageError for an address that means nothing."""
    if not text:
        return Place()
    scheme, separator, rest = text.partition("://")
    if not separator:
        return Place(Path(text))
    if scheme in ("redis", "rediss"):
        return Place(redis=_checked(text))
    if scheme == "github" and _REPOSITORY.fullmatch(rest.rstrip("/")):
        owner, _, repository = rest.rstrip("/").partition("/")
        return Place(github=(owner, repository))
    raise UsageError(
        f"--database: {text!r} is no database", next="name a directory, redis://host:6379/0 or github://owner/repo"
    )


def _checked(url: str) -> str:
    next_step = "write it as redis://host:6379/0"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and re.fullmatch(r"(/\d*)?", parts.path) is not None
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"--database: {url!r} is not the address of a Redis server", next=next_step)
    if parts.password:
        raise UsageError(
            "--database: the address carries a password", next=f"export it as {PASSWORD}, and leave it out"
        )
    return url


def redis_at(url: str) -> Any:
    """A client of a Redis server that answers; UsageError, at once, for one that does not."""
    try:
        import redis
    except ImportError:
        raise UsageError("--database redis://… needs the package redis", next=INSTALL) from None
    client = redis.Redis.from_url(
        url,
        password=os.environ.get(PASSWORD) or None,
        socket_connect_timeout=SECONDS_TO_CONNECT,
        socket_timeout=SECONDS_TO_CONNECT,
    )
    try:
        client.ping()
    except redis.AuthenticationError:
        raise UsageError(f"--database: {url} wants another password", next=f"export it as {PASSWORD}") from None
    except redis.RedisError as error:
        raise UsageError(f"--database: {url} cannot be used: {error}", next="start it, or name another one") from None
    return client


def bucket_in(url: str, target: str) -> Callable[[list[Rate]], BucketFactory]:
    """Makes the bucket that all who send to a target share, filled by the server's own clock."""
    client = redis_at(url)
    from pyrate_limiter import RateItem, RedisBucket, SingleBucketFactory

    class Bucket(RedisBucket):
        def now(self) -> int:
            # The machines' own clocks may differ by more than a rate's interval.
            seconds, microseconds = client.time()
            return int(seconds * 1000 + microseconds // 1000)

        def put(self, item: RateItem) -> Any:
            # Counted when it is sent: who overslept would count itself into a second that has gone. What is old is
            # dropped here, not by pyrate-limiter's thread, which would die aloud with the server.
            item.timestamp = self.now()
            self.leak(item.timestamp)
            return super().put(item)

    key = f"calfuzz:sent:{target}"
    return lambda rates: SingleBucketFactory(Bucket.init(rates, client, key), schedule_leak=False)


@dataclass(slots=True)
class SharedFailures:
    """Scenarios of confirmed failures in a database of Hypothesis's. Mutable: remembers what went wrong with it."""

    database: ExampleDatabase
    writes: bool = True
    problems: list[str] = field(default_factory=list)

    def listen(self, event: Event, _summary: Summary) -> None:
        """A journal's listener: what is confirmed is shared. A database that fails ends no run."""
        if self.writes and event["event"] == "failure" and event["status"] == "confirmed" and not event["accepted"]:
            try:
                self._save(event)
            except Exception as error:
                self.problems.append(f"a failure could not be shared: {type(error).__name__}: {error}")

    def _save(self, event: Event) -> None:
        """Keeps the shortest scenario of each fingerprint."""
        for value in list(self.database.fetch(KEY)):
            known = _read(value)
            if known is None or known["fingerprint"] != event["fingerprint"]:
                continue
            if len(known["actions"]) <= len(event["actions"]):
                return
            self.database.delete(KEY, value)
        kept = {"version": VERSION, "fingerprint": event["fingerprint"], "actions": event["actions"]}
        self.database.save(KEY, json.dumps(kept, sort_keys=True).encode())

    def scenarios(self) -> Iterator[tuple[str, tuple[Action, ...]]]:
        """Every scenario by its fingerprint, in their order; what cannot be read is left out, and said."""
        try:
            values = sorted(self.database.fetch(KEY))
        except Exception as error:
            self.problems.append(f"shared failures could not be read: {type(error).__name__}: {error}")
            return
        for value in values:
            kept = _read(value)
            with suppress(ScenarioError):
                if kept is not None:
                    yield kept["fingerprint"], tuple(from_json(action) for action in kept["actions"])


def _read(value: bytes) -> dict[str, Any] | None:
    try:
        kept = json.loads(value)
    except ValueError:
        return None
    whole = isinstance(kept, dict) and kept.get("version") == VERSION
    return (
        kept if whole and isinstance(kept.get("fingerprint"), str) and isinstance(kept.get("actions"), list) else None
    )


def shared_failures(place: Place) -> SharedFailures:
    """The failures shared at a place. UsageError for a server that cannot be reached."""
    from hypothesis.database import DirectoryBasedExampleDatabase, GitHubArtifactDatabase, ReadOnlyDatabase

    if place.redis is not None:
        client = redis_at(place.redis)
        from hypothesis.extra.redis import RedisExampleDatabase

        return SharedFailures(RedisExampleDatabase(client, expire_after=KEPT_FOR, key_prefix=b"calfuzz:"))
    if place.github is not None:
        owner, repository = place.github
        artifact = GitHubArtifactDatabase(owner, repository, artifact_name=ARTIFACT, path=place.directory / "artifacts")
        return SharedFailures(ReadOnlyDatabase(artifact), writes=False)
    return SharedFailures(DirectoryBasedExampleDatabase(place.directory / "examples"))
