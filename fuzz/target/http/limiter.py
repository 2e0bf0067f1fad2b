"""What a client asks before each request: a rate limit, or none."""

from __future__ import annotations

from typing import Protocol

UNLIMITED = float("inf")


class RateLimiter(Protocol):
    """Waits until one more request may be sent, `most` seconds at the most. False if it may not be sent by then."""

    def wait(self, *, most: float = UNLIMITED) -> bool: ...


class NoLimit:
    """No rate limit: the sandbox."""

    def wait(self, *, most: float = UNLIMITED) -> bool:
        """Returns at once."""
        return most > 0
