"""The differences between a body and a plain one, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass

from swagger.contract import Json

LONGEST_VALUE = 40
"""Maximum characters shown of a value."""

Path = tuple[str | int, ...]


class _Absent:
    """Stands for an absent value."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """A path with its value in a body (`found`) and in the plain body. Frozen. Either value may be ABSENT."""

    path: Path
    found: Json
    plain: Json

    def __str__(self) -> str:
        """`external_items[0].external_title is "100 %"`."""
        says = "is missing" if self.found is ABSENT else f"is {_cut(self.found)}"
        return f"{written(self.path)} {says}"


def differences(body: Json, plain: Json) -> tuple[Difference, ...]:
    """Every path at which two bodies differ, in the order of the body; lists of unequal length differ as a whole."""
    return tuple(_at((), body, plain))


def _at(path: Path, found: Json, plain: Json) -> Iterator[Difference]:
    if isinstance(found, dict) and isinstance(plain, dict):
        for key in dict.fromkeys((*found, *plain)):
            yield from _at((*path, key), found.get(key, ABSENT), plain.get(key, ABSENT))
    elif isinstance(found, list) and isinstance(plain, list) and len(found) == len(plain):
        for index, (one, other) in enumerate(zip(found, plain, strict=True)):
            yield from _at((*path, index), one, other)
    elif type(found) is not type(plain) or found != plain:
        yield Difference(path, found, plain)


def without(body: Json, removed: Sequence[Difference]) -> Json:
    """The body with the plain values at the paths of these differences. A path that the body has not is left out."""
    whole: Json = {"": deepcopy(body)}
    for difference in removed:
        value, steps = whole, ("", *difference.path)
        with suppress(KeyError, IndexError, TypeError):
            for step in steps[:-1]:
                value = value[step]
            if difference.plain is ABSENT:
                del value[steps[-1]]
            else:
                value[steps[-1]] = difference.plain
    remaining: Json = whole[""]
    return remaining


def written(path: Path) -> str:
    """`external_items[0].external_title`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "the body"


def _cut(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text):,} characters)"
