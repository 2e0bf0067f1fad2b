"""The catalogue of mutations that give a payload one unspecified feature.

Texts that are empty, blank, very long or hold control characters; unusual dates; nulls; unknown fields; unusual lists
and orders of dates.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import cycle

from strategies.body_edits import Change, Edit, Form, Path, change, forms, in_form, places_of
from strategies.body_layout import Layout, layout_of
from strategies.mutations.mutation import Kind, Mutation, field_mutation
from strategies.valid.fields import unlisted_providers
from strategies.valid.items import END, ID, START, copy_with_own_id
from strategies.values.accounts import UNUSUAL_ACCOUNTS
from strategies.values.dates import UNUSUAL_DATES
from strategies.values.samples import Group, Sample
from strategies.values.texts import UNUSUAL_TEXTS
from swagger.contract import Contract, FieldRule, Json

_EMPTY_TEXTS = (
    Sample("empty text", "", Group.EVERYWHERE, typical=True),
    Sample("blank text", " ", Group.EVERYWHERE),
    Sample("ideographic space", "\u3000"),
)

_PADDINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("white space before", lambda text: f" {text}"),
    ("white space after", lambda text: f"{text} "),
    ("line feed after", lambda text: f"{text}\n"),
)
_NAMES_OF_EXISTING = frozenset({"staff_uid", "account", "external_calendar_uid"})
"""Fields that name something that exists: with white space they name something else. A title or an id may hold it."""

_UNUSUAL_IDS = tuple(replace(sample, value=f"{sample.value}-{{{{now_timestamp}}}}") for sample in UNUSUAL_TEXTS)
"""The unusual texts as ids that no other scenario uses: an id sent before would be a second feature."""

_STRANGERS = (
    Sample("somebody unknown", "0000000000000000"),
    Sample("no uid at all", "no such staff member"),
)
_OTHER_CALENDARS = (
    Sample("another calendar", "0000000000000000", typical=True),
    Sample("no uid at all", "no such calendar"),
)
_NULL = Sample("null", None, typical=True)
_REPEATED = Sample("key twice", None, typical=True)


def _nested(depth: int) -> Json:
    value: Json = "deep"
    for _ in range(depth):
        value = {"deeper": [value]}
    return value


_UNKNOWN = (
    Sample("text", "text", typical=True),
    _NULL,
    Sample("nested 50 deep", _nested(25)),
    Sample("number of 400 digits", 10**399),
    Sample("very small number", 5e-324),
    Sample("list of 1,000", [0] * 1_000),
)
_UNPROMISED_LIST = (
    Sample("rule", ["RRULE:FREQ=DAILY;UNTIL=20310101T000000Z"], typical=True),
    Sample("two rules", ["RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE:20300107T100000Z"]),
    Sample("no rule at all", ["nonsense"]),
    Sample("empty list", []),
    Sample("text", "RRULE:FREQ=DAILY", typical=True),
    _NULL,
    Sample("list of null", [None]),
    Sample("list of number", [1]),
    Sample("object", {}),
)
_UNPROMISED = (Sample("text", "text", typical=True), _NULL, Sample("number", 1), Sample("true", True))

TOO_MANY_ITEMS = (501, 1_000)


def unspecified_mutations(contract: Contract) -> tuple[Mutation, ...]:
    """Mutations for every unspecified feature alone, fields first, in the contract's order."""
    return _unspecified_mutations(layout_of(contract), unlisted_providers(contract))


