"""Valid bodies that differ in form: every size, every unusual title, id and date, every spelling of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from strategies.body_layout import layout_of
from strategies.valid.edge_case_batches import (
    Fields,
    split_body,
    unusual_titles,
)
from strategies.valid.items import copy_with_own_id
from swagger.contract import Contract, Json

SIZES = (2, 3, 25, 101, 300)
MANY = 300
LONG_TITLE = "x" * 250
"""The title of each of many items: makes a body of more than 100,000 bytes."""

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
