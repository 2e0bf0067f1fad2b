"""Which rate limit a command keeps, and who says so.

The import of what keeps it waits until there is one: a run's start is awaited.
"""

from __future__ import annotations

from dataclasses import dataclass

from fuzz.run.options import RunOptions
from fuzz.target.http.limiter import NoLimit, RateLimiter
from fuzz.target.profile import NO_LIMIT, Profile, parse_rate
from swagger.contract import Contract

DEFAULT_RATE = "5/s"
"""What a target is asked for that names no rate: never full speed at somebody's server unless its profile says so."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second at the most, None for no limit, and where that is said. Frozen."""

    per_second: float | None
    where: str


def rate_for(options: RunOptions, profile: Profile, contract: Contract, *, sandbox: bool) -> Rate:
    """The option's rate, else the profile's, else the swagger's, else the default; the sandbox has no limit."""
    if options.rate_limit is not None:
        return Rate(options.rate_limit, "--rate-limit")
    if profile.rate_limit is not None:
        name = options.target.name if options.target is not None else f"the profile {profile.name}"
        return Rate(None if profile.rate_limit == NO_LIMIT else parse_rate(profile.rate_limit), name)
    if sandbox:
        return Rate(None, "the sandbox")
    if contract.rate_limit is not None:
        return Rate(parse_rate(contract.rate_limit), f"x-throttling-tier in {contract.rate_where}")
    return Rate(parse_rate(DEFAULT_RATE), "the default: neither profile nor swagger names a rate")


def limiter_for(
    options: RunOptions, profile: Profile, contract: Contract, *, sandbox: bool, redis: str | None = None
) -> RateLimiter:
    """The rate limit of a command, shared through Redis with others that send to the same target if there is one."""
    rate = rate_for(options, profile, contract, sandbox=sandbox).per_second
    return limiter_of(rate, redis=redis, target=profile.base_url)


def limiter_of(rate: float | None, *, redis: str | None, target: str, shares: int = 1) -> RateLimiter:
    """A limiter for a rate: counted in Redis for all processes, else with an equal share of the rate for each."""
    if rate is None:
        return NoLimit()
    from fuzz.target.http.rate_limit import Limit, SharedLimit

    return Limit(rate / shares) if redis is None else SharedLimit(rate, redis=redis, target=target)
