"""Which of the catalogues' bodies one run tries: what many fields and forms share is tried on one of them, in turn.

A catalogue holds every wrong value and every unusual text for each field, in each form of item. A service that treats
fields of one type differently is rare, and a run of five minutes cannot ask for all: the seed decides whose turn it is,
so that a few runs try them all. What is absent or empty is tried everywhere in every run.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from strategies.accounts import UNUSUAL_ACCOUNTS
from strategies.breakages import Breakage
from strategies.silences import Silence
from strategies.texts import UNUSUAL_TEXTS

T = TypeVar("T")
Case = TypeVar("Case", Breakage, Silence)
EVERYWHERE = frozenset({"absent", "empty text", "blank text", "NUL", "lone surrogate"})
TAKEN_FOR_ABSENT = ("zero", "fraction", "false", "empty text", "empty object", "empty array")
"""Wrong values that a service which looks for any value lets pass together: two of them for each field will do."""
DATES_ALIKE = (
    ("a word", "text of a null", "text of a failed reading"),
    ("day first", "month first", "dots", "slashes"),
    ("e-mail date", "name of a month"),
    ("month 13", "month 00", "all zeros"),
    ("hour 25", "after hour 24"),
    ("two zones", "name of a zone"),
    ("offset without digits", "offset of one digit"),
    ("seconds since the epoch", "milliseconds since the epoch", "JSON of .NET"),
    ("day 00", "day 32"),
    ("minute 60", "second 61"),
)
"""Texts that are no dates, and that hardly any reader tells from each other: one of them a run."""
FREE_TEXT = "external_items[].external_title"
"""The field of which least is known: it gets every unusual text in every run."""
HALF = ("external_items[].external_id", "calendar_sync.account")
"""Fields that get every other unusual text in a run."""
ODD_ITEMS = frozenset(
    {"empty text", "NUL", "256 characters", "another calendar", "null", "rule", "text", "lower-case t", "year 9999"}
)
"""One value for each way in which an item can be unusual."""
_ACCOUNTS = tuple(kind for kind, _ in UNUSUAL_ACCOUNTS)
_TEXTS = tuple(kind for kind, _ in UNUSUAL_TEXTS)
STRUCTURES = frozenset({"", "external_items", "external_items[]"})
"""Paths of what concerns the body as a whole: its forms, and how many items there are."""


def breakages_in_turn(catalogue: Sequence[Breakage], number: int) -> Iterator[Breakage]:
    """Each wrong value once for each field, in one form of item; each text that is no date in one field of
    dates, so that each of these has some in each form.
    """
    groups = _together(catalogue, _of_breakage)
    formats = [group for group in groups if _is_format(group[0])]
    yield from (group[(number + place) % len(group)] for place, group in enumerate(groups) if group not in formats)
    tried: Counter[Hashable] = Counter()
    drawn = random.Random(number)
    for group in formats:
        chosen = min(drawn.sample(group, len(group)), key=lambda each: tried[each.path, each.form])
        tried[chosen.path, chosen.form] += 1
        yield chosen


def one_of_each_kind(catalogue: Sequence[Silence]) -> tuple[Silence, ...]:
    """Each unusual structure, and each way in which an item can be unusual, once."""
    found: dict[str, Silence] = {}
    for silence in catalogue:
        value = _value(silence.name)
        of_an_item = value in ODD_ITEMS and silence.path.startswith("external_items[].")
        if silence.path in STRUCTURES or of_an_item:
            found.setdefault(value, silence)
    return tuple(found.values())


def silences_in_turn(catalogue: Sequence[Silence], number: int) -> Iterator[Silence]:
    """What concerns the structure first; then each unusual text or date in one of the fields alike that may hold it."""
    chosen = [
        members[(number + place) % len(members)] for place, members in enumerate(_together(catalogue, _of_silence))
    ]
    yield from sorted(chosen, key=lambda silence: silence.path not in STRUCTURES)


def from_a_place_on(every: Sequence[T], number: int) -> Sequence[T]:
    """All of them, from a place on that the seed decides, and round to it: where a target is too slow for all, each
    seed tries another part.
    """
    start = random.Random(number).randrange(max(1, len(every)))
    return (*every[start:], *every[:start])


def _together(catalogue: Iterable[Case], key: Callable[[Case], Hashable]) -> list[list[Case]]:
    groups: defaultdict[Hashable, list[Case]] = defaultdict(list)
    for case in catalogue:
        groups[key(case)].append(case)
    return list(groups.values())


def _of_breakage(breakage: Breakage) -> Hashable:
    value = _value(breakage.name)
    if value in TAKEN_FOR_ABSENT:
        return breakage.path, "taken for absent", TAKEN_FOR_ABSENT.index(value) % 2
    if not breakage.path or breakage.form is None or value in EVERYWHERE:
        return breakage.name
    if _is_format(breakage):
        return "format", next((alike for alike in DATES_ALIKE if value in alike), value)
    return breakage.path, value


def _is_format(breakage: Breakage) -> bool:
    return breakage.form is not None and any(clause.startswith("format:") for clause in breakage.breaks)


def _of_silence(silence: Silence) -> Hashable:
    value = _value(silence.name)
    if silence.path == "calendar_sync.account" and value in _ACCOUNTS:
        return "account", _ACCOUNTS.index(value) // 3
    if value in EVERYWHERE or silence.path in (*STRUCTURES, FREE_TEXT):
        return silence.name
    if silence.path in HALF and value in _TEXTS:
        return silence.path, _TEXTS.index(value) // 2
    return silence.form is None and value not in _TEXTS, value


def _value(name: str) -> str:
    return name.partition(":")[0]
