"""Locks that machines share through a Redis server: keys that expire unless their holder renews them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from fuzz.errors import UsageError
from fuzz.target.http.redis_server import redis_at
from fuzz.target.locking.lock_holder import in_use

SECONDS_TO_EXPIRE = 60.0
"""How long a lock stays after its holder was killed."""


@contextmanager
def locked_in_redis(url: str, names: Mapping[str, str], text: str, lost: Callable[[str], object]) -> Iterator[None]:
    """Locks keys of a Redis server for the block. UsageError for one that is in use.

    `names`: what each key stands for. `text`: what is left in them. `lost`: hears of a key that another holder has
    taken, which can happen to a machine that slept.
    """
    client = redis_at(url)
    from redis import RedisError

    locks, ended = {}, threading.Event()
    with ExitStack() as held:
        for name, what in names.items():
            key = f"calfuzz:lock:{name}"
            lock = client.lock(key, timeout=SECONDS_TO_EXPIRE, blocking=False, thread_local=False)
            try:
                if not lock.acquire(token=text):
                    raise in_use(what, client.get(key) or b"")
            except RedisError as error:
                raise UsageError(f"--database: {url} cannot lock: {error}", next="name another one") from None
            held.callback(_release, lock)
            locks[what] = lock
        renewer = threading.Thread(target=_renew, args=(locks, text, ended, lost), daemon=True)
        renewer.start()
        held.callback(renewer.join)
        held.callback(ended.set)
        yield


def _renew(locks: dict[str, Any], text: str, ended: threading.Event, lost: Callable[[str], object]) -> None:
    """Renews the locks until the end. A server that does not answer is asked again at the next time."""
    from redis import RedisError

    while not ended.wait(SECONDS_TO_EXPIRE / 3):
        for what, lock in list(locks.items()):
            with suppress(RedisError):
                if not _is_renewed(lock, text):
                    del locks[what]
                    lost(what)


def _is_renewed(lock: Any, text: str) -> bool:
    """Whether the lock is held for another while; one that has expired is taken again."""
    from redis.exceptions import LockNotOwnedError

    try:
        return bool(lock.reacquire())
    except LockNotOwnedError:
        return bool(lock.acquire(token=text))


def _release(lock: Any) -> None:
    from redis import RedisError

    with suppress(RedisError):
        lock.release()
