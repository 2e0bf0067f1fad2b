"""Opens a session from a target profile: its tokens, each fetched once, its timeout and its rate limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from fuzz.run.options import RunOptions
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.session.staff import StaffMember
from fuzz.target.http.client import Client
from fuzz.target.http.limiter import UNLIMITED, NoLimit, RateLimiter
from fuzz.target.profile import Profile
from fuzz.target.secrets import Secrets
from swagger.contract import Contract

NO_LIMIT = NoLimit()


def auth_file_of(target: Path | None, profile: Profile) -> Path | None:
    """The path of the auth file that a profile names, beside the profile; None if it names none."""
    return target.parent / profile.auth_file if target is not None and profile.auth_file else None


def secrets_for(profile: Profile, auth_file: Path | None = None) -> Secrets:
    """The tokens that a profile names, each fetched once. UsageError for a token that cannot be fetched."""
    secrets = Secrets(auth_file)
    for source in (profile.tokens.admin, *(member.token for member in profile.staff)):
        secrets.token(source)
    return secrets


def open_session(
    contract: Contract,
    profile: Profile,
    secrets: Secrets,
    journal: Journal,
    *,
    run: str,
    options: RunOptions | None = None,
    limiter: RateLimiter = NO_LIMIT,
    staff: tuple[StaffMember, ...] | None = None,
    numbers: Iterator[int] | None = None,
    time_left: Callable[[], float] = lambda: UNLIMITED,
) -> Session:
    """A session with a target. `run` and the next of `numbers` make each request's id. `time_left`: the seconds in
    which requests may still be sent.
    """
    timeout = (options.request_timeout if options else None) or profile.request_timeout
    client = Client(
        run=run,
        timeout=timeout,
        limiter=limiter,
        verify_tls=profile.authorities,
        client_certificate=profile.certificate_files,
        proxy=secrets.proxy(profile.proxy),
        numbers=numbers,
        time_left=time_left,
    )
    return Session(contract, profile, secrets, client, journal, staff=staff)
