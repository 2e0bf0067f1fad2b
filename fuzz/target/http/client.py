"""The HTTP client: connections to the target, retries after network errors, deadlines, the rate limit.

A network error is never a failure of the contract: the request is retried with back-off, and counts as lost if no
answer comes. The delivery says whether the service may have acted on it.
"""

from __future__ import annotations

import codecs
import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus

import httpcore
import httpx

from fuzz.signals import raise_unheard
from fuzz.target.http.attempt import NETWORK_ERRORS, Attempt, HttpAnswer, attempt_answered, attempt_broken
from fuzz.target.http.deadline import (
    AT_ONCE,
    AnswerWait,
    HoldLastByte,
    WhileWaiting,
    bounded_pool,
    close_overrun,
    idle,
    read_body,
    tls_context,
)
from fuzz.target.http.limiter import UNLIMITED, NoLimit, RateLimiter
from fuzz.target.http.request import HttpRequest, as_sent

ATTEMPTS = 4
TIMEOUTS = 2
"""Attempts that may time out: after two timeouts a request is not sent again."""

LOST_IN_A_ROW = 20
FIRST_PAUSE = 0.05
LONGEST_BACK_OFF = 4.0
"""Seconds. A target that restarts has about a minute before it counts as unreachable."""

LONGEST_PAUSE = 30.0
PAUSE_WHILE_WAITING = 1.0


class Ending(BaseException):
    """Base of what ends a run or a phase early. No `Exception`: Hypothesis would take one for a failing example."""


class Unreachable(Ending):
    """Raised when the target does not answer or refuses the tokens. Ends the run as inconclusive."""


class TimeOver(Ending):
    """Raised in place of sending a request when the time of the run, or of a phase, is over."""


BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of sending one request: the answer or None, and the number of attempts. Frozen.

    `may_have_acted`: the service may have carried out a lost attempt. `may_act_late`: it may still do so, after later
    requests. `upstream_failed`: most attempts reached a server that gave no good answer.
    """

    answer: HttpAnswer | None
    request_id: str
    attempts: int
    lost_attempts: int
    may_have_acted: bool
    why: str = ""
    upstream_failed: bool = False
    may_act_late: bool = False

    def after(self, earlier: Delivery) -> Delivery:
        """This delivery of a request that was delivered before: its attempts and uncertainties are added."""
        return replace(
            self,
            attempts=self.attempts + earlier.attempts,
            lost_attempts=self.lost_attempts + earlier.lost_attempts,
            may_have_acted=self.may_have_acted or earlier.may_have_acted,
            may_act_late=self.may_act_late or earlier.may_act_late,
        )


class Client:
    """One worker's connections to the target."""

    def __init__(
        self,
        *,
        run: str,
        timeout: float,
        limiter: RateLimiter | None = None,
        verify_tls: bool | str = True,
        client_certificate: tuple[str, str | None] | None = None,
        proxy: str | None = None,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
        numbers: Iterator[int] | None = None,
        time_left: Callable[[], float] = lambda: UNLIMITED,
    ) -> None:
        self._wait = AnswerWait(time_left)
        self._connections = bounded_pool(self._wait, tls_context(verify_tls, client_certificate), proxy)
        self._has_proxy = proxy is not None
        self._timeouts: dict[str, object] = {"timeout": httpx.Timeout(timeout, connect=min(timeout, 10.0)).as_dict()}
        self.timeout = timeout
        self._run, self._attempts, self._sleep = run, attempts, sleep
        self._limiter = limiter or NoLimit()
        self.time_left = time_left
        self.requests_sent = 0  # repeated ones included
        self.overruns = 0  # answers after which more came than was asked for
        # Shared by all workers of a run, so that a request id names one request; drawing from a count is atomic.
        self._numbers = numbers or itertools.count(1)
        self._lost_in_a_row = 0
        self._answered = False

    def close(self) -> None:
        """Closes the connections."""
        self._connections.close()

    def wait_until_there(self, url: str, seconds: float) -> str:
        """Waits until a URL is answered, and not by a gateway with 429, 502, 503 or 504. Empty once it is; after so
        many seconds, why it is not.
        """
        http_request, until = HttpRequest("GET", url, {}, {}, b""), time.monotonic() + seconds
        while True:
            raise_unheard()
            self._limiter.wait()
            attempt = self._attempt(http_request, f"calfuzz-{self._run}-waiting")
            if attempt.answer is not None:
                return ""
            if time.monotonic() + PAUSE_WHILE_WAITING > until:
                return attempt.why
            self._sleep(PAUSE_WHILE_WAITING)

    def deliver(
        self,
        http_request: HttpRequest,
        while_waiting: WhileWaiting = idle,
        hold_last_byte: HoldLastByte | None = None,
    ) -> Delivery:
        """Sends a request, again after network errors and while there is time. TimeOver if there is none at all;
        Unreachable after too many losses in a row.

        `while_waiting` is called once, while waiting for an answer; `hold_last_byte` once, when all of the request but
        its last byte was sent; neither if nothing could be sent.
        """
        self._wait.while_waiting, self._wait.hold_last_byte = while_waiting, hold_last_byte
        lost: list[Attempt] = []
        request_id = ""
        while self._may_send():
            self.requests_sent += 1
            request_id = f"calfuzz-{self._run}-{next(self._numbers)}"
            attempt = self._attempt(http_request, request_id)
            if attempt.answer is not None:
                self._lost_in_a_row, self._answered = 0, True
                return _delivery(attempt.answer, request_id, lost)
            lost.append(attempt)
            self._count_loss(attempt.why)
            pause = self._pause(len(lost), attempt.pause)
            is_last = len(lost) >= self._attempts or sum(each.timed_out for each in lost) >= TIMEOUTS
            if is_last or pause >= self.time_left():
                break
            self._rest(pause)
        if not lost:
            raise TimeOver
        return _delivery(None, request_id, lost)

    def deliver_once(self, http_request: HttpRequest) -> Delivery:
        """Sends a request that the run can do without: once, and a loss says nothing of the target."""
        if not self._may_send():
            return Delivery(None, "", 0, 0, may_have_acted=False, why="the time was over")
        self._wait.while_waiting, self._wait.hold_last_byte = idle, None
        self.requests_sent += 1
        request_id = f"calfuzz-{self._run}-{next(self._numbers)}"
        attempt = self._attempt(http_request, request_id)
        return _delivery(attempt.answer, request_id, [] if attempt.answer is not None else [attempt])

    def _may_send(self) -> bool:
        """Whether one more request may be sent in time. Waits as the rate limit asks."""
        while (left := self.time_left()) > 0:
            raise_unheard()
            began = time.monotonic()
            if self._limiter.wait(most=min(left, AT_ONCE)):
                return True
            self._rest(began + min(left, AT_ONCE) - time.monotonic())
        return False

    def _rest(self, seconds: float) -> None:
        """Sleeps, in short pieces: another thread may end the run."""
        while seconds > 0 and self.time_left() > 0:
            self._sleep(min(seconds, AT_ONCE))
            seconds -= AT_ONCE

    def _count_loss(self, why: str) -> None:
        self._lost_in_a_row += 1
        if self._lost_in_a_row >= LOST_IN_A_ROW:
            hint = ": ask for fewer with --rate-limit" if why == "status 429" else ""
            raise Unreachable(f"no good answer to {LOST_IN_A_ROW} requests in a row; the last one: {why}{hint}")

    def _pause(self, number: int, asked: float | None) -> float:
        """Seconds until the next attempt: as `Retry-After` asks, else doubled with each loss in a row.

        Shorter for a target that has never answered: its address is probably wrong, and the user should know soon.
        """
        if asked is not None:
            return min(LONGEST_PAUSE, asked)
        in_a_row = self._lost_in_a_row if self._answered else number
        return min(LONGEST_BACK_OFF, FIRST_PAUSE * 2.0 ** max(0, in_a_row - 1))

    def _attempt(self, http_request: HttpRequest, request_id: str) -> Attempt:
        try:
            http_answer = self._send(http_request, request_id)
        except NETWORK_ERRORS as error:
            return attempt_broken(error)
        if http_answer.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED and self._has_proxy:
            raise Unreachable("the proxy asks for a user and a password (407): name them in the profile's proxy")
        return attempt_answered(http_answer)

    def _send(self, http_request: HttpRequest, request_id: str) -> HttpAnswer:
        request = as_sent(http_request, request_id, self._timeouts)
        self._wait.begin(self.timeout)
        answer = self._connections.handle_request(request)
        try:
            headers = _headers(answer)
            body = read_body(answer, headers.get("content-encoding", ""))
        finally:
            answer.close()
            self.overruns += close_overrun(self._connections)
        # JSON should not begin with a byte order mark, but a reader may accept one (RFC 8259, section 8.1).
        encoding = json.detect_encoding(body) if body.startswith(BYTE_ORDER_MARKS) else "utf-8"
        text = body.decode(encoding, "replace")
        return HttpAnswer(answer.status, headers, text, self._wait.spent, self._wait.began)


def _headers(answer: httpcore.Response) -> dict[str, str]:
    """The headers by name in lower case; the values of a repeated name are joined."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("utf-8", "replace")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _delivery(http_answer: HttpAnswer | None, request_id: str, lost: list[Attempt]) -> Delivery:
    return Delivery(
        http_answer,
        request_id,
        attempts=len(lost) + (http_answer is not None),
        lost_attempts=len(lost),
        may_have_acted=any(attempt.may_have_acted for attempt in lost),
        why=lost[-1].why if http_answer is None else "",
        upstream_failed=http_answer is None and 2 * sum(attempt.reached for attempt in lost) > len(lost),
        may_act_late=any(attempt.late for attempt in lost),
    )
