"""Valid bodies that cover all pairs of what may vary: item form, spelling, key order, title, id and dates.

A covering array (D. M. Cohen and others, "The AETG system", IEEE TSE 23(7), 1997), made by covertable: most failures
that need a combination need two values (D. R. Kuhn and others, IEEE TSE 30(6), 2004). One run covers all pairs of the
values that its seed chooses; a few runs cover all values, and most triples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import covertable

from strategies.body_layout import layout_of
from strategies.valid.edge_case_batches import Fields, split_body, unusual_fields
from strategies.valid.encodings import SPELLINGS
from strategies.valid.items import copy_with_own_id
from swagger.contract import Contract, Json

VALUES = (12, 8, 10)
"""Numbers of titles, ids and spans of one run, a plain one among each: as many pairs as its accepted requests cover."""
SIZES = (1, 2, 3, 25)
ORDERS: tuple[Callable[[Sequence[str]], Sequence[str]], ...] = (tuple, lambda names: names[::-1], sorted)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the array. Frozen. `size` 0 is the form with a single item, `spelling` None plain JSON."""

    size: int
    spelling: int | None
    order: int
    fields: tuple[int, ...]


def covering_rows(contract: Contract, seed: int) -> tuple[Row, ...]:
    """The rows of one run: every pair of two factors' values is in one of them."""
    sizes = SIZES if layout_of(contract).single is None else (0, *SIZES)
    counts = tuple(map(len, unusual_fields(contract)))
    return _rows(sizes, counts, seed)


@lru_cache(maxsize=8)
def _rows(sizes: tuple[int, ...], counts: tuple[int, ...], seed: int) -> tuple[Row, ...]:
    values = [list(_chosen(count, of_a_run, seed)) for count, of_a_run in zip(counts, VALUES, strict=True)]
    factors = [list(sizes), [None, *range(len(SPELLINGS))], list(range(len(ORDERS))), *values]
    rows = covertable.make(factors, strength=2, salt=str(seed))
    return tuple(Row(size, spelling, order, tuple(fields)) for size, spelling, order, *fields in rows)


def _chosen(count: int, of_a_run: int, seed: int) -> Iterator[int]:
    """The places of the values that a run uses, of `count`; -1 for a plain one."""
    yield -1
    first = seed * (of_a_run - 1)
    yield from (place % count for place in range(first, first + min(of_a_run - 1, count)))


def covering_body(contract: Contract, row: Row, body: Fields) -> Json | str:
    """The body as a row says; a text where the spelling is not plain."""
    layout = layout_of(contract)
    others, item = split_body(layout, body)
    for place, values in zip(row.fields, unusual_fields(contract), strict=True):
        item = {**item, **(values[place] if place >= 0 else {})}
    if row.size == 0 and layout.single is not None:
        whole = {**others, layout.single: item}
    else:
        whole = {**others, layout.listing.name: [copy_with_own_id(item, str(each)) for each in range(row.size)]}
    whole = _ordered(whole, ORDERS[row.order])
    return whole if row.spelling is None else SPELLINGS[row.spelling](whole)


def _ordered(value: Json, order: Callable[[Sequence[str]], Sequence[str]]) -> Json:
    """The value with the keys of each object in another order."""
    if isinstance(value, list):
        return [_ordered(entry, order) for entry in value]
    if not isinstance(value, dict):
        return value
    return {name: _ordered(value[name], order) for name in order(list(value))}
