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
from fuzz.engine.mattering import mattering
from fuzz.engine.minimise import Actions, Budget
from fuzz.engine.register import Claim, Register
from fuzz.engine.reproduce import Reproducer
from fuzz.engine.session import Performed, Play, Session
from fuzz.engine.token_check import end_if_token_is_refused
from fuzz.engine.transport import Ending
from fuzz.model.events import Event
from fuzz.model.exchange import Action, AtOnce
from fuzz.model.fingerprint import fingerprint
from fuzz.model.scenario import singles
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
        failure = self._failure(play)
        # Before it is claimed: what fails in turn may be the same failure, and has to find it free.
        if not self._is_known(failure) and self._fails_in_turn(play, failed):
            return
        claim = self.register.claim(*self._known_by(failure), failure.fingerprint)
        if claim is None:
            return
        if not last.suspect:
            self._tell(failure, "found")
        self._shrink(failure, dying=dying)
        if last.suspect and not _came_back_each_time(failure):
            label = f"no answer ({failed.delivery.why})" if dying else failed.verdict.seen and failed.verdict.seen.label
            self._trouble(f"{label} once, and not each time: not judged")
            self.register.release(claim)
            return
        self._settle(failure, claim)

    def _fails_in_turn(self, play: Play, failed: Performed) -> bool:
        """Whether what failed with two requests at once fails in the same way when they come one after the other: it
        is no failure of its own then, and that one is taken care of.
        """
        pairs = any(isinstance(action, AtOnce) for action in play.actions)
        for order in (1, -1) if pairs else ():
            in_turn = [single for action in play.actions for single in singles(action)[::order]]
            again, fails = self._run_once(in_turn, play.phase)
            seen = failed_of(again.performed[-2:]).verdict.seen
            if fails and seen and failed.verdict.seen and seen.outcome == failed.verdict.seen.outcome:
                return True
        return False

    def _failure(self, play: Play) -> Failure:
        failure = Failure("", play.phase, self.found_after, tuple(play.actions), list(play.performed))
        self._name(failure)
        return failure

    def _name(self, failure: Failure) -> None:
        kind, matters = self._known_by(failure)
        failure.fingerprint = fingerprint(failure.verdict, matters) if matters else kind
        failure.accepted = self.accepted(failure.fingerprint)

    def _known_by(self, failure: Failure) -> tuple[str, frozenset[str]]:
        matters = mattering(self.session.contract, failure.verdict, failure.actions)
        return fingerprint(failure.verdict), matters

    def _shrink(self, failure: Failure, *, dying: bool) -> None:
        budget = Budget(self.shrink_requests)
        reproducer = Reproducer(self.session, failure, budget, self.time_left, self._is_known, dying=dying)
        before = self.session.transport.sent
        try:
            # Whether the token works is known by now: a refusal that comes back in one situation is that situation's.
            self.session.authorised.forgiving = True
            reproducer.shrink(tuple(self._past))
        finally:
            self.session.authorised.forgiving = False
            failure.requests_to_shrink = self.session.transport.sent - before
            self.register.spend(failure.requests_to_shrink)

    def _is_known(self, failure: Failure) -> bool:
        return self.register.is_known(*self._known_by(failure))

    def _settle(self, failure: Failure, claim: Claim) -> None:
        """Names a failure for what is left of it after shrinking; one that is known is only counted."""
        self._name(failure)
        if self.register.settle(claim, *self._known_by(failure), failure):
            self._tell(failure, "confirmed")
        if failure.fingerprint != claim.name:
            self.session.journal.emit({"event": "failure_renamed", "old": claim.name, "new": failure.fingerprint})
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
