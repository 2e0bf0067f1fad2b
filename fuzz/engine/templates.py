"""Template variables of the workflow documents: `{{name}}` in paths, bodies, headers and keys.

Source: the customer's API facts, "Template variables of the workflow documents". Dates are ISO 8601.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fuzz.errors import UsageError
from swagger.contract import Json

_VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def dates(now: datetime) -> dict[str, str]:
    """The built-in date variables at a moment."""
    tomorrow = (now + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    next_week = (now + timedelta(days=7)).replace(hour=10, minute=0, second=0, microsecond=0)
    return {
        "now_datetime": _iso(now),
        "today_date": now.date().isoformat(),
        "tomorrow_date": tomorrow.date().isoformat(),
        "tomorrow_datetime": _iso(tomorrow),
        "next_week_date": next_week.date().isoformat(),
        "next_week_datetime": _iso(next_week),
        "future_datetime": _iso(now + timedelta(hours=24)),
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fill(value: Json, variables: Mapping[str, str], where: str) -> Json:
    """The value with every template filled in; UsageError names an unknown variable and `where` it stands."""

    def replaced(matched: re.Match[str]) -> str:
        if matched[1] not in variables:
            raise UsageError(
                f"{where}: the template variable {{{{{matched[1]}}}}} is unknown",
                next=f"use one of {', '.join(sorted(variables))}, or extract it in an earlier step",
            )
        return variables[matched[1]]

    return _mapped(value, lambda text: _VARIABLE.sub(replaced, text))


def fill_known(value: Json, variables: Mapping[str, str]) -> Json:
    """The value with the templates of known variables filled in and all other text left as it is."""
    return _mapped(value, lambda text: _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), text))


def _mapped(value: Json, replace: Any) -> Json:
    if isinstance(value, str):
        return replace(value) if "{{" in value else value
    if isinstance(value, list):
        return [_mapped(entry, replace) for entry in value]
    if isinstance(value, dict):
        return {_mapped(key, replace): _mapped(entry, replace) for key, entry in value.items()}
    return value


def fill_text(text: str, variables: Mapping[str, str]) -> str:
    """JSON text with `{{name}}` filled in, each value as it stands inside a JSON string. One pass a variable: no
    parsing.
    """
    for name, value in variables.items():
        if "{{" not in text:
            break
        text = text.replace("{{" + name + "}}", json.dumps(value)[1:-1])
    return text
