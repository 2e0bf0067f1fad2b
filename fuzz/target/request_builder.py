"""Builds the HTTP request of an action: its URL, token and body, from the documents' steps and the target profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote

import httpx
from jsonpath_ng.parser import parse as parse_jsonpath

from fuzz.errors import UsageError
from fuzz.oracle.actions import NEAR, NOT_JSON, Create, SendItems, Single, Token
from fuzz.oracle.scenario import kind_of
from fuzz.target.http.request import HttpRequest
from fuzz.target.profile import BEARER, Profile, TokenSource
from fuzz.target.reach import header_given
from fuzz.target.secrets import Secrets
from fuzz.target.templates import fill
from swagger.contract import Contract, Json, Step
from swagger.workflow.templates import fill_text

APP_CODES = {
    "google_v3": "googlewaysync",
    "outlook_v1.0": "outlookwaysync",
    "mock_provider": "mockcalendarwaysync",
}
"""`app_code_name` by provider. Source: the API facts, "The life of a calendar sync"."""

UNKNOWN_TOKEN = "calfuzz-unknown-token"
JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True)
class SentRequest:
    """A request ready to be sent. Frozen.

    `text`: its body. `path`: its path, for reports. `source`: where its token comes from, if that can be renewed.
    `extract`: the JSONPaths of the values to take from its answer, by name.
    """

    http: HttpRequest
    text: str
    path: str
    source: TokenSource | None
    extract: Mapping[str, str]

    @cached_property
    def body(self) -> Json:
        """The JSON as sent, `NOT_JSON` if it does not parse. Parsed at its first use."""
        return parse(self.text)


class RequestBuilder:
    """Builds requests for one target."""

    def __init__(self, contract: Contract, profile: Profile, secrets: Secrets) -> None:
        self.contract, self.profile, self.secrets = contract, profile, secrets
        self._sent = {**JSON_HEADERS, **self._of_the_profile()}
        self._written = {**JSON_HEADERS, **{name: given.placeholder for name, given in profile.headers.items()}}
        self._create_bodies: dict[str, str] = {}
        self.on_fallback = _documented_gateways(contract)

    def _of_the_profile(self) -> dict[str, str]:
        headers = self.profile.headers.items()
        return {name: self.secrets.text(given, behind=f"{name}:") for name, given in headers}

    def url(self, path: str, *, fallback: bool) -> str:
        """The URL of a path on the main or the fallback gateway, with that gateway's path prefix."""
        base = (self.profile.fallback_url if fallback else None) or self.profile.base_url
        return base + "/" + path.lstrip("/")

    def follow(self, profile: Profile) -> None:
        """From now on requests are built by another profile of the same target."""
        self.profile = profile

    @property
    def has_two_gateways(self) -> bool:
        """Whether the profile names a fallback gateway that is not the main one."""
        return self.profile.fallback_url not in (None, self.profile.base_url)

    def send_to(self, kind: str, *, fallback: bool) -> None:
        """Sends a kind of action to the main or to the fallback gateway from now on."""
        self.on_fallback[kind] = fallback

    def uses_fallback(self, action: Single) -> bool:
        """Whether an action's request goes to the fallback gateway."""
        return self.on_fallback[kind_of(action)]

    def build(
        self, action: Single, variables: Mapping[str, str], tokens: Mapping[Token, TokenSource | None]
    ) -> SentRequest:
        """The request of an action. `variables` fill its templates; `tokens` has the source of each kind of token."""
        if isinstance(action, Create):
            return self._create(action, variables, tokens)
        if isinstance(action, SendItems):
            text = dump(action.body) if action.raw is None else action.raw
            operation = self.contract.endpoint
        else:
            sync = {"provider": action.provider, "account": action.account}
            text = dump({"staff_uid": "{{staff_id}}", "calendar_sync": sync})
            operation = self.contract.siblings[action.move.value]
        url = self.url(operation.path, fallback=self.uses_fallback(action))
        return self._request(operation.method, url, operation.path, text, variables, tokens, action.token)

    def step(
        self, step: Step, variables: Mapping[str, str], tokens: Mapping[str, TokenSource | None], where: str
    ) -> SentRequest:
        """The request of one step of a workflow document. UsageError for a template or token that is unknown."""
        name = step.token or "staff"
        if name not in tokens:
            raise UsageError(
                f"{where}: the token {step.token!r} is unknown", next=f"use one of {', '.join(sorted(tokens))}"
            )
        body = fill(step.body, variables, where)
        text = "" if body is None else dump(body)
        headers, written = self._headers(tokens[name], Token.STAFF, _scheme_of(tokens[name]))
        given = {key: header_given(str(fill(value, variables, where))) for key, value in step.headers.items()}
        http_request = HttpRequest(
            step.method,
            self._url_of_step(step, variables, where),
            {**headers, **{key: self.secrets.text(each, behind=_behind(key, step)) for key, each in given.items()}},
            {**written, **{key: each.placeholder for key, each in given.items()}},
            encode(text),
            {key: str(fill(value, variables, where)) for key, value in step.params.items()} or None,
        )
        return SentRequest(http_request, text, step.path, tokens[name], step.extract)

    def get(self, path: str, source: TokenSource | None) -> SentRequest:
        """A GET of a path on the main gateway; without a token if no source of one is given."""
        headers, written = self._headers(source, Token.STAFF if source else Token.NONE, _scheme_of(source))
        http_request = HttpRequest("GET", self.url(path, fallback=False), headers, written, b"")
        return SentRequest(http_request, "", path, source, {})

    def _url_of_step(self, step: Step, variables: Mapping[str, str], where: str) -> str:
        """The step's URL. Values in its path are quoted, as a uid may hold a slash or a question mark."""
        quoted = {name: quote(value, safe="") for name, value in variables.items()}
        url = self.url(str(fill(step.path, quoted, where)), fallback=step.use_fallback)
        try:
            return str(httpx.URL(url))
        except httpx.InvalidURL as error:
            raise UsageError(f"{where}: the path {step.path!r} cannot be sent: {error}", next="correct it") from None

    def _create(
        self, action: Create, variables: Mapping[str, str], tokens: Mapping[Token, TokenSource | None]
    ) -> SentRequest:
        step = self.contract.create_step
        if action.provider not in self._create_bodies:
            self._create_bodies[action.provider] = dump(_create_body(step.body, action.provider))
        source = self.profile.tokens.admin if action.is_documented else None
        sent = self._request(
            step.method,
            self.url(step.path, fallback=self.uses_fallback(action)),
            step.path,
            self._create_bodies[action.provider],
            variables,
            tokens if source is None else {Token.STAFF: source},
            action.token if source is None else Token.STAFF,
        )
        return SentRequest(sent.http, sent.text, sent.path, source, step.extract)

    def _request(
        self,
        method: str,
        url: str,
        path: str,
        text: str,
        variables: Mapping[str, str],
        tokens: Mapping[Token, TokenSource | None],
        token: Token,
    ) -> SentRequest:
        text = fill_text(text, variables)
        scheme = _scheme_of(tokens.get(token) or tokens.get(Token.STAFF))
        headers, written = self._headers(tokens.get(token), token, scheme)
        http_request = HttpRequest(method, url, headers, written, encode(text))
        return SentRequest(http_request, text, path, tokens.get(token) if token is Token.STAFF else None, {})

    def _headers(self, source: TokenSource | None, token: Token, scheme: str) -> tuple[dict[str, str], dict[str, str]]:
        """The headers of a request as they are sent and as they are written down. A token that is no good stands for
        one that is, and comes with the scheme of that one.
        """
        if token is Token.NONE:
            return self._sent, self._written
        if token is Token.EMPTY:
            return self._bearing(scheme, "")
        if token is Token.UNKNOWN or source is None:
            return self._bearing(scheme, UNKNOWN_TOKEN)
        if token in NEAR:
            near = self.secrets.near(source, token)
            return self._bearing(scheme, near or UNKNOWN_TOKEN, f"{source.placeholder} {token}" if near else None)
        return self._bearing(scheme, self.secrets.token(source), source.placeholder)

    def _bearing(self, scheme: str, value: str, shown: str | None = None) -> tuple[dict[str, str], dict[str, str]]:
        """The headers of a request with a token, as they are sent and as they are written down."""
        sent, written = (f"{scheme} {text}".rstrip() for text in (value, value if shown is None else shown))
        return {**self._sent, "Authorization": sent}, {**self._written, "Authorization": written}


