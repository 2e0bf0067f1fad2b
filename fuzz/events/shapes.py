"""Whether a JSON value has the shape of a TypedDict: what is read from files is checked before it is used.

Keys that the type does not name are let through: they are only ever added.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

DEEPEST = 200
"""Levels of lists and objects in a value of any shape; deeper ones end the recursion of whoever walks through them."""

LONGEST = 10**4000
"""Numbers of any shape are smaller, as those of a scenario's bodies may be: Python prints no longer ones."""

LARGEST = 2**63
"""Numbers are smaller. A longer one cannot be a float, nor be printed."""

Misfit = str | None
"""What is wrong with a value, after the name of its place; None if nothing is."""

_Check = Callable[[Any], Misfit]


def read_as(text: str | bytes, shape: Any) -> Any | None:
    """The JSON value of a text; None if it is no JSON, or of another shape."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if misfit(value, shape) is None else None


def misfit(value: object, shape: Any, *, whole: bool = True) -> Misfit:
    """What is wrong with a JSON value that should have a shape: `trace[0].step is not a number`. `whole`: a key that
    the outermost type requires must be there.
    """
    wrong = (_record(shape, whole) if is_typeddict(shape) else _check_of(shape))(value)
    return None if wrong is None else wrong.removeprefix(".").strip()


@cache
def _check_of(shape: Any) -> _Check:
    """The check for a type; TypeError for one that no JSON value has."""
    kind, parts = get_origin(shape), get_args(shape)
    if shape is Any:
        return _anything
    if is_typeddict(shape):
        return _record(shape, True)
    if kind in (Union, UnionType):
        return _one_of([_check_of(part) for part in parts])
    if kind is NotRequired:
        return _check_of(parts[0])
    if kind is Literal:
        return lambda value: None if value in parts and type(value) is type(parts[0]) else f" is not {_listed(parts)}"
    if kind is list:
        return _list(_check_of(parts[0]))
    if kind is tuple:
        return _tuple([_check_of(part) for part in parts])
    if kind in (dict, Mapping):
        return _mapping(_check_of(parts[1]))
    return _PLAIN[shape]


def _listed(parts: tuple[Any, ...]) -> str:
    return " or ".join(str(part) for part in parts)


def _is(*types: type, says: str) -> _Check:
    return lambda value: None if type(value) in types else f" is not {says}"


def _number(*types: type) -> _Check:
    def check(value: Any) -> Misfit:
        return None if type(value) in types and abs(value) < LARGEST else " is not a number"

    return check


_PLAIN: Mapping[Any, _Check] = {
    str: _is(str, says="a text"),
    bool: _is(bool, says="true or false"),
    NoneType: _is(NoneType, says="null"),
    int: _number(int),
    float: _number(int, float),
}


def _anything(value: Any) -> Misfit:
    """A value of any shape, as deep and with such numbers as can be worked with."""
    level = [value]
    for _ in range(DEEPEST):
        if any(type(each) in (int, float) and not abs(each) < LONGEST for each in level):
            return " holds a number that is too large"
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [each for several in inner for each in several]
        if not level:
            return None
    return " is nested too deeply"


def _one_of(checks: list[_Check]) -> _Check:
    def check(value: Any) -> Misfit:
        wrong = [found for each in checks if (found := each(value)) is not None]
        return wrong[0] if len(wrong) == len(checks) else None

    return check


def _list(inner: _Check) -> _Check:
    def check(value: Any) -> Misfit:
        return _first(inner, enumerate(value)) if isinstance(value, list) else " is not a list"

    return check


def _tuple(parts: list[_Check]) -> _Check:
    def check(value: Any) -> Misfit:
        if not isinstance(value, list) or len(value) != len(parts):
            return f" is not a list of {len(parts)}"
        found = (each(inner) for each, inner in zip(parts, value, strict=True))
        return next((wrong for wrong in found if wrong is not None), None)

    return check


def _mapping(inner: _Check) -> _Check:
    def check(value: Any) -> Misfit:
        return _first(inner, value.items()) if isinstance(value, dict) else " is not an object"

    return check


def _first(inner: _Check, places: Any) -> Misfit:
    """The first misfit among values with their places."""
    found = ((place, inner(value)) for place, value in places)
    return next((f"[{place}]{wrong}" for place, wrong in found if wrong is not None), None)


@cache
def _record(shape: Any, whole: bool) -> _Check:
    kinds = get_type_hints(shape, include_extras=True)
    # Where annotations are texts, `NotRequired` is one, too, and has not been seen.
    required = {key for key in shape.__required_keys__ if whole and get_origin(kinds[key]) is not NotRequired}
    checks = {key: _check_of(kind) for key, kind in kinds.items()}

    def check(value: Any) -> Misfit:
        if not isinstance(value, dict):
            return " is not an object"
        for key, inner in checks.items():
            missing = " is missing" if key in required else None
            wrong = inner(value[key]) if key in value else missing
            if wrong is not None:
                return f".{key}{wrong}"
        return None

    return check
