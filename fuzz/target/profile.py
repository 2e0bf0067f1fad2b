"""The target profile: the addresses of a deployment, the staff members that a run may use there, and their tokens."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from fuzz.target.user_files import UserFile, read_user_file
from swagger.parsing.strict_yaml import FieldPath

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|m|h)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


class TokenSource(BaseModel):
    """Where a token comes from: an environment variable, a command's output, or an entry of the auth file."""

    model_config = _STRICT
    env: str | None = None
    command: str | None = None
    auth: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> TokenSource:
        if sum(source is not None for source in (self.env, self.command, self.auth)) != 1:
            raise ValueError("takes exactly one of env, command, auth")
        return self

    @property
    def placeholder(self) -> str:
        """The text that is written in place of the token: `{env:NAME}`."""
        kind = "env" if self.env else "command" if self.command else "auth"
        return f"{{{kind}:{self.env or self.command or self.auth}}}"


class Tokens(BaseModel):
    """The tokens that belong to no staff member."""

    model_config = _STRICT
    admin: TokenSource


class Staff(BaseModel):
    """One staff member whose sync a run may destroy and re-create."""

    model_config = _STRICT
    uid: str = Field(min_length=1)
    token: TokenSource


class LifecycleSteps(BaseModel):
    """Steps that bring a sync to each state. None: the documented operation. Empty: the target cannot reach it."""

    model_config = _STRICT
    none: list[dict[str, Any]] | None = None
    fresh: list[dict[str, Any]] | None = None
    bound: list[dict[str, Any]] | None = None
    disabled: list[dict[str, Any]] | None = None


class Profile(BaseModel):
    """A deployment under test. Rates are per second, times in seconds."""

    model_config = _STRICT
    name: str
    base_url: str
    fallback_url: str | None = None
    tokens: Tokens
    staff: list[Staff] = Field(min_length=1)
    disposable_staff: bool = False
    rate_limit: str | None = None
    request_timeout: float = Field(default=30.0, gt=0, le=3600.0)
    verify_tls: bool | str = True
    auth_file: str | None = None
    business_id: str = ""
    lifecycle: LifecycleSteps = LifecycleSteps()

    @field_validator("base_url", "fallback_url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable:
            raise ValueError("is not an http or https address")
        if parts.username or parts.password:
            raise ValueError("carries a password; tokens come from the environment")
        return url.rstrip("/")

    @field_validator("rate_limit")
    @classmethod
    def _is_a_rate(cls, rate: str | None) -> str | None:
        if rate is not None:
            parse_rate(rate)
        return rate

    @field_validator("staff")
    @classmethod
    def _are_different(cls, staff: list[Staff]) -> list[Staff]:
        if len({member.uid for member in staff}) < len(staff):
            raise ValueError("names a uid twice")
        return staff

    @property
    def on_loopback(self) -> bool:
        """Whether every address of the profile is this machine's own."""
        urls = [url for url in (self.base_url, self.fallback_url) if url]
        return all((urlsplit(url).hostname or "") in LOOPBACK for url in urls)


def parse_rate(rate: str) -> float:
    """`8/s`, `30/m` or `100/h` in requests per second; ValueError for anything else."""
    matched = _RATE.fullmatch(rate.strip())
    if matched is None or float(matched[1]) <= 0:
        raise ValueError(f"{rate!r} is not a rate such as 8/s or 300/m")
    return float(matched[1]) / _SECONDS[matched[2]]


def load_profile(path: Path) -> Profile:
    """Reads and checks a profile. UsageError names file, line and field."""
    file = read_user_file(path, Profile, kind="target profile", advice="see README, “A target profile”")
    profile = _with_authorities(path, file)
    if not profile.on_loopback and not profile.disposable_staff:
        raise file.refusal(
            ("base_url",),
            f"{profile.base_url} is not a loopback address and disposable_staff is not true",
            next="a run destroys and re-creates these staff members' syncs: say disposable_staff: true if it may",
        )
    for field, source in _token_sources(profile):
        if source.env and not os.environ.get(source.env):
            says = f"names the environment variable {source.env}, which is not set"
            raise file.refusal(field, says, next="export it, or name another one")
    return profile


def _with_authorities(path: Path, file: UserFile[Profile]) -> Profile:
    """The profile with its file of certificate authorities checked. UsageError for a file that cannot be used."""
    profile = file.value
    if isinstance(profile.verify_tls, bool):
        return profile
    authorities = path.parent / profile.verify_tls
    try:
        ssl.create_default_context(cafile=authorities)
    except (OSError, ValueError):
        says = f"names {profile.verify_tls}, which is not a file of certificates"
        raise file.refusal(("verify_tls",), says, next="name one in PEM, or say true or false") from None
    return profile.model_copy(update={"verify_tls": str(authorities)})


def _token_sources(profile: Profile) -> Iterator[tuple[FieldPath, TokenSource]]:
    yield ("tokens", "admin"), profile.tokens.admin
    for place, member in enumerate(profile.staff):
        yield ("staff", place, "token"), member.token
