"""The plain counterpart of a body: the same sync, as many items in the same form, nothing in them that could matter."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

from fuzz.model.difference import Difference, differences
from fuzz.model.payload import named_by
from strategies.items import ID
from strategies.layout import layout_of
from strategies.payloads import plain_item, plain_payload
from strategies.picks import SIMPLEST, Picks
from strategies.texts import external_id
from swagger.contract import Contract, Json

_PLAIN_ID = external_id(Picks(SIMPLEST)).rstrip("0123456789")
_NUMBERED = re.compile(rf"{re.escape(_PLAIN_ID)}\d+(-\d+)?", re.ASCII)


def not_plain(contract: Contract, body: Json, taken: Collection[str] = ()) -> tuple[Difference, ...]:
    """Where a body differs from its plain counterpart. `taken`: external ids that other requests send."""
    return differences(body, plain_like(contract, body, taken)) if isinstance(body, dict) else ()


def plain_like(contract: Contract, body: Mapping[str, Json], taken: Collection[str] = ()) -> dict[str, Json]:
    """The plain counterpart of a body. Each item has an id of its own, the one that it has where that is plain."""
    layout, named = layout_of(contract), named_by(body)
    provider, account = (name if isinstance(name, str) else "" for name in (named.provider, named.account))
    plain = plain_payload(contract, provider=provider, account=account)
    name, single = layout.listing.name, layout.single
    listed = body.get(name)
    items = listed if isinstance(listed, list) and listed else [listed]
    ids = _own_ids([*items, body.get(single or "")], taken)
    model = plain_item(layout)
    plain[name] = [{**model, ID: own} for _, own in zip(items, ids, strict=False)]
    if single is not None and single in body:
        plain[single] = {**model, ID: next(ids)}
        if name not in body:
            del plain[name]
    return plain


def _own_ids(items: Sequence[Json], taken: Collection[str]) -> Iterator[str]:
    """An id for each item that neither the others nor `taken` have."""
    used = set(taken)
    serial = next(number for number in count(1) if not any(each.startswith(f"{_PLAIN_ID}{number}-") for each in used))
    for place, item in enumerate(items, start=1):
        has = item.get(ID) if isinstance(item, dict) else None
        kept = isinstance(has, str) and has not in used and _NUMBERED.fullmatch(has) is not None
        own = str(has) if kept else external_id(Picks(SIMPLEST), serial=serial, place=place)
        used.add(own)
        yield own
