"""The identity of a failure: its kind (clause, situation, what was seen) and the features of its payloads that matter.

Two failures with one identity are the same failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fuzz.bundle.fingerprint import fingerprint
from fuzz.oracle.actions import Action, SendItems
from fuzz.oracle.scenario import singles
from fuzz.oracle.verdict import Verdict
from fuzz.shrinking.canonical_body import differences_from_canonical
from strategies.body_layout import layout_of
from swagger.contract import Contract

SPELLING, SEVERAL = "spelling", "several items"


@dataclass(frozen=True, slots=True)
class Identity:
    """The kind of a failure, the features of its payloads that matter, and the fingerprint of both. Frozen."""

    kind: str
    features: frozenset[str]
    fingerprint: str


def identify(contract: Contract, verdict: Verdict, actions: Sequence[Action]) -> Identity:
    """The identity of a failure with this verdict, found by these actions."""
    kind, features = fingerprint(verdict), relevant_features(contract, verdict, actions)
    return Identity(kind, features, fingerprint(verdict, features) if features else kind)


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
