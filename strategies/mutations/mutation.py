"""A mutation: one change of a valid payload, which makes it invalid or unspecified. The row type of the catalogues."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from strategies.body_edits import Change, Edit, Form, field_change, put
from strategies.body_layout import Layout
from strategies.values.samples import Group, Sample
from swagger.contract import FieldRule, Json


class Kind(Enum):
    """What a mutation does to a payload."""

    ABSENT = auto()
    WRONG_TYPE = auto()
    WRONG_FORMAT = auto()
    NO_FIELDS = auto()
    NOT_JSON = auto()
    REPEATED_KEY = auto()
    TWO_RULES = auto()
    UNUSUAL_VALUE = auto()
    STRUCTURE = auto()
    """Changes the item forms, the number of items, or the relation of values."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of a valid payload. Frozen.

    `violations`: ids of all clauses that it violates; empty for an unspecified payload. `path`: the changed field,
    empty for the whole body. `form`: in which item. `apply` returns the changed body, or a text to send instead if
    `raw`. `group`, `typical`: see `Sample`.
    """

    kind: Kind
    label: str
    apply: Change
    violations: tuple[str, ...] = ()
    path: str = ""
    form: Form | None = None
    group: Group | None = None
    typical: bool = False

    @property
    def name(self) -> str:
        """Label, field and form of item; unique in a catalogue."""
        where = f" ({self.form})" if self.form else ""
        return f"{self.label}: {self.path or 'whole body'}{where}"

    @property
    def raw(self) -> bool:
        """Whether `apply` returns a text that is sent as it is."""
        return self.kind in (Kind.NOT_JSON, Kind.REPEATED_KEY)


def field_mutation(
    kind: Kind,
    sample: Sample,
    layout: Layout,
    rule: FieldRule,
    form: Form | None,
    *,
    violations: tuple[str, ...] = (),
    edit: Edit | None = None,
) -> Mutation:
    """A mutation that puts a sample into one field, in one form of item, or that edits the field otherwise."""
    apply = field_change(layout, rule, form, edit or partial(_put_value, sample.value))
    return Mutation(kind, sample.label, apply, violations, rule.path, form, sample.group, sample.typical)


def _put_value(value: Json, body: Json, path: tuple[str | int, ...]) -> Json:
    return put(body, path, value)
