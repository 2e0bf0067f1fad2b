"""Tells whether somebody else moves the staff members while a run uses them: then wrong answers are no failures."""

from __future__ import annotations

import time

from fuzz.events.summary import SHRINKING
from fuzz.failures.failure import Failure
from fuzz.failures.identity import tells_of_another_state
from fuzz.oracle.actions import Action, Create, MoveSync, SendItems
from fuzz.oracle.verdict import SERVER_ERROR, SUCCESS, VerdictKind
from fuzz.session.exchange import failing_exchange
from fuzz.session.session import ScenarioRun, Session
from fuzz.shrinking.history import KNOWN_GOOD_ACCOUNT
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import listed_providers

LOOKS, LOOKS_AT_ONE_SYNC, SECONDS_BETWEEN = 15, 3, 0.2
"""How often syncs that are left alone are looked at, how often each, and how many seconds apart."""

SECONDS_TO_CATCH_UP = 0.4
"""How long a new sync is left alone: longer than a replica lags."""


def moves_by_itself(session: Session) -> bool:
    """Whether the state of a sync changes although nothing but its creation and requests that match it are sent.

    An answer tells of another state if it comes twice in a row: a wrong answer by chance does not. After a create it
    must come after a second one, too: a server may spoil every other create. It tells of a change if a good answer came
    before it: a server may remember what this run has done before.
    """
    was_good = False
    run = session.start_scenario(SHRINKING)
    provider = listed_providers(session.contract)[0]
    for look in range(LOOKS):
        is_new = look % LOOKS_AT_ONE_SYNC == 0
        if is_new:
            # Not before the first look: where somebody else names an account for each new sync, only that one is good.
            _create_and_wait(run, provider, SECONDS_TO_CATCH_UP if look else 0.0)
        body = plain_payload(session.contract, provider=provider, account=KNOWN_GOOD_ACCOUNT, serial=look)
        verdict = run.perform(SendItems(0, body))
        odd = tells_of_another_state(session.contract, verdict) if verdict.kind is VerdictKind.FAIL else ""
        if odd and was_good:
            if is_new:
                _create_and_wait(run, provider, SECONDS_TO_CATCH_UP)
            if answers_again(run, SendItems(0, body), odd):
                return True
        was_good = was_good or verdict.kind is VerdictKind.PASS
        time.sleep(SECONDS_BETWEEN)
    return False


def _create_and_wait(run: ScenarioRun, provider: str, seconds: float) -> None:
    run.perform(Create(0, provider))
    time.sleep(seconds)


def answers_again(run: ScenarioRun, action: Action, outcome: str) -> bool:
    """Whether an action that is sent once more at once gets the same answer."""
    run.perform(action)
    seen = run.exchanges[-1].verdict.seen
    return seen is not None and seen.outcome == outcome


def may_be_somebody_elses(session: Session, failure: Failure) -> bool:
    """Whether another state of the sync may explain a failure: it comes and goes, or the table knows its answer."""
    seen = failure.verdict.seen
    outcomes = {SUCCESS, *(error.code for error in session.contract.state_errors)}
    is_siblings = isinstance(failing_exchange(failure.evidence).action, MoveSync)
    known = seen is not None and (seen.outcome in outcomes or (is_siblings and seen.outcome != SERVER_ERROR))
    return failure.identity.comes_and_goes or known
