"""The canonical body: the simplest one that names the same sync and has as many items in the same form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

from fuzz.bundle.body_diff import Difference, differences
from fuzz.oracle.validity.violations import named_by
from strategies.body_layout import layout_of
from strategies.byte_choices import SIMPLEST, Picks
from strategies.valid.bodies import plain_item, plain_payload
from strategies.valid.items import ID
from strategies.values.texts import external_id
from swagger.contract import Contract, Json

_ID_PREFIX = external_id(Picks(SIMPLEST)).rstrip("0123456789")
_CANONICAL_ID = re.compile(rf"{re.escape(_ID_PREFIX)}\d+(-\d+)?", re.ASCII)


def differences_from_canonical(contract: Contract, body: Json, taken: Collection[str] = ()) -> tuple[Difference, ...]:
    """Where a body differs from its canonical body. `taken`: external ids that other requests send."""
    return differences(body, canonical_body(contract, body, taken)) if isinstance(body, dict) else ()


def canonical_body(contract: Contract, body: Mapping[str, Json], taken: Collection[str] = ()) -> dict[str, Json]:
    """The canonical body of a body. An item keeps its external id if that is canonical and no other item's, and none of
    those `taken`.
    """
    layout, named = layout_of(contract), named_by(body)
    provider, account = (name if isinstance(name, str) else "" for name in (named.provider, named.account))
    canonical = plain_payload(contract, provider=provider, account=account)
    name, single = layout.listing.name, layout.single
    listed = body.get(name)
    items = listed if isinstance(listed, list) and listed else [listed]
    ids = _distinct_ids([*items, body.get(single or "")], taken)
    model = plain_item(layout)
    canonical[name] = [{**model, ID: next(ids)} for _ in items]
    if single is not None and single in body:
        canonical[single] = {**model, ID: next(ids)}
        if name not in body:
            del canonical[name]
    return canonical


def _distinct_ids(items: Sequence[Json], taken: Collection[str]) -> Iterator[str]:
    """An external id for each item, all different, and none of those taken."""
    used = set(taken)
    serial = next(
        number for number in count(1) if not any(known.startswith(f"{_ID_PREFIX}{number}-") for known in used)
    )
    for place, item in enumerate(items, start=1):
        current = item.get(ID) if isinstance(item, dict) else None
        keeps = isinstance(current, str) and current not in used and _CANONICAL_ID.fullmatch(current) is not None
        chosen = str(current) if keeps else external_id(Picks(SIMPLEST), serial=serial, place=place)
        used.add(chosen)
        yield chosen
