"""Fills the templates of steps and bodies; the built-in date variables."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from fuzz.errors import UsageError
from swagger.contract import Json
from swagger.workflow.templates import Variables, fill_with


def dates(now: datetime) -> dict[str, str]:
    """The built-in date variables at a moment, as ISO 8601."""
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


def fill(value: Json, variables: Variables, where: str) -> Json:
    """The value with every template filled in. UsageError for an unknown variable; `where` is for its message."""

    def replacement(found: re.Match[str]) -> str:
        if found[1] not in variables:
            raise UsageError(
                f"{where}: the template variable {{{{{found[1]}}}}} is unknown",
                next=f"use one of {', '.join(sorted(variables))}, or extract it in an earlier step",
            )
        return variables[found[1]]

    return fill_with(value, replacement)
