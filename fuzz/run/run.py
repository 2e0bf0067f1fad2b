"""A run: performs its phases in order, each with all workers, and draws the conclusion."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import uuid4

from fuzz.cases.shard import WHOLE, Shard
from fuzz.errors import ExitCode
from fuzz.events.gate import Conclusion, conclude
from fuzz.events.summary import Summary
from fuzz.events.types import AcceptedGone, EarlierRuns, PhaseFinished
from fuzz.failures.confirming import Keeping, Stop
from fuzz.failures.handler import FailureHandler
from fuzz.failures.recurrence import never_again
from fuzz.failures.registry import FailureRegistry
from fuzz.phases.preflight import reasons
from fuzz.phases.systematic import Coverage
from fuzz.run.observations import Pinned, changes
from fuzz.run.options import RunOptions
from fuzz.run.phase_list import PhaseContext, PhaseResult, established, phase_named
from fuzz.run.run_started import ONE_STAFF_MEMBER, SHORT_SECRETS, Announced, started_event
from fuzz.run.setup.session_setup import NO_LIMIT, open_session
from fuzz.run.time_budget import TimeBudget
from fuzz.run.workers import KeepingOf, Workers
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.session.staff import StaffMember
from fuzz.signals import heard
from fuzz.target.http.client import TimeOver, Unreachable
from fuzz.target.http.limiter import RateLimiter
from fuzz.target.profile import Profile
from fuzz.target.secrets import Secrets
from swagger.contract import Contract


class Counted(NamedTuple):
    """How often a failure was seen, and in which situations."""

    times: int
    situations: dict[str, int]

    def with_more(self, other: Counted) -> Counted:
        """The counts of both, where two machines have seen the failure."""
        return Counted(self.times + other.times, dict(Counter(self.situations) + Counter(other.situations)))


@dataclass(frozen=True, slots=True)
class Ended:
    """How the phases ended. Frozen.

    `counts`: how often each failure was seen, by its name. `impossible`: why something could not be exercised here.
    `doubts`: wrong answers that never came back.
    """

    stopped: str | None = None
    interrupted: int | None = None
    counts: Mapping[str, Counted] = field(default_factory=dict)
    impossible: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class Run:
    """One run against one target, by one or more workers in threads. Mutable.

    `keeping_of`: where a session's failures are kept. `replay_kept`: replays the failures of earlier runs; False if
    some were left out. `accepted_gone`: the accepted failures that no longer come. `earlier`: what is known of earlier
    runs on the target; None for no history. `shard`: this run's part of the scenarios, where several machines share
    them.
    """

    options: RunOptions
    contract: Contract
    profile: Profile
    secrets: Secrets
    journal: Journal
    limiter: RateLimiter = NO_LIMIT
    keeping_of: KeepingOf = lambda _session: Keeping()
    replay_kept: Callable[[FailureHandler], bool] = lambda _handler: True
    pinned: Pinned | None = None
    accepted_gone: Callable[[Summary], AcceptedGone | None] = lambda _summary: None
    announced: Announced | None = None
    earlier: EarlierRuns | None = None
    shard: Shard = WHOLE
    clock: Callable[[], float] = time.monotonic
    name: str = field(default_factory=lambda: uuid4().hex[:8])
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    budget: TimeBudget = field(init=False)
    _registry: FailureRegistry = field(default_factory=FailureRegistry)
    _workers: Workers = field(init=False)
    _context: PhaseContext = field(init=False)
    _has_waited: bool = False

    def __post_init__(self) -> None:
        self.budget = TimeBudget(self.options.max_time, self.clock)
        self._workers = Workers(
            self.options,
            self.profile,
            self._open_session,
            self.keeping_of,
            registry=self._registry,
            budget=self.budget,
            shard=self.shard,
        )
        self._context = PhaseContext(self.options, self._workers, self.replay_kept)

    def _open_session(self, staff: tuple[StaffMember, ...]) -> Session:
        return open_session(
            self.contract,
            self.profile,
            self.secrets,
            self.journal,
            run=self.name,
            options=self.options,
            limiter=self.limiter,
            staff=staff,
            numbers=self.numbers,
            time_left=self.budget.left_of_run,
        )

    @property
    def covered(self) -> Sequence[Coverage]:
        """What the suite has covered: one entry a worker."""
        return self._context.covered

    def go(self) -> Conclusion:
        """Performs all phases and draws the conclusion."""
        return self.finish(self.through(self.options.phases, start=True))

    def start(self) -> None:
        """Writes the `run_started` event, and what the profile leaves out."""
        workers = self.options.workers * self.shard.count
        self.journal.emit(
            started_event(
                self.options, self.profile, self.contract, self.name, workers=workers, announced=self.announced
            )
        )
        if self.earlier is not None:
            self.journal.emit(self.earlier)
        if len(self.profile.staff) == 1:
            self.journal.emit({"event": "trouble", "what": ONE_STAFF_MEMBER})
        if self.secrets.short:
            self.journal.emit({"event": "trouble", "what": SHORT_SECRETS.format(", ".join(self.secrets.short))})

    def through(self, phases: Sequence[str], *, start: bool = False) -> Ended:
        """Performs phases. An early end (time over, enough failures, target unreachable) is a result, not an error."""
        stopped = interrupted = None
        try:
            if start:
                self.start()
            self._wait_for_target()
            for name in phases:
                self._phase(name)
        except Stop:
            pass
        except Unreachable as ending:
            stopped = str(ending)
            self.journal.emit({"event": "trouble", "what": stopped})
        except KeyboardInterrupt as ending:
            heard(ending)
            stopped, interrupted = "interrupted", getattr(ending, "exit_code", int(ExitCode.INTERRUPTED))
        impossible = {reason for handler in self._workers.handlers for reason in reasons(handler.session)}
        doubts = tuple(never_again(sighting.failure) for sighting in self._registry.sighted)
        return Ended(stopped, interrupted, self._counts(), tuple(sorted(impossible)), doubts)

    def _counts(self) -> dict[str, Counted]:
        registry = self._registry
        return {name: Counted(registry.count(name), registry.situations(name)) for name in registry.failures}

    def _wait_for_target(self) -> None:
        """Waits, once, for a target that is being deployed. Unreachable if it does not come up in time."""
        seconds, self._has_waited = 0.0 if self._has_waited else self.options.wait_for_target, True
        if not seconds:
            return
        url = self.profile.base_url
        why = self._workers.first.session.client.wait_until_there(url, seconds)
        if why:
            raise Unreachable(
                f"{url} gave no good answer within {seconds:g} s (--wait-for-target); the last one: {why}"
            )
        self.budget.begin_now()

    def finish(self, ended: Ended) -> Conclusion:
        """Counts the failures, draws the conclusion, and closes the connections."""
        for name, counted in ended.counts.items():
            self.journal.emit(
                {
                    "event": "failure_counted",
                    "fingerprint": name,
                    "count": counted.times,
                    "situations": counted.situations,
                }
            )
        for doubt in ended.doubts:
            what = f"a wrong answer that has not come back: {doubt}"
            self.journal.emit({"event": "trouble", "what": what, "doubt": True})
        for change in changes(self.pinned or {}, self.journal.summary):
            self.journal.emit(change)
        gone = self.accepted_gone(self.journal.summary) if ended.stopped is None else None
        if gone is not None:
            self.journal.emit(gone)
        conclusion = conclude(
            self.journal.summary, stopped=ended.stopped, impossible=ended.impossible, strict=self.options.pin_strict
        )
        self.journal.emit(
            {
                "event": "run_finished",
                "verdict": conclusion.verdict.value,
                "exit_code": ended.interrupted or conclusion.exit_code,
                "reasons": list(conclusion.reasons),
                "seconds": round(self.budget.spent, 3),
            }
        )
        self.close()
        return conclusion

    def close(self) -> None:
        """Closes the connections."""
        self._workers.close()

    def established(self, covered: Sequence[Coverage]) -> str:
        """What the suite has shown in all shards together, in a sentence."""
        return established(self._context, covered)

    def _phase(self, name: str) -> None:
        """Performs one phase between its two events, within its share of the time."""
        phase = phase_named(name)
        is_last = name == self.options.phases[-1]
        self.budget.share = 1.0 if is_last else phase.share
        self.journal.emit({"event": "phase_started", "phase": name})
        began, requests, scenarios = self.budget.spent, self.journal.summary.total, self._workers.scenarios_started
        result = PhaseResult(complete=False)
        try:
            result = phase.work(self._context)
        except TimeOver:
            result = PhaseResult(complete=not phase.bounded)
        finally:
            sent = self.journal.summary.total - requests
            finished: PhaseFinished = {
                "event": "phase_finished",
                "phase": name,
                "scenarios": self._workers.scenarios_started - scenarios,
                "requests": sent,
                "seconds": round(self.budget.spent - began, 3),
                "established": result.established,
                "complete": result.complete and (phase.bounded or sent > 0),
            }
            if result.listed:
                finished |= {"done": result.done, "listed": result.listed}
            self.journal.emit(finished)
