"""Who holds a lock: the text that is left in it, and what is said to the one who comes second."""

from __future__ import annotations

import getpass
import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from fuzz.errors import UsageError


@dataclass(frozen=True, slots=True)
class Holder:
    """The command that holds a lock, and since when. Frozen."""

    command: str
    user: str
    host: str
    pid: int
    since: str

    @staticmethod
    def this(command: str) -> Holder:
        """This process, from now on."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a container's user may have no name
            user = str(os.getuid())
        return Holder(command, user, socket.gethostname(), os.getpid(), f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")

    @property
    def text(self) -> str:
        """What is left in the lock."""
        return json.dumps(asdict(self))


def in_use(what: str, text: str | bytes) -> UsageError:
    """The error for something that is locked; `text` is what its holder left in the lock."""
    try:
        holder = Holder(**json.loads(text))
        by = f"`calfuzz {holder.command}` ({holder.user}@{holder.host}, pid {holder.pid}) since {holder.since}"
    except (ValueError, TypeError, RecursionError):  # not written yet, or by another version
        by = "another calfuzz"
    return UsageError(f"{what} is in use by {by}", next="wait until that has ended, or name others in the profile")
