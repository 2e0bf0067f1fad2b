"""Allowed bodies that differ in form: every size, every promised kind of title, id and date, every spelling of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from strategies.crowds import Fields, crowds, one_unusual, unusual_ids, unusual_spans, unusual_titles
from swagger.contract import Contract, Json

SIZES = (2, 3, 25, 101, 300)
MANY = 300
LONG_TITLE = "x" * 250
"""For each of that many items: a body of more than 100,000 bytes."""
ALONE = (4, 3, 3)
"""How many of the unusual titles, ids and dates go alone in one run, in either form of item in turn."""


SPELLINGS: tuple[Callable[[dict[str, Json]], str], ...] = (
    lambda body: json.dumps(body, ensure_ascii=False, indent=2),
    lambda body: json.dumps(dict(reversed(body.items())), ensure_ascii=False),
    lambda body: json.dumps(body).replace("/", "\\/"),
    lambda body: json.dumps(body, ensure_ascii=False, separators=(",", ":")),
)


def structures(contract: Contract, body: dict[str, Json], sizes: Sequence[int] = SIZES) -> Iterator[Json]:
    """Allowed bodies of different structure: the singular form, several items, many; some with a title."""
    rule = next(rule for rule in contract.fields if rule.type == "array" and not rule.parent)
    item = body[rule.name][0]
    rest = {name: value for name, value in body.items() if name != rule.name}
    if rule.alternative:
        yield {**rest, rule.alternative: numbered(item, 1)}
    titles = unusual_titles(contract)
    long = dict.fromkeys(titles[0], LONG_TITLE) if titles else {}
    for count in sizes:
        title = long if count >= MANY else {}
        yield {**rest, rule.name: [{**numbered(item, place), **title} for place in range(count)]}
    if titles:
        yield {**rest, rule.name: [{**numbered(item, place), **titles[0]} for place in range(2)]}
        yield {**rest, rule.name: [{**numbered(item, place), **(titles[0] if place % 2 else {})} for place in range(8)]}


def unusual_forms(contract: Contract, body: dict[str, Json], number: int) -> Iterator[Json]:
    """Allowed bodies with unusual titles, ids and dates: all of them in crowds, some of them alone, in turn."""
    yield from crowds(contract, body)
    catalogues = (unusual_titles(contract), unusual_ids(contract), unusual_spans(contract))
    for catalogue, count in zip(catalogues, ALONE, strict=True):
        for place, fields in enumerate(_some(catalogue, count, number)):
            yield one_unusual(contract, body, fields, single=place % 2 == 0)


def _some(catalogue: Sequence[Fields], count: int, number: int) -> Iterator[Fields]:
    """A part of a catalogue, spread over all of it; the next number gives the next part."""
    step = max(1, -(-len(catalogue) // count))
    return iter(catalogue[number % step :: step])


def numbered(item: dict[str, Json], place: int) -> dict[str, Json]:
    """The item with an external id of its own."""
    if not isinstance(item.get("external_id"), str):
        return item
    return {**item, "external_id": f"{item['external_id']}-{place}"}


def spelt_otherwise(contract: Contract, body: dict[str, Json]) -> Iterator[str]:
    """Allowed bodies as JSON texts of every spelling: on several lines, turned around, in ASCII, without blanks."""
    rule = next(rule for rule in contract.fields if rule.type == "array" and not rule.parent)
    titled = bool(unusual_titles(contract))
    title = dict.fromkeys(unusual_titles(contract)[0], "Ärzte/👩‍⚕️") if titled else {}
    for place, spell in enumerate(SPELLINGS):
        yield spell({**body, rule.name: [{**numbered(body[rule.name][0], 90 + place), **title}]})
