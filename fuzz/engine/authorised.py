"""Requests with tokens that expire: a refused token is fetched anew, the request repeated, and refusals counted.

Several refusals of one token in a row say nothing about the contract: the run cannot go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fuzz.engine.attempt import Incoming
from fuzz.engine.bounded import Meanwhile, idle
from fuzz.engine.profile import TokenSource
from fuzz.engine.secrets import Secrets
from fuzz.engine.transport import Delivery, Transport, Unreachable
from fuzz.engine.wire import Wired, parse
from fuzz.errors import UsageError

UNAUTHORISED_IN_A_ROW = 5
REFUSES_TOKENS = frozenset({401, 403, 407})
"""Statuses that may speak of the token and not of the request."""
GATEWAYS_REFUSAL = (422, "Unauthorized")
"""The status and the `error` of a gateway that refuses a token. Source: the API facts, "Failures that are not the
contract's".
"""


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
        """Delivers a request; where its token is refused, that is renewed, and the request sent again. `should_pass`:
        no reason to refuse it.

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
            raise Unreachable(f"{_status(refused)} since request {since}, and {error.what}") from None
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
            raise self.refused(source, delivery)

    def since(self, source: TokenSource) -> str:
        """The number of the request since which the token is refused; empty if it is not."""
        return self._refusals.get(source.placeholder, _Refusals()).since

    def refused(self, source: TokenSource, delivery: Delivery) -> Unreachable:
        """The end of a run whose target refuses a token, as it did with this answer."""
        since = self.since(source)
        when = f" since request {since}" if since else ""
        return Unreachable(f"{_status(delivery)}{when}: the target refuses the token {source.placeholder}")


def unauthorised(delivery: Delivery) -> bool:
    """The answer says that the token is no good."""
    return delivery.incoming is not None and (delivery.incoming.status == 401 or _is_the_gateways(delivery.incoming))


def may_refuse_the_token(delivery: Delivery) -> bool:
    """The answer may speak of the token and not of the request."""
    incoming = delivery.incoming
    return incoming is not None and (incoming.status in REFUSES_TOKENS or _is_the_gateways(incoming))


def _is_the_gateways(incoming: Incoming) -> bool:
    status, says = GATEWAYS_REFUSAL
    if incoming.status != status or says not in incoming.text:
        return False
    body = parse(incoming.text)
    return isinstance(body, dict) and body.get("error") == says and "errors" not in body


def _status(delivery: Delivery) -> str:
    return str(delivery.incoming.status) if delivery.incoming else "no answer"


def _number(delivery: Delivery) -> str:
    return delivery.request_id.rpartition("-")[2]
