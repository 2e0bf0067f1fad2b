"""The workers of a run. Each has a session, staff members and a failure handler, and does its shard of every phase."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

from fuzz.cases.shard import WHOLE, Shard
from fuzz.errors import UsageError
from fuzz.failures.confirming import Keeping, Stop
from fuzz.failures.handler import FailureHandler
from fuzz.failures.registry import FailureRegistry
from fuzz.run.options import STAFF_OF_A_WORKER, RunOptions
from fuzz.run.time_budget import TimeBudget
from fuzz.session.session import Session
from fuzz.session.staff import StaffMember
from fuzz.target.http.client import Unreachable
from fuzz.target.profile import Profile

SECONDS_TO_FINISH = 60.0

Work = Callable[[FailureHandler, Shard], Any]
"""Does one worker's shard of a phase."""

OpenSession = Callable[[tuple[StaffMember, ...]], Session]
"""Opens a worker's session with the target."""

KeepingOf = Callable[[Session], Keeping]
"""Says where a session's failures are kept, and which are accepted."""


class Workers:
    """The workers of one run, in threads. `shard` is this run's part where several machines share the scenarios."""

    def __init__(
        self,
        options: RunOptions,
        profile: Profile,
        open_session: OpenSession,
        keeping_of: KeepingOf,
        *,
        registry: FailureRegistry,
        budget: TimeBudget,
        shard: Shard = WHOLE,
    ) -> None:
        self.options, self.budget, self.shard = options, budget, shard
        sessions = [open_session(staff) for staff in _staff_of_each(options.workers, profile, shard)]
        self.handlers = tuple(
            FailureHandler(
                session,
                registry,
                shrink_requests=options.shrink_requests,
                max_failures=options.max_failures,
                time_left=budget.left,
                keeping=keeping_of(session),
            )
            for session in sessions
        )

    @property
    def first(self) -> FailureHandler:
        """The worker that does the work that is done only once."""
        return self.handlers[0]

    @property
    def scenarios_started(self) -> int:
        """Scenarios that all workers together have begun so far."""
        return sum(handler.session.scenarios_started for handler in self.handlers)

    def run_on_all(self, work: Work) -> list[Any]:
        """All workers do a phase's work, each its shard. If one of them raises, the others are halted."""
        count = len(self.handlers) * self.shard.count
        shards = [Shard(self.shard.index * len(self.handlers) + worker, count) for worker in range(len(self.handlers))]
        if len(self.handlers) == 1:
            return [work(self.first, shards[0])]
        with ThreadPoolExecutor(len(self.handlers)) as pool:
            futures = [pool.submit(work, *part) for part in zip(self.handlers, shards, strict=True)]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                if not all(future.done() and future.exception() is None for future in futures):
                    self.budget.halt()
            wait(futures, timeout=SECONDS_TO_FINISH)
            _raise_most_serious([future.exception() for future in futures])
            return [future.result() for future in futures]

    def close(self) -> None:
        """Closes the connections."""
        for handler in self.handlers:
            handler.session.close()


def _staff_of_each(workers: int, profile: Profile, shard: Shard) -> Iterator[tuple[StaffMember, ...]]:
    """The staff members of each worker: two, so that leaks between them show. A single worker may have only one."""
    pool, in_all = profile.staff, workers * shard.count
    if in_all > 1 and len(pool) < in_all * STAFF_OF_A_WORKER:
        raise UsageError(
            f"{in_all} workers need {in_all * STAFF_OF_A_WORKER} staff members,"
            f" and the target profile names {len(pool)}",
            next=f"add staff to the profile, or ask for --workers {max(1, len(pool) // STAFF_OF_A_WORKER)}",
        )
    first = shard.index * workers
    for worker in range(first, first + workers):
        chosen = pool[worker * STAFF_OF_A_WORKER : (worker + 1) * STAFF_OF_A_WORKER]
        yield tuple(StaffMember(member.uid, member.token) for member in chosen)


def _raise_most_serious(endings: list[BaseException | None]) -> None:
    """Raises what ended the workers: an error if there is one, else an unreachable target, else an early stop."""
    raised = [ending for ending in endings if ending is not None]
    for kind in (Exception, Unreachable, Stop, BaseException):
        for ending in raised:
            if isinstance(ending, kind):
                raise ending
