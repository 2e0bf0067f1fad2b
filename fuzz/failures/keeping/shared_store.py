"""The scenarios of confirmed failures that several machines share.

`--database` names the place: a directory, a Redis server, or the artifact of a repository's pipeline (read only).
Hypothesis has a database class for each. They hold our scenarios, not Hypothesis's choices, which lose their meaning
when a rule is edited. A password comes from the environment, as tokens do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import urlsplit

from fuzz.errors import UsageError
from fuzz.events.failures import FailureEvent
from fuzz.events.shapes import read_as
from fuzz.events.summary import Summary
from fuzz.events.types import Event
from fuzz.oracle.actions import Action
from fuzz.oracle.scenario import ScenarioError, from_json
from fuzz.target.http.redis_server import PASSWORD, redis_at

if TYPE_CHECKING:
    from hypothesis.database import ExampleDatabase

STATE = Path(".calfuzz")
ARTIFACT = "calfuzz-examples"
VERSION = 1
KEY = b"calfuzz failures"
EXPIRE_AFTER = timedelta(days=90)
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class DatabaseLocation:
    """The place that `--database` names: a folder of this machine, and at most one shared database. Frozen."""

    directory: Path = STATE
    redis: str | None = None
    github: tuple[str, str] | None = None

    @property
    def failures(self) -> Path:
        """The folder of the bundles."""
        return self.directory / "failures"


def location_of(text: str | None) -> DatabaseLocation:
    """The place that the text of `--database` names. UsageError if the address is of no known kind."""
    if not text:
        return DatabaseLocation()
    scheme, separator, rest = text.partition("://")
    if not separator:
        return DatabaseLocation(Path(text))
    if scheme in ("redis", "rediss"):
        return DatabaseLocation(redis=_check_redis_url(text))
    if scheme == "github" and _REPOSITORY.fullmatch(rest.rstrip("/")):
        owner, _, repository = rest.rstrip("/").partition("/")
        return DatabaseLocation(github=(owner, repository))
    raise UsageError(
        f"--database: {text!r} is no database", next="name a directory, redis://host:6379/0 or github://owner/repo"
    )


def _check_redis_url(url: str) -> str:
    """The URL unchanged. UsageError if it is not a Redis server's, or holds a password."""
    next_step = "write it as redis://host:6379/0"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and re.fullmatch(r"(/\d*)?", parts.path) is not None
    except ValueError:
        usable = False
    if not usable:
        raise UsageError("--database: this is not the address of a Redis server", next=next_step)
    if parts.password or "password" in parts.query.lower():
        raise UsageError(
            "--database: the address carries a password", next=f"export it as {PASSWORD}, and leave it out"
        )
    return url


@dataclass(slots=True)
class SharedFailures:
    """The scenarios of confirmed failures in a Hypothesis database. Mutable: `problems` says what went wrong."""

    database: ExampleDatabase
    writes: bool = True
    problems: list[str] = field(default_factory=list)

    def listen(self, event: Event, _summary: Summary) -> None:
        """Shares a confirmed failure (a listener of the journal). A database error does not end the run."""
        if self.writes and event["event"] == "failure" and event["status"] == "confirmed" and not event["accepted"]:
            try:
                self._save(event)
            except Exception as error:
                self.problems.append(f"a failure could not be shared: {type(error).__name__}: {error}")

    def _save(self, event: FailureEvent) -> None:
        """Keeps the shortest scenario of each fingerprint."""
        for value in list(self.database.fetch(KEY)):
            known = _read(value)
            if known is None or known["fingerprint"] != event["fingerprint"]:
                continue
            if len(known["actions"]) <= len(event["actions"]):
                return
            self.database.delete(KEY, value)
        kept: SharedScenario = {
            "version": VERSION,
            "fingerprint": event["fingerprint"],
            "actions": event["actions"],
        }
        self.database.save(KEY, json.dumps(kept, sort_keys=True).encode())

    def scenarios(self) -> Iterator[tuple[str, tuple[Action, ...]]]:
        """Every fingerprint with its scenario, in a fixed order. A scenario that cannot be read is left out."""
        try:
            values = sorted(self.database.fetch(KEY))
        except Exception as error:
            self.problems.append(f"shared failures could not be read: {type(error).__name__}: {error}")
            return
        for value in values:
            kept = _read(value)
            with suppress(ScenarioError):
                if kept is not None:
                    yield kept["fingerprint"], tuple(map(from_json, kept["actions"]))


class SharedScenario(TypedDict):
    """A confirmed failure's scenario as a value of the database."""

    version: int
    fingerprint: str
    actions: list[dict[str, Any]]


def _read(value: bytes) -> SharedScenario | None:
    kept: SharedScenario | None = read_as(value, SharedScenario)
    return kept if kept is not None and kept["version"] == VERSION else None


def shared_failures(place: DatabaseLocation) -> SharedFailures:
    """The shared failures of a place. UsageError if its Redis server cannot be reached."""
    from hypothesis.database import DirectoryBasedExampleDatabase, GitHubArtifactDatabase, ReadOnlyDatabase

    if place.redis is not None:
        client = redis_at(place.redis)
        from hypothesis.extra.redis import RedisExampleDatabase

        return SharedFailures(RedisExampleDatabase(client, expire_after=EXPIRE_AFTER, key_prefix=b"calfuzz:"))
    if place.github is not None:
        owner, repository = place.github
        artifact = GitHubArtifactDatabase(owner, repository, artifact_name=ARTIFACT, path=place.directory / "artifacts")
        return SharedFailures(ReadOnlyDatabase(artifact), writes=False)
    return SharedFailures(DirectoryBasedExampleDatabase(place.directory / "examples"))