def _behind(name: str, step: Step) -> str:
    """What stands before a header's value. Nothing before one that a template fills: it is no secret."""
    return "" if "{{" in step.headers[name] else f"{name}:"


def _documented_gateways(contract: Contract) -> dict[str, bool]:
    """Whether each kind of action goes to the fallback gateway, as the documents say."""
    siblings = {name: operation.use_fallback for name, operation in contract.siblings.items()}
    return {"create": contract.create_step.use_fallback, "send": contract.endpoint.use_fallback, **siblings}


def _scheme_of(source: TokenSource | None) -> str:
    return source.scheme if source is not None else BEARER


def _create_body(body: Json, provider: str) -> Json:
    """The document's create body for another provider: the same fields, with that provider and its app code."""
    if not isinstance(body, dict):
        return body
    changed = dict(body)
    if "provider" in changed:
        changed["provider"] = provider
    if "app_code_name" in changed and body.get("provider") != provider:
        changed["app_code_name"] = APP_CODES.get(provider, changed["app_code_name"])
    return changed


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump(body: Json) -> str:
    """Compact JSON, non-ASCII characters as they are."""
    return _as_json(body)


def encode(text: str) -> bytes:
    """UTF-8; a text with lone surrogates, which UTF-8 cannot hold, as JSON escapes."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join(f"\\u{ord(char):04x}" if 0xD800 <= ord(char) < 0xE000 else char for char in text).encode()


LONGEST_INTEGER = 4000


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _number(digits: str) -> int | float:
    """An integer; one of more digits than Python reads as such, as a float."""
    return int(digits) if len(digits) < LONGEST_INTEGER else float(digits)


_from_json = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_number).decode


def parse(text: str) -> Json:
    """The JSON value of a text, or `NOT_JSON`."""
    try:
        return _from_json(text)
    except (ValueError, RecursionError):
        return NOT_JSON


@lru_cache
def _jsonpath(path: str) -> Any:
    return parse_jsonpath(path)


def check_paths(paths: Mapping[str, str], where: str) -> None:
    """UsageError for a JSONPath that cannot be read."""
    for name, path in paths.items():
        try:
            _jsonpath(path)
        except Exception:
            # jsonpath_ng raises bare Exceptions.
            raise UsageError(f"{where}: extract: {name}: {path!r} is no JSONPath", next="write it as $.uid") from None


def extract(body: Json, paths: Mapping[str, str]) -> dict[str, Json]:
    """The first value that each JSONPath finds in a body; names without a value are left out."""
    found = {}
    for name, path in paths.items():
        simple = path.removeprefix("$.")
        if simple.isidentifier():
            if isinstance(body, dict) and simple in body:
                found[name] = body[simple]
            continue
        matches = _jsonpath(path).find(body)
        if matches:
            found[name] = matches[0].value
    return found
