"""What matters in the payloads of a failing scenario, in few words: by that two failures of one kind are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fuzz.engine.plain_body import not_plain
from fuzz.model.exchange import Action, SendItems
from fuzz.model.scenario import singles
from fuzz.model.verdict import Verdict
from strategies.layout import layout_of
from swagger.contract import Contract

SPELLING, SEVERAL = "spelling", "several items"


def mattering(contract: Contract, verdict: Verdict, actions: Sequence[Action]) -> frozenset[str]:
    """The names of the fields that are not plain, the format for those that have one, and the form of the items.

    Nothing where the request breaks a rule or is unusual: that is then what matters, and the verdict tells it.
    """
    if verdict.breaks or verdict.silent:
        return frozenset()
    sends = (each for action in actions for each in singles(action) if isinstance(each, SendItems))
    return frozenset(name for each in sends for name in _of(contract, each))


def _of(contract: Contract, send: SendItems) -> Iterator[str]:
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
        for different in not_plain(contract, send.body):
            name = str(different.path[-1])
            yield formats.get(name, name)
