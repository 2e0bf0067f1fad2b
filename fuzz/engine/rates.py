"""Which rate limit a command keeps. The import of what keeps it waits until there is one: a run's start is awaited."""

from __future__ import annotations

from fuzz.engine.options import RunOptions
from fuzz.engine.profile import Profile, parse_rate
from fuzz.engine.transport import NoLimit, RateLimiter
from swagger.contract import Contract


def rate_for(options: RunOptions, profile: Profile, contract: Contract, *, sandbox: bool) -> float | None:
    """Requests a second at the most: the option's, else the profile's, else the swagger's; none for the sandbox."""
    if options.rate_limit is not None:
        return options.rate_limit
    rate = profile.rate_limit or (None if sandbox else contract.rate_limit)
    return parse_rate(rate) if rate else None


def limiter_for(
    options: RunOptions, profile: Profile, contract: Contract, *, sandbox: bool, redis: str | None = None
) -> RateLimiter:
    """The rate limit of a command, shared through Redis with others that send to the same target if there is one."""
    return limiter_of(rate_for(options, profile, contract, sandbox=sandbox), redis=redis, target=profile.base_url)


def limiter_of(rate: float | None, *, redis: str | None, target: str, shares: int = 1) -> RateLimiter:
    """Keeps a rate: counted in Redis for all, else an equal share of it for each of those who share it."""
    if rate is None:
        return NoLimit()
    from fuzz.engine.limits import Limit, SharedLimit

    return Limit(rate / shares) if redis is None else SharedLimit(rate, redis=redis, target=target)
