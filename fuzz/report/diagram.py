"""The sync states as a diagram: where each state stands, and the bend of every arrow between two of them.

One arrow for each pair of states, however many answers led that way; what they were stands beside it. Numbers only: the
template draws them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fuzz.model.events import Summary
from fuzz.report.text import visible

Point = tuple[float, float]

WIDTH, HEIGHT = 1480, 780
RADIUS = 46
LINES, LINES_ACROSS, LINES_UNCERTAIN = 4, 2, 1
"""Lines of text beside a loop, an arrow, an arrow from or to `uncertain`; the table under the diagram has them all."""

LINE_HEIGHT = 16

PLACES: Mapping[str, Point] = {
    "none": (330, 355),
    "fresh": (705, 135),
    "bound": (1080, 355),
    "disabled": (705, 575),
    "uncertain": (300, 600),
}
_OUTWARD: Mapping[str, float] = {"none": 180, "fresh": 270, "bound": 0, "disabled": 90, "uncertain": 90}
"""The side of a state, in degrees clockwise from the right, on which it loops to itself: away from the others."""

_BEND = 84.0


@dataclass(frozen=True, slots=True)
class Transition:
    """What led from one state to another: an act, its answer, how often, how often as a failure. Frozen."""

    was: str
    act: str
    label: str
    now: str
    count: int
    failed: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """All transitions between two states, as one drawn path with its lines of text. Frozen.

    `side` is the direction in which the text grows away from the arrow, nought where it stands on it.
    """

    was: str
    now: str
    path: str
    label: Point
    side: Point
    transitions: tuple[Transition, ...]
    count: int
    failed: int

    @property
    def shown(self) -> tuple[Transition, ...]:
        if "uncertain" in (self.was, self.now) and self.was != self.now:
            return self.transitions[:LINES_UNCERTAIN]
        return self.transitions[: LINES if self.was == self.now else LINES_ACROSS]

    @property
    def anchor(self) -> str:
        """How the text stands to its place: outward of a loop, in the middle of an arrow."""
        if abs(self.side[0]) < 0.3:
            return "middle"
        return "start" if self.side[0] > 0 else "end"

    @property
    def first_line(self) -> float:
        """The base line of the first line of text."""
        height = LINE_HEIGHT * (len(self.shown) - 1)
        return self.label[1] + 4 - height / 2 + self.side[1] * height / 2

    @property
    def left_out(self) -> int:
        return len(self.transitions) - len(self.shown)


@dataclass(frozen=True, slots=True)
class Diagram:
    """States to draw with their places, arrows between them, and every transition. Frozen."""

    states: Mapping[str, Point]
    arrows: tuple[Arrow, ...]
    transitions: tuple[Transition, ...]


def diagram(summary: Summary) -> Diagram:
    """The diagram of everything that was seen; a state that is not documented is only there if it was met."""
    transitions = tuple(_transitions(summary))
    met = {state for each in transitions for state in (each.was, each.now)}
    states = {state: place for state, place in PLACES.items() if state != "uncertain" or state in met}
    return Diagram(states, tuple(_arrows(transitions)), transitions)


def _transitions(summary: Summary) -> Iterator[Transition]:
    """Those that failed first, then the most frequent."""
    found = [
        Transition(was, visible(act, limit=20), visible(label, limit=24), now, count, failed)
        for (was, act, label, now), (count, failed) in summary.edges.items()
        if was in PLACES and now in PLACES
    ]
    return iter(sorted(found, key=lambda each: (-each.failed, -each.count, each.was, each.act, each.label)))


def _arrows(transitions: Iterable[Transition]) -> Iterator[Arrow]:
    pairs: defaultdict[tuple[str, str], list[Transition]] = defaultdict(list)
    for transition in transitions:
        pairs[(transition.was, transition.now)].append(transition)
    for (was, now), group in sorted(pairs.items()):
        path, label, side = _loop(was) if was == now else _curve(was, now)
        count, failed = sum(each.count for each in group), sum(each.failed for each in group)
        yield Arrow(was, now, path, label, side, tuple(group), count, failed)


def _curve(was: str, now: str) -> tuple[str, Point, Point]:
    """An arrow that bends to its left, so that the two directions between two states stay apart."""
    start, end = PLACES[was], PLACES[now]
    along = _direction(start, end)
    aside = (along[1], -along[0])
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    text = _CROSSING.get(frozenset({was, now}))
    control = _moved(middle, aside, _BEND if text is None else _BEND / 2)
    begin = _moved(start, _direction(start, control), RADIUS)
    tip = _moved(end, _direction(end, control), RADIUS + 4)
    where = _on_curve(begin, control, tip, text or 0.5)
    return f"M{_at(begin)} Q{_at(control)} {_at(tip)}", where, (0, 0)


_CROSSING: Mapping[frozenset[str], float] = {frozenset({"none", "bound"}): 0.3, frozenset({"fresh", "disabled"}): 0.43}
"""Where along an arrow its text stands, for those that cross in the middle; half way for the others."""


def _loop(state: str) -> tuple[str, Point, Point]:
    place, outward = PLACES[state], math.radians(_OUTWARD[state])
    begin, tip = (_round(place, outward + turn, RADIUS + more) for turn, more in ((-0.45, 0), (0.45, 4)))
    handles = [_round(place, outward + turn, RADIUS * 2.3) for turn in (-0.5, 0.5)]
    side = (math.cos(outward), math.sin(outward))
    path = f"M{_at(begin)} C{_at(handles[0])} {_at(handles[1])} {_at(tip)}"
    return path, _moved(place, side, RADIUS * 2.05), side


def _direction(start: Point, end: Point) -> Point:
    length = math.dist(start, end)
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _moved(point: Point, direction: Point, by: float) -> Point:
    return point[0] + direction[0] * by, point[1] + direction[1] * by


def _round(centre: Point, angle: float, radius: float) -> Point:
    return _moved(centre, (math.cos(angle), math.sin(angle)), radius)


def _on_curve(begin: Point, control: Point, end: Point, t: float) -> Point:
    x, y = (
        (1 - t) ** 2 * first + 2 * (1 - t) * t * middle + t**2 * last
        for first, middle, last in zip(begin, control, end, strict=True)
    )
    return x, y


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
