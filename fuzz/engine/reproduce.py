"""A failure run again: to see that it comes back, to make it small, and to tell how often it comes.

A request budget bounds the shrinking, so that a target with slow answers and a rate limit can bear it. A run that was
disturbed by a lost answer says nothing, and is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from fuzz.engine.failures import Failure
from fuzz.engine.minimise import Actions, Budget, Minimiser, can_begin, renumbered
from fuzz.engine.past import KNOWN_GOOD_ACCOUNT, clear, likely_pasts, with_past
from fuzz.engine.session import Performed, Play, Session
from fuzz.engine.transport import Unreachable
from fuzz.model.events import SHRINKING
from fuzz.model.exchange import Action, Create, Move, SendItems
from fuzz.model.scenario import singles
from fuzz.model.verdict import Kind, Verdict
from strategies.fields import listed_providers
from strategies.payloads import plain_payload

PART_KEPT = 3
"""Of the requests for shrinking, one in so many is kept to see what a small scenario needs that was done before."""

LONG = 5
"""Actions of a scenario that is more than its failure is likely to need."""

TIMES_TO_CONFIRM = 3
TIMES_WHEN_INTERMITTENT = 20
TIMES_DISTURBED = 6


@dataclass(slots=True)
class Reproducer:
    """Runs one failure again, within a budget of requests. `known` tells whether it is known under the name that it
    has by now.

    `dying`: the failure is that no answer comes, while other requests are answered. `clears`: the syncs that staff
    members have are disconnected before each candidate. Mutable: the failure is made smaller in place, and requests
    are counted that nobody answers.
    """

    session: Session
    failure: Failure
    budget: Budget
    time_left: Callable[[], float]
    known: Callable[[Failure], bool]
    dying: bool = False
    clears: bool = False
    unanswered: int = 0
    goal: str = field(init=False)

    def __post_init__(self) -> None:
        self.goal = goal_of(self.failure.verdict)

    def shrink(self, past: Sequence[Actions]) -> None:
        """Makes a failure small, or finds that it does not come back; then tells how often it does.

        What is left should fail on a target that has never seen the staff members, too. So it is tried once their
        syncs have been cleared away; a scenario that needs what was done before it is made small again with a past.
        A part of the budget is kept for that.
        """
        scenario = self.failure.actions
        self.budget.kept = self.budget.left // PART_KEPT
        pasts = (earlier + scenario for earlier in likely_pasts(self.session.contract, scenario))
        found = self._smallest((scenario, *with_past(past, scenario), *pasts))
        if found is not None and self.known(self.failure):
            return
        self.budget.kept = 0
        if found is not None and self.session.lifecycle.can(Move.DISCONNECT) and not self.dying:
            self._make_self_contained((scenario, *with_past(past, scenario)))
        self._rate()

    def _make_self_contained(self, as_found: Sequence[Actions]) -> None:
        """Finds a past for a small scenario that does not fail once the syncs are cleared away, or on somebody else."""
        failure = self.failure
        small, evidence = failure.actions, failure.evidence
        self.clears = True
        if self._attempt(small) is None:
            pasts = (earlier + small for earlier in likely_pasts(self.session.contract, small))
            if self._smallest((as_found[0], *pasts, *as_found[1:])) is not None:
                return
            failure.needs_past = True
        self.clears = False
        failure.actions, failure.evidence = small, evidence
        self._try_on_another(small)

    def _try_on_another(self, small: Actions) -> None:
        """What passes on another staff member has its cause in what this one has been through: that is given to the
        other one, too. Each can be tried once only, so that what fails is not made smaller.
        """
        if len(self.session.staff) < 2 or {0} != {single.staff for action in small for single in singles(action)}:
            return
        failure, evidence = self.failure, self.failure.evidence
        on_another = renumbered(small, {0: 1})
        candidates = (earlier + on_another for earlier in ((), *likely_pasts(self.session.contract, on_another)))
        tried = (each for each in candidates if self.budget.affords(each))
        # What fails on the way there says nothing of the other one.
        found = next((each for each in tried if self._attempt(each) == each), None)
        if found is None or found == on_another:
            failure.needs_past |= found is None
            failure.actions, failure.evidence = small, evidence
        else:
            failure.needs_past = False
            failure.actions = renumbered(failure.actions, {0: 1, 1: 0})

    def _smallest(self, candidates: Sequence[Actions]) -> Actions | None:
        """Makes the first candidate small that brings the failure back, within the budget; None if none does.

        The first one is tried twice, whatever it costs.
        """
        for place, candidate in enumerate((candidates[0], *candidates)):
            if place == 0 or (can_begin(candidate) and self.budget.affords(candidate)):
                again = self._attempt(candidate)
                if again is not None:
                    self.failure.actions = self._minimised(again)
                    return self.failure.actions
        return None

    def _minimised(self, actions: Actions) -> Actions:
        """The smallest that was found. What is kept of the budget is of no use to a scenario that is still long."""
        minimiser = Minimiser(self.session.contract, self._attempt, self.budget)
        smallest = minimiser.minimise(actions)
        if len(smallest) > LONG and self.budget.kept:
            self.budget.kept = 0
            smallest = minimiser.minimise(smallest)
        return smallest

    def _attempt(self, candidate: Actions) -> Actions | None:
        """Performs a candidate; the actions up to the failure if it is the same one, which is then the evidence."""
        for _ in range(2):
            play = self.perform(candidate)
            self.budget.left -= sum(each.delivery.attempts for each in play.performed)
            if is_the_same(play, self.goal) or not was_disturbed(play):
                break
        if not is_the_same(play, self.goal):
            return None
        self.failure.evidence = play.performed
        self.failure.actions = tuple(play.actions)
        if self.known(self.failure):
            self.budget.left = 0
        return self.failure.actions

    def perform(self, candidate: Actions) -> Play:
        """Performs actions up to the first failure, from nothing known to nothing known."""
        self.session.settle()
        if self.clears:
            clear(self.session)
        play = self.session.play(SHRINKING)
        for member in play.staff:
            member.forget()
        for action in candidate:
            verdict = play.perform(action)
            if verdict.kind is Kind.FAIL or play.performed[-1].suspect:
                break
        last = play.performed[-1]
        if self.dying and last.suspect and last.delivery.incoming is None:
            self._tell_apart(candidate, last)
        for member in play.staff:
            member.forget()
        return play

    def _tell_apart(self, candidate: Actions, last: Performed) -> None:
        """A server that dies of this request, or one that answers nobody. Unreachable if it stays so."""
        if others_pass(self.session, candidate):
            last.verdict = self.session.died(last)
            return
        self.unanswered += 1
        if self.unanswered >= TIMES_TO_CONFIRM:
            where = last.wired.path.rpartition("/")[2]
            raise Unreachable(f"no good answer to {where}, nor to plain requests; the last one: {last.delivery.why}")

    def _rate(self) -> None:
        """Runs the failure again three times; more often if it does not always come back. Never drops it."""
        failure = self.failure
        evidence, actions = failure.evidence, failure.actions
        times = came = disturbed = 0
        while times < TIMES_TO_CONFIRM or (came < times < TIMES_WHEN_INTERMITTENT):
            if self.time_left() <= 0 and times >= TIMES_TO_CONFIRM:
                break
            play = self.perform(actions)
            same = is_the_same(play, self.goal)
            if not same and disturbed < TIMES_DISTURBED and was_disturbed(play):
                disturbed += 1
                continue
            times += 1
            came += same
        failure.reproduced = (came, times)
        failure.intermittent = came < times
        failure.needs_past &= not failure.intermittent
        failure.evidence, failure.actions = evidence, actions


def others_pass(session: Session, candidate: Sequence[Action]) -> bool:
    """Requests that are known to work, to both endpoints, are answered for some provider: so the target is there."""
    create = next(single for action in candidate for single in singles(action) if isinstance(single, Create))
    providers = dict.fromkeys((create.provider, *listed_providers(session.contract)))
    return any(_is_answered(session, replace(create, provider=provider)) for provider in providers)


def _is_answered(session: Session, create: Create) -> bool:
    body = plain_payload(session.contract, provider=create.provider, account=KNOWN_GOOD_ACCOUNT)
    probe = session.play(SHRINKING)
    return all(
        probe.perform(action).kind is not Kind.INCONCLUSIVE for action in (create, SendItems(create.staff, body))
    )


def was_disturbed(play: Play) -> bool:
    """A request was sent more than once, for whatever reason, so that what came after it says little."""
    return any(each.delivery.attempts > 1 for each in play.performed)


def goal_of(verdict: Verdict) -> str:
    """What a candidate must come to, to be the same failure: the clause, and what was seen in its place."""
    return f"{verdict.clause}|{verdict.seen.outcome if verdict.seen else 'no answer'}"


def is_the_same(play: Play, goal: str) -> bool:
    """The play ended in the failure that is looked for."""
    return any(goal_of(each.verdict) == goal for each in play.performed[-2:] if each.verdict.kind is not Kind.PASS)
