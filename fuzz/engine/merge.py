"""The events of several shards as those of one run: phase by phase, each phase once all shards have done it.

What a shard posts waits on disk until then, so that a shard that is lost leaves nothing behind and is not counted
twice when it is run again. A phase that was taken over stays: the shard goes through it again only for its own sake.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.engine.conformance import Coverage
from fuzz.engine.journal import Journal
from fuzz.engine.keep import write_folder
from fuzz.model.events import Event

Established = Callable[[Sequence[Coverage]], str]
"""Says what the conformance phase has shown, from what all shards have covered."""


@dataclass(slots=True)
class _Shard:
    """What has come from one shard's latest attempt. Mutable."""

    attempt: str = ""
    phase: str = ""
    received: int = 0
    requests: int = 0
    finished: dict[str, Event] = field(default_factory=dict)
    over: bool = False


@dataclass(slots=True)
class Merge:
    """Gathers what shards post in a folder, and emits it as one run's events. Mutable."""

    journal: Journal
    phases: tuple[str, ...]
    folder: Path
    established: Established
    shards: dict[int, _Shard] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def begin(self, count: int) -> None:
        """So many shards are to come."""
        self.shards = {index: _Shard() for index in range(count)}

    def take(self, post: dict[str, Any]) -> None:
        """One post of a shard. The first one of an attempt puts an end to the attempt before it."""
        shard = self.shards[post["shard"]]
        if post["place"] == 0:
            self._begin_again(post["shard"], post["attempt"])
            return
        if post["attempt"] == shard.attempt:
            shard.received = post["place"] + 1
            for event in post["events"]:
                self._put(post["shard"], shard, event)

    def has_all(self, index: int, attempt: str, posts: int) -> bool:
        """Everything that an attempt has posted is there."""
        shard = self.shards[index]
        return shard.attempt == attempt and shard.received >= posts

    def finish(self, index: int) -> None:
        """Nothing more comes from a shard, whatever phases it has left out."""
        self.shards[index].over = True

    def progress(self) -> str:
        """How far the shards are, in a line."""
        requests = self.journal.summary.total + sum(shard.requests for shard in self.shards.values())
        phases = Counter(shard.phase or "waiting" for shard in self.shards.values() if not shard.over)
        where = ", ".join(f"{count} in {phase}" for phase, count in phases.items()) or "done"
        return f"{len(self.shards)} shards: {where}; {requests} requests"

    def _begin_again(self, index: int, attempt: str) -> None:
        for phase in self.phases:
            self._file(index, phase).unlink(missing_ok=True)
        self.shards[index] = _Shard(attempt, received=1)

    def _put(self, index: int, shard: _Shard, event: Event) -> None:
        if event["event"] == "phase_started":
            shard.phase = event["phase"]
        elif event["event"] == "phase_finished":
            shard.finished[event["phase"]] = event
        elif shard.phase and shard.phase not in self.taken:
            shard.requests += event.get("attempts", 0)
            with self._file(index, shard.phase).open("a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")

    def _file(self, index: int, phase: str) -> Path:
        return self.folder / f"{index}-{phase}.ndjson"

    # Taking over.

    def commit(self, *, all_of_it: bool = False) -> None:
        """Emits the phases that every shard has done; `all_of_it`: and what there is of the others."""
        for phase in self.phases:
            if phase in self.taken:
                continue
            done = all(phase in shard.finished or shard.over for shard in self.shards.values())
            if not (done or all_of_it):
                return
            self.taken.append(phase)
            self._emit_phase(phase)
            for shard in self.shards.values():
                shard.requests -= shard.finished.get(phase, {}).get("requests", 0)

    def _emit_phase(self, phase: str) -> None:
        before = dict(self.journal.summary.phases.get(phase, {}))
        self.journal.emit({"event": "phase_started", "phase": phase})
        for index in self.shards:
            for event in self._events(index, phase):
                self._emit(event)
        self.journal.emit(self._finished(phase, before))

    def _events(self, index: int, phase: str) -> Iterator[Event]:
        path = self._file(index, phase)
        if path.exists():
            with path.open(encoding="utf-8") as file:
                yield from (json.loads(line) for line in file)
            path.unlink()

    def _finished(self, phase: str, before: Event) -> Event:
        ends = [shard.finished[phase] for shard in self.shards.values() if phase in shard.finished]
        totals: Counter[str] = Counter()
        for end in (before, *ends):
            totals.update({name: end.get(name, 0) for name in ("scenarios", "requests")})
        covered = [Coverage(*each) for end in ends for each in end.get("covered", ())]
        return {
            "event": "phase_finished",
            "complete": len(ends) == len(self.shards) and all(end.get("complete", True) for end in (before, *ends)),
            "phase": phase,
            "scenarios": totals["scenarios"],
            "requests": totals["requests"],
            "seconds": round(before.get("seconds", 0.0) + max((end["seconds"] for end in ends), default=0.0), 3),
            "established": self.established(covered) if covered and len(ends) == len(self.shards) else "",
        }

    def _emit(self, event: Event) -> None:
        """One event of a shard. Of two shards that found the same failure, the shorter confirmed scenario stays."""
        files = event.pop("files", None)
        if event["event"] == "failure":
            if self._is_known(event):
                return
            if files is not None:
                _keep(Path(event["bundle"]), event, files)
        elif event["event"] == "failure_renamed" and self._confirmed(event["old"]) is not None:
            return
        self.journal.emit(event)

    def _is_known(self, event: Event) -> bool:
        known = self._confirmed(event["fingerprint"])
        return known is not None and (event["status"] != "confirmed" or known["steps"] <= event["steps"])

    def _confirmed(self, fingerprint: str) -> Event | None:
        known = self.journal.summary.failures.get(fingerprint)
        return known if known is not None and known["status"] == "confirmed" else None


def _keep(path: Path, event: Event, files: dict[str, str]) -> None:
    """Writes a bundle. What is only just found replaces nothing that an earlier run has made small and confirmed."""
    if event["status"] == "confirmed" or not path.exists():
        write_folder(path, files)