@lru_cache(maxsize=32)
def _unspecified_mutations(layout: Layout, unlisted: tuple[str, ...]) -> tuple[Mutation, ...]:
    promised = layout.promised
    texts = [rule for rule in promised if rule.type == "string"]
    padded = [rule for rule in promised if rule.name in _NAMES_OF_EXISTING or rule.listed]
    optional = [rule for rule in promised if not rule.required]
    return (
        *(mutation for rule in texts for mutation in _of_field(layout, rule, _texts(rule, unlisted))),
        *(mutation for rule in padded for mutation in _padded(layout, rule)),
        *(mutation for rule in optional for mutation in _null(layout, rule)),
        *(mutation for rule in layout.unpromised for mutation in _of_field(layout, rule, _unpromised(rule))),
        *_unknown_fields(layout),
        *(mutation for rule in promised for mutation in _repeated_key(layout, rule)),
        *_of_forms(layout),
        *_of_lists(layout),
        *_of_order(layout),
    )


def _texts(rule: FieldRule, unlisted: Sequence[str]) -> tuple[Sample, ...]:
    """The unspecified texts for a field."""
    if rule.format == "date-time":
        return (*_EMPTY_TEXTS, *UNUSUAL_DATES)
    by_name = {"account": UNUSUAL_ACCOUNTS, "staff_uid": _STRANGERS, "external_calendar_uid": _OTHER_CALENDARS}
    special = by_name.get(rule.name, ())
    if rule.listed:
        special = tuple(Sample(f"unlisted {value}", value) for value in unlisted)
    return (*_EMPTY_TEXTS, *(_UNUSUAL_IDS if rule.name == ID else UNUSUAL_TEXTS), *special)


def _unpromised(rule: FieldRule) -> tuple[Sample, ...]:
    return _UNPROMISED_LIST if rule.type == "array" else _UNPROMISED


def _of_field(layout: Layout, rule: FieldRule, samples: Sequence[Sample]) -> Iterator[Mutation]:
    """Each sample once, in one form of item, in turn."""
    is_end = rule.name in _OTHER_ENDS and rule.format == "date-time"
    for form, sample in zip(cycle(places_of(layout, rule)), samples):
        edit = partial(_put_date, sample.value) if is_end else None
        yield field_mutation(Kind.UNUSUAL_VALUE, sample, layout, rule, form, edit=edit)


_OTHER_ENDS = {START: (END, "2099-12-31T23:59:59Z"), END: (START, "2000-01-01T00:00:00Z")}


def _put_date(value: Json, body: Json, path: Path) -> Json:
    """Puts a start or an end, and moves the other one far away, so that only the date is unusual, not their order."""
    name, far = _OTHER_ENDS[str(path[-1])]
    return change(body, path[:-1], lambda item: {**item, **({name: far} if name in item else {}), path[-1]: value})


def _padded(layout: Layout, rule: FieldRule) -> Iterator[Mutation]:
    for form, (label, pad) in zip(cycle(places_of(layout, rule)), _PADDINGS):
        edit: Edit = partial(change, to=pad)
        yield field_mutation(Kind.UNUSUAL_VALUE, Sample(label, None), layout, rule, form, edit=edit)


def _null(layout: Layout, rule: FieldRule) -> Iterator[Mutation]:
    kind = Kind.STRUCTURE if rule is layout.listing else Kind.UNUSUAL_VALUE
    for form in places_of(layout, rule):
        yield field_mutation(kind, _NULL, layout, rule, form)


def _repeated_key(layout: Layout, rule: FieldRule) -> Iterator[Mutation]:
    """Texts in which the key of a field comes twice in its object, with the same value."""
    for form in places_of(layout, rule):
        yield field_mutation(Kind.REPEATED_KEY, _REPEATED, layout, rule, form, edit=_with_key_twice)


def _with_key_twice(body: Json, path: Path) -> str:
    *parent, name = path
    again = f"{name} again"

    def double(fields: Json) -> Json:
        value = fields.get(name, "text")
        return {**fields, name: value, again: value}

    doubled = change(body, tuple(parent), double)
    return json.dumps(doubled).replace(json.dumps(again), json.dumps(name))


