"""The Redis server that several machines share: the connection to it, and the bucket that counts requests."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fuzz.errors import UsageError

if TYPE_CHECKING:
    from pyrate_limiter import BucketFactory, Rate

PASSWORD = "CALFUZZ_REDIS_PASSWORD"
SECONDS_TO_CONNECT = 5.0
INSTALL = "pip install 'calfuzz[cluster]'"


def redis_at(url: str) -> Any:
    """A client of a Redis server. UsageError if the server does not answer."""
    try:
        import redis
    except ImportError:
        raise UsageError("--database redis://… needs the package redis", next=INSTALL) from None
    try:
        client = redis.Redis.from_url(
            url,
            password=os.environ.get(PASSWORD) or None,
            socket_connect_timeout=SECONDS_TO_CONNECT,
            socket_timeout=SECONDS_TO_CONNECT,
        )
        client.ping()
    except redis.AuthenticationError:
        raise UsageError(f"--database: {url} wants another password", next=f"export it as {PASSWORD}") from None
    except (redis.RedisError, ValueError, TypeError) as error:
        raise UsageError(f"--database: {url} cannot be used: {error}", next="start it, or name another one") from None
    return client


def bucket_in(url: str, target: str) -> Callable[[list[Rate]], BucketFactory]:
    """Makes the bucket that everyone who sends to a target shares; it uses the server's clock."""
    client = redis_at(url)
    from pyrate_limiter import RateItem, RedisBucket, SingleBucketFactory

    class Bucket(RedisBucket):
        def now(self) -> int:
            # The clocks of the machines may differ by more than a rate's interval.
            seconds, microseconds = client.time()
            return int(seconds * 1000 + microseconds // 1000)

        def put(self, item: RateItem) -> Any:
            # Counted when it is sent: a thread may have slept too long. Old entries are dropped here, since
            # pyrate-limiter's thread for that prints a traceback when the server goes.
            item.timestamp = self.now()
            self.leak(item.timestamp)
            return super().put(item)

    key = f"calfuzz:sent:{target}"
    return lambda rates: SingleBucketFactory(Bucket.init(rates, client, key), schedule_leak=False)
