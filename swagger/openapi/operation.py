"""Reads the endpoint's operation from a swagger: field rules, example answers, tokens, rate limit, sibling operations.

schemathesis reads the swagger and resolves its references. It is imported only then, as its import is slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swagger.contract import ContractError, FieldRule, Json, Operation, Source, Unused
from swagger.openapi.body_schema import body_rules, escaped, schema_keys
from swagger.openapi.entities import NEXT, put_entities_in, read_json_or_yaml
from swagger.parsing.markdown import plain
from swagger.parsing.strict_json import refusal
from swagger.workflow.document import canonical_path

if TYPE_CHECKING:
    from schemathesis import APIOperation

    Endpoint = APIOperation[Any, Any, Any, Any]

_TIER_KEY = "x-throttling-tier"
_TIER = re.compile(r"(\d{1,9})\s*req(?:uest)?s?\s*per\s*(?:(s)ec(?:ond)?|(m)in(?:ute)?|(h)our|(d)ay)", re.IGNORECASE)
_JOINT = r"\s*(?:,\s*(?:and\b|or\b)?|/|&|\band\b|\bor\b)\s*"
_TOKENS = re.compile(rf"\b(\w+(?:{_JOINT}\w+)*)\s+tokens?\b", re.IGNORECASE)
_NO_TOKEN_NAMES = frozenset(
    ("a", "an", "the", "this", "that", "of", "with", "no", "your", "its", "valid", "access", "auth", "bearer", "api")
)
_DESCRIPTION_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class SwaggerResponse:
    """One response of an operation. `example`: None if it has none. `keys`: the top-level keys of its schema."""

    status: str
    description: str
    example: Json
    keys: tuple[str, ...]
    where: Source


@dataclass(frozen=True, slots=True)
class SwaggerOperation:
    """The operation of one endpoint in a swagger. `found` is False, and the rest empty, if the swagger has none."""

    where: Source
    found: bool
    fields: tuple[FieldRule, ...] = ()
    responses: tuple[SwaggerResponse, ...] = ()
    tokens: tuple[str, ...] = ()
    rate_limit: str | None = None
    rate_where: Source | None = None
    siblings: Mapping[str, Operation] = field(default_factory=dict)
    unused: tuple[Unused, ...] = ()


def read_operation(path: Path, endpoint: Operation) -> SwaggerOperation:
    """What the swagger in a file says about the endpoint; ContractError if the swagger cannot be read or resolved."""
    raw = read_json_or_yaml(path)
    if not isinstance(raw, dict) or not isinstance(raw.get("paths"), dict):
        raise refusal(Source(path.name, 1), "not a swagger: it has no `paths`", next=NEXT)
    try:
        return _read(raw, path, endpoint)
    except ContractError:
        raise
    except Exception as error:  # schemathesis raises many kinds of errors for a malformed swagger
        what = " ".join(f"{type(error).__name__} {error}".split())
        raise refusal(Source(path.name), f"cannot be resolved: {what[:300]}", next=NEXT) from None


def _read(raw: Mapping[str, Json], path: Path, endpoint: Operation) -> SwaggerOperation:
    """Only the endpoint's neighbourhood is given to schemathesis: a real swagger holds hundreds of operations."""
    near = {**raw, "paths": {name: item for name, item in raw["paths"].items() if _is_near(name, endpoint)}}
    put_entities_in(near, path)
    operations = _load(near) if near["paths"] else []
    for operation in operations:
        called = operation.method.upper(), canonical_path(operation.full_path)
        if called == (endpoint.method, canonical_path(endpoint.path)):
            return _described(operation, path.name, _siblings(operations, endpoint), raw.get(_TIER_KEY))
    return SwaggerOperation(Source(path.name, pointer="/paths"), found=False)


def _load(raw: dict[str, Json]) -> list[Endpoint]:
    """The operations of a swagger. Our own configuration prevents that a `schemathesis.toml` is read."""
    from schemathesis.config import SchemathesisConfig
    from schemathesis.openapi import from_dict

    return [operation for item in from_dict(raw, config=SchemathesisConfig()).values() for operation in item.values()]


def _is_near(path: str, endpoint: Operation) -> bool:
    """Whether a path of the swagger, without the base path, may be the endpoint or a sibling."""
    return _parent(endpoint.path).endswith(_parent(path))


def _parent(path: str) -> str:
    return canonical_path(path).rpartition("/")[0]


def _siblings(operations: Iterable[Endpoint], endpoint: Operation) -> dict[str, Operation]:
    """The operations with the endpoint's parent path, by last word. Of several methods, the endpoint's own is taken."""
    found: dict[str, Operation] = {}
    for operation in operations:
        name = operation.full_path.rstrip("/").rpartition("/")[2]
        method = operation.method.upper()
        same = canonical_path(operation.full_path) == canonical_path(endpoint.path)
        beside = _parent(operation.full_path) == _parent(endpoint.path) and not same
        if beside and "{" not in name and (name not in found or method == endpoint.method):
            found[name] = Operation(name, method, operation.full_path)
    return found


def _described(
    operation: Endpoint, file: str, siblings: Mapping[str, Operation], tier_of_all: Json
) -> SwaggerOperation:
    """What is said of an operation. `tier_of_all` stands at the root of the swagger; an operation's own goes before."""
    where = Source(file, pointer=f"/paths/{escaped(operation.path)}/{operation.method}")
    raw = operation.definition.raw
    fields, unused = body_rules(operation, where)
    of_its_own, of_all = Source(file, pointer=f"{where.pointer}/{_TIER_KEY}"), Source(file, pointer=f"/{_TIER_KEY}")
    tiers = [(raw.get(_TIER_KEY), of_its_own), (tier_of_all, of_all)]
    unused += [Unused(f"{_TIER_KEY} {tier!r}", at) for tier, at in tiers if tier is not None and not _rate_limit(tier)]
    rate_limit, rate_where = next(((_rate_limit(tier), at) for tier, at in tiers if _rate_limit(tier)), (None, None))
    return SwaggerOperation(
        where=where,
        found=True,
        fields=tuple(fields),
        responses=tuple(_responses(operation, where)),
        tokens=_tokens(f"{raw.get('summary', '')}. {raw.get('description', '')}"),
        rate_limit=rate_limit,
        rate_where=rate_where,
        siblings=siblings,
        unused=tuple(unused),
    )


def _rate_limit(tier: Json) -> str | None:
    """`8ReqPerSec` as `8/s`; None for anything else."""
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
