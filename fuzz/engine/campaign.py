"""A run goes on past its failures: each is named once, kept at once, made small, run again, and counted when it is seen
again.

Phases hand every finished or failed play to the campaign; it decides whether the failure is new, has it shrunk, and
tells the journal. What may have been the network's fault counts only if it comes back while other requests pass.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fuzz.engine.failures import Failure, failed_of, failure_event
from fuzz.engine.minimise import Actions
from fuzz.engine.register import Register
from fuzz.engine.reproduce import Reproducer
from fuzz.engine.session import Performed, Play, Session
from fuzz.engine.token_check import end_if_token_is_refused
from fuzz.engine.transport import Ending
from fuzz.model.events import Event
from fuzz.model.exchange import Action
from fuzz.model.fingerprint import fingerprint
from fuzz.model.verdict import Kind, Verdict

PLAYS_REMEMBERED = 24
TIMES_WHEN_DISTURBED = 2


class Stop(Ending):
    """The run has found as many failures as it was asked for."""


class TimeOver(Ending):
    """The phase's time is over, in the middle of an example."""


@dataclass(slots=True)
class Campaign:
    """One worker's part in a run; the register is shared by all workers. Mutable."""

    session: Session
    register: Register = field(default_factory=Register)
    shrink_requests: int = 100
    max_failures: int | None = None
    time_left: Callable[[], float] = lambda: float("inf")
    keep: Callable[[Failure, Event], None] = lambda _failure, _event: None
    accepted: Callable[[str], Event | None] = lambda _fingerprint: None
    _past: deque[Actions] = field(default_factory=lambda: deque(maxlen=PLAYS_REMEMBERED))

    @property
    def found_after(self) -> int:
        """Requests that the run has sent so far in search of failures."""
        return self.session.journal.summary.total - self.register.spent

    def run(self, actions: Sequence[Action], phase: str) -> Play:
        """Performs a scenario up to its first failure, and takes care of that. One that passes while the network
        loses answers has shown little, and is done again.
        """
        for _ in range(1 + TIMES_WHEN_DISTURBED):
            play, failed = self._run_once(actions, phase)
            if failed or self.time_left() <= 0 or not any(each.delivery.may_have_acted for each in play.performed):
                break
            self.session.settle()
        return play

    def _run_once(self, actions: Sequence[Action], phase: str) -> tuple[Play, bool]:
        play = self.session.play(phase)
        failed = any(self.attend(play, play.perform(action)) for action in actions)
        self.remember(play)
        return play, failed

    def remember(self, play: Play) -> None:
        """Keeps what was done lately: a failure may have its cause in an earlier scenario."""
        self._past.append(tuple(play.actions))

    def attend(self, play: Play, verdict: Verdict) -> bool:
        """Looks at what just came of an action. True: it failed, and nothing is known of those staff any more."""
        performed = play.performed[-1]
        suspected = verdict.kind is Kind.INCONCLUSIVE and performed.suspect
        if verdict.kind is not Kind.FAIL and not suspected:
            return False
        if suspected:
            performed.verdict = self.session.died(performed)
        self._failed(play, performed, dying=suspected)
        for member in play.staff:
            member.forget()
        return True

    def _failed(self, play: Play, last: Performed, *, dying: bool) -> None:
        failed = failed_of(play.performed[-2:])
        if last.suspect and not dying:
            end_if_token_is_refused(self.session, last)
        name = fingerprint(failed.verdict)
        if not self.register.claim(name):
            return
        failure = self._failure(name, play)
        if not last.suspect:
            self._tell(failure, "found")
        self._shrink(failure, dying=dying)
        if last.suspect and not _came_back_each_time(failure):
            label = f"no answer ({failed.delivery.why})" if dying else failed.verdict.seen and failed.verdict.seen.label
            self._trouble(f"{label} once, and not each time: not judged")
            self.register.release(name)
            return
        self._settle(failure, name)

    def _failure(self, name: str, play: Play) -> Failure:
        return Failure(
            name, play.phase, self.found_after, tuple(play.actions), list(play.performed), accepted=self.accepted(name)
        )

    def _shrink(self, failure: Failure, *, dying: bool) -> None:
        reproducer = Reproducer(self.session, self.shrink_requests, self.time_left, self._is_known, dying=dying)
        before = self.session.transport.sent
        try:
            # Whether the token works is known by now: a refusal that comes back in one situation is that situation's.
            self.session.authorised.forgiving = True
            reproducer.shrink(failure, tuple(self._past))
        finally:
            self.session.authorised.forgiving = False
            failure.requests_to_shrink = self.session.transport.sent - before
            self.register.spend(failure.requests_to_shrink)

    def _is_known(self, verdict: Verdict) -> bool:
        return fingerprint(verdict) in self.register.failures

    def _settle(self, failure: Failure, first_name: str) -> None:
        """Names a failure for what is left of it after shrinking; one that is known by that name is only counted."""
        name = fingerprint(failure.verdict)
        failure.fingerprint, failure.accepted = name, self.accepted(name)
        is_new = self.register.settle(first_name, name, failure)
        if is_new:
            self._tell(failure, "confirmed")
        if name != first_name:
            self.session.journal.emit({"event": "failure_renamed", "old": first_name, "new": name})
        if self.max_failures is not None and self.register.unaccepted >= self.max_failures:
            raise Stop(f"{self.max_failures} failures found")

    def _tell(self, failure: Failure, status: str) -> None:
        failure.count = self.register.count(failure.fingerprint)
        event = failure_event(self.session, failure, status)
        self.keep(failure, event)
        event["bundle"] = failure.bundle
        self.session.journal.emit(event)

    def _trouble(self, what: str) -> None:
        self.session.journal.emit({"event": "trouble", "what": what})


def _came_back_each_time(failure: Failure) -> bool:
    """What may have been the network's fault is the target's only if it is so whenever it is tried."""
    came, times = failure.reproduced or (0, 0)
    return came == times > 0
