"""An exchange: one request as sent, its answer, and the verdict on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fuzz.oracle.actions import Single
from fuzz.oracle.request import Request
from fuzz.oracle.state import SyncState
from fuzz.oracle.verdict import Verdict, VerdictKind
from fuzz.target.http.client import Delivery
from fuzz.target.request_builder import SentRequest


@dataclass(frozen=True, slots=True)
class Exchange:
    """One action on one staff member: the request as sent, its delivery, and the verdict. Frozen.

    `needs_confirmation`: the failure may be the network's or a gateway's; it counts only if it comes back. `past`: the
    states that the staff member was lately believed to be in: a replica that lags may still show one of them.
    `earlier`: requests that the action took before this one, where a profile's own steps perform it.
    """

    action: Single
    sent: SentRequest
    delivery: Delivery
    request: Request
    verdict: Verdict
    needs_confirmation: bool = False
    past: frozenset[SyncState] = frozenset()
    earlier: int = 0


def failing_exchange(exchanges: Sequence[Exchange]) -> Exchange:
    """The first exchange that failed; the last exchange if none did, as when no answer came at all."""
    return next((exchange for exchange in exchanges if exchange.verdict.kind is VerdictKind.FAIL), exchanges[-1])
