"""How an explanation is laid out: its templates, lines that fit a terminal, and steps as rows."""

from __future__ import annotations

import inspect
import json
import shlex
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from fuzz.bundle.files import text_templates
from fuzz.bundle.texts import broken
from fuzz.failures.failure_event import request_says
from fuzz.oracle.actions import Create, MoveSync
from fuzz.oracle.expectations import expectations
from fuzz.oracle.forecast import Foreseen
from fuzz.report.text import NARROW, Columns, counted, hanging, visible, visible_block
from swagger.contract import Contract, Json

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = NARROW
INDENT = 4
"""Columns before a row of a step."""

LONGEST = 100_000
"""Characters of an explanation."""


def laid_out(template: str, values: Mapping[str, Any]) -> str:
    """The text of a template, safe to print."""
    return visible_block(_templates().get_template(template).render(values), limit=LONGEST)


class _Lines(str):
    """A text of several lines, each of which is safe to print."""


def _on_one_line(value: object) -> object:
    return value if isinstance(value, _Lines) else visible(value, limit=LONGEST)


def _hanging(text: str, first: str) -> _Lines:
    return _Lines("\n".join(visible(line, limit=LONGEST) for line in hanging(first, text)))


@cache
def _templates() -> Environment:
    environment = text_templates("fuzz.commands.explaining", _on_one_line)
    environment.filters.update(wrapped=wrapped, body=body_lines, rule=rule_of, quoted=shlex.quote)
    environment.filters.update(counted=counted, hanging=_hanging)
    return environment


def wrapped(text: str, indent: int = 2) -> str:
    """A text in lines of at most `WIDTH` columns, each indented."""
    space = " " * indent
    filled = textwrap.fill(
        visible(text, limit=LONGEST),
        WIDTH,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return _Lines(filled)


def body_lines(body: Json, indent: int = 4) -> str:
    """A body as JSON, broken after commas. A text that is no JSON stands as it is."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    lines = (" " * indent + visible(line, limit=LONGEST) for line in broken(text, WIDTH - indent) if line)
    return _Lines("\n".join(lines))


def rule_of(predicate: Callable[..., object]) -> str:
    """The sentence that a predicate's docstring holds behind its code."""
    return " ".join((inspect.getdoc(predicate) or "").partition(": ")[2].rstrip(".").split())


def step_rows(contract: Contract, steps: Sequence[Foreseen], seen: Sequence[str]) -> list[str]:
    """A row for each request: its number, what it does, what it names, and its answer."""
    cells = [
        (str(number), _does(contract, step), _says(contract, step), answer)
        for number, (step, answer) in enumerate(zip(steps, seen, strict=True), start=1)
    ]
    columns = Columns(least=(3, 12, 18, 0), most=(4, 28, NARROW, 24), grows=2)
    return [line[INDENT:] for lines in columns.lines(cells, indent=INDENT) for line in lines]


def _does(contract: Contract, step: Foreseen) -> str:
    action = step.request.action
    if isinstance(action, Create):
        return visible(f"{contract.create_step.method} {contract.create_step.path.rpartition('/')[2]}", limit=40)
    operation = contract.siblings.get(action.move.value) if isinstance(action, MoveSync) else contract.endpoint
    return visible(f"{operation.method} {operation.name}" if operation else action.__class__.__name__, limit=40)


def _says(contract: Contract, step: Foreseen) -> str:
    staff = f"staff {step.request.action.staff + 1}, " if step.request.action.staff else ""
    return staff + visible(request_says(contract, step.request, step.body, step.verdict), limit=100)


def documented(contract: Contract, step: Foreseen) -> str:
    """The answers that the documents allow to a request: `422 already_exists`."""
    allowed = expectations(contract, step.request, step.verdict.allowed)
    return " or ".join(dict.fromkeys(expectation["says"] for expectation in allowed))
