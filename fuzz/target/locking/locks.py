"""Locks on the staff members of a target: two commands that use the same one would accuse an honest server.

On one machine a file beside the user's caches is locked; `flock` frees it however its holder ends. A Redis server locks
for all machines that share it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from fuzz.target.locking.lock_holder import Holder, in_use
from fuzz.target.locking.redis_locks import locked_in_redis
from fuzz.target.profile import Profile


@contextmanager
def staff_in_use(profile: Profile, command: str, *, redis: str | None, say: TextIO) -> Iterator[None]:
    """Locks every staff member of a profile for the block. UsageError that says who uses one of them.

    `redis`: the address of a server that locks for all machines. `say`: gets the warnings.
    """
    text = Holder.this(command).text
    names = {
        hashlib.sha256(f"{profile.base_url}\n{member.uid}".encode()).hexdigest()[:32]: (
            f"staff member {member.uid} of {profile.base_url}"
        )
        for member in profile.staff
    }
    with ExitStack() as held:
        try:
            for name, what in names.items():
                held.enter_context(_locked_file(name, what, text))
        except (OSError, RuntimeError) as error:
            say.write(f"warning: no locks ({error}): no other run must use these staff members meanwhile\n")
        if redis is not None:
            held.enter_context(locked_in_redis(redis, names, text, lambda what: say.write(_shared_warning(what))))
        yield


def _shared_warning(what: str) -> str:
    return f"warning: another run uses {what}, too: what fails from now on may be its doing\n"


@contextmanager
def _locked_file(name: str, what: str, text: str) -> Iterator[None]:
    """Locks the file of this name for the block. UsageError if it is locked; OSError where there can be no locks."""
    path = _folder() / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise in_use(what, file.read()) from None
        with suppress(OSError):  # a full disk: it is locked all the same
            file.truncate(0)
            file.write(text.encode())
        yield


def _folder() -> Path:
    """The folder of the locks. RuntimeError for a user without a home."""
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))  # one that is relative does not count, says its specification
    return (caches if caches.is_absolute() else Path.home() / ".cache") / "calfuzz" / "locks"
