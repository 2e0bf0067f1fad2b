"""The endpoint as the swagger describes it: field rules with their JSON pointers, example answers, tokens, rate limit
and the operations beside it. schemathesis reads the swagger and resolves its references; its import waits until then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swagger.contract import ContractError, FieldRule, Json, Operation, Source, Unused
from swagger.document import canonical_path
from swagger.markdown import plain
from swagger.reading import SWAGGER_BYTES, parse_json, parse_yaml, read_text, refusal
from swagger.schema import body_rules, escaped, schema_keys

if TYPE_CHECKING:
    from schemathesis import APIOperation

    Endpoint = APIOperation[Any, Any, Any, Any]

NEXT = "correct the swagger, or give another one with --swagger"

_TIER = re.compile(r"(\d+)\s*req(?:uest)?s?\s*per\s*(?:(s)ec(?:ond)?|(m)in(?:ute)?|(h)our|(d)ay)", re.IGNORECASE)
_JOINT = r"\s*(?:,\s*(?:and\b|or\b)?|/|&|\band\b|\bor\b)\s*"
_TOKENS = re.compile(rf"\b(\w+(?:{_JOINT}\w+)*)\s+tokens?\b", re.IGNORECASE)
_NO_TOKEN_NAMES = frozenset(
    ("a", "an", "the", "this", "that", "of", "with", "no", "your", "its", "valid", "access", "auth", "bearer", "api")
)
_DESCRIPTION_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class SwaggerResponse:
    """One response: `example` is None where there is none, `keys` are the top-level keys that its schema names."""

    status: str
    description: str
    example: Json
    keys: tuple[str, ...]
    where: Source


@dataclass(frozen=True, slots=True)
class SwaggerOperation:
    """What a swagger says about one endpoint; `found` is False, and all else empty, if it does not list it."""

    where: Source
    found: bool
    fields: tuple[FieldRule, ...] = ()
    responses: tuple[SwaggerResponse, ...] = ()
    tokens: tuple[str, ...] = ()
    rate_limit: str | None = None
    siblings: Mapping[str, Operation] = field(default_factory=dict)
    unused: tuple[Unused, ...] = ()


def read_operation(path: Path, endpoint: Operation) -> SwaggerOperation:
    """What the swagger in a file says about the endpoint; ContractError if the swagger cannot be read or resolved."""
    start = Source(path.name, 1)
    text = read_text(path, limit=SWAGGER_BYTES)
    raw = parse_yaml(text, start).value if path.suffix.lower() in (".yaml", ".yml") else parse_json(text, start)
    if not isinstance(raw, dict) or not isinstance(raw.get("paths"), dict):
        raise refusal(start, "not a swagger: it has no `paths`", next=NEXT)
    try:
        return _read(raw, path.name, endpoint)
    except ContractError:
        raise
    except Exception as error:  # schemathesis meets a malformed swagger with whatever it stumbles over
        what = " ".join(f"{type(error).__name__} {error}".split())
        raise refusal(Source(path.name), f"cannot be resolved: {what[:300]}", next=NEXT) from None


def _read(raw: Mapping[str, Json], file: str, endpoint: Operation) -> SwaggerOperation:
    """Only the endpoint's neighbourhood is given to schemathesis: a real swagger holds hundreds of operations."""
    near = {**raw, "paths": {path: item for path, item in raw["paths"].items() if _is_near(path, endpoint)}}
    _check_references(near, file)
    operations = _load(near) if near["paths"] else []
    for operation in operations:
        method, path = operation.method.upper(), canonical_path(operation.full_path)
        if (method, path) == (endpoint.method, canonical_path(endpoint.path)):
            return _described(operation, file, _siblings(operations, endpoint))
    return SwaggerOperation(Source(file, pointer="/paths"), found=False)


def _load(raw: dict[str, Json]) -> list[Endpoint]:
    """The operations of a swagger. A configuration of our own keeps a stray `schemathesis.toml` out of it."""
    from schemathesis.config import SchemathesisConfig
    from schemathesis.openapi import from_dict

    return [operation for item in from_dict(raw, config=SchemathesisConfig()).values() for operation in item.values()]


