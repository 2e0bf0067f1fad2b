"""HTTP to the target: connections, tokens' renewal, retries for what is the network's fault, and the rate limit.

A failure of the network is never a failure of the contract: it is retried with back-off, counted, and reported to the
session as lost if no answer came. Whether the service may have acted on a lost request is kept.
"""

from __future__ import annotations

import codecs
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

import httpcore
import httpx

from fuzz.engine.attempt import NETWORK_ERRORS, NETWORK_STATUSES, Attempt, Incoming, failed, turned_away
from fuzz.engine.bounded import Meanwhile, Waiting, bounded_pool, idle, read_body, tls_context
from fuzz.interrupts import raise_unheard

ATTEMPTS = 4
TIMEOUTS = 2
"""Attempts that may time out: a request that takes the whole time twice is not sent a third time."""

LOST_IN_A_ROW = 20
FIRST_PAUSE = 0.05
LONGEST_BACK_OFF = 4.0
"""Seconds. A target that is restarted is waited for for about a minute before it counts as unreachable."""

LONGEST_PAUSE = 30.0
OUR_HEADERS = {"User-Agent": "calfuzz", "Accept-Encoding": "gzip"}


class Ending(BaseException):
    """What ends a run early. No `Exception`: Hypothesis would take one for a failing example, and run it again."""


class Unreachable(Ending):
    """The run cannot go on: the target does not answer, or refuses the tokens. Ends the run as inconclusive."""


class RateLimiter(Protocol):
    """Waits until one more request may be sent."""

    def wait(self) -> None: ...


class NoLimit:
    """No rate limit: the sandbox."""

    def wait(self) -> None:
        """Returns at once."""


MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request to be sent. `written` are the headers as reports may show them. Frozen."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    written: Mapping[str, str]
    content: bytes
    params: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one request: the answer or None, how many attempts, and what their losses leave open. Frozen.

    `may_have_acted`: an attempt that was lost may have been processed. `may_act_late`: and may still be, after
    whatever was sent since. `upstream_died`: most attempts reached something that gave no good answer to them.
    """

    incoming: Incoming | None
    request_id: str
    attempts: int
    lost_attempts: int
    may_have_acted: bool
    why: str = ""
    upstream_died: bool = False
    may_act_late: bool = False

    def after(self, earlier: Delivery) -> Delivery:
        """This delivery of a request that was delivered before, with what that one leaves open."""
        return replace(
            self,
            attempts=self.attempts + earlier.attempts,
            lost_attempts=self.lost_attempts + earlier.lost_attempts,
            may_have_acted=self.may_have_acted or earlier.may_have_acted,
            may_act_late=self.may_act_late or earlier.may_act_late,
        )


class Transport:
    """One worker's connections to the target."""

    def __init__(
        self,
        *,
        run: str,
        timeout: float,
        limiter: RateLimiter | None = None,
        verify_tls: bool | str = True,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
        numbers: Iterator[int] | None = None,
    ) -> None:
        self._waiting = Waiting()
        self._connections = bounded_pool(self._waiting, tls_context(verify_tls))
        self._timeouts: dict[str, object] = {"timeout": httpx.Timeout(timeout, connect=min(timeout, 10.0)).as_dict()}
        self.timeout = timeout
        self._run, self._attempts, self._sleep = run, attempts, sleep
        self._limiter = limiter or NoLimit()
        self._sent = 0
        # Shared by all workers of a run, so that a request id names one request; drawing from a count is atomic.
        self._numbers = numbers or itertools.count(1)
        self._lost_in_a_row = 0
        self._answered = False

    @property
    def sent(self) -> int:
        """How many requests were sent so far, repeated ones included."""
        return self._sent

    def close(self) -> None:
        """Closes the connections."""
        self._connections.close()

    def deliver(self, outgoing: Outgoing, meanwhile: Meanwhile = idle) -> Delivery:
        """Sends a request, again as long as the network fails it. Unreachable after too many losses in a row.

        `meanwhile` is done once, while an answer is waited for, or not at all if nothing could be sent.
        """
        self._waiting.meanwhile = meanwhile
        lost: list[Attempt] = []
        while True:
            raise_unheard()
            self._sent += 1
            request_id = f"calfuzz-{self._run}-{next(self._numbers)}"
            attempt = self._attempt(outgoing, request_id)
            if attempt.incoming is not None:
                self._lost_in_a_row, self._answered = 0, True
                return _delivery(attempt.incoming, request_id, lost)
            lost.append(attempt)
            self._count_loss(attempt.why)
            if len(lost) >= self._attempts or sum(each.timed_out for each in lost) >= TIMEOUTS:
                return _delivery(None, request_id, lost)
            self._sleep(self._pause(len(lost), attempt.pause))

    def _count_loss(self, why: str) -> None:
        self._lost_in_a_row += 1
        if self._lost_in_a_row >= LOST_IN_A_ROW:
            hint = ": ask for fewer with --rate-limit" if why == "status 429" else ""
            raise Unreachable(f"no good answer to {LOST_IN_A_ROW} requests in a row; the last one: {why}{hint}")

    def _pause(self, number: int, asked: float | None) -> float:
        """Seconds until the next attempt: what `Retry-After` asks for, else doubling with each loss in a row.

        A target that has never answered is more likely named wrongly than restarted: that is to be said soon.
        """
        if asked is not None:
            return min(LONGEST_PAUSE, asked)
        in_a_row = self._lost_in_a_row if self._answered else number
        return min(LONGEST_BACK_OFF, FIRST_PAUSE * 2.0 ** max(0, in_a_row - 1))

    def _attempt(self, outgoing: Outgoing, request_id: str) -> Attempt:
        self._limiter.wait()
        try:
            incoming = self._send(outgoing, request_id)
        except NETWORK_ERRORS as error:
            return failed(error)
        if incoming.status not in NETWORK_STATUSES:
            return Attempt(incoming)
        return turned_away(incoming.status, incoming.headers)

    def _send(self, outgoing: Outgoing, request_id: str) -> Incoming:
        request = _request(outgoing, request_id, self._timeouts)
        started = time.perf_counter()
        self._waiting.until = started + self.timeout
        answer = self._connections.handle_request(request)
        try:
            headers = _headers(answer)
            body = read_body(answer, headers.get("content-encoding", ""))
        finally:
            answer.close()
        # JSON should not begin with a byte order mark, and may be read all the same (RFC 8259, section 8.1).
        encoding = json.detect_encoding(body) if body.startswith(MARKS) else "utf-8"
        text = body.decode(encoding, "replace")
        return Incoming(answer.status, headers, text, time.perf_counter() - started)


def _request(outgoing: Outgoing, request_id: str, extensions: dict[str, object]) -> httpcore.Request:
    url, host = _url(outgoing.url, tuple((outgoing.params or {}).items()))
    has_length = outgoing.content or outgoing.method != "GET"
    headers = {
        "Host": host,
        **({"Content-Length": str(len(outgoing.content))} if has_length else {}),
        **OUR_HEADERS,
        **outgoing.headers,
        "X-Request-Id": request_id,
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return httpcore.Request(outgoing.method, url, headers=raw, content=outgoing.content, extensions=extensions)


@lru_cache(maxsize=64)
def _url(text: str, params: tuple[tuple[str, str], ...]) -> tuple[httpcore.URL, str]:
    """A URL as httpx reads and quotes it, and the value of its `Host` header."""
    url = httpx.URL(text, params=params) if params else httpx.URL(text)
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    ), url.netloc.decode()


def _headers(answer: httpcore.Response) -> dict[str, str]:
    """The headers by their names in lower case; the values of a name that comes again stand behind each other."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("utf-8", "replace")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _delivery(incoming: Incoming | None, request_id: str, lost: list[Attempt]) -> Delivery:
    return Delivery(
        incoming,
        request_id,
        attempts=len(lost) + (incoming is not None),
        lost_attempts=len(lost),
        may_have_acted=any(each.may_have_acted for each in lost),
        why=lost[-1].why if incoming is None else "",
        upstream_died=incoming is None and 2 * sum(each.reached for each in lost) > len(lost),
        may_act_late=any(each.late for each in lost),
    )
