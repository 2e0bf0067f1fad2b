"""The identity of a failure: what makes two failures the same one.

Mostly its kind (clause, situation, what was seen) and the features of its payloads that matter. A failure with a cause
of its own (a wrong form, a stale read, an answer that comes and goes) is one failure in whatever situations it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fuzz.bundle.fingerprint import fingerprint, fingerprint_of_cause
from fuzz.oracle.actions import UNAUTHORISED, Action, SendItems
from fuzz.oracle.answers.forms import cause_of
from fuzz.oracle.scenario import singles
from fuzz.oracle.verdict import MALFORMED, REFUSAL, SERVER_ERROR, Verdict, VerdictKind
from fuzz.shrinking.canonical_body import differences_from_canonical
from strategies.body_layout import layout_of
from swagger.contract import Contract

SPELLING, SEVERAL = "spelling", "several items"
STALE_READ, INTERMITTENT = "stale read", "intermittent"


@dataclass(frozen=True, slots=True)
class Identity:
    """The kind of a failure, the features of its payloads that matter, and the fingerprint of both. Frozen.

    `cause`: what is wrong in words, if the failure is the same one in every situation in which it shows.
    """

    kind: str
    features: frozenset[str]
    fingerprint: str
    cause: str = ""

    @property
    def comes_and_goes(self) -> bool:
        """Whether it depends on time or on chance: what is seen once may be the same failure."""
        return self.cause.startswith((STALE_READ, INTERMITTENT))

    @property
    def is_stale_read(self) -> bool:
        return self.cause.startswith(STALE_READ)

    @classmethod
    def of_cause(cls, cause: str, name: str) -> Identity:
        """The identity of a failure with a cause of its own. `name`: what is put into its fingerprint."""
        key = fingerprint_of_cause(name)
        return cls(key, frozenset(), key, cause)


def identify(contract: Contract, verdict: Verdict, actions: Sequence[Action]) -> Identity:
    """The identity of a failure with this verdict, found by these actions."""
    cause = cause_of(verdict) or _token_not_checked(verdict, actions)
    if cause:
        return Identity.of_cause(cause, cause)
    kind, features = fingerprint(verdict), relevant_features(contract, verdict, actions)
    return Identity(kind, features, fingerprint(verdict, features) if features else kind)


def _token_not_checked(verdict: Verdict, actions: Sequence[Action]) -> str:
    """The cause of an answer to a token that is no good, if that is not refused: one for all states and tokens."""
    last, seen = singles(actions[-1])[-1] if actions else None, verdict.seen
    refused = seen is None or seen.outcome in (REFUSAL, SERVER_ERROR, MALFORMED)
    if refused or verdict.kind is not VerdictKind.FAIL or verdict.at_once:
        return ""
    if last is None or last.token not in UNAUTHORISED:
        return ""
    return f"{verdict.clause}: not refused"


def of_stale_read(pause: float) -> Identity:
    """The identity of a failure that never comes with a pause of so many seconds before each read."""
    return Identity.of_cause(f"{STALE_READ}: gone with a pause of {pause:g} s", STALE_READ)


def of_intermittent(contract: Contract, verdict: Verdict) -> Identity:
    """The identity of a failure that comes and goes: one for a clause, and one for its pairs at once. A state error
    that was not due is the failure of its own clause, whichever was due.
    """
    clause = tells_of_another_state(contract, verdict) or verdict.clause
    name = f"{clause} at once" if verdict.at_once else clause
    return Identity.of_cause(f"{INTERMITTENT}: {name}", f"{name} {INTERMITTENT}")


def tells_of_another_state(contract: Contract, verdict: Verdict) -> str:
    """The state error that was answered and is not due: it tells of a state that is not believed. Empty if none was."""
    seen = verdict.seen
    codes = {error.code for error in contract.state_errors}
    return seen.outcome if seen is not None and seen.outcome in codes - set(verdict.allowed) else ""


def relevant_features(contract: Contract, verdict: Verdict, actions: Sequence[Action]) -> frozenset[str]:
    """The features of a payload that tell two failures of one kind apart: unusual fields, and the form of the items.

    A field that has a format is named by the format. Empty if the request breaks a rule or does something unspecified:
    the verdict says that already.
    """
    if verdict.violations or verdict.unspecified:
        return frozenset()
    sends = (single for action in actions for single in singles(action) if isinstance(single, SendItems))
    return frozenset(feature for send in sends for feature in _features_of(contract, send))


def _features_of(contract: Contract, send: SendItems) -> Iterator[str]:
    listing = layout_of(contract).listing
    if send.raw is not None:
        yield SPELLING
    elif isinstance(send.body, dict):
        if listing.alternative in send.body:
            yield str(listing.alternative)
        listed = send.body.get(listing.name)
        if isinstance(listed, list) and len(listed) > 1:
            yield SEVERAL
        formats = {rule.name: rule.format for rule in contract.fields if rule.format}
        for different in differences_from_canonical(contract, send.body):
            name = str(different.path[-1])
            yield formats.get(name, name)
