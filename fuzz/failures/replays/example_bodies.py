"""Answers compared with the bodies that a document shows. A success body is one record's: its keys, types and truth
values are the promise, its texts and numbers are examples. An error body is the promise itself. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fuzz.oracle.actions import NOT_JSON
from fuzz.oracle.answers.bodies import covers
from swagger.contract import Json

_NAMES = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


def difference(status: int, body: Json, documented: Sequence[Json]) -> str:
    """How an answer differs from every body documented for its status, told of the first; empty if it is one of them.

    No documented body: nothing is promised, and nothing differs.
    """
    if not documented:
        return ""
    if body is NOT_JSON:
        return "it is not JSON"
    if status >= HTTPStatus.BAD_REQUEST:
        matches = any(covers(body, error) for error in documented)
        return "" if matches else "its code or message is none of the documented ones"
    found = [difference_from_example(body, example) for example in documented]
    return found[0] if all(found) else ""


def difference_from_example(body: Json, example: Json, path: str = "$") -> str:
    """The first place, as a JSONPath, where a body lacks a key, or has another type or truth value than the example.

    An example's null and its empty list say nothing of what else may stand there. An entry of a list is like any one of
    the example's entries; how many there are is no promise.
    """
    if example is None:
        return ""
    if _NAMES.get(type(body)) != _NAMES[type(example)]:
        return f"{path} is {_NAMES.get(type(body), 'null')}, documented is {_NAMES[type(example)]}"
    if isinstance(example, bool):
        return "" if body is example else f"{path} is {str(body).lower()}, documented is {str(example).lower()}"
    if isinstance(example, dict):
        return next(filter(None, (_of_key(body, example, key, path) for key in example)), "")
    if isinstance(example, list) and example:
        entries = (_of_entry(entry, example, f"{path}[{place}]") for place, entry in enumerate(body))
        return next(filter(None, entries), "")
    return ""


def _of_key(body: dict[str, Json], example: dict[str, Json], key: str, path: str) -> str:
    if key not in body:
        return f"{path}.{key} is lacking"
    return difference_from_example(body[key], example[key], f"{path}.{key}")


def _of_entry(entry: Json, examples: list[Json], path: str) -> str:
    found = [difference_from_example(entry, example, path) for example in examples]
    return found[0] if all(found) else ""
