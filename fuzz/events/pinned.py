"""The observations that are not as pinned, grouped: one change of the server changes many of them in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fuzz.events.summary import Summary

NAMED = 3
"""Features of one change that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the answers, and the features and situations in which it shows. Frozen.

    `before`: labels of answers that no longer come; all that are pinned, if each of them still does. `after`: labels of
    answers that are new.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    features: tuple[str, ...]
    situations: tuple[str, ...]
    count: int

    def with_more(self, other: Change) -> Change:
        """Both as one: the same features were answered alike, and now are by what else the situation asks for."""
        return Change(
            self.before,
            _distinct(iter((*self.after, *other.after))),
            self.features,
            _distinct(iter((*self.situations, *other.situations))),
            self.count + other.count,
        )

    @property
    def line(self) -> str:
        """`200, now 422 refusal: empty list, empty title and 3 more features, in fresh, matched`."""
        more = len(self.features) - NAMED
        named = ", ".join(self.features[:NAMED])
        if more > 0:
            named += f" and {more} more feature{'s' if more > 1 else ''}"
        return f"{', '.join(self.before)}, now {', '.join(self.after)}: {named}, in {', '.join(self.situations)}"


def changes_of(summary: Summary) -> list[Change]:
    """The changes, those of the most observations first."""
    places: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[str, str]]] = {}
    for event in summary.changed:
        pinned, seen = event["pinned"], event["seen"]
        before = tuple(label for label in pinned if label not in seen) or tuple(pinned)
        after = tuple(label for label in seen if label not in pinned)
        places.setdefault((before, after), []).append((event["feature"], event["situation"]))
    changes: dict[tuple[tuple[str, ...], tuple[str, ...]], Change] = {}
    for (before, after), met in places.items():
        features, situations = _distinct(feature for feature, _ in met), _distinct(where for _, where in met)
        change = Change(before, after, features, situations, len(met))
        known = changes.get((before, features))
        changes[before, features] = change if known is None else known.with_more(change)
    return sorted(changes.values(), key=lambda change: (-change.count, change.before, change.after))


def _distinct(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