def _unknown_fields(layout: Layout) -> Iterator[Mutation]:
    """Undocumented fields: at the top, in each object, and in an item."""
    objects = ["", *(rule.path for rule in layout.promised if rule.type == "object"), layout.entry]
    for parent in objects:
        path = f"{parent}.calfuzz_unknown".lstrip(".")
        rule = FieldRule(path, "string", False, "", layout.listing.where, promised=False)
        yield from _of_field(layout, rule, _UNKNOWN)


def _of_forms(layout: Layout) -> Iterator[Mutation]:
    """Bodies with both item forms, with every difference that may matter to a service that reads only one of them."""
    single, name = layout.single, layout.listing.name
    if single is None:
        return
    beside: tuple[tuple[str, Change, Change], ...] = (
        ("the same item", lambda item: [item], lambda item: item),
        ("another item", lambda item: [item], copy_with_own_id),
        ("the list null", lambda _: None, lambda item: item),
        ("the list empty", lambda _: [], lambda item: item),
        ("the single item null", lambda item: [item], lambda _: None),
        ("the single item without fields", lambda item: [item], lambda _: {}),
        ("the list without items that have fields", lambda _: [{}], lambda item: item),
    )
    for label, listed, alone in beside:
        apply = partial(_both_forms, layout, name, single, listed, alone)
        yield Mutation(Kind.STRUCTURE, f"both forms, {label}", apply)


def _both_forms(layout: Layout, name: str, single: str, listed: Change, alone: Change, body: Json) -> Json:
    formed, path = in_form(layout, body, Form.SINGLE)
    item = formed[path[0]]
    return {**formed, name: listed(item), single: alone(item)}


def _of_lists(layout: Layout) -> Iterator[Mutation]:
    """Lists that are empty, very long, or hold an item twice."""
    own = copy_with_own_id
    lists: tuple[tuple[str, Change], ...] = (
        ("empty list", lambda _: []),
        ("one item twice", lambda items: [items[0], items[0]]),
        ("one id twice, other fields differ", lambda items: [items[0], {**items[0], END: _LATE}]),
        ("one id twice, far apart", lambda items: [*(own(items[0], str(n)) for n in range(60)), *items, items[0]]),
        ("two ids alike but for case", lambda items: [own(items[0], "Twin"), own(items[0], "tWIN")]),
        *((f"{count} items", partial(_many, count)) for count in TOO_MANY_ITEMS),
    )
    for label, to in lists:
        yield Mutation(Kind.STRUCTURE, label, partial(_with_list, layout, to), path=layout.listing.name)


_EARLY, _LATE = "2030-01-01T10:00:00Z", "2031-01-01T10:00:00Z"


def _many(count: int, items: Json) -> Json:
    return [copy_with_own_id(items[0], str(place)) for place in range(count)]


def _with_list(layout: Layout, to: Change, body: Json) -> Json:
    formed, path = in_form(layout, body, Form.FIRST)
    return change(formed, path[:1], to)


def _of_order(layout: Layout) -> Iterator[Mutation]:
    """Ends that are before, at, very shortly after or very long after the start."""
    if not {START, END, ID} <= {rule.name for rule in layout.items}:
        return
    orders = (
        ("end a year before start", _LATE, _EARLY),
        ("end a second before start", _EARLY, "2030-01-01T09:59:59Z"),
        ("end before start by its offset", _EARLY, "2030-01-01T11:00:00+02:00"),
        ("end equals start", _EARLY, _EARLY),
        ("end a millionth after start", _EARLY, "2030-01-01T10:00:00.000001Z"),
        ("end 99 years after start", "2000-01-01T10:00:00Z", "2099-01-01T10:00:00Z"),
    )
    for form, (label, start, end) in zip(cycle(forms(layout)), orders):
        apply = partial(_in_order, layout, form, start, end)
        yield Mutation(Kind.STRUCTURE, label, apply, path=layout.entry, form=form)


def _in_order(layout: Layout, form: Form, start: str, end: str, body: Json) -> Json:
    formed, path = in_form(layout, body, form)
    return change(formed, path, lambda item: {**item, START: start, END: end})
