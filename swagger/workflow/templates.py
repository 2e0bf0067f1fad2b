"""Finds and fills the templates of the workflow documents, `{{name}}`.

Source: the customer's API facts, "Template variables of the workflow documents".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from swagger.contract import Json

TEMPLATE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
"""One template; its first group is the variable's name."""

Variables = Mapping[str, str]


def fill_with(value: Json, replacement: Callable[[re.Match[str]], str]) -> Json:
    """The value with every template in its texts and keys replaced."""
    if isinstance(value, str):
        return TEMPLATE.sub(replacement, value)
    if isinstance(value, list):
        return [fill_with(entry, replacement) for entry in value]
    if isinstance(value, dict):
        return {fill_with(key, replacement): fill_with(entry, replacement) for key, entry in value.items()}
    return value


def fill_known(value: Json, variables: Variables) -> Json:
    """The value with the templates of known variables filled in; other templates stay."""
    return fill_with(value, lambda found: variables.get(found[1], found[0]))


def fill_text(text: str, variables: Variables) -> str:
    """JSON text with the known variables filled in, each value escaped for a JSON string."""

    def inside_json(found: re.Match[str]) -> str:
        return json.dumps(variables[found[1]])[1:-1] if found[1] in variables else found[0]

    return TEMPLATE.sub(inside_json, text)
