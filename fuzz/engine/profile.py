"""The target profile: where the deployment is, who may be touched there, and with which tokens. Errors name file, line
and field.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fuzz.engine.yaml_lines import Lines, load_with_lines
from fuzz.errors import UsageError

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|m|h)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
MOST_BYTES = 1_000_000


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
        """What is written in the token's place: `{env:NAME}`."""
        kind = "env" if self.env else "command" if self.command else "auth"
        return f"{{{kind}:{self.env or self.command or self.auth}}}"


class Tokens(BaseModel):
    model_config = _STRICT
    admin: TokenSource


class Staff(BaseModel):
    """One staff member whose sync a run may destroy and re-create."""

    model_config = _STRICT
    uid: str = Field(min_length=1)
    token: TokenSource


class Lifecycle(BaseModel):
    """Steps that move a staff member's sync, per state; None: the documented way, an empty list: not possible here."""

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
    lifecycle: Lifecycle = Lifecycle()

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
        """Every address of the profile is this machine's own."""
        urls = [url for url in (self.base_url, self.fallback_url) if url]
        return all((urlsplit(url).hostname or "") in LOOPBACK for url in urls)


def parse_rate(rate: str) -> float:
    """`8/s`, `30/m` or `100/h` in requests per second; ValueError for anything else."""
    matched = _RATE.fullmatch(rate.strip())
    if matched is None or float(matched[1]) <= 0:
        raise ValueError(f"{rate!r} is not a rate such as 8/s or 300/m")
    return float(matched[1]) / _SECONDS[matched[2]]


def load_profile(path: Path) -> Profile:
    """Reads and checks a profile. UsageError names the file, the line and the field, and says what to do next."""
    data, lines = _read(path)
    try:
        profile = Profile.model_validate(data)
    except ValidationError as error:
        raise _usage_error(path, error, lines) from None
    profile = _with_authorities(path, profile, lines)
    if not profile.on_loopback and not profile.disposable_staff:
        raise UsageError(
            f"target profile {path.name}:{lines.at(('base_url',))}: {profile.base_url} is not a loopback address and"
            " disposable_staff is not true",
            next="a run destroys and re-creates these staff members' syncs: say disposable_staff: true if it may",
        )
    for field, source in _sources(profile):
        if source.env and not os.environ.get(source.env):
            raise UsageError(
                f"target profile {path.name}:{lines.at(field)}: {_dotted(field)} names the environment variable"
                f" {source.env}, which is not set",
                next="export it, or name another one",
            )
    return profile


def _with_authorities(path: Path, profile: Profile, lines: Lines) -> Profile:
    """The profile with the file of its certificate authorities, which is named relative to it, checked."""
    if isinstance(profile.verify_tls, bool):
        return profile
    authorities = path.parent / profile.verify_tls
    try:
        ssl.create_default_context(cafile=authorities)
    except (OSError, ValueError):
        raise UsageError(
            f"target profile {path.name}:{lines.at(('verify_tls',))}: verify_tls names {profile.verify_tls}, which is"
            " not a file of certificates",
            next="name one in PEM, or say true or false",
        ) from None
    return profile.model_copy(update={"verify_tls": str(authorities)})


def _read(path: Path) -> tuple[Any, Lines]:
    next_step = "write a target profile as README describes it"
    start = _start_of(path)
    if len(start) > MOST_BYTES:
        raise UsageError(f"target profile {path}: is larger than {MOST_BYTES} bytes", next=next_step)
    try:
        text = start.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"target profile {path}: is not UTF-8 text", next=next_step) from None
    try:
        data, lines = load_with_lines(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).partition("\n")[0] or "is nested too deeply"
        raise UsageError(f"target profile {path.name}{where}: {what}", next="correct the YAML") from None
    if not isinstance(data, dict):
        raise UsageError(f"target profile {path.name}:1: is not a mapping", next=next_step)
    return data, lines


def _start_of(path: Path) -> bytes:
    """No more than need be: the path may be that of a device without end."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"target profile {path}: {why}", next="name a file that can be read") from None


def _usage_error(path: Path, error: ValidationError, lines: Lines) -> UsageError:
    first = error.errors(include_url=False)[0]
    field = tuple(part for part in first["loc"] if not (isinstance(part, str) and "[" in part))
    says = first["msg"].removeprefix("Value error, ")
    next_step = "see README, “A target profile”"
    if first["type"] == "invalid_key":
        field = tuple(str(part) for part in field)
    if first["type"] in ("extra_forbidden", "invalid_key"):
        says, next_step = "is no field of a target profile", "correct its name, or take it out"
    elif first["type"] == "missing":
        says, next_step = "is missing", "add it"
    return UsageError(f"target profile {path.name}:{lines.at(field)}: {_dotted(field)} {says}", next=next_step)


def _dotted(field: tuple[Any, ...]) -> str:
    """`staff[0].token` of ("staff", 0, "token")."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in field)
    return text.lstrip(".") or "the profile"


def _sources(profile: Profile) -> Iterator[tuple[tuple[Any, ...], TokenSource]]:
    yield ("tokens", "admin"), profile.tokens.admin
    for place, member in enumerate(profile.staff):
        yield ("staff", place, "token"), member.token
