"""The request of one step of a workflow document that is replayed, with what only such documents say: forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import httpx

from fuzz.errors import UsageError
from fuzz.session.session import Session
from fuzz.target.profile import TokenSource
from fuzz.target.request_builder import SentRequest
from fuzz.target.templates import fill
from swagger.contract import Json, Step
from swagger.workflow.steps import FORM_TYPES
from swagger.workflow.templates import TEMPLATE

_CONTENT_TYPE = "Content-Type"


def request_of(
    step: Step, session: Session, variables: Mapping[str, str], tokens: Mapping[str, TokenSource | None]
) -> SentRequest:
    """The request as it is to be sent. UsageError for an unknown variable or token, and for a value that is no text."""
    where = str(step.where)
    params = {name: _text(value, f"{where}: the parameter `{name}`") for name, value in step.params.items()}
    sent = session.request_builder.step(replace(step, params=params), variables, tokens, where)
    if step.form_fields:
        return _as_form(sent, step, variables)
    return _with_headers(sent, **{_CONTENT_TYPE: step.content_type}) if step.content_type else sent


def variables_of(step: Step) -> frozenset[str]:
    """The variables that a step's request names."""
    parts = [step.path, step.body, step.params, step.headers, step.form_fields]
    return frozenset(name for text in _texts(parts) for name in TEMPLATE.findall(text))


def _texts(value: Json | Mapping[str, Json]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _as_form(sent: SentRequest, step: Step, variables: Mapping[str, str]) -> SentRequest:
    where = str(step.where)
    filled = fill(dict(step.form_fields), variables, where)
    fields = {name: _text(value, f"{where}: the form field `{name}`") for name, value in filled.items()}
    if (step.content_type or FORM_TYPES[0]).partition(";")[0].strip().lower() == FORM_TYPES[0]:
        form = httpx.Request(sent.http.method, sent.http.url, data=fields)
    else:
        files = [(name, (None, value)) for name, value in fields.items()]
        form = httpx.Request(sent.http.method, sent.http.url, files=files)
    content = form.read()
    changed = _with_headers(sent, **{_CONTENT_TYPE: form.headers[_CONTENT_TYPE]})
    return replace(changed, http=replace(changed.http, content=content), text=content.decode())


def _text(value: Json, what: str) -> str:
    """A plain value as it stands in a form or a query."""
    if isinstance(value, dict | list) or value is None:
        raise UsageError(f"{what} is {value!r}, no plain value", next="write a text, a number, true or false")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _with_headers(sent: SentRequest, **changes: str) -> SentRequest:
    """The request with headers replaced, as sent and as written down."""
    headers, written = ({**known, **changes} for known in (sent.http.headers, sent.http.written))
    return replace(sent, http=replace(sent.http, headers=headers, written=written))
