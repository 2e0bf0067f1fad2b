"""The drawing of a run's sync states: the transitions between them, how often each was seen and how often it failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from fuzz.automaton.diagram import Drawing, Edge, Line, Node
from fuzz.events.summary import Summary
from fuzz.report.diagrams.machine_svg import svg
from fuzz.report.text import visible

COLUMNS = {"none": 0, "uncertain": 0, "fresh": 1, "disabled": 1, "bound": 2}
"""The column of each state, from the left."""

LINES, LINES_OF_EDGE, LINES_UNCERTAIN = 4, 2, 1
"""Transitions shown in a state, beside an edge, and beside one from or to `uncertain`; a table has them all."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition between two states: an action, its answer, how often it was seen, how often it failed. Frozen."""

    was: str
    act: str
    label: str
    now: str
    count: int
    failed: int

    @property
    def line(self) -> Line:
        """`send 200 ×60`, or `✗ send 200, 3 of 60` if some failed."""
        says = f"{self.act} {self.label}"
        if self.failed:
            return Line(f"✗ {says}, {self.failed:,} of {self.count:,}", differs=True)
        return Line(f"{says} ×{self.count:,}")


def transitions_of(summary: Summary) -> list[Transition]:
    """Every transition that was seen: those that failed first, then the most frequent."""
    found = [
        Transition(was, visible(act, limit=20), visible(label, limit=24), now, count, failed)
        for (was, act, label, now), (count, failed) in summary.edges.items()
        if was in COLUMNS and now in COLUMNS
    ]
    return sorted(found, key=lambda seen: (-seen.failed, -seen.count, seen.was, seen.act, seen.label))


def drawing_of(transitions: Sequence[Transition]) -> Drawing:
    """The states, each with the transitions that stay in it, and one edge for each pair of states."""
    between: defaultdict[tuple[str, str], list[Transition]] = defaultdict(list)
    for transition in transitions:
        between[transition.was, transition.now].append(transition)
    met = {state for pair in between for state in pair}
    nodes = [
        Node(state, state, _lines(between.get((state, state), ()), LINES), initial=state == "none")
        for state in COLUMNS
        if state != "uncertain" or state in met
    ]
    edges = [
        Edge(was, now, _lines(seen, LINES_UNCERTAIN if "uncertain" in (was, now) else LINES_OF_EDGE))
        for (was, now), seen in sorted(between.items())
        if was != now
    ]
    return Drawing(tuple(nodes), tuple(edges))


def _lines(transitions: Sequence[Transition], limit: int) -> tuple[Line, ...]:
    more = [Line(f"+{len(transitions) - limit} more")] if len(transitions) > limit else []
    return (*(transition.line for transition in transitions[:limit]), *more)


def sync_states_svg(transitions: Sequence[Transition]) -> str:
    """The drawing as an element of a page, which brings the styles."""
    title = "Sync states and how often each transition between them was seen; the table below says the same."
    return svg(drawing_of(transitions), columns=COLUMNS, title=title)
