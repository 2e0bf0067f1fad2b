"""Valid bodies with many items, each unusual in one field, to try dozens of values with one request.

If a body fails, shrinking finds the item by removing others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from strategies.body_layout import Layout, layout_of
from strategies.valid.items import END, ID, START, copy_with_own_id
from strategies.values.edge_cases import EDGE_CASE_IDS, EDGE_CASE_SPANS, EDGE_CASE_TITLES
from swagger.contract import Contract, Json

Fields = dict[str, Json]

BATCH_SIZE = 24
"""Items of a batch: few enough for any service that accepts lists."""

_MODIFIED = "last_modification"


def unusual_titles(contract: Contract) -> tuple[Fields, ...]:
    """Fields for items: each with an unusual title. Empty if the contract has no optional free text."""
    name = _free_text(layout_of(contract))
    return tuple({name: title} for title in EDGE_CASE_TITLES) if name else ()


def unusual_ids(contract: Contract) -> tuple[Fields, ...]:
    """Fields for items: each with another unusual id."""
    if ID not in _names(layout_of(contract)):
        return ()
    return tuple({ID: f"{before}{{{{now_timestamp}}}}{after}"} for before, after in EDGE_CASE_IDS)


def unusual_spans(contract: Contract) -> tuple[Fields, ...]:
    """Fields for items: each with an unusual start and end, and last modified at one of the two."""
    names = _names(layout_of(contract))
    if not {START, END} <= names:
        return ()
    return tuple(
        {START: span[0], END: span[1], **({_MODIFIED: span[place % 2]} if _MODIFIED in names else {})}
        for place, span in enumerate(EDGE_CASE_SPANS)
    )


def unusual_fields(contract: Contract) -> tuple[tuple[Fields, ...], ...]:
    """The fields with unusual titles, with unusual ids, and with unusual dates."""
    return unusual_titles(contract), unusual_ids(contract), unusual_spans(contract)


def edge_case_batches(contract: Contract, body: Fields) -> Iterator[Fields]:
    """The body with batches of edge cases in place of its items: of titles, of ids, of dates."""
    for changes in unusual_fields(contract):
        yield from _in_batches(contract, body, changes)


def mixed_batches(contract: Contract, body: Fields) -> Iterator[Fields]:
    """The body with fewer batches, in which an item may be unusual in every field."""
    ways = [changes for changes in unusual_fields(contract) if changes]
    count = max(map(len, ways), default=0)
    yield from _in_batches(contract, body, [_merged(ways, place) for place in range(count)])


def _merged(ways: Sequence[Sequence[Fields]], place: int) -> Fields:
    """The fields at a place of each sequence, merged. Titles and dates repeat after the last; an id is used once."""
    used = (way[place % len(way)] for way in ways if place < len(way) or ID not in way[0])
    return {name: value for fields in used for name, value in fields.items()}


def _in_batches(contract: Contract, body: Fields, changes: Sequence[Fields]) -> Iterator[Fields]:
    layout = layout_of(contract)
    others, item = split_body(layout, body)
    for start in range(0, len(changes), BATCH_SIZE):
        batch = enumerate(changes[start : start + BATCH_SIZE])
        items = [{**copy_with_own_id(item, str(place)), **fields} for place, fields in batch]
        yield {**others, layout.listing.name: items}


def split_body(layout: Layout, body: Fields) -> tuple[Fields, Fields]:
    """The fields of a body without its items, and its first item."""
    others = {name: value for name, value in body.items() if name not in (layout.listing.name, layout.single)}
    return others, body[layout.listing.name][0]


def _names(layout: Layout) -> set[str]:
    return {rule.name for rule in layout.items}


def _free_text(layout: Layout) -> str | None:
    """The name of the first optional text field of an item (the title); None if there is none."""
    texts = (rule.name for rule in layout.items if rule.type == "string" and not rule.required and not rule.format)
    return next(texts, None)
