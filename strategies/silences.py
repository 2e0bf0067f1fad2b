"""A catalogue of bodies that show one feature on which the documents say nothing: texts that are empty, blank, or very
long or hold control characters, unusual dates, nulls, for each field where they apply; then what concerns whole bodies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import cycle

from strategies.accounts import UNUSUAL_ACCOUNTS
from strategies.dates import UNUSUAL_DATES
from strategies.edits import Change, Form, Path, another, change, field_change, forms, in_form, put
from strategies.fields import unlisted_providers
from strategies.items import END, ID, START
from strategies.layout import Layout, layout_of
from strategies.texts import UNUSUAL_TEXTS
from swagger.contract import Contract, FieldRule, Json


@dataclass(frozen=True, slots=True)
class Silence:
    """One feature on which the documents are silent, brought into an allowed body. `path` and `form`: where. Frozen."""

    name: str
    apply: Change
    path: str = ""
    form: Form | None = None


_EMPTY_TEXTS = (("empty text", ""), ("blank text", " "), ("ideographic space", "\u3000"))

_PADDINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("white space before", lambda text: f" {text}"),
    ("white space after", lambda text: f"{text} "),
    ("line feed after", lambda text: f"{text}\n"),
)
_TOLD_APART = frozenset({"staff_uid", "account", "external_calendar_uid"})
"""Texts that name something that exists: white space makes them name something else. A title or an id may hold it."""

_UNUSUAL_IDS = tuple((kind, f"{text}-{{{{now_timestamp}}}}") for kind, text in UNUSUAL_TEXTS)
"""The same as ids that no other scenario uses: one that was sent before would be unusual in two ways."""

_STRANGERS = (("somebody unknown", "0000000000000000"), ("no uid at all", "no such staff member"))
_OTHER_CALENDARS = (("another calendar", "0000000000000000"), ("no uid at all", "no such calendar"))


def _nested(depth: int) -> Json:
    value: Json = "deep"
    for _ in range(depth):
        value = {"deeper": [value]}
    return value


_UNKNOWN: tuple[tuple[str, Json], ...] = (
    ("text", "text"),
    ("null", None),
    ("nested 50 deep", _nested(25)),
    ("number of 400 digits", 10**399),
    ("very small number", 5e-324),
    ("list of 1,000", [0] * 1_000),
)
_UNPROMISED: dict[str, tuple[tuple[str, Json], ...]] = {
    "array": (
        ("rule", ["RRULE:FREQ=DAILY;UNTIL=20310101T000000Z"]),
        ("two rules", ["RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE:20300107T100000Z"]),
        ("no rule at all", ["nonsense"]),
        ("empty list", []),
        ("text", "RRULE:FREQ=DAILY"),
        ("null", None),
        ("list of null", [None]),
        ("list of number", [1]),
        ("object", {}),
    ),
}
_UNPROMISED_ELSE: tuple[tuple[str, Json], ...] = (("text", "text"), ("null", None), ("number", 1), ("true", True))

TOO_MANY_ITEMS = (501, 1_000)


def silences(contract: Contract) -> tuple[Silence, ...]:
    """Every silent feature alone, fields first, in the contract's order. The same each time."""
    return _silences(layout_of(contract), unlisted_providers(contract))


@lru_cache(maxsize=32)
def _silences(layout: Layout, unlisted: tuple[str, ...]) -> tuple[Silence, ...]:
    texts = [(rule, _texts(rule, unlisted)) for rule in layout.promised if rule.type == "string"]
    return (
        *(each for rule, values in texts for each in _of_field(layout, rule, values)),
        *(
            each
            for rule in layout.promised
            if rule.name in _TOLD_APART or rule.listed
            for each in _padded(layout, rule)
        ),
        *(each for rule in layout.promised if not rule.required for each in _null(layout, rule)),
        *(each for rule in layout.unpromised for each in _of_field(layout, rule, _unpromised(rule))),
        *_unknown_fields(layout),
        *_of_forms(layout),
        *_of_lists(layout),
        *_of_order(layout),
    )


def _texts(rule: FieldRule, unlisted: Sequence[str]) -> tuple[tuple[str, Json], ...]:
    """The texts that are silent for a field."""
    if rule.format == "date-time":
        return (*_EMPTY_TEXTS, *UNUSUAL_DATES)
    by_name: dict[str, tuple[tuple[str, Json], ...]] = {
        "account": UNUSUAL_ACCOUNTS,
        "staff_uid": _STRANGERS,
        "external_calendar_uid": _OTHER_CALENDARS,
    }
    special = by_name.get(rule.name, ())
    if rule.listed:
        special = tuple((f"unlisted {value}", value) for value in unlisted)
    return (*_EMPTY_TEXTS, *(_UNUSUAL_IDS if rule.name == ID else UNUSUAL_TEXTS), *special)


def _unpromised(rule: FieldRule) -> tuple[tuple[str, Json], ...]:
    return _UNPROMISED.get(rule.type, _UNPROMISED_ELSE)


def _places(layout: Layout, rule: FieldRule) -> tuple[Form | None, ...]:
    """Where a field can be changed: in each form of item, or once at its own path; nowhere inside an inner list."""
    if rule.parent == layout.entry:
        return forms(layout)
    return () if "[]" in rule.path else (None,)


