"""The rate limit of a command. The limiter's module is imported only if there is a limit, for a fast start."""

from __future__ import annotations

from fuzz.run.options import RunOptions
from fuzz.target.http.client import NoLimit, RateLimiter
from fuzz.target.profile import Profile, parse_rate
from swagger.contract import Contract


def rate_for(options: RunOptions, profile: Profile, contract: Contract, *, sandbox: bool) -> float | None:
    """Maximum requests per second: the option's, else the profile's, else the swagger's; None for the sandbox."""
    if options.rate_limit is not None:
        return options.rate_limit
    rate = profile.rate_limit or (None if sandbox else contract.rate_limit)
    return parse_rate(rate) if rate else None


def limiter_for(
    options: RunOptions, profile: Profile, contract: Contract, *, sandbox: bool, redis: str | None = None
) -> RateLimiter:
    """The rate limiter of a command. With a Redis server, all commands on the same target share it."""
    return limiter_of(rate_for(options, profile, contract, sandbox=sandbox), redis=redis, target=profile.base_url)


def limiter_of(rate: float | None, *, redis: str | None, target: str, shares: int = 1) -> RateLimiter:
    """A limiter for a rate: counted in Redis for all processes, else with an equal share of the rate for each."""
    if rate is None:
        return NoLimit()
    from fuzz.target.http.rate_limit import Limit, SharedLimit

    return Limit(rate / shares) if redis is None else SharedLimit(rate, redis=redis, target=target)
