"""A run: its phases in order, each done by all workers together, and the conclusion that is drawn when they are
over.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from fuzz.engine import conformance, payload_cases, preflight, race, random_phase
from fuzz.engine.campaign import Campaign, Stop, TimeOver
from fuzz.engine.conformance import Coverage
from fuzz.engine.journal import Journal
from fuzz.engine.options import GATE_EXAMPLES, RunOptions
from fuzz.engine.pin import Pinned, changes
from fuzz.engine.profile import Profile
from fuzz.engine.register import Register
from fuzz.engine.secrets import Secrets
from fuzz.engine.session import Session
from fuzz.engine.shard import Shard
from fuzz.engine.staff import StaffMember
from fuzz.engine.started import started_event
from fuzz.engine.transport import NoLimit, RateLimiter, Transport, Unreachable
from fuzz.errors import ExitCode, UsageError
from fuzz.interrupts import heard
from fuzz.model.gate import Conclusion, conclude
from swagger.contract import Contract

STAFF_OF_A_WORKER = 2
SHARES = {"preflight": 1.0, "saved": 0.15, "conformance": 0.3, "payloads": 0.8, "random": 0.9, "race": 1.0}
"""By which part of the run's time a phase must end, if others follow: on a slow target each gets its turn."""
TO_THE_END = frozenset({"preflight", "saved", "conformance", "payloads"})
"""Phases with a fixed amount of work; the others go on as long as they may."""
SECONDS_TO_FINISH = 60.0

Prepare = Callable[[Campaign], None]
"""Gives a worker's campaign what it needs from outside: where failures are kept, and which are accepted."""

