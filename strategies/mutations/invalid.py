"""The catalogue of mutations that violate one documented rule.

Each field is absent, null, of each wrong type, or no date where one is due: in the first item, in a later item, and in
the single item. Also wrong lists and items, and bodies that are no JSON object. A mutation names the clauses that it
should violate; the oracle decides what the sent payload violates.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import combinations, cycle

from strategies.body_edits import Form, Path, change, drop, forms, in_form, places_of, put
from strategies.body_layout import Layout, is_of_type, layout_of
from strategies.mutations.mutation import Kind, Mutation, field_mutation
from strategies.values.dates import BROKEN_DATES
from strategies.values.samples import Group, Sample
from swagger.contract import Contract, FieldRule, Json

_ABSENT = Sample("absent", None, Group.EVERYWHERE)
_NO_FIELDS = Sample("no fields", {})

_PLAIN_WRONG = (
    Sample("null", None),
    Sample("number", 7),
    Sample("true", True),
    Sample("text", "text"),
    Sample("object", {"$ne": None}),
    Sample("array", ["text"]),
)
"""Wrong values for each field. The object is one that a query may read as a condition."""
_FALSY_WRONG = (
    Sample("zero", 0, Group.ZERO_LIKE),
    Sample("fraction", 1.5, Group.EMPTY_LIKE),
    Sample("false", False, Group.ZERO_LIKE),
    Sample("empty text", "", Group.EMPTY_LIKE),
    Sample("empty object", {}, Group.ZERO_LIKE),
    Sample("empty array", [], Group.EMPTY_LIKE),
)
"""Wrong values that a service may read as absent; each field gets them in one form of item, in turn."""
_WRONG = (*_PLAIN_WRONG, *_FALSY_WRONG)

_NO_OBJECTS = (
    Sample("null", None),
    Sample("text", "text"),
    Sample("number", 7),
    Sample("true", True),
    Sample("array", []),
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


def invalid_mutations(contract: Contract) -> tuple[Mutation, ...]:
    """Mutations that violate every documented rule alone, in the contract's order of fields, the whole body last."""
    return _invalid_mutations(layout_of(contract))


@lru_cache(maxsize=32)
def _invalid_mutations(layout: Layout) -> tuple[Mutation, ...]:
    return (
        *(mutation for rule in layout.promised for mutation in _of_field(layout, rule)),
        *_of_entries(layout),
        *_of_single(layout),
        *_of_whole(layout),
    )


def _of_field(layout: Layout, rule: FieldRule) -> Iterator[Mutation]:
    places = places_of(layout, rule)
    if not places:
        return
    required, wrong_type = (f"required:{rule.path}",), (f"type:{rule.path}",)
    for form in places:
        if rule.required:
            yield field_mutation(Kind.ABSENT, _ABSENT, layout, rule, form, violations=required, edit=drop)
        for sample in _wrong_for(rule, _PLAIN_WRONG):
            edit = _put_in_a_list if isinstance(sample.value, list) else None
            yield field_mutation(Kind.WRONG_TYPE, sample, layout, rule, form, violations=wrong_type, edit=edit)
    for form, sample in zip(cycle(places), _wrong_for(rule, _FALSY_WRONG)):
        yield field_mutation(Kind.WRONG_TYPE, sample, layout, rule, form, violations=wrong_type)
    if rule.type == "object" and (violations := _required(layout, rule.path)):
        yield field_mutation(Kind.NO_FIELDS, _NO_FIELDS, layout, rule, None, violations=violations)
    yield from _of_format(layout, rule, places)


def _wrong_for(rule: FieldRule, samples: Sequence[Sample]) -> list[Sample]:
    """The samples of a wrong type for a field; null only for a required field."""
    return [
        sample
        for sample in samples
        if not is_of_type(sample.value, rule.type) and (sample.value is not None or rule.required)
    ]


def _put_in_a_list(body: Json, path: Path) -> Json:
    return change(body, path, lambda held: ["text" if held is None else held])


def _required(layout: Layout, parent: str) -> tuple[str, ...]:
    return tuple(f"required:{rule.path}" for rule in layout.within(parent) if rule.required)


