"""Simplifies one payload of a failing scenario: one form of items, fewer items, fewer unusual fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from fuzz.bundle.body_diff import Difference, without
from fuzz.oracle.actions import AtOnce, SendItems, Single
from fuzz.oracle.scenario import singles
from fuzz.oracle.validity.violations import items_of
from fuzz.shrinking.candidate import Actions, all_singles
from fuzz.shrinking.canonical_body import canonical_body, differences_from_canonical
from fuzz.shrinking.ddmin import ddmin
from fuzz.shrinking.simplify.dates import simpler_dates
from strategies.body_layout import layout_of
from strategies.valid.items import END, START
from swagger.contract import Contract, Json, ids_of

MAX_ATTEMPTS = 48
"""Maximum attempts to remove one payload's differences, and dates to simplify: a large body has thousands."""


class PayloadNotReachedError(Exception):
    """Raised when the scenario fails before it sends the payload: there is nothing left to simplify."""


@dataclass(slots=True)
class PayloadSimplifier:
    """Simplifies one payload of a failing scenario. Mutable: `actions` is the current scenario.

    `attempt` takes the scenario and a candidate; returns the actions of a candidate that fails, else None. `place`: the
    index of the action that sends the payload. `which`: its index in the pair, if that action is two at once.
    """

    contract: Contract
    attempt: Callable[[Actions, Actions], Actions | None]
    actions: Actions
    place: int
    which: int

    def simplify(self) -> Actions:
        """The scenario with the fewest items in the payload, and the fewest fields that are not canonical."""
        with suppress(PayloadNotReachedError):
            for body in _in_one_form(self.contract, self._body):
                self._try(body)
            self._remove_items()
            self._remove_differences(_item_span)
            self._remove_differences(lambda difference: difference.path)
            self._simplify_dates()
        return self.actions

    @property
    def _pair(self) -> tuple[Single, ...]:
        """The action that sends the payload, or the two of a pair of which one does."""
        if self.place >= len(self.actions):
            raise PayloadNotReachedError
        return singles(self.actions[self.place])

    @property
    def _body(self) -> dict[str, Json] | None:
        """The current payload; None if it is raw text or no object."""
        single = self._pair[self.which]
        if isinstance(single, SendItems) and single.raw is None and isinstance(single.body, dict):
            return single.body
        return None

    def _try(self, body: Json) -> bool:
        """Puts another body in the payload's place if the scenario still fails with it."""
        pair = [*self._pair]
        pair[self.which] = replace(pair[self.which], body=body)
        action = AtOnce(*pair) if len(pair) > 1 else pair[0]
        failed = self.attempt(self.actions, (*self.actions[: self.place], action, *self.actions[self.place + 1 :]))
        if failed is not None:
            self.actions = failed
        return failed is not None

    def _remove_items(self) -> None:
        """Removes items from the list, while more than one is left."""
        if len(self._listed_items()) < 2:
            return
        self._try(canonical_body(self.contract, self._body or {}, self._ids_of_others()))
        name = layout_of(self.contract).listing.name

        def attempt(kept: tuple[Json, ...]) -> tuple[Json, ...] | None:
            return kept if kept and self._body and self._try({**self._body, name: list(kept)}) else None

        items = self._listed_items()
        ddmin(tuple(items), attempt, max_attempts=4 * len(items).bit_length())

    def _listed_items(self) -> list[Json]:
        items = (self._body or {}).get(layout_of(self.contract).listing.name)
        return items if isinstance(items, list) else []

    def _remove_differences(self, group_of: Callable[[Difference], Hashable]) -> None:
        """Makes fields canonical, those of a group together."""
        body = self._body
        groups: defaultdict[Hashable, list[Difference]] = defaultdict(list)
        for difference in self._differences():
            groups[group_of(difference)].append(difference)

        def attempt(kept: tuple[Hashable, ...]) -> tuple[Hashable, ...] | None:
            left = set(kept)
            removed = [difference for name, group in groups.items() if name not in left for difference in group]
            return kept if self._try(without(body, removed)) else None

        ddmin(tuple(groups), attempt, max_attempts=MAX_ATTEMPTS)

    def _simplify_dates(self) -> None:
        """Replaces each date that is not canonical by the first simpler one that still fails."""
        for difference in self._differences()[:MAX_ATTEMPTS]:
            for date in simpler_dates(difference.found, difference.plain):
                if self._try(without(self._body, [replace(difference, plain=date)])):
                    break

    def _differences(self) -> tuple[Difference, ...]:
        return differences_from_canonical(self.contract, self._body, self._ids_of_others())

    def _ids_of_others(self) -> set[str]:
        """External ids that the scenario's other requests send."""
        own = self._pair[self.which]
        bodies = [
            single.body for single in all_singles(self.actions) if single is not own and isinstance(single, SendItems)
        ]
        return {own_id for body in bodies for own_id in ids_of(items_of(self.contract, body))}


def _in_one_form(contract: Contract, body: Json) -> Iterator[Json]:
    """The body with its items in the list alone, then in the single item alone. Nothing if it has no single item."""
    layout = layout_of(contract)
    name, single = layout.listing.name, layout.single
    if not isinstance(body, dict) or single not in body:
        return
    others = {key: value for key, value in body.items() if key != single}
    yield others if name in body else {**others, name: [body[single]]}
    if name in body:
        yield {key: value for key, value in body.items() if key != name}


def _item_span(difference: Difference) -> Hashable:
    """The group of a difference; start and end of an item have one, as changing only one makes an unusual span."""
    *item, name = difference.path
    return (*item, START) if name in (START, END) else difference.path
