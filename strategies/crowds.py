"""Crowded bodies: many items, each plainly allowed and unusual in one field.

One request shows what dozens would, and what a service takes amiss is told apart by taking items away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from strategies.items import END, ID, START
from strategies.layout import Layout, layout_of
from strategies.texts import LONGEST, TITLES
from swagger.contract import Contract, Json

Fields = dict[str, Json]

CROWD = 24
"""Items of a crowd: few enough for a service that takes lists at all."""

_MODIFIED = "last_modification"
_RUN = "{{now_timestamp}}"

UNUSUAL_TITLES = (
    *TITLES,
    "it''s'; DROP TABLE items; --",
    "<b>Lunch</b> & <script>alert(1)</script>",
    "%",
    "'",
    '"',
    "\\",
    "/ {0} %(name)s",
    "\u20ac 5 \u2013 \u201cfixed\u201d \u2026",
    "\u202dleft to right override",
    "\ufeffbyte order mark, and what stands for none: \ufffd",
    "\u1e9b\u0323 \u2126 \ufb01",
    "𝒳" * 60,
    "é" * LONGEST,
    "x" * LONGEST,
)
IDS = (
    ("a/b-", ""),
    ("/", "/"),
    ("../../", ""),
    ("back\\slash-", ""),
    ("o'clock-", ""),
    ('"quoted"-', ""),
    ("100%-", ""),
    ("%2F%00-", ""),
    ("%s%n%d-", ""),
    ("a?b=c&d#e-", ""),
    ("<b>-", ""),
    ("'; DROP TABLE items; --", ""),
    ("${x}#{x}-", ""),
    ('{"a": [1]}-', ""),
    ("[0]-", ""),
    ("two words ", ""),
    ("événement-", ""),
    ("e\u0301ve\u0301nement-", ""),
    ("予定-", ""),
    ("פגישה-", ""),
    ("👩‍👩‍👧-", ""),
    ("𠀋-", ""),
    ("null-", ""),
    ("", ""),
    ("0", ""),
    ("1e", ""),
    ("-1e309-", ""),
    ("Mixed_Case.", ".END"),
    ("AAMkAGI2TG93AAA+", "=="),
    ("_60q30c1g60o30e1i60o4ac1g60rj8gpl88rj2c1h84s34h9g60s30c1g60o30c1g_", ""),
    ("urn:uuid:", ""),
    ("550e8400-e29b-41d4-a716-", ""),
    ("event", "_20270601T090000Z"),
    ("event-", "@google.com"),
    ("https://calendar.example/", ""),
    ("__proto__", ""),
    ("", "."),
    ("0x1f", ""),
    ("mailto:a@example.com,", ";"),
    ("`id` | $(id) ", ""),
    ("~!^*()_+=:;,.|", ""),
    ("x" * 180, ""),
    ("", "é" * 150),
)
"""What stands before and after the part of an external id that no other one has."""

SPANS = (
    ("2028-02-29T00:00:00Z", "2028-02-29T23:59:59Z"),
    ("2027-12-31T23:30:00Z", "2028-01-01T00:30:00Z"),
    ("2027-06-01T09:00:00+05:30", "2027-06-01T10:00:00+05:30"),
    ("2027-06-01T09:00:00-08:00", "2027-06-01T14:00:00-03:30"),
    ("2027-06-01T09:00:00.5Z", "2027-06-01T10:00:00.123456Z"),
    ("2027-06-01T09:00:00.001+14:00", "2027-06-01T10:00:00.999-12:00"),
    ("2000-02-29T12:00:00Z", "2000-03-01T12:00:00Z"),
    ("2038-01-19T03:13:07Z", "2038-01-19T03:14:08Z"),
    ("2027-03-28T02:30:00+01:00", "2027-03-28T03:30:00+01:00"),
    ("2099-12-31T00:00:00Z", "2099-12-31T23:59:59Z"),
    ("2096-02-29T23:58:59.999Z", "2096-03-01T00:00:00Z"),
    ("2026-03-08T02:30:00-08:00", "2026-03-08T04:30:00-07:00"),
    ("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"),
    ("2027-01-31T10:00:00+05:45", "2027-02-28T10:00:00+12:45"),
    ("2027-04-30T10:00:00+00:30", "2027-05-31T10:00:00-00:30"),
    ("2027-06-30T10:00:00+00:00", "2027-09-30T10:00:00-09:30"),
    ("2027-11-30T10:00:00.0Z", "2027-11-30T10:01:00.000001Z"),
    ("2027-06-01T09:00:00.12Z", "2027-06-01T09:01:00.1234Z"),
    ("2027-06-01T09:00:00.12345Z", "2027-06-01T09:01:00.1234567Z"),
    ("2027-06-01T09:00:00.12345678Z", "2027-06-01T10:00:00.123456789Z"),
    ("2001-09-09T01:46:39Z", "2002-09-09T01:46:40Z"),
    ("2027-06-01T20:00:00+09:00", "2027-06-01T12:30:00Z"),
    ("2038-01-20T00:00:00-14:00", "2038-01-20T14:01:01.9Z"),
    ("2032-02-29T12:00:00-11:00", "2032-02-29T12:00:00-12:00"),
)
"""Starts and ends where calendars and clocks break."""


def unusual_titles(contract: Contract) -> tuple[Fields, ...]:
    """Fields of items: each with an unusual title. None where the contract has no free text that may be left out."""
    name = _free_text(layout_of(contract))
    return tuple({name: title} for title in UNUSUAL_TITLES) if name else ()


def unusual_ids(contract: Contract) -> tuple[Fields, ...]:
    """Fields of items: each with an unusual id of its own."""
    if ID not in _names(layout_of(contract)):
        return ()
    return tuple({ID: f"{before}{_RUN}{after}"} for before, after in IDS)


def unusual_spans(contract: Contract) -> tuple[Fields, ...]:
    """Fields of items: each with an unusual start and end, and last modified at one of the two."""
    names = _names(layout_of(contract))
    if not {START, END} <= names:
        return ()
    modified = [{_MODIFIED: span[place % 2]} if _MODIFIED in names else {} for place, span in enumerate(SPANS)]
    return tuple({START: start, END: end, **rest} for (start, end), rest in zip(SPANS, modified, strict=True))


def crowds(contract: Contract, body: Fields) -> Iterator[Fields]:
    """The body with crowds in place of its items: of titles, of ids, of dates."""
    for each in (unusual_titles(contract), unusual_ids(contract), unusual_spans(contract)):
        yield from _crowded(contract, body, each)


def mixed_crowds(contract: Contract, body: Fields) -> Iterator[Fields]:
    """Fewer of them, in which an item may be unusual in every field."""
    ways = [each for each in (unusual_titles(contract), unusual_ids(contract), unusual_spans(contract)) if each]
    count = max(map(len, ways), default=0)
    yield from _crowded(contract, body, [_merged(ways, place) for place in range(count)])


def _merged(ways: Sequence[Sequence[Fields]], place: int) -> Fields:
    """Every way in turn; an id but once."""
    turns = (way[place % len(way)] for way in ways if place < len(way) or ID not in way[0])
    return {name: value for fields in turns for name, value in fields.items()}


def one_unusual(contract: Contract, body: Fields, fields: Fields, *, single: bool = False) -> Fields:
    """The body with one item, unusual in these fields; in the single form if asked for and described."""
    layout = layout_of(contract)
    rest, item = _parted(layout, body)
    if single and layout.single is not None:
        return {**rest, layout.single: {**item, **fields}}
    return {**rest, layout.listing.name: [{**item, **fields}]}


def _crowded(contract: Contract, body: Fields, changes: Sequence[Fields]) -> Iterator[Fields]:
    layout = layout_of(contract)
    rest, item = _parted(layout, body)
    for start in range(0, len(changes), CROWD):
        items = [
            {**item, ID: f"{item.get(ID)}-{place}", **fields} if ID in item else {**item, **fields}
            for place, fields in enumerate(changes[start : start + CROWD])
        ]
        yield {**rest, layout.listing.name: items}


def _parted(layout: Layout, body: Fields) -> tuple[Fields, Fields]:
    rest = {name: value for name, value in body.items() if name not in (layout.listing.name, layout.single)}
    return rest, body[layout.listing.name][0]


def _names(layout: Layout) -> set[str]:
    return {rule.name for rule in layout.items}


def _free_text(layout: Layout) -> str | None:
    """The first text of an item that may be left out: the title."""
    texts = (rule.name for rule in layout.items if rule.type == "string" and not rule.required and not rule.format)
    return next(texts, None)
