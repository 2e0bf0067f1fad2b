"""Requests with tokens that expire: a refused token is fetched anew, the request repeated, and refusals counted.

Several refusals of one token in a row say nothing about the contract: the run cannot go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fuzz.engine.bounded import Meanwhile, idle
from fuzz.engine.profile import TokenSource
from fuzz.engine.secrets import Secrets
from fuzz.engine.transport import Delivery, Transport, Unreachable
from fuzz.engine.wire import Wired
from fuzz.errors import UsageError

UNAUTHORISED_IN_A_ROW = 5
REFUSES_TOKENS = frozenset({401, 403, 407})
"""Statuses that may speak of the token and not of the request."""


@dataclass(slots=True)
class _Refusals:
    """Refusals of one token in a row, and the number of the first refused request. Mutable."""

    count: int = 0
    since: str = ""


@dataclass(slots=True)
class Authorised:
    """Delivers requests of one worker. `forgiving`: the tokens are known to work, so that refusals end nothing.
    Mutable.
    """

    transport: Transport
    secrets: Secrets
    forgiving: bool = False
    _refusals: dict[str, _Refusals] = field(default_factory=dict)

    def deliver(
        self, wired: Wired, should_pass: Callable[[], bool] = lambda: True, meanwhile: Meanwhile = idle
    ) -> Delivery:
        """Delivers a request; a 401 renews its token and repeats it once. `should_pass`: no reason to refuse it.

        Where there is a reason, only a token that can be renewed is worth a repetition.
        """
        delivery = self.transport.deliver(wired.outgoing, meanwhile)
        source = wired.source
        if source is None or not (should_pass() or source.command):
            return delivery
        if unauthorised(delivery):
            delivery = self._again(wired, source, delivery)
        if should_pass():
            self._count(source, delivery)
        return delivery

    def _again(self, wired: Wired, source: TokenSource, refused: Delivery) -> Delivery:
        try:
            value = self.secrets.renew(source)
        except UsageError as error:
            since = self.since(source) or _number(refused)
            raise Unreachable(f"401 since request {since}, and {error.what}") from None
        headers = {**wired.outgoing.headers, "Authorization": f"Bearer {value}"}
        return self.transport.deliver(replace(wired.outgoing, headers=headers)).after(refused)

    def _count(self, source: TokenSource, delivery: Delivery) -> None:
        refusals = self._refusals.setdefault(source.placeholder, _Refusals())
        if not unauthorised(delivery):
            refusals.count, refusals.since = 0, ""
            return
        refusals.count += 1
        refusals.since = refusals.since or _number(delivery)
        if refusals.count >= UNAUTHORISED_IN_A_ROW and not self.forgiving:
            raise self.refused(source, 401)

    def since(self, source: TokenSource) -> str:
        """The number of the request since which the token is refused; empty if it is not."""
        return self._refusals.get(source.placeholder, _Refusals()).since

    def refused(self, source: TokenSource, status: int) -> Unreachable:
        """The end of a run whose target refuses a token."""
        since = self.since(source)
        when = f" since request {since}" if since else ""
        return Unreachable(f"{status}{when}: the target refuses the token {source.placeholder}")


def unauthorised(delivery: Delivery) -> bool:
    """The answer says that the token is no good."""
    return delivery.incoming is not None and delivery.incoming.status == 401


def _number(delivery: Delivery) -> str:
    return delivery.request_id.rpartition("-")[2]
