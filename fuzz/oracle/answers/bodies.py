"""Compares the body of an answer with a documented one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from fuzz.oracle.actions import NOT_JSON
from swagger.contract import Json


class _Nothing:
    """Stands for a value that is not there."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()


class Contrast(NamedTuple):
    """A place where a body is not as documented: a JSONPath, what is documented there and what was seen.

    `seen` is NOTHING where a key is lacking. `by_example`: the documented value is one record's, of which the type is
    promised.
    """

    path: str
    documented: Json
    seen: Json
    by_example: bool = False

    @property
    def are_lists(self) -> bool:
        """Whether two lists differ in their lengths."""
        return isinstance(self.seen, list) and isinstance(self.documented, list)

    def __str__(self) -> str:
        """What is wrong, without the values: `$.errors[0].code is not as documented`."""
        if self.seen is NOT_JSON:
            return "the body is not JSON"
        if self.seen is NOTHING:
            return f"{self.path} is lacking"
        if self.are_lists:
            return f"{self.path} has {len(self.seen)} entries, documented are {len(self.documented)}"
        if not self.by_example:
            return f"{self.path} is not as documented"
        if isinstance(self.documented, dict):
            return f"{self.path} is no object"
        if isinstance(self.documented, bool):
            return f"{self.path} is not {str(self.documented).lower()}"
        return f"{self.path} is not of the documented type"


def covers(body: Json, documented: Json) -> bool:
    """Whether a body holds all of the documented one. Objects may have more keys; lists must have the same length."""
    if isinstance(documented, dict):
        return isinstance(body, dict) and all(key in body and covers(body[key], documented[key]) for key in documented)
    if isinstance(documented, list):
        if not isinstance(body, list) or len(body) != len(documented):
            return False
        return all(covers(one, other) for one, other in zip(body, documented, strict=True))
    return type(body) is type(documented) and bool(body == documented)


def what_is_wrong(body: Json, documented: Json) -> str:
    """The first place, as a JSONPath, where a body differs from the documented one; empty if it covers that."""
    return next(map(str, contrasts(body, documented)), "")


def contrasts(body: Json, documented: Json, path: str = "$") -> Iterator[Contrast]:
    """Every place where a body differs from a documented one whose values are the promise."""
    if isinstance(documented, dict) and isinstance(body, dict):
        yield from _in_objects(contrasts, body, documented, path)
    elif isinstance(documented, list) and isinstance(body, list) and len(body) == len(documented):
        for place, (seen, value) in enumerate(zip(body, documented, strict=True)):
            yield from contrasts(seen, value, f"{path}[{place}]")
    elif not covers(body, documented):
        yield Contrast(path, documented, body)


def contrasts_with_example(body: Json, example: Json, path: str = "$") -> Iterator[Contrast]:
    """Every place where a body has not the keys and types of an example, or another boolean. Null may stand for any
    value but a boolean: an example cannot say that a value is never null.
    """
    if isinstance(example, dict) and isinstance(body, dict):
        yield from _in_objects(contrasts_with_example, body, example, path)
    elif not _is_like(body, example):
        yield Contrast(path, example, body, by_example=True)


def _in_objects(
    compare: Callable[[Json, Json, str], Iterator[Contrast]],
    body: dict[str, Json],
    documented: dict[str, Json],
    path: str,
) -> Iterator[Contrast]:
    for key, value in documented.items():
        if key in body:
            yield from compare(body[key], value, f"{path}.{key}")
        else:
            yield Contrast(f"{path}.{key}", value, NOTHING)


def _is_like(value: Json, example: Json) -> bool:
    """Whether a value, not both of them objects, has the type of an example, or is the same boolean."""
    if isinstance(example, bool):
        return value is example
    if isinstance(example, dict):
        return False
    return value is not NOT_JSON and (value is None or example is None or _kind(value) is _kind(example))


def _kind(value: Json) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