def _is_near(path: str, endpoint: Operation) -> bool:
    """Whether a path of the swagger, base path not included, may be the endpoint or stand beside it."""
    return _parent(endpoint.path).endswith(_parent(path))


def _parent(path: str) -> str:
    return canonical_path(path).rpartition("/")[0]


def _check_references(near: Mapping[str, Json], file: str) -> None:
    """Refuses what schemathesis would fetch from elsewhere, and what it would leave out without a word."""
    seen: set[str] = set()
    waiting: list[Json] = [near["paths"]]
    while waiting:
        value = waiting.pop()
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        reference = value.get("$ref") if isinstance(value, dict) else None
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            waiting.append(_pointed_at(near, reference, file))


def _pointed_at(root: Mapping[str, Json], reference: str, file: str) -> Json:
    """What a reference into the swagger names; a contract is read from the two files and from nothing else."""
    if not reference.startswith("#"):
        raise refusal(Source(file), f"refers to {reference!r}, outside this file", next="bundle it into one file")
    value: Json = root
    for part in reference.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, dict) or name not in value:
            raise refusal(Source(file), f"refers to {reference!r}, which is not there", next=NEXT)
        value = value[name]
    return value


def _siblings(operations: Iterable[Endpoint], endpoint: Operation) -> dict[str, Operation]:
    """The operations with the endpoint's parent path, by last word; the endpoint's own method wins over others."""
    found: dict[str, Operation] = {}
    for operation in operations:
        name = operation.full_path.rstrip("/").rpartition("/")[2]
        method = operation.method.upper()
        same = canonical_path(operation.full_path) == canonical_path(endpoint.path)
        beside = _parent(operation.full_path) == _parent(endpoint.path) and not same
        if beside and "{" not in name and (name not in found or method == endpoint.method):
            found[name] = Operation(name, method, operation.full_path)
    return found


def _described(operation: Endpoint, file: str, siblings: Mapping[str, Operation]) -> SwaggerOperation:
    where = Source(file, pointer=f"/paths/{escaped(operation.path)}/{operation.method}")
    raw = operation.definition.raw
    fields, unused = body_rules(operation, where)
    tier = raw.get("x-throttling-tier")
    rate_limit = _rate_limit(tier)
    if tier is not None and rate_limit is None:
        unused.append(Unused(f"x-throttling-tier {tier!r}", where))
    return SwaggerOperation(
        where=where,
        found=True,
        fields=tuple(fields),
        responses=tuple(_responses(operation, where)),
        tokens=_tokens(f"{raw.get('summary', '')}. {raw.get('description', '')}"),
        rate_limit=rate_limit,
        siblings=siblings,
        unused=tuple(unused),
    )


def _rate_limit(tier: Json) -> str | None:
    """`8ReqPerSec` as `8/s`; None for what is no such tier."""
    match = _TIER.fullmatch(tier) if isinstance(tier, str) else None
    return f"{int(match[1])}/{match[match.lastindex or 0].lower()}" if match else None


def _tokens(description: str) -> tuple[str, ...]:
    """The token names that a description lists before the word "token"."""
    lists = (re.split(_JOINT, match[1].lower()) for match in _TOKENS.finditer(plain(description)[:_DESCRIPTION_LIMIT]))
    return tuple(dict.fromkeys(name for names in lists for name in names if name and name not in _NO_TOKEN_NAMES))


def _responses(operation: Endpoint, where: Source) -> Iterator[SwaggerResponse]:
    for status, response in operation.responses.items():
        schema = response.get_schema().schema
        example = next((value for _, value in response.iter_examples()), None)
        keys = schema_keys(schema)
        place = Source(where.file, pointer=f"{where.pointer}/responses/{status}")
        yield SwaggerResponse(status, plain(str(response.definition.get("description", ""))), example, keys, place)
