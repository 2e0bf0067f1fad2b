"""Bodies as they would be sent: templates filled in, then judged by the oracle; and many draws of a strategy."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fuzz.oracle.actions import NOT_JSON, RequestContext, SendItems
from fuzz.oracle.request import judge_payload, request_of
from fuzz.oracle.validity.violations import Validity
from strategies.byte_choices import Picks
from strategies.mutations.mutation import Mutation
from swagger.contract import Contract, FieldRule, Json

T = TypeVar("T")

PROVIDER, ACCOUNT = "google_v3", "testuser@example.com"
NAMES = {"provider": PROVIDER, "account": ACCOUNT}

STAFF, CALENDAR = "f67acee343b4a38b", "9d2c1b7a66e5f400"
CIRCUMSTANCES = RequestContext(STAFF, calendar_uid=CALENDAR)
_VARIABLES = {"{{staff_id}}": STAFF, "{{calendar_sync_uid}}": CALENDAR, "{{now_timestamp}}": "1763831182123456789"}


def filled(value: Json) -> Json:
    """The value with its templates filled in; no other text may look like one."""
    if isinstance(value, str):
        for name, text in _VARIABLES.items():
            value = value.replace(name, text)
        assert "{{" not in value
        return value
    if isinstance(value, list):
        return [filled(entry) for entry in value]
    if isinstance(value, dict):
        return {filled(name): filled(entry) for name, entry in value.items()}
    return value


def judged(contract: Contract, body: Json) -> Validity:
    """The validity of a body, or of a text that is sent as it is."""
    if not isinstance(body, str):
        return judge_payload(contract, filled(body), CIRCUMSTANCES)
    text = filled(body)
    return request_of(contract, SendItems(0, None, raw=text), parsed(text), CIRCUMSTANCES).validity


def violated_by(contract: Contract, mutation: Mutation, body: Json) -> set[str]:
    """Ids of the clauses that a mutation violates in a body, as sent."""
    sent = mutation.apply(body)
    return set(judge_payload(contract, filled(parsed(sent) if mutation.raw else sent), CIRCUMSTANCES).violations)


def parsed(text: str) -> Json:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(text, parse_constant=refuse)
    except ValueError:
        return NOT_JSON


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """So many values of a strategy, the same ones in every run."""
    values: list[T] = []

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: T) -> None:
        values.append(value)

    collect()
    return values


def made(function: Callable[[Picks], T], count: int) -> list[T]:
    """What a function makes of so many blocks of random bytes, the same ones in every run; far quicker than draws."""
    random = Random(count)
    return [function(Picks(random.randbytes(64))) for _ in range(count)]


def with_rule(contract: Contract, path: str, **changes: Any) -> Contract:
    """The contract with one field rule changed, or added at the end where there is none."""
    if contract.field(path) is None:
        where = contract.fields[0].where
        rule = FieldRule(path, **{"type": "string", "required": True, "says": "", "where": where, **changes})
        return replace(contract, fields=(*contract.fields, rule))
    rules = tuple(replace(rule, **changes) if rule.path == path else rule for rule in contract.fields)
    return replace(contract, fields=rules)


def without_rules(contract: Contract, *paths: str) -> Contract:
    return replace(contract, fields=tuple(rule for rule in contract.fields if rule.path not in paths))
