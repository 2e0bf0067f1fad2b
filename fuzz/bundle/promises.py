"""What an allowed answer must say, as a script checks it: its status, values in its body, words in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fuzz.oracle.expectations import Expectation, matches
from swagger.contract import Json

Path = tuple[str | int, ...]
_SEGMENT = re.compile(r"\.(\w+)")


class Value(NamedTuple):
    """What stands at a path of a body. `keys`: of each object in the list there, these values and no others count."""

    path: Path
    value: Json
    keys: tuple[str, ...] = ()


class Field(NamedTuple):
    """A key of a record. `kind`: its type as jq calls it, if it is not null; or `true`, `false`, `any`."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Promise:
    """One kind of allowed answer. Frozen.

    `statuses`: patterns, such as `422` or `4xx`. `values`: what stands in its body; `there`: where something stands.
    `record`: the keys that its body has, or what stands under `data` in it. `words`, `never`: texts that the body
    holds, and that it does not.
    """

    statuses: tuple[str, ...]
    values: tuple[Value, ...] = ()
    there: tuple[Path, ...] = ()
    record: tuple[Field, ...] = ()
    words: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @property
    def reads_the_body(self) -> bool:
        """Whether more is promised than a status."""
        return bool(self.values or self.there or self.record or self.never)

    @property
    def exact(self) -> list[str]:
        """The statuses that are named one by one."""
        return [pattern for pattern in self.statuses if pattern.isdecimal()]

    @property
    def hundreds(self) -> list[int]:
        """The first digits of the statuses that are named by the hundred."""
        return sorted(int(pattern[0]) for pattern in self.statuses if not pattern.isdecimal())

    def has_status(self, status: int | None) -> bool:
        """Whether a status is one of the promised ones."""
        return status is not None and any(matches(pattern, status) for pattern in self.statuses)


def allowed_at_the_end(promised: Sequence[Expectation]) -> tuple[Promise, ...]:
    """The kinds of answers of which a failing step's answer is none."""
    return tuple(_promise(kind, whole=True) for kind in _kinds(promised))


def allowed_on_the_way(promised: Sequence[Expectation], kept: Sequence[int]) -> tuple[Promise, ...]:
    """The kinds of answers of an earlier step after which the later ones make sense."""
    if len(promised) < 2 or not kept:
        return tuple(Promise(kind.statuses) for kind in _kinds(promised))
    return tuple(_promise(kind, whole=False) for kind in _kinds([promised[place] for place in kept]))


class _Kind(NamedTuple):
    """Expectations that are checked as one: one with a body, or all those without."""

    statuses: tuple[str, ...]
    members: tuple[Expectation, ...]


def _kinds(promised: Sequence[Expectation]) -> list[_Kind]:
    """The expectations, those without a body as one, and without those that this one contains."""
    loose = tuple(each for each in promised if "body" not in each and not each.get("holds"))
    statuses = tuple(dict.fromkeys(pattern for each in loose for pattern in each["status"]))
    closed = [each for each in promised if each not in loose and not _is_in(each, statuses)]
    kinds = [_Kind(tuple(each["status"]), (each,)) for each in closed]
    return [*kinds, _Kind(statuses, loose)] if loose else kinds


def _is_in(expectation: Expectation, statuses: Sequence[str]) -> bool:
    found = [pattern for pattern in expectation["status"] if pattern.isdecimal()]
    return bool(found) and all(any(matches(each, int(status)) for each in statuses) for status in found)


def _promise(kind: _Kind, *, whole: bool) -> Promise:
    never = dict.fromkeys(error["message"] for each in kind.members for error in each.get("never", ()))
    first = kind.members[0]
    if not whole:
        return Promise(kind.statuses, words=tuple(_messages(first.get("body"))), never=tuple(never))
    there = tuple(tuple(_SEGMENT.findall(path)) for path in first.get("holds", ()))
    values, record = tuple(_values(first.get("body"))), _fields(first.get("record"))
    return Promise(kind.statuses, values, there, record, never=tuple(never))


def _fields(record: Json) -> tuple[Field, ...]:
    """The keys of an example record; none if it is nested, which a script would have to search."""
    if not isinstance(record, dict) or any(isinstance(value, dict) for value in record.values()):
        return ()
    return tuple(Field(key, _kind_of(value)) for key, value in record.items())


def _kind_of(value: Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    kinds = ((str, "string"), (int | float, "number"), (list, "array"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "any")


def fields_by_kind(fields: Sequence[Field]) -> dict[str, list[str]]:
    """The keys of a record by their types, without those that may be anything."""
    kinds: dict[str, list[str]] = {}
    for key, kind in fields:
        if kind != "any":
            kinds.setdefault(kind, []).append(key)
    return kinds


def _messages(body: Json) -> Iterator[str]:
    """The messages of a documented error."""
    entries = body.get("errors", [body]) if isinstance(body, dict) else []
    for entry in entries if isinstance(entries, list) else []:
        said = [entry.get(name) for name in ("message", "error")] if isinstance(entry, dict) else []
        yield from (text for text in said if isinstance(text, str))


def _values(body: Json, path: Path = ()) -> Iterator[Value]:
    """Every value of a documented body. Objects may hold more keys; lists are as documented."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from _values(value, (*path, key))
    elif isinstance(body, list) and body and all(isinstance(entry, dict) for entry in body):
        keys = tuple(dict.fromkeys(key for entry in body for key in entry))
        yield Value(path, [[entry.get(key) for key in keys] for entry in body], keys)
    elif body is not None or path:
        yield Value(path, body)
