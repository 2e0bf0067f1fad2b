"""The target profile: the addresses of a deployment, the staff members that a run may use there, and their tokens."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from fuzz.target.http.request import trace_id
from fuzz.target.reach import (
    REQUEST_ID,
    TRACE_ID,
    BuildSource,
    ClientCertificate,
    Headers,
    Proxy,
    is_header_value,
    what_is_wrong_with_address,
    what_is_wrong_with_certificate,
    what_is_wrong_with_logs,
    what_is_wrong_with_proxy,
)
from fuzz.target.user_files import UserFile, check_user_file, read_user_file, told_to_the_user
from swagger.contract import Json, Source
from swagger.parsing.strict_json import writable
from swagger.parsing.strict_yaml import FieldPath, LocatedYaml

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ADMIN, BEARER = "Admin", "Bearer"
"""The schemes of the admin token and of every other one. Source: the API facts, "Tokens"."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_RATE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*/\s*(s|m|h|d)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SHORT_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s)")
LONGEST_SETTLE = 60.0
NO_LIMIT = "none"
"""The rate of a profile whose target takes requests at full speed."""


class TokenSource(BaseModel):
    """Where a token comes from (an environment variable, a command's output, or an entry of the auth file), and the
    scheme that it is sent with: `Authorization: <scheme> <token>`.
    """

    model_config = _STRICT
    env: str | None = None
    command: str | None = None
    auth: str | None = None
    scheme: str = BEARER
    _variable: str = PrivateAttr("CALFUZZ_TOKEN")
    """The variable that stands for a command in all that is written: a command may hold a password."""

    @field_validator("scheme")
    @classmethod
    def _is_a_scheme(cls, scheme: str) -> str:
        if not _SCHEME.fullmatch(scheme):
            raise ValueError("is not a scheme such as Admin or Bearer")
        return scheme

    @model_validator(mode="after")
    def _exactly_one(self) -> TokenSource:
        if sum(source is not None for source in (self.env, self.command, self.auth)) != 1:
            raise ValueError("takes exactly one of env, command, auth")
        return self

    @property
    def placeholder(self) -> str:
        """The text that is written in place of the token: `{env:NAME}`."""
        return f"{{auth:{self.auth}}}" if self.auth else f"{{env:{self.env or self._variable}}}"

    def called(self, variable: str) -> TokenSource:
        """The same token; if a command gives it, this variable stands for the command."""
        named = self.model_copy()
        named._variable = variable
        return named

    @model_serializer(mode="wrap")
    def _without_command(self, dumped: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As a profile says it. A command is not copied: who uses the copy exports the variable."""
        given: dict[str, Any] = dumped(self)
        return (
            {"env": self._variable, **{key: given[key] for key in given if key != "command"}} if self.command else given
        )

    def sent_as(self, scheme: str) -> TokenSource:
        """The same token, sent with another scheme."""
        return self.model_copy(update={"scheme": scheme})


class Tokens(BaseModel):
    """The tokens that belong to no staff member."""

    model_config = _STRICT
    admin: TokenSource

    @field_validator("admin")
    @classmethod
    def _with_its_scheme(cls, admin: TokenSource) -> TokenSource:
        return (admin if "scheme" in admin.model_fields_set else admin.sent_as(ADMIN)).called("CALFUZZ_TOKEN_ADMIN")


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
    settle: str | None = None
    verify_tls: bool | str = True
    ca_bundle: str | None = None
    client_certificate: ClientCertificate | None = None
    proxy: Proxy | None = None
    headers: Headers = Field(default_factory=dict)
    auth_file: str | None = None
    business_id: str = ""
    build: BuildSource | None = None
    logs: str | None = None
    lifecycle: LifecycleSteps = LifecycleSteps()
    _folder: Path = PrivateAttr(default=Path())

    @field_validator("base_url", "fallback_url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is None:
            return None
        wrong = what_is_wrong_with_address(url)
        if wrong:
            raise ValueError(wrong)
        return url.rstrip("/")

    @field_validator("logs")
    @classmethod
    def _is_a_link(cls, logs: str | None) -> str | None:
        wrong = what_is_wrong_with_logs(logs) if logs is not None else ""
        if wrong:
            raise ValueError(wrong)
        return logs

    @field_validator("ca_bundle")
    @classmethod
    def _is_the_only_word_on_authorities(cls, bundle: str | None, info: ValidationInfo) -> str | None:
        verify = info.data.get("verify_tls", True)
        if bundle is not None and verify is not True:
            raise ValueError(f"is given, and verify_tls {'is false' if verify is False else 'names another file'}")
        return bundle

    @field_validator("rate_limit")
    @classmethod
    def _is_a_rate(cls, rate: str | None) -> str | None:
        if rate not in (None, NO_LIMIT):
            parse_rate(rate or "")
        return rate

    @field_validator("settle")
    @classmethod
    def _is_a_short_time(cls, settle: str | None) -> str | None:
        if settle is not None and not 0 <= parse_short_time(settle) <= LONGEST_SETTLE:
            raise ValueError(f"{settle!r} is more than {LONGEST_SETTLE:g} s")
        return settle

    @field_validator("staff")
    @classmethod
    def _are_different(cls, staff: list[Staff]) -> list[Staff]:
        if len({member.uid for member in staff}) < len(staff):
            raise ValueError("names a uid twice")
        return [
            member.model_copy(update={"token": member.token.called(f"CALFUZZ_TOKEN_STAFF_{number}")})
            for number, member in enumerate(staff, start=1)
        ]

    @property
    def settle_seconds(self) -> float:
        """How long a change may take to show; 0 if nothing is said."""
        return 0.0 if self.settle is None else parse_short_time(self.settle)

    def as_given(self) -> dict[str, Any]:
        """The profile as JSON, with what its file says and no more."""
        return self.model_dump(mode="json", exclude_unset=True)

    def with_admin_scheme(self, scheme: str) -> Profile:
        """The profile of a target that takes the admin token with this scheme."""
        tokens = self.tokens.model_copy(update={"admin": self.tokens.admin.sent_as(scheme)})
        return self.model_copy(update={"tokens": tokens})

    def file(self, name: str) -> str:
        """The path of a file that the profile names, which is relative to the profile."""
        return str(self._folder / name)

    def logs_of(self, request_id: str) -> str:
        """The address of a request's logs; empty if the profile does not say where they are."""
        return (self.logs or "").replace(REQUEST_ID, quote(request_id)).replace(TRACE_ID, trace_id(request_id))

    @property
    def authorities(self) -> bool | str:
        """Whom to trust over TLS: the usual authorities (True), anybody (False), or those in a file."""
        bundle = self.ca_bundle or self.verify_tls
        return self.file(bundle) if isinstance(bundle, str) else bundle

    @property
    def certificate_files(self) -> tuple[str, str | None] | None:
        """The paths of the client's certificate and of its key."""
        given = self.client_certificate
        return None if given is None else (self.file(given.cert), None if given.key is None else self.file(given.key))

    @property
    def elsewhere(self) -> str | None:
        """The first field whose address is not this machine's own; None if there is none. A proxy has a loopback
        address of its own.
        """
        if self.proxy is not None:
            return "base_url"
        urls = {"base_url": self.base_url, "fallback_url": self.fallback_url}
        return next((name for name, url in urls.items() if url and urlsplit(url).hostname not in LOOPBACK), None)


def parse_rate(rate: str) -> float:
    """`8/s`, `30/m`, `100/h` or `900/d` in requests per second; ValueError for anything else."""
    matched = _RATE.fullmatch(rate.strip())
    if matched is None or float(matched[1]) <= 0:
        raise ValueError(f"{rate!r} is not a rate such as 8/s or 300/m")
    return float(matched[1]) / _SECONDS[matched[2]]


def parse_short_time(text: str) -> float:
    """`200ms` or `0.5s` in seconds; ValueError for anything else."""
    matched = _SHORT_TIME.fullmatch(text.strip())
    if matched is None:
        raise ValueError(f"{text!r} is not a time such as 200ms or 0.5s")
    return float(matched[1]) * (0.001 if matched[2] == "ms" else 1.0)


def load_profile(path: Path) -> Profile:
    """Reads and checks a profile. UsageError names file, line and field."""
    file = read_user_file(
        path, Profile, kind="target profile", advice="`calfuzz init` prints one with every field explained"
    )
    return _usable(file, path.parent)


def kept_profile(given: Mapping[str, Json], name: str) -> Profile:
    """The profile that a bundle holds, checked; its files are looked for in the working directory. UsageError names the
    field.
    """
    located, advice = LocatedYaml(given, {}), "name a target profile with --target"
    with told_to_the_user("target in "):
        writable(given, Source(name, 1))
    file = check_user_file(located, name, Profile, kind="target in", advice=advice)
    return _usable(file, Path(), for_variable="export it, or name the target profile with --target")


def _usable(file: UserFile[Profile], folder: Path, *, for_variable: str = "export it, or name another one") -> Profile:
    """The profile of a file whose files and variables are there and that may be touched. UsageError otherwise."""
    profile = file.value
    profile._folder = folder.absolute()
    _check_files(file)
    via = " of this machine behind a proxy" if profile.proxy is not None else ""
    elsewhere = profile.elsewhere
    if elsewhere is not None and not profile.disposable_staff:
        raise file.refusal(
            (elsewhere,),
            f"{getattr(profile, elsewhere)} is not a loopback address{via} and disposable_staff is not true",
            next="a run destroys and re-creates these staff members' syncs: say disposable_staff: true if it may",
        )
    for field, variable in _variables(profile):
        if not os.environ.get(variable):
            says = f"names the environment variable {variable}, which is not set"
            raise file.refusal(field, says, next=for_variable)
    _check_values(file)
    return profile


def _check_files(file: UserFile[Profile]) -> None:
    """UsageError for authorities or a client certificate that cannot be used."""
    profile = file.value
    if isinstance(profile.authorities, str):
        field, name = ("ca_bundle", profile.ca_bundle) if profile.ca_bundle else ("verify_tls", profile.verify_tls)
        try:
            ssl.create_default_context(cafile=profile.authorities)
        except (OSError, ValueError):
            advice = "name one in PEM" + (", or say true or false" if field == "verify_tls" else "")
            raise file.refusal((field,), f"names {name}, which is not a file of certificates", next=advice) from None
    if profile.certificate_files is not None:
        cert, key = profile.certificate_files
        wrong = what_is_wrong_with_certificate(Path(cert), None if key is None else Path(key))
        if wrong:
            advice = "name cert and key in PEM, relative to the profile"
            raise file.refusal(("client_certificate",), wrong, next=advice)


def _check_values(file: UserFile[Profile]) -> None:
    """UsageError for a variable that does not hold what it is named for. Its value is not quoted: it is a secret."""
    profile = file.value
    for name, given in profile.headers.items():
        if given.env and not is_header_value(os.environ[given.env].strip()):
            says = f"names {given.env}, whose value is not printable ASCII"
            raise file.refusal(("headers", name), says, next="correct the variable's value")
    if profile.proxy is not None and profile.proxy.env:
        wrong = what_is_wrong_with_proxy(os.environ[profile.proxy.env].strip())
        if wrong:
            says = f"names {profile.proxy.env}, whose value {wrong}"
            raise file.refusal(("proxy",), says, next="write it as http://user:password@host:port")


def _variables(profile: Profile) -> Iterator[tuple[FieldPath, str]]:
    """The environment variables that a profile names, with their fields."""
    for field, source in _token_sources(profile):
        if source.env:
            yield field, source.env
    for name, given in profile.headers.items():
        if given.env:
            yield ("headers", name), given.env
    if profile.proxy is not None and profile.proxy.env:
        yield ("proxy",), profile.proxy.env


def _token_sources(profile: Profile) -> Iterator[tuple[FieldPath, TokenSource]]:
    yield ("tokens", "admin"), profile.tokens.admin
    for place, member in enumerate(profile.staff):
        yield ("staff", place, "token"), member.token
