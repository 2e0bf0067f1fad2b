"""Valid bodies that differ in form: every size, every unusual title, id and date, every spelling of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from strategies.body_layout import layout_of
from strategies.valid.edge_case_batches import (
    Fields,
    edge_case_batches,
    split_body,
    unusual_fields,
    unusual_titles,
    with_one_item,
)
from strategies.valid.items import copy_with_own_id
from swagger.contract import Contract, Json

SIZES = (2, 3, 25, 101, 300)
MANY = 300
LONG_TITLE = "x" * 250
"""The title of each of many items: makes a body of more than 100,000 bytes."""
ALONE = (4, 3, 3)
"""Numbers of unusual titles, ids and dates that one run sends alone, in both item forms in turn."""


SPELLINGS: tuple[Callable[[dict[str, Json]], str], ...] = (
    lambda body: json.dumps(body, ensure_ascii=False, indent=2),
    lambda body: json.dumps(dict(reversed(body.items())), ensure_ascii=False),
    lambda body: json.dumps(body).replace("/", "\\/"),
    lambda body: json.dumps(body, ensure_ascii=False, separators=(",", ":")),
)


def structures(contract: Contract, body: dict[str, Json], sizes: Sequence[int] = SIZES) -> Iterator[Json]:
    """Valid bodies of different structure: a single item, several items, many items; some with a title."""
    layout = layout_of(contract)
    others, item = split_body(layout, body)
    if layout.single:
        yield {**others, layout.single: copy_with_own_id(item, "1")}
    title = next(iter(unusual_titles(contract)), {})
    for count in sizes:
        long = dict.fromkeys(title, LONG_TITLE) if count >= MANY else {}
        yield {**others, layout.listing.name: _items(item, [long] * count)}
    if title:
        yield {**others, layout.listing.name: _items(item, [title] * 2)}
        yield {**others, layout.listing.name: _items(item, [{}, title] * 4)}


def _items(item: Fields, changes: Sequence[Fields]) -> list[Fields]:
    return [{**copy_with_own_id(item, str(place)), **fields} for place, fields in enumerate(changes)]


def unusual_forms(contract: Contract, body: dict[str, Json], seed: int) -> Iterator[Json]:
    """Valid bodies with unusual titles, ids and dates: all of them in batches, and some alone, chosen by the seed."""
    yield from edge_case_batches(contract, body)
    for catalogue, count in zip(unusual_fields(contract), ALONE, strict=True):
        for place, fields in enumerate(_some(catalogue, count, seed)):
            yield with_one_item(contract, body, fields, single=place % 2 == 0)


def _some(catalogue: Sequence[Fields], count: int, seed: int) -> Iterator[Fields]:
    """`count` entries, spread over the whole catalogue; the next seed gives the next ones."""
    step = max(1, -(-len(catalogue) // count))
    return iter(catalogue[seed % step :: step])


def spelt_otherwise(contract: Contract, body: dict[str, Json]) -> Iterator[str]:
    """Valid bodies as JSON texts in every spelling: on several lines, in reverse order, in ASCII, without blanks."""
    layout = layout_of(contract)
    item = split_body(layout, body)[1]
    title = dict.fromkeys(next(iter(unusual_titles(contract)), {}), "Ärzte/👩‍⚕️")
    for place, spell in enumerate(SPELLINGS):
        yield spell({**body, layout.listing.name: [{**copy_with_own_id(item, str(90 + place)), **title}]})
