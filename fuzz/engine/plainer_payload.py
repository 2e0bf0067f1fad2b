"""One payload of a failing scenario made plainer: in a plainer form, with fewer items and fewer fields that matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, replace

from fuzz.engine.plain_body import not_plain, plain_like
from fuzz.engine.plainer import in_a_plainer_form
from fuzz.engine.plainer_dates import plainer_dates
from fuzz.engine.shortest import shortest
from fuzz.model.difference import Difference, without
from fuzz.model.exchange import Action, AtOnce, SendItems, Single
from fuzz.model.payload import items_of
from fuzz.model.scenario import singles
from strategies.items import END, ID, START
from strategies.layout import layout_of
from swagger.contract import Contract, Json

Actions = tuple[Action, ...]

MOST_ATTEMPTS = 48
"""To take away one payload's differences, or dates to make plainer: hundreds of items have thousands of them."""


def _by_span(different: Difference) -> Hashable:
    """The start and the end of an item go together: a plain one beside an unusual one makes an unusual span."""
    *item, name = different.path
    return (*item, START) if name in (START, END) else different.path


class _GoneError(Exception):
    """The scenario turns out to fail before it comes to the payload: nothing is left of that to be made plainer."""


@dataclass(slots=True)
class PayloadOf:
    """One payload of a failing scenario, being made plainer. Mutable: `actions` is the scenario as it is by now."""

    contract: Contract
    attempt: Callable[[Actions, Actions], Actions | None]
    actions: Actions
    place: int
    which: int

    def at_its_plainest(self) -> Actions:
        """The scenario with the fewest items in the payload, and with the fewest fields that are not plain."""
        with suppress(_GoneError):
            for body in in_a_plainer_form(self.contract, self._body):
                self._try(body)
            self._without_items()
            self._without_differences()
            self._with_plainer_dates()
        return self.actions

    @property
    def _parts(self) -> tuple[Single, ...]:
        """The action that sends the payload, or the two of a pair of which one does."""
        if self.place >= len(self.actions):
            raise _GoneError
        return singles(self.actions[self.place])

    @property
    def _body(self) -> dict[str, Json] | None:
        """The payload as it is by now; None where there is none that could be plainer."""
        single = self._parts[self.which]
        readable = isinstance(single, SendItems) and single.raw is None and isinstance(single.body, dict)
        return single.body if isinstance(single, SendItems) and readable else None

    def _try(self, body: Json) -> bool:
        parts = [*self._parts]
        parts[self.which] = replace(parts[self.which], body=body)
        action = AtOnce(*parts) if len(parts) > 1 else parts[0]
        failed = self.attempt(self.actions, (*self.actions[: self.place], action, *self.actions[self.place + 1 :]))
        if failed is not None:
            self.actions = failed
        return failed is not None

    def _without_items(self) -> None:
        name = layout_of(self.contract).listing.name
        items = (self._body or {}).get(name)
        if not isinstance(items, list) or len(items) < 2:
            return
        self._try(self._plain())

        def attempt(kept: tuple[Json, ...]) -> tuple[Json, ...] | None:
            return kept if kept and self._body and self._try({**self._body, name: list(kept)}) else None

        items = (self._body or {}).get(name)
        if isinstance(items, list):
            shortest(tuple(items), attempt, most=4 * len(items).bit_length())

    def _without_differences(self) -> None:
        self._without_parts(_by_span)
        self._without_parts(lambda different: different.path)

    def _without_parts(self, part: Callable[[Difference], Hashable]) -> None:
        """Takes away differences, those of a part together."""
        body = self._body
        parts: defaultdict[Hashable, list[Difference]] = defaultdict(list)
        for different in not_plain(self.contract, body, self._taken()):
            parts[part(different)].append(different)

        def attempt(kept: tuple[Hashable, ...]) -> tuple[Hashable, ...] | None:
            left = set(kept)
            removed = [each for name in parts if name not in left for each in parts[name]]
            return kept if self._try(without(body, removed)) else None

        shortest(tuple(parts), attempt, most=MOST_ATTEMPTS)

    def _with_plainer_dates(self) -> None:
        """Of each date that is not plain, the parts that need not be what they are."""
        for different in not_plain(self.contract, self._body, self._taken())[:MOST_ATTEMPTS]:
            for date in plainer_dates(different.found, different.plain):
                if self._try(without(self._body, [replace(different, plain=date)])):
                    break

    def _plain(self) -> Json:
        return plain_like(self.contract, self._body or {}, self._taken())

    def _taken(self) -> set[str]:
        """External ids that the scenario's other requests send."""
        own = self._parts[self.which]
        others = (each for action in self.actions for each in singles(action) if each is not own)
        bodies = (each.body for each in others if isinstance(each, SendItems))
        return {str(item.get(ID)) for body in bodies for item in items_of(self.contract, body)}
