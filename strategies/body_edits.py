"""Edits of a body, each of which returns a new body: put or drop a value at a path, bring the items into a form."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from strategies.body_layout import Layout
from strategies.valid.bodies import plain_item
from strategies.valid.items import copy_with_own_id
from swagger.contract import FieldRule, Json

Path = tuple[str | int, ...]
Change = Callable[[Json], Json]
Edit = Callable[[Json, Path], Json]


class Form(StrEnum):
    """The place of the item whose field is changed."""

    FIRST = "first item"
    LATER = "later item"
    SINGLE = "single item"


def put(body: Json, path: Path, value: Json) -> Json:
    """The body with a value at a path. Copies the objects and lists on the way; an empty path replaces the body."""
    return _at(body, path, lambda _: value)


def change(body: Json, path: Path, to: Change) -> Json:
    """The body with the value at a path changed; `to` gets None for an absent value."""
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


def places_of(layout: Layout, rule: FieldRule) -> tuple[Form | None, ...]:
    """The places where a field can be changed: each form of item, or once its own path; none inside an inner list."""
    if rule.parent == layout.entry:
        return forms(layout)
    return () if "[]" in rule.path else (None,)


def in_form(layout: Layout, body: Json, form: Form) -> tuple[Json, Path]:
    """The body with its items in a form, and the path of the item to change. Adds a second item if it needs one."""
    name, single = layout.listing.name, layout.single
    found = body[name] if name in body else [body[single or ""]]
    items = found or [plain_item(layout)]
    if form is Form.SINGLE and single is not None:
        return _with_items(layout, body, single, items[0]), (single,)
    if form is Form.LATER and len(items) == 1:
        items = [*items, copy_with_own_id(items[0])]
    return _with_items(layout, body, name, items), (name, 0 if form is Form.FIRST else len(items) - 1)


def _with_items(layout: Layout, body: Json, name: str, value: Json) -> Json:
    """The body with its items under this name only."""
    others = {key: body[key] for key in body if key not in (layout.listing.name, layout.single)}
    return {**others, name: value}


def field_change(layout: Layout, rule: FieldRule, form: Form | None, edit: Edit) -> Change:
    """An edit of one field as a change of the whole body. A field of an item is edited in that form of item."""

    def changed(body: Json) -> Json:
        if form is None:
            # An invalid list beside a valid single item would violate nothing.
            listed = in_form(layout, body, Form.FIRST)[0] if rule is layout.listing else body
            return edit(listed, tuple(rule.path.split(".")))
        formed, path = in_form(layout, body, form)
        return edit(formed, (*path, rule.name))

    return changed
