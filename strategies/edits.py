"""Small changes to a body, each giving a new body and leaving the old one as it was: put a value at a path, take one
away, and bring the items into the form in which a rule is to be tried.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from strategies.items import ID
from strategies.layout import Layout
from strategies.payloads import plain_item
from swagger.contract import FieldRule, Json

Path = tuple[str | int, ...]
Change = Callable[[Json], Json]


class Form(StrEnum):
    """Where an item stands when one of its fields is changed."""

    FIRST = "first item"
    LATER = "later item"
    SINGLE = "single item"


def put(body: Json, path: Path, value: Json) -> Json:
    """The body with a value at a path; the objects and lists on the way are copied. An empty path replaces the body."""
    return _at(body, path, lambda _: value)


def change(body: Json, path: Path, to: Change) -> Json:
    """The body with the value at a path changed; None stands for one that is absent."""
    return _at(body, path, to)


def drop(body: Json, path: Path) -> Json:
    """The body without the field at a path."""
    *parent, name = path
    return _at(body, tuple(parent), lambda fields: {key: fields[key] for key in fields if key != name})


def _at(value: Json, path: Path, to: Change) -> Json:
    if not path:
        return to(value)
    step, *rest = path
    if isinstance(value, list):
        return [_at(entry, tuple(rest), to) if place == step else entry for place, entry in enumerate(value)]
    return {**value, step: _at(value.get(step), tuple(rest), to)}


def forms(layout: Layout) -> tuple[Form, ...]:
    """The forms that a contract describes."""
    return tuple(form for form in Form if form is not Form.SINGLE or layout.single is not None)


def in_form(layout: Layout, body: Json, form: Form) -> tuple[Json, Path]:
    """The body with its items in a form, and the path of the item to change. A second item is made where none is."""
    name, single = layout.listing.name, layout.single
    found = body[name] if name in body else [body[single or ""]]
    items = found or [plain_item(layout)]
    if form is Form.SINGLE and single is not None:
        return _with_items(layout, body, single, items[0]), (single,)
    if form is Form.LATER and len(items) == 1:
        items = [*items, another(items[0])]
    return _with_items(layout, body, name, items), (name, 0 if form is Form.FIRST else len(items) - 1)


def _with_items(layout: Layout, body: Json, name: str, value: Json) -> Json:
    """The body with its items under a name, and under that alone."""
    others = {key: body[key] for key in body if key not in (layout.listing.name, layout.single)}
    return {**others, name: value}


def another(item: Json, mark: str = "2") -> Json:
    """A copy of an item, with an id of its own."""
    return {**item, ID: f"{item[ID]}-{mark}"} if isinstance(item.get(ID), str) else dict(item)


def field_change(layout: Layout, rule: FieldRule, form: Form | None, edit: Callable[[Json, Path], Json]) -> Change:
    """An edit of one field as a change of the whole body: an item's field in a form, another one at its own path."""

    def changed(body: Json) -> Json:
        if form is None:
            # A list that is broken beside a whole single item would break nothing.
            listed = in_form(layout, body, Form.FIRST)[0] if rule is layout.listing else body
            return edit(listed, tuple(rule.path.split(".")))
        formed, path = in_form(layout, body, form)
        return edit(formed, (*path, rule.name))

    return changed