def _of_format(layout: Layout, rule: FieldRule, places: Sequence[Form | None]) -> Iterator[Mutation]:
    """Texts that are no date: the first one in every form of item, the others in one form each, in turn."""
    if rule.format != "date-time":
        return
    first, *others = BROKEN_DATES
    for form, sample in (*((form, first) for form in places), *zip(cycle(places), others)):
        yield field_mutation(Kind.WRONG_FORMAT, sample, layout, rule, form, violations=(f"format:{rule.path}",))


def _of_entries(layout: Layout) -> Iterator[Mutation]:
    """Lists that hold something other than objects, and an object without any of its fields."""
    for form in forms(layout):
        if form is not Form.SINGLE:
            for sample in _NO_OBJECTS:
                yield _entry_mutation(Kind.WRONG_TYPE, sample, layout, form, (f"type:{layout.listing.path}",))
        if violations := _required(layout, layout.entry):
            yield _entry_mutation(Kind.NO_FIELDS, _NO_FIELDS, layout, form, violations)


def _of_single(layout: Layout) -> Iterator[Mutation]:
    """Something other than an object in the field for one item."""
    if layout.single is None:
        return
    for sample in _WRONG:
        if is_of_type(sample.value, "object"):
            continue
        if sample.value is not None:
            yield _entry_mutation(Kind.WRONG_TYPE, sample, layout, Form.SINGLE, (f"alternative:{layout.single}",))
        elif layout.listing.required:
            yield _entry_mutation(Kind.WRONG_TYPE, sample, layout, Form.SINGLE, (f"required:{layout.listing.path}",))


def _entry_mutation(kind: Kind, sample: Sample, layout: Layout, form: Form, violations: tuple[str, ...]) -> Mutation:
    """A mutation that puts a sample in place of a whole item."""

    def replaced(body: Json) -> Json:
        formed, path = in_form(layout, body, form)
        return put(formed, path, sample.value)

    return Mutation(kind, sample.label, replaced, violations, layout.entry, form, sample.group)


def _of_whole(layout: Layout) -> Iterator[Mutation]:
    """Bodies that are no object, and texts that are no JSON. They lack every required field."""
    violations = _required(layout, "")
    if not violations:
        return
    for sample in _WRONG:
        if not is_of_type(sample.value, "object"):
            apply = partial(put, path=(), value=sample.value)
            yield Mutation(Kind.WRONG_TYPE, sample.label, apply, violations, group=sample.group)
    for label, write in _NO_JSON:
        yield Mutation(Kind.NOT_JSON, f"not JSON, {label}", partial(_as_text, write), violations)


def _as_text(write: Callable[[str], str], body: Json) -> str:
    return write(json.dumps(body, separators=(",", ":")))


def mutation_pairs(catalogue: Sequence[Mutation]) -> tuple[Mutation, ...]:
    """Mutations that violate two rules: each pair of fields once in each form of item, with their mutations in turn."""
    by_field: dict[tuple[str, Form | None], list[Mutation]] = {}
    for mutation in catalogue:
        if mutation.path:
            by_field.setdefault((mutation.path, mutation.form), []).append(mutation)
    found = []
    for turn, (one, other) in enumerate(combinations(by_field.values(), 2)):
        first, second = one[turn % len(one)], other[turn % len(other)]
        if _independent(first, second):
            found.append(_both(first, second))
    return tuple(found)


def _independent(first: Mutation, second: Mutation) -> bool:
    """Whether two mutations can be combined: in the same form of item, and neither field is inside the other."""
    nested = _is_within(first.path, second.path) or _is_within(second.path, first.path)
    return not nested and (first.form is None or second.form is None or first.form is second.form)


def _is_within(path: str, outer: str) -> bool:
    return f"{path}.".startswith((f"{outer}.", f"{outer}[]"))


def _both(first: Mutation, second: Mutation) -> Mutation:
    return Mutation(
        Kind.TWO_RULES,
        f"{first.name} and {second.name}",
        lambda body: second.apply(first.apply(body)),
        tuple(dict.fromkeys((*first.violations, *second.violations))),
        first.path,
        first.form or second.form,
    )