Work = Callable[[Campaign, Shard], Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """How the phases ended. Frozen. `counts`: how often each failure was seen; `impossible`: what the target lacks."""

    stopped: str | None = None
    interrupted: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    impossible: tuple[str, ...] = ()


@dataclass(slots=True)
class Run:
    """One run against one target, by one or more workers in threads. Mutable: it goes through its phases.

    `saved` replays what was kept. `shard` is this run's part where several runs share the work.
    """

    options: RunOptions
    contract: Contract
    profile: Profile
    secrets: Secrets
    journal: Journal
    limiter: RateLimiter = field(default_factory=NoLimit)
    prepare: Prepare = lambda _campaign: None
    saved: Callable[[Campaign], None] = lambda _campaign: None
    pinned: Pinned | None = None
    shard: Shard = field(default_factory=Shard)
    clock: Callable[[], float] = time.monotonic
    name: str = field(default_factory=lambda: uuid4().hex[:8])
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    campaigns: tuple[Campaign, ...] = field(init=False)
    register: Register = field(default_factory=Register)
    began: float = field(init=False)
    covered: list[Coverage] = field(default_factory=list)
    _share: float = 1.0
    _halted: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.began = self.clock()
        self.campaigns = tuple(self._campaign(staff) for staff in self._staff())

    def _staff(self) -> Iterator[tuple[StaffMember, ...]]:
        """The staff members of each worker: two each, so that leaks between them show; one, if there is one worker."""
        pool, workers = self.profile.staff, self.options.workers * self.shard.count
        each = STAFF_OF_A_WORKER
        if workers > 1 and len(pool) < workers * each:
            raise UsageError(
                f"{workers} workers need {workers * each} staff members, and the target profile names {len(pool)}",
                next=f"add staff to the profile, or ask for --workers {max(1, len(pool) // each)}",
            )
        first = self.shard.index * self.options.workers
        for worker in range(first, first + self.options.workers):
            chosen = pool[worker * each : (worker + 1) * each]
            yield tuple(StaffMember(member.uid, member.token) for member in chosen)

    def _campaign(self, staff: tuple[StaffMember, ...]) -> Campaign:
        transport = Transport(
            run=self.name,
            timeout=self.options.request_timeout or self.profile.request_timeout,
            limiter=self.limiter,
            verify_tls=self.profile.verify_tls,
            numbers=self.numbers,
        )
        session = Session(self.contract, self.profile, self.secrets, transport, self.journal, staff=staff)
        campaign = Campaign(
            session,
            self.register,
            shrink_requests=self.options.shrink_requests,
            max_failures=self.options.max_failures,
            time_left=self.time_left,
        )
        self.prepare(campaign)
        return campaign

    def time_left(self) -> float:
        """Seconds until the current phase must end."""
        if self._halted.is_set():
            return 0.0
        if self.options.max_time is None:
            return float("inf")
        return self.options.max_time * self._share - (self.clock() - self.began)

    def go(self) -> Conclusion:
        """Goes through all phases and draws the conclusion."""
        return self.conclude(self.through(self.options.phases, start=True))

    def start(self) -> None:
        """Tells the journal what is run against what."""
        workers = self.options.workers * self.shard.count
        self.journal.emit(started_event(self.options, self.profile, self.contract, self.name, workers=workers))

    def halt(self) -> None:
        """Ends the current phase soon, and those that follow at once."""
        self._halted.set()

    def through(self, phases: Sequence[str], *, start: bool = False) -> Ended:
        """Goes through phases. What ends them early (time, failures asked for, no target) is no error."""
        stopped = interrupted = None
        try:
            if start:
                self.start()
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
        impossible = {reason for each in self.campaigns for reason in preflight.reasons(each.session)}
        counts = {name: self.register.count(name) for name in self.register.failures}
        return Ended(stopped, interrupted, counts, tuple(sorted(impossible)))

    def conclude(self, ended: Ended) -> Conclusion:
        """Counts the failures, draws the conclusion, and closes the connections."""
        for name, count in ended.counts.items():
            self.journal.emit({"event": "failure_counted", "fingerprint": name, "count": count})
        for change in changes(self.pinned or {}, self.journal.summary):
            self.journal.emit(change)
        conclusion = conclude(
            self.journal.summary, stopped=ended.stopped, impossible=ended.impossible, strict=self.options.pin_strict
        )
        self.journal.emit(
            {
                "event": "run_finished",
                "verdict": conclusion.verdict.value,
                "exit_code": ended.interrupted or conclusion.exit_code,
                "reasons": list(conclusion.reasons),
                "seconds": round(self.clock() - self.began, 3),
            }
        )
        self.close()
        return conclusion

    def close(self) -> None:
        """Closes the connections."""
        for campaign in self.campaigns:
            campaign.session.close()

    # Phases.

    def _phase(self, name: str) -> None:
        """One phase between its two events. On a slow target it leaves time to those that follow."""
        later = self.options.phases[self.options.phases.index(name) + 1 :]
        self._share = SHARES[name] if later else 1.0
        self.journal.emit({"event": "phase_started", "phase": name})
        began, total, plays = self.clock(), self.journal.summary.total, self._plays()
        established, complete = "", False
        try:
            established, complete = self._work(name)
            complete &= name in TO_THE_END or self.journal.summary.total > total
        except TimeOver:
            complete = name not in TO_THE_END
        finally:
            self.journal.emit(
                {
                    "event": "phase_finished",
                    "phase": name,
                    "scenarios": self._plays() - plays,
                    "requests": self.journal.summary.total - total,
                    "seconds": round(self.clock() - began, 3),
                    "established": established,
                    "complete": complete,
                }
            )

    def _plays(self) -> int:
        return sum(each.session.plays for each in self.campaigns)

    def _work(self, name: str) -> tuple[str, bool]:
        """What the phase has established, and whether it came to its end."""
        options = self.options
        seed = options.seed
        if name == "preflight":
            self._together(lambda campaign, _: preflight.run(campaign))
        elif name == "saved":
            self.saved(self.campaigns[0])
        elif name == "conformance":
            self.covered = self._together(
                lambda campaign, shard: conformance.run(campaign, number=seed, depth=options.depth, shard=shard)
            )
            return self.established(self.covered), all(each.complete for each in self.covered)
        elif name == "payloads":
            done = self._together(lambda campaign, shard: payload_cases.run(campaign, number=seed, shard=shard))
            return "", all(done)
        elif name == "random":
            random_phase.warm_up(self.contract)
            with random_phase.nothing_old_collected():
                self._together(self._random)
        elif name == "race":
            rounds = 1 if options.max_time is None else None
            self._together(lambda campaign, shard: race.run(campaign, number=seed, rounds=rounds, shard=shard))
        return "", True

    def established(self, covered: Sequence[Coverage]) -> str:
        """What the conformance phase has shown, all shards taken together."""
        return conformance.established(self.campaigns[0].session, self.options.depth, covered)

    def _random(self, campaign: Campaign, shard: Shard) -> None:
        examples = self.options.max_examples
        if examples is None and self.options.max_time is None:
            examples = GATE_EXAMPLES
        if examples is not None:
            examples = len(range(shard.index, examples, shard.count))
        random_phase.run(campaign, number=self.options.seed + shard.index * random_phase.APART, examples=examples)

    def _together(self, work: Work) -> list[Any]:
        """All workers do a phase's work, each its shard. One that cannot go on, or is done with it all, halts the
        rest.
        """
        shards = [self._shard(worker) for worker in range(len(self.campaigns))]
        if len(self.campaigns) == 1:
            return [work(self.campaigns[0], shards[0])]
        with ThreadPoolExecutor(len(self.campaigns)) as pool:
            futures = [pool.submit(work, *each) for each in zip(self.campaigns, shards, strict=True)]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                failed = any(future.done() and future.exception() for future in futures)
                if failed or not all(future.done() for future in futures):
                    self._halted.set()
            wait(futures, timeout=SECONDS_TO_FINISH)
            return self._results([future.exception() for future in futures], lambda: [f.result() for f in futures])

    def _results(self, endings: list[BaseException | None], results: Callable[[], list[Any]]) -> list[Any]:
        """What the workers return; the gravest of what ended them, an error before an unreachable target, is raised."""
        raised = [ending for ending in endings if ending is not None]
        for kind in (Exception, Unreachable, Stop, BaseException):
            for ending in raised:
                if isinstance(ending, kind):
                    raise ending
        return results()

    def _shard(self, worker: int) -> Shard:
        count = len(self.campaigns) * self.shard.count
        return Shard(self.shard.index * len(self.campaigns) + worker, count)
