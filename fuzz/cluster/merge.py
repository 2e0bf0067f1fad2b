"""Merges the events of several shards into those of one run, phase by phase, once all shards have done the phase.

Until then the posts of a shard wait on disk, so that a lost shard is not counted twice when it is run again. A
committed phase stays; if a shard posts it again, these events are left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.cluster.posting import Post
from fuzz.events.failures import FailureEvent, FailureRenamed, FailureWithdrawn
from fuzz.events.types import Event, PhaseFigures, PhaseFinished
from fuzz.failures.keeping.atomic_folder import write_folder
from fuzz.phases.systematic import Coverage
from fuzz.session.journal import Journal

Established = Callable[[Sequence[Coverage]], str]
"""Says what the suite has shown, given the coverage of all shards."""


@dataclass(slots=True)
class _ShardState:
    """The posts received from the latest attempt of one shard. Mutable."""

    attempt: str = ""
    phase: str = ""
    received: int = 0
    requests: int = 0
    finished: dict[str, PhaseFinished] = field(default_factory=dict)
    over: bool = False


@dataclass(slots=True)
class Merge:
    """Collects the posts of shards in a folder, and emits their events as those of one run. Mutable."""

    journal: Journal
    phases: tuple[str, ...]
    folder: Path
    established: Established
    shards: dict[int, _ShardState] = field(default_factory=dict)
    committed: list[str] = field(default_factory=list)

    def begin(self, count: int) -> None:
        """Begins with this many shards, none of which has posted anything."""
        self.shards = {index: _ShardState() for index in range(count)}

    def receive(self, post: Post) -> None:
        """Keeps the events of one post. The first post of an attempt discards those of the attempt before it."""
        shard = self.shards[post["shard"]]
        if post["place"] == 0:
            self._begin_attempt(post["shard"], post["attempt"])
            return
        if post["attempt"] == shard.attempt:
            shard.received = post["place"] + 1
            for event in post["events"]:
                self._keep(post["shard"], shard, event)

    def has_all(self, index: int, attempt: str, posts: int) -> bool:
        """Whether everything that an attempt has posted is there."""
        shard = self.shards[index]
        return shard.attempt == attempt and shard.received >= posts

    def end_shard(self, index: int) -> None:
        """Notes that a shard posts nothing more, even if it has left phases out."""
        self.shards[index].over = True

    def progress(self) -> str:
        """A line that says how far the shards are."""
        requests = self.journal.summary.total + sum(shard.requests for shard in self.shards.values())
        phases = Counter(shard.phase or "waiting" for shard in self.shards.values() if not shard.over)
        where = ", ".join(f"{count} in {phase}" for phase, count in phases.items()) or "done"
        return f"{len(self.shards)} shards: {where}; {requests} requests"

    def _begin_attempt(self, index: int, attempt: str) -> None:
        for phase in self.phases:
            self._file(index, phase).unlink(missing_ok=True)
        self.shards[index] = _ShardState(attempt, received=1)

    def _keep(self, index: int, shard: _ShardState, event: Event) -> None:
        if event["event"] == "phase_started":
            shard.phase = event["phase"]
        elif event["event"] == "phase_finished":
            shard.finished[event["phase"]] = event
        elif shard.phase and shard.phase not in self.committed:
            shard.requests += event["attempts"] if event["event"] == "exchange" else 0
            with self._file(index, shard.phase).open("a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")

    def _file(self, index: int, phase: str) -> Path:
        return self.folder / f"{index}-{phase}.ndjson"

    def commit(self, *, incomplete_too: bool = False) -> None:
        """Emits the phases that every shard has done. `incomplete_too`: also the events of the other phases."""
        for phase in self.phases:
            if phase in self.committed:
                continue
            done = all(phase in shard.finished or shard.over for shard in self.shards.values())
            if not (done or incomplete_too):
                return
            self.committed.append(phase)
            self._emit_phase(phase)
            for shard in self.shards.values():
                if phase in shard.finished:
                    shard.requests -= shard.finished[phase]["requests"]

    def _emit_phase(self, phase: str) -> None:
        before = self.journal.summary.phases.get(phase)
        earlier = [before.copy()] if before is not None else []
        self.journal.emit({"event": "phase_started", "phase": phase})
        for index in self.shards:
            for event in self._events_of(index, phase):
                self._emit(event)
        self.journal.emit(self._finished(phase, earlier))

    def _events_of(self, index: int, phase: str) -> Iterator[Event]:
        path = self._file(index, phase)
        if path.exists():
            with path.open(encoding="utf-8") as file:
                yield from (json.loads(line) for line in file)
            path.unlink()

    def _finished(self, phase: str, earlier: list[PhaseFigures]) -> PhaseFinished:
        ends = [shard.finished[phase] for shard in self.shards.values() if phase in shard.finished]
        figures = [*earlier, *ends]
        covered = [Coverage(*part) for end in ends for part in end.get("covered", ())]
        finished: PhaseFinished = {
            "event": "phase_finished",
            "complete": len(ends) == len(self.shards) and all(end.get("complete", True) for end in figures),
            "phase": phase,
            "scenarios": sum(part["scenarios"] for part in figures),
            "requests": sum(part["requests"] for part in figures),
            "seconds": round(
                sum(part["seconds"] for part in earlier) + max((end["seconds"] for end in ends), default=0.0), 3
            ),
            "established": self.established(covered) if covered and len(ends) == len(self.shards) else "",
        }
        if len(ends) == len(self.shards) and all("listed" in end for end in ends):
            finished["done"] = sum(end.get("done", 0) for end in ends)
            finished["listed"] = sum(end.get("listed", 0) for end in ends)
        return finished

    def _emit(self, event: Event) -> None:
        """Emits one event of a shard. If two shards found the same failure, the shorter confirmed scenario stays."""
        if event["event"] == "failure":
            files = event.pop("files", None)
            if self._is_known(event):
                return
            if files is not None and event["bundle"] is not None:
                _write_bundle(Path(event["bundle"]), event, files)
        elif event["event"] in ("failure_renamed", "failure_withdrawn") and self._stays(event):
            return
        self.journal.emit(event)

    def _stays(self, event: FailureRenamed | FailureWithdrawn) -> bool:
        """Whether a failure of which one shard says that it has another name, or is none, is confirmed by another."""
        name = event["old"] if event["event"] == "failure_renamed" else event["fingerprint"]
        return self._confirmed(name) is not None

    def _is_known(self, event: FailureEvent) -> bool:
        known = self._confirmed(event["fingerprint"])
        return known is not None and (event["status"] != "confirmed" or known["steps"] <= event["steps"])

    def _confirmed(self, fingerprint: str) -> FailureEvent | None:
        known = self.journal.summary.failures.get(fingerprint)
        return known if known is not None and known["status"] == "confirmed" else None


def _write_bundle(path: Path, event: FailureEvent, files: dict[str, str]) -> None:
    """Writes a bundle. A failure that is not confirmed does not replace a confirmed one of an earlier run."""
    if event["status"] == "confirmed" or not path.exists():
        write_folder(path, files)
