"""One attempt to get an answer: the answer, or why there is none and whether the service may have acted."""

from __future__ import annotations

import email.utils
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpcore

from fuzz.target.http.statuses import BAD_GATEWAY, NOT_FROM_THE_SERVICE

NETWORK_ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ProxyError,
)
NOT_ACTED = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.UnsupportedProtocol,
    httpcore.ProxyError,
)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One HTTP answer: `text` is the body, decoded with replacement and cut at `LARGEST_BODY`. Frozen.

    `began`: when its request was sent, by `time.perf_counter`; `seconds`: from then to the answer's end.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: an answer, or why there is none. Frozen.

    `may_have_acted`: the service may have carried the request out. `late`: it may still do so later. `pause`: seconds
    that the target asks to wait. `reached`: a server took the request, but gave no good answer.
    """

    answer: HttpAnswer | None = None
    why: str = ""
    may_have_acted: bool = False
    pause: float | None = None
    reached: bool = False
    late: bool = False
    timed_out: bool = False


def attempt_answered(http_answer: HttpAnswer) -> Attempt:
    """The attempt that was answered, by the service or in its place."""
    status, (lost, words) = http_answer.status, BAD_GATEWAY
    is_lost = status == lost and words in http_answer.text.lower()
    if not is_lost and status not in NOT_FROM_THE_SERVICE:
        return Attempt(http_answer)
    gateway = status != HTTPStatus.TOO_MANY_REQUESTS
    return Attempt(
        why=f"status {status} {words}" if is_lost else f"status {status}",
        may_have_acted=gateway,
        pause=retry_after(http_answer.headers),
        reached=gateway,
        late=status == HTTPStatus.GATEWAY_TIMEOUT,
    )


def attempt_broken(error: Exception) -> Attempt:
    """The attempt that ended in one of `NETWORK_ERRORS`: no answer, or one that cannot be read."""
    reached = not isinstance(error, NOT_ACTED)
    timed_out = isinstance(error, httpcore.TimeoutException)
    why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if _untrusted(error):
        why += ": name its authority as ca_bundle in the target profile, or say verify_tls: false"
    elif "CERTIFICATE_REQUIRED" in why:
        why += ": name one as client_certificate in the target profile"
    return Attempt(why=why, may_have_acted=reached, reached=reached, late=reached and timed_out, timed_out=timed_out)


def _untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def retry_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, from a number or a date (RFC 9110, section 10.2.3); None if absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:6])
    try:
        moment = email.utils.parsedate_to_datetime(value)
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
