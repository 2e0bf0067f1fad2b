"""Sends requests whose tokens may expire: if the token is refused, fetches it again and repeats the request.

Several refusals of one token in a row say nothing about the contract: they end the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from fuzz.errors import UsageError
from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.http.client import Client, Delivery, Unreachable
from fuzz.target.http.deadline import HoldLastByte, WhileWaiting, idle
from fuzz.target.http.statuses import (
    ACCESS_REFUSED,
    GATEWAY_REFUSES_TOKEN,
    MAY_REFUSE_THE_TOKEN,
    NOT_OFFERED,
    WITHOUT_A_SERVICE,
)
from fuzz.target.profile import TokenSource
from fuzz.target.request_builder import SentRequest, parse
from fuzz.target.secrets import Secrets

UNAUTHORISED_IN_A_ROW = 5


@dataclass(slots=True)
class _Refusals:
    """Refusals of one token in a row, and the number of the first refused request. Mutable."""

    count: int = 0
    since: str = ""


@dataclass(slots=True)
class AuthorisedClient:
    """Sends one worker's requests to the target, renews tokens, and counts refusals. Mutable."""

    _client: Client
    _secrets: Secrets
    _refusals: dict[str, _Refusals] = field(default_factory=dict)
    _token_known_good: bool = False
    _refused_with_all: dict[str, str] = field(default_factory=dict)

    @property
    def overruns(self) -> int:
        """Answers after which more came than was asked for."""
        return self._client.overruns

    @property
    def requests_sent(self) -> int:
        """Requests sent so far, with repetitions."""
        return self._client.requests_sent

    @property
    def timeout(self) -> float:
        """Seconds that an answer may take."""
        return self._client.timeout

    @property
    def time_left(self) -> float:
        """Seconds in which requests may still be sent."""
        return self._client.time_left()

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def wait_until_there(self, url: str, seconds: float) -> str:
        """Waits until the target answers at a URL. Empty once it does; why not, if it does not in time."""
        return self._client.wait_until_there(url, seconds)

    @contextmanager
    def token_known_good(self) -> Iterator[None]:
        """Within the block the tokens are known to work: a refusal does not end the run."""
        self._token_known_good = True
        try:
            yield
        finally:
            self._token_known_good = False

    def send_as_it_is(self, sent: SentRequest, hold_last_byte: HoldLastByte | None = None) -> Delivery:
        """Sends a request; does not react to a refused token. `hold_last_byte` is called once, when all of the request
        but its last byte was sent.
        """
        return self._client.deliver(sent.http, idle, hold_last_byte)

    def send_once(self, sent: SentRequest) -> Delivery:
        """Sends a request that the run can do without: once, whatever comes of it."""
        return self._client.deliver_once(sent.http)

    def send(
        self, sent: SentRequest, should_pass: Callable[[], bool] = lambda: True, while_waiting: WhileWaiting = idle
    ) -> Delivery:
        """Sends a request. If its token is refused, renews the token and sends the request again.

        `should_pass`: whether nothing in the request is a reason to refuse it. If there is a reason, the request is
        repeated only if its token can be renewed. `while_waiting` is called once, while the target works.
        """
        delivery = self._client.deliver(sent.http, while_waiting)
        source = sent.source
        if source is None or not (should_pass() or source.command):
            return delivery
        if unauthorised(delivery):
            delivery = self._send_again(sent, source, delivery)
        if should_pass():
            self._count(source, delivery)
        return delivery

    def _send_again(self, sent: SentRequest, source: TokenSource, refused: Delivery) -> Delivery:
        try:
            value = self._secrets.renew(source)
        except UsageError as error:
            since = self.since(source) or _number(refused)
            raise Unreachable(f"{_status(refused)} since request {since}, and {error.what}") from None
        headers = {**sent.http.headers, "Authorization": f"{source.scheme} {value}"}
        return self._client.deliver(replace(sent.http, headers=headers)).after(refused)

    def _count(self, source: TokenSource, delivery: Delivery) -> None:
        refusals = self._refusals.setdefault(source.placeholder, _Refusals())
        if not unauthorised(delivery):
            refusals.count, refusals.since = 0, ""
            return
        refusals.count += 1
        refusals.since = refusals.since or _number(delivery)
        if refusals.count >= UNAUTHORISED_IN_A_ROW and not self._token_known_good:
            raise self.refused(source, delivery)

    def since(self, source: TokenSource) -> str:
        """The number of the first request of those refused in a row; empty if the last one was not refused."""
        return self._refusals.get(source.placeholder, _Refusals()).since

    def note_refused_with(self, source: TokenSource, schemes: Sequence[str]) -> None:
        """Keeps for the last words of a run that a token was refused with each of these schemes."""
        self._refused_with_all[source.placeholder] = f", with the scheme {' and with '.join(schemes)}"

    def refused(self, source: TokenSource, delivery: Delivery) -> Unreachable:
        """The error that ends a run whose target refuses a token, as it did with this answer."""
        since = self.since(source)
        when = f" since request {since}" if since else ""
        how = self._refused_with_all.get(source.placeholder, "")
        return Unreachable(f"{_status(delivery)}{when}: the target refuses the token {source.placeholder}{how}")


def unauthorised(delivery: Delivery) -> bool:
    """Whether the answer says that the token is refused."""
    return delivery.answer is not None and (
        delivery.answer.status == HTTPStatus.UNAUTHORIZED or _is_the_gateways(delivery.answer)
    )


def access_refused(delivery: Delivery) -> bool:
    """The service or a gateway says that the token is no good, or that its owner may not do this."""
    return unauthorised(delivery) or (delivery.answer is not None and delivery.answer.status in ACCESS_REFUSED)


def not_served(delivery: Delivery) -> bool:
    """Whether the answer says that the operation is not served here, or not with this token. A gateway may say so with
    502 as well, or with its like, each time.
    """
    http_answer = delivery.answer
    if http_answer is None:
        return delivery.upstream_failed and delivery.why in WITHOUT_A_SERVICE
    return http_answer.status in NOT_OFFERED or _is_the_gateways(http_answer)


def may_refuse_the_token(delivery: Delivery) -> bool:
    """Whether the answer may be about the token and not about the request."""
    http_answer = delivery.answer
    return http_answer is not None and (http_answer.status in MAY_REFUSE_THE_TOKEN or _is_the_gateways(http_answer))


def _is_the_gateways(http_answer: HttpAnswer) -> bool:
    status, says = GATEWAY_REFUSES_TOKEN
    if http_answer.status != status or says not in http_answer.text:
        return False
    body = parse(http_answer.text)
    return isinstance(body, dict) and body.get("error") == says and "errors" not in body


def _status(delivery: Delivery) -> str:
    return str(delivery.answer.status) if delivery.answer else "no answer"


def _number(delivery: Delivery) -> str:
    return delivery.request_id.rpartition("-")[2]
