"""One attempt to get an answer: what came of it, and what a loss leaves open about what the service did."""

from __future__ import annotations

import email.utils
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore

NETWORK_STATUSES = frozenset({429, 502, 503, 504})
NETWORK_ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
NOT_ACTED = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout, httpcore.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One HTTP answer: `text` is the body, decoded with replacement and cut at `LARGEST_BODY`. Frozen."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: an answer, or why there is none. `reached`: something took it, and gave no good answer. Frozen."""

    incoming: Incoming | None = None
    why: str = ""
    may_have_acted: bool = False
    pause: float | None = None
    reached: bool = False
    late: bool = False
    timed_out: bool = False


def turned_away(status: int, headers: Mapping[str, str]) -> Attempt:
    """What an attempt leaves open that was answered with one of `NETWORK_STATUSES`."""
    gateway = status != 429
    return Attempt(
        why=f"status {status}",
        may_have_acted=gateway,
        pause=retry_after(headers),
        reached=gateway,
        late=status == 504,
    )


def failed(error: Exception) -> Attempt:
    """What an attempt leaves open that ended in one of `NETWORK_ERRORS`: no answer, or one that cannot be read."""
    reached = not isinstance(error, NOT_ACTED)
    timed_out = isinstance(error, httpcore.TimeoutException)
    why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if _untrusted(error):
        why += ": name its authority, or say false, as verify_tls in the target profile"
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
