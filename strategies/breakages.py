"""A catalogue of bodies that break one documented rule: each field absent, null, of each wrong type, or no date where
one is due, in the first item, in a later one and in the single form; wrong lists and items; bodies that are no object.

Nothing here judges: a breakage names the clauses that it means to break, and the judge of payloads has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import combinations, cycle

from strategies.dates import BROKEN_DATES
from strategies.edits import Change, Form, Path, change, drop, field_change, forms, in_form, put
from strategies.layout import Layout, is_of_type, layout_of
from swagger.contract import Contract, FieldRule, Json


@dataclass(frozen=True, slots=True)
class Breakage:
    """One way to break documented rules, and those alone, of a body that the documents allow.

    `breaks` are clause ids. `apply` makes the broken body, or text to send in its place if
    `raw` holds. `path` is the field that is changed, empty for the whole body; `form` says in which item. Frozen.
    """

    name: str
    breaks: tuple[str, ...]
    apply: Change
    path: str = ""
    form: Form | None = None
    raw: bool = False


_PLAIN_WRONG: tuple[tuple[str, Json], ...] = (
    ("null", None),
    ("number", 7),
    ("true", True),
    ("text", "text"),
    ("object", {"$ne": None}),
    ("array", ["text"]),
)
"""The object is one that a query takes for a condition. The array holds what stands there, if anything does."""
_FALSY_WRONG: tuple[tuple[str, Json], ...] = (
    ("zero", 0),
    ("fraction", 1.5),
    ("false", False),
    ("empty text", ""),
    ("empty object", {}),
    ("empty array", []),
)
"""Wrong values that a service may take for an absent one: each field gets them in one form of item, in turn."""

_NO_OBJECTS: tuple[tuple[str, Json], ...] = (
    ("null", None),
    ("text", "text"),
    ("number", 7),
    ("true", True),
    ("array", []),
)

_NO_JSON: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("empty text", lambda _: ""),
    ("white space", lambda _: " \n"),
    ("truncated", lambda text: text[: len(text) // 2]),
    ("last brace missing", lambda text: text[:-1]),
    ("trailing comma", lambda text: f"{text[:-1]},}}"),
    ("twice", lambda text: text + text),
    ("single quotes", lambda text: text.replace('"', "'")),
    ("NaN", lambda _: "NaN"),
    ("a form", lambda _: "staff_uid={{staff_id}}&external_items[]="),
    ("XML", lambda _: "<staff_uid>{{staff_id}}</staff_uid>"),
)


def breakages(contract: Contract) -> tuple[Breakage, ...]:
    """Every documented rule broken alone, in the contract's order of fields; the whole body last. Always the same."""
    return _breakages(layout_of(contract))


@lru_cache(maxsize=32)
def _breakages(layout: Layout) -> tuple[Breakage, ...]:
    return (
        *(each for rule in layout.promised for each in _of_field(layout, rule)),
        *_of_entries(layout),
        *_of_single(layout),
        *_of_whole(layout),
    )


def _of_field(layout: Layout, rule: FieldRule) -> Iterator[Breakage]:
    if rule.parent == layout.entry:
        places: Sequence[Form | None] = forms(layout)
    elif "[]" in rule.path:
        return
    else:
        places = (None,)
    for form in places:
        make = partial(_field_breakage, layout, rule, form)
        if rule.required:
            yield make("absent", (f"required:{rule.path}",), drop)
        for kind, value in _wrong(rule, _PLAIN_WRONG):
            edit = _put_in_a_list if kind == "array" else partial(_put_value, value)
            yield make(kind, (f"type:{rule.path}",), edit)
    for form, (kind, value) in zip(cycle(places), _wrong(rule, _FALSY_WRONG)):
        yield _field_breakage(layout, rule, form, kind, (f"type:{rule.path}",), partial(_put_value, value))
    yield from _of_object(layout, rule)
    yield from _of_format(layout, rule, places)


def _wrong(rule: FieldRule, values: Sequence[tuple[str, Json]]) -> list[tuple[str, Json]]:
    """The values of a wrong type; null is one only for a required field."""
    return [
        (kind, value)
        for kind, value in values
        if not is_of_type(value, rule.type) and (value is not None or rule.required)
    ]


def _put_value(value: Json, body: Json, path: Path) -> Json:
    return put(body, path, value)


def _put_in_a_list(body: Json, path: Path) -> Json:
    return change(body, path, lambda held: ["text" if held is None else held])


