"""A rate limit kept: by all workers of a run, with pyrate-limiter; through Redis, by all machines."""

from __future__ import annotations

import math
import time

from pyrate_limiter import Duration, InMemoryBucket, Limiter, Rate, RateItem

from fuzz.engine.shared import bucket_in
from fuzz.engine.transport import Unreachable

MOST_A_SECOND = 1000
"""Beyond it pyrate-limiter's milliseconds are too coarse, and no target asks for so many."""


class _Bucket(InMemoryBucket):
    def now(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def put(self, item: RateItem) -> bool:
        item.timestamp = self.now()  # counted when it is sent: who overslept is not of the second that has gone
        return super().put(item)


class Limit:
    """At most so many requests a second."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self.bucket = _Bucket([rate_of(per_second)])
        self._limiter = Limiter(self.bucket)

    def wait(self) -> None:
        """Waits until one more request may be sent."""
        self._limiter.try_acquire("calfuzz", blocking=True)


class SharedLimit:
    """At most so many requests a second from all who send to a target, counted by a Redis server."""

    def __init__(self, per_second: float, *, redis: str, target: str) -> None:
        self.per_second = per_second
        self._limiter = Limiter(bucket_in(redis, target)([rate_of(per_second)]))

    def wait(self) -> None:
        """Waits until one more request may be sent. Unreachable if the server has gone: nobody counts any more."""
        from redis import RedisError

        try:
            self._limiter.try_acquire("calfuzz", blocking=True)
        except RedisError as error:
            raise Unreachable(f"the rate limit cannot be kept: Redis does not answer: {error}") from None


def rate_of(per_second: float) -> Rate:
    """So many in any second; what is no whole number, as one in each such interval, so that no second has more."""
    if per_second >= 1 and (per_second == int(per_second) or per_second > MOST_A_SECOND):
        return Rate(int(per_second), Duration.SECOND)
    return Rate(1, math.ceil(1000 / per_second))
