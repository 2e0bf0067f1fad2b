"""What was understood of a workflow document, on one line: a refusal ends with it, so that the reader sees how far the
reader of the document came. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from swagger.contract import Step
from swagger.workflow.document import Document

MAX_NAMES = 20
"""Names that are listed of one kind of thing; of more, their count is said."""


def understood(document: Document) -> str:
    """Endpoint, tokens, steps, body fields, good answer and errors, and what could not be used and why."""
    endpoint = document.front.endpoint
    success = document.success
    parts = {
        "endpoint": [f"{endpoint.method} {endpoint.path}"] if endpoint else [],
        "tokens": document.front.tokens,
        "prerequisites": _calls(document.prerequisites),
        "test request": _calls(document.test_steps),
        "body": [rule.path for rule in document.fields],
        "good answer": [str(status) for status in (success.status, *success.also)] if success else [],
        "errors": [f"{error.status} {error.code or repr(error.message)}" for error in document.errors],
    }
    read = [f"{name} {_listed(found)}" for name, found in parts.items()]
    unused = [f"{unused.what} ({unused.where})" for unused in document.unused]
    return "; ".join([*read, *([f"not used {_listed(unused)}"] if unused else [])])


def _calls(steps: Iterable[Step]) -> list[str]:
    return [f"{step.method} {step.path}" for step in steps]


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = [f"and {len(shown) - MAX_NAMES} more"] if len(shown) > MAX_NAMES else []
    return ", ".join([*shown[:MAX_NAMES], *more]) or "none"