def _of_field(layout: Layout, rule: FieldRule, values: Sequence[tuple[str, Json]]) -> Iterator[Silence]:
    """Each value once, in one form of item, in turn."""
    for form, (kind, value) in zip(cycle(_places(layout, rule)), values):
        edit = _put_date if rule.name in _OTHER_ENDS and rule.format == "date-time" else _put_value
        yield _field_silence(layout, rule, form, kind, partial(edit, value))


_OTHER_ENDS = {START: (END, "2099-12-31T23:59:59Z"), END: (START, "2000-01-01T00:00:00Z")}


def _put_date(value: Json, body: Json, path: Path) -> Json:
    """A start or end, with the other one as far away as can be: the date is to be unusual, not the order of the two."""
    name, far = _OTHER_ENDS[str(path[-1])]
    return change(body, path[:-1], lambda item: {**item, **({name: far} if name in item else {}), path[-1]: value})


def _put_value(value: Json, body: Json, path: Path) -> Json:
    return put(body, path, value)


def _field_silence(
    layout: Layout, rule: FieldRule, form: Form | None, kind: str, edit: Callable[[Json, Path], Json]
) -> Silence:
    where = f" ({form})" if form else ""
    return Silence(f"{kind}: {rule.path}{where}", field_change(layout, rule, form, edit), path=rule.path, form=form)


def _padded(layout: Layout, rule: FieldRule) -> Iterator[Silence]:
    for form, (kind, pad) in zip(cycle(_places(layout, rule)), _PADDINGS):
        yield _field_silence(layout, rule, form, kind, partial(_change_value, pad))


def _change_value(to: Change, body: Json, path: Path) -> Json:
    return change(body, path, to)


def _null(layout: Layout, rule: FieldRule) -> Iterator[Silence]:
    for form in _places(layout, rule):
        yield _field_silence(layout, rule, form, "null", partial(_put_value, None))


def _unknown_fields(layout: Layout) -> Iterator[Silence]:
    """Fields that nobody documents: at the top, in each object, and in an item."""
    objects = ["", *(rule.path for rule in layout.promised if rule.type == "object"), layout.entry]
    for parent in objects:
        path = f"{parent}.calfuzz_unknown".lstrip(".")
        rule = FieldRule(path, "string", False, "", layout.listing.where, promised=False)
        yield from _of_field(layout, rule, _UNKNOWN)


def _of_forms(layout: Layout) -> Iterator[Silence]:
    """Both item forms at once, in every way that may matter to a service that reads the one or the other."""
    single, name = layout.single, layout.listing.name
    if single is None:
        return
    beside: tuple[tuple[str, Callable[[Json], Json], Callable[[Json], Json]], ...] = (
        ("the same item", lambda item: [item], lambda item: item),
        ("another item", lambda item: [item], another),
        ("the list null", lambda _: None, lambda item: item),
        ("the list empty", lambda _: [], lambda item: item),
        ("the single item null", lambda item: [item], lambda _: None),
        ("the single item without fields", lambda item: [item], lambda _: {}),
        ("the list without items that have fields", lambda _: [{}], lambda item: item),
    )
    for kind, listed, alone in beside:
        yield Silence(f"both forms, {kind}", partial(_both_forms, layout, name, single, listed, alone))


def _both_forms(layout: Layout, name: str, single: str, listed: Change, alone: Change, body: Json) -> Json:
    formed, path = in_form(layout, body, Form.SINGLE)
    item = formed[path[0]]
    return {**formed, name: listed(item), single: alone(item)}


def _of_lists(layout: Layout) -> Iterator[Silence]:
    """Lists that are empty, very long, or hold an item twice."""
    name = layout.listing.name
    lists: list[tuple[str, Callable[[list[Json]], list[Json]]]] = [
        ("empty list", lambda _: []),
        ("one item twice", lambda items: [items[0], items[0]]),
        ("one id twice, other fields differ", lambda items: [items[0], {**items[0], END: _LATE}]),
        ("one id twice, far apart", lambda items: [*(another(items[0], str(n)) for n in range(60)), *items, items[0]]),
    ]
    lists.append(("two ids alike but for case", lambda items: [another(items[0], "Twin"), another(items[0], "tWIN")]))
    lists += [(f"{count} items", partial(_many, count)) for count in TOO_MANY_ITEMS]
    for kind, to in lists:
        yield Silence(kind, partial(_with_list, layout, to), path=name)


_EARLY, _LATE = "2030-01-01T10:00:00Z", "2031-01-01T10:00:00Z"


def _many(count: int, items: list[Json]) -> list[Json]:
    return [another(items[0], str(place)) for place in range(count)]


def _with_list(layout: Layout, to: Callable[[list[Json]], list[Json]], body: Json) -> Json:
    formed, path = in_form(layout, body, Form.FIRST)
    return change(formed, path[:1], to)


def _of_order(layout: Layout) -> Iterator[Silence]:
    """An end that is not after its start, or hardly, or long after it."""
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
    for form, (kind, start, end) in zip(cycle(forms(layout)), orders):
        yield Silence(f"{kind} ({form})", partial(_in_order, layout, form, start, end), path=layout.entry, form=form)


def _in_order(layout: Layout, form: Form, start: str, end: str, body: Json) -> Json:
    formed, path = in_form(layout, body, form)
    return change(formed, path, lambda item: {**item, START: start, END: end})
