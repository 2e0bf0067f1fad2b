"""How a profile says that its target is reached: further headers, a proxy, a client certificate, authorities; and
where it says which build of it runs.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import httpx
from jsonpath_ng.parser import parse as parse_jsonpath
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    WithJsonSchema,
    field_validator,
    model_serializer,
)

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_VARIABLE = re.compile(r"\{env:([^{}]+)\}")
_PLACEHOLDER = re.compile(r"\{ *env *: *[^}]*\}")
LONGEST_ADDRESS = 2000
REQUEST_ID, TRACE_ID = "{request_id}", "{trace_id}"
"""What stands for a request in the address of its logs."""

_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
OUR_OWN = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-length", "content-type", "expect", "host"),
        *("te", "trailer", "transfer-encoding", "traceparent", "upgrade", "user-agent", "x-request-id"),
    }
)
"""Headers that calfuzz sets itself, in lower case."""


class TextOrEnv(BaseModel):
    """A text, or the environment variable that holds it, which makes it a secret. Frozen."""

    model_config = _STRICT
    text: str = ""
    env: str | None = None

    @model_serializer
    def as_given(self) -> str | dict[str, str]:
        """As a profile says it."""
        return self.text if self.env is None else {"env": self.env}

    @property
    def placeholder(self) -> str:
        """What is written in its place: the text itself, or `{env:NAME}`."""
        return self.text if self.env is None else f"{{env:{self.env}}}"


class BuildSource(BaseModel):
    """Where the target says which build of it runs: a path of `base_url`, the JSONPath of the build in its answer, and
    whose token is sent, if any. Frozen.
    """

    model_config = _STRICT
    path: str
    extract: str
    token: Literal["admin", "staff"] | None = None

    @field_validator("path")
    @classmethod
    def _is_a_path(cls, path: str) -> str:
        if not re.fullmatch(r"/[\x21-\x7e]*", path):
            raise ValueError(f"{path!r} is not a path such as /version")
        return path

    @field_validator("extract")
    @classmethod
    def _is_a_jsonpath(cls, extract: str) -> str:
        try:
            parse_jsonpath(extract)
        except Exception:  # jsonpath_ng raises bare Exceptions
            raise ValueError(f"{extract!r} is no JSONPath such as $.sha") from None
        return extract


def _text_or_env(given: Any) -> Any:
    if isinstance(given, str):
        return {"text": given}
    if isinstance(given, TextOrEnv) or (isinstance(given, dict) and set(given) == {"env"}):
        return given
    raise ValueError("must be a text, in quotes if it is a number, or {env: NAME}")


def header_given(text: str) -> TextOrEnv:
    """The value of a header in a step: a text, or `{env:NAME}`, which stands for `{env: NAME}`."""
    variable = _VARIABLE.fullmatch(text)
    return TextOrEnv(text=text) if variable is None else TextOrEnv(env=variable[1])


_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {"env": {"type": "string"}},
                "required": ["env"],
                "additionalProperties": False,
            },
        ]
    }
)
Given = Annotated[TextOrEnv, BeforeValidator(_text_or_env), _SCHEMA]


def _headers(headers: Mapping[str, TextOrEnv]) -> Mapping[str, TextOrEnv]:
    for name, given in headers.items():
        if not is_header_name(name):
            raise ValueError(f"names {name!r}, which is no name of a header")
        if name.lower() == "authorization":
            raise ValueError("names Authorization, which is made of the tokens: see tokens and staff")
        if name.lower() in OUR_OWN:
            raise ValueError(f"names {name}, which calfuzz sets itself")
        if given.env is None and _PLACEHOLDER.search(given.text):
            raise ValueError(f"holds a text for {name} that looks like a variable: write {{env: NAME}} without quotes")
        if given.env is None and not is_header_value(given.text):
            raise ValueError(f"holds a text for {name} that is empty, or not printable ASCII")
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("names a header twice")
    return headers


def _proxy(proxy: TextOrEnv) -> TextOrEnv:
    if proxy.env is None:
        wrong = what_is_wrong_with_proxy(proxy.text)
        if wrong:
            raise ValueError(wrong)
        if "@" in proxy.text:
            raise ValueError("carries a password: write {env: NAME}, and the whole address into that variable")
    return proxy


Headers = Annotated[dict[str, Given], AfterValidator(_headers)]
Proxy = Annotated[Given, AfterValidator(_proxy)]


class ClientCertificate(BaseModel):
    """The files of a client's certificate and of its key, in PEM; without `key`, both are in `cert`. Frozen."""

    model_config = _STRICT
    cert: str
    key: str | None = None


def is_header_value(text: str) -> bool:
    """Whether a text can be sent as the value of a header: printable ASCII, with blanks inside only."""
    return _VALUE.fullmatch(text) is not None


def is_header_name(text: str) -> bool:
    """Whether a text can be the name of a header (RFC 9110, section 5.6.2)."""
    return _NAME.fullmatch(text) is not None


def what_is_wrong_with_address(address: str) -> str:
    """Why a text is no address that requests can be sent to; empty if it is one. It never quotes the address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        usable = parts.scheme in ("http", "https") and (parts.port or 1) > 0 and _is_host(host)
        usable &= len(address) <= LONGEST_ADDRESS and address.isprintable() and " " not in address
        httpx.URL(address)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        return "is not an http or https address"
    if parts.username or parts.password:
        return "carries a password; tokens come from the environment"
    if "?" in address or "#" in address:
        return "has a query or a fragment: give the address without"
    return ""


def what_is_wrong_with_logs(template: str) -> str:
    """Why a text is no template of an address where a request's logs are; empty if it is one."""
    address = template.replace(REQUEST_ID, "").replace(TRACE_ID, "")
    if address == template:
        return f"lacks {REQUEST_ID}, or {TRACE_ID}, in whose place the id of a request is written"
    if len(template) > LONGEST_ADDRESS or not _LINK.fullmatch(address):
        return "is not an http or https address"
    return what_is_wrong_with_address(address.partition("?")[0].partition("#")[0])


def _is_host(host: str) -> bool:
    """Whether a text is the name or the number of a host."""
    with suppress(ValueError):
        ip_address(host)
        return True
    return bool(host) and bool(host.encode("idna"))


def what_is_wrong_with_proxy(address: str) -> str:
    """Why a text is no address of a proxy; empty if it is one. It never quotes the address."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or not is_header_value(address):
        return "is not an http or https address"
    return "has a path: a proxy is a scheme, a host and a port" if parts.path.strip("/") or parts.query else ""


def what_is_wrong_with_certificate(cert: Path, key: Path | None) -> str:
    """Why the files are no certificate with its key; empty if they are."""
    context = ssl.create_default_context()
    try:
        # Without a password to give, OpenSSL would ask for one at the terminal.
        context.load_cert_chain(cert, key, password=lambda: b"")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return "holds a key that is not the certificate's"
        return "is not a certificate and its key in PEM, the key without a password"
    except (OSError, ValueError) as error:
        return f"names a file that cannot be read: {getattr(error, 'strerror', None) or error}"
    return ""
