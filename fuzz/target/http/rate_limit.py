"""Rate limiters: one for all workers of a run, and one for several machines through Redis. Both use pyrate-limiter."""

from __future__ import annotations

import math
import time

from pyrate_limiter import Duration, InMemoryBucket, Limiter, Rate, RateItem

from fuzz.target.http.client import Unreachable
from fuzz.target.http.limiter import UNLIMITED
from fuzz.target.http.redis_server import bucket_in

MAX_PER_SECOND = 1000
"""Above this, pyrate-limiter's milliseconds are too coarse."""


class _Bucket(InMemoryBucket):
    def now(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def put(self, item: RateItem) -> bool:
        item.timestamp = self.now()  # counted when it is sent: a thread may have slept too long
        return super().put(item)


class Limit:
    """Limits the requests per second of one run."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self.bucket = _Bucket([rate_of(per_second)])
        self._limiter = Limiter(self.bucket)

    def wait(self, *, most: float = UNLIMITED) -> bool:
        """Waits until one more request may be sent, `most` seconds at the most. False if it may not by then."""
        return _acquired(self._limiter, most)


class SharedLimit:
    """Limits the requests per second of everyone who sends to a target, counted by a Redis server."""

    def __init__(self, per_second: float, *, redis: str, target: str) -> None:
        self.per_second = per_second
        self._limiter = Limiter(bucket_in(redis, target)([rate_of(per_second)]))

    def wait(self, *, most: float = UNLIMITED) -> bool:
        """Waits until one more request may be sent, `most` seconds at the most. False if it may not by then.
        Unreachable if the Redis server does not answer.
        """
        from redis import RedisError

        try:
            return _acquired(self._limiter, most)
        except RedisError as error:
            raise Unreachable(f"the rate limit cannot be kept: Redis does not answer: {error}") from None


def _acquired(limiter: Limiter, most: float) -> bool:
    return bool(limiter.try_acquire("calfuzz", blocking=True, timeout=-1 if most == UNLIMITED else most))


def rate_of(per_second: float) -> Rate:
    """The rate for pyrate-limiter: so many in any second. A fraction becomes one in each interval of 1/rate seconds."""
    if per_second >= 1 and (per_second == int(per_second) or per_second > MAX_PER_SECOND):
        return Rate(int(per_second), Duration.SECOND)
    return Rate(1, math.ceil(1000 / per_second))