def _field_breakage(
    layout: Layout,
    rule: FieldRule,
    form: Form | None,
    kind: str,
    breaks: tuple[str, ...],
    edit: Callable[[Json, Path], Json],
) -> Breakage:
    where = f" ({form})" if form else ""
    return Breakage(
        f"{kind}: {rule.path}{where}", breaks, field_change(layout, rule, form, edit), path=rule.path, form=form
    )


def _required(layout: Layout, parent: str) -> tuple[str, ...]:
    return tuple(f"required:{rule.path}" for rule in layout.within(parent) if rule.required)


def _of_object(layout: Layout, rule: FieldRule) -> Iterator[Breakage]:
    """An object without any of its fields."""
    breaks = _required(layout, rule.path)
    if rule.type == "object" and breaks:
        yield _field_breakage(layout, rule, None, "no fields", breaks, partial(_put_value, {}))


def _of_format(layout: Layout, rule: FieldRule, places: Sequence[Form | None]) -> Iterator[Breakage]:
    """Texts that are no date: the first kind in every form of item, the others in one form each, in turn."""
    if rule.format != "date-time":
        return
    first, *others = BROKEN_DATES
    for form, (kind, text) in (*((form, first) for form in places), *zip(cycle(places), others)):
        edit = partial(_put_value, text)
        yield _field_breakage(layout, rule, form, kind, (f"format:{rule.path}",), edit)


def _of_entries(layout: Layout) -> Iterator[Breakage]:
    """Lists that hold something other than objects, and an object without any of its fields."""
    for form in forms(layout):
        if form is not Form.SINGLE:
            for kind, value in _NO_OBJECTS:
                yield _entry_breakage(layout, form, kind, (f"type:{layout.listing.path}",), value)
        if breaks := _required(layout, layout.entry):
            yield _entry_breakage(layout, form, "no fields", breaks, {})


def _entry_breakage(layout: Layout, form: Form, kind: str, breaks: tuple[str, ...], value: Json) -> Breakage:
    def replaced(body: Json) -> Json:
        formed, path = in_form(layout, body, form)
        return put(formed, path, value)

    return Breakage(f"{kind}: {layout.entry} ({form})", breaks, replaced, path=layout.entry, form=form)


def _of_single(layout: Layout) -> Iterator[Breakage]:
    """Something other than an object in the field for one item."""
    if layout.single is None:
        return
    for kind, value in (*_PLAIN_WRONG, *_FALSY_WRONG):
        if is_of_type(value, "object"):
            continue
        clause = f"alternative:{layout.single}"
        if value is None:
            clause = f"required:{layout.listing.path}"
        if value is not None or layout.listing.required:
            yield _entry_breakage(layout, Form.SINGLE, kind, (clause,), value)


def _of_whole(layout: Layout) -> Iterator[Breakage]:
    """Bodies that are no object, and texts that are no JSON. They lack all that is required."""
    breaks = _required(layout, "")
    if not breaks:
        return
    for kind, value in (*_PLAIN_WRONG, *_FALSY_WRONG):
        if not is_of_type(value, "object"):
            yield Breakage(f"{kind}: whole body", breaks, partial(put, path=(), value=value))
    for kind, write in _NO_JSON:
        yield Breakage(f"not JSON, {kind}", breaks, partial(_written, write), raw=True)


def _written(write: Callable[[str], str], body: Json) -> str:
    return write(json.dumps(body, separators=(",", ":")))


def pairs(catalogue: Sequence[Breakage]) -> tuple[Breakage, ...]:
    """Two rules broken at once: each two fields together, once in each form of item, in turn by each breakage."""
    fields: dict[tuple[str, Form | None], list[Breakage]] = {}
    for each in catalogue:
        if each.path and not each.raw:
            fields.setdefault((each.path, each.form), []).append(each)
    found = []
    for turn, (one, other) in enumerate(combinations(fields.values(), 2)):
        first, second = one[turn % len(one)], other[turn % len(other)]
        if _apart(first, second):
            found.append(_both(first, second))
    return tuple(found)


def _apart(first: Breakage, second: Breakage) -> bool:
    """Whether neither breakage undoes the other: they change fields outside each other, in one form of item."""
    nested = f"{second.path}.".startswith((f"{first.path}.", f"{first.path}[]")) or f"{first.path}.".startswith(
        (f"{second.path}.", f"{second.path}[]")
    )
    return not nested and (first.form is None or second.form is None or first.form is second.form)


def _both(first: Breakage, second: Breakage) -> Breakage:
    return Breakage(
        f"{first.name} and {second.name}",
        tuple(dict.fromkeys((*first.breaks, *second.breaks))),
        lambda body: second.apply(first.apply(body)),
        path=first.path,
        form=first.form or second.form,
    )
