"""A drawing of states as SVG: boxes, curves, and labels that do not cover each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from fuzz.automaton.diagram import Drawing, Edge, Line, Node
from fuzz.report.diagrams.machine_layout import LINE, PADDING, Box, Layout, Point, lay_out, text_box

STYLE = """
  text { font: 11px ui-sans-serif, system-ui, "DejaVu Sans", sans-serif; fill: #1f2937 }
  .name { font-weight: 700; font-size: 12px }
  .state { fill: #f8fafc; stroke: #475569; stroke-width: 1.2 }
  .initial { stroke-width: 2.6 }
  .edge { fill: none; stroke: #64748b; stroke-width: 1.2 }
  .back { fill: #fff; fill-opacity: .92 }
  .differs { stroke: #b91c1c; stroke-dasharray: 5 3; stroke-width: 1.8 }
  text.otherwise { fill: #b91c1c; font-weight: 600 }
"""
PLACES_OF_LABELS = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8, 0.15, 0.85)
"""Places to try for a label along a curve, 0 its beginning and 1 its end; the first without an overlap is taken."""

BESIDE_THE_CURVE = sorted(
    ((across * 40.0, down * LINE) for across in range(-3, 4) for down in range(-8, 9)),
    key=lambda beside: (abs(beside[0]) + abs(beside[1]), beside),
)
"""How far from its curve a label may stand, right and down; tried in this order where there is no room on the curve."""

Curve = tuple[Point, Point, Point, Point]
Way = tuple[Curve, ...]
"""One cubic Bézier curve after the other."""


def svg(drawing: Drawing, *, columns: Mapping[str, int] | None = None, title: str | None = None) -> str:
    """The drawing as an SVG document; with a `title`, as an element of a page that brings the styles.

    Differences are red and dashed. `columns`: the columns of the nodes by id, where they are given.
    """
    layout = lay_out(drawing, columns)
    ways = [_way(edge, layout, index) for index, edge in enumerate(drawing.edges)]
    labels = _labels(drawing.edges, ways, layout)
    corners = [corner for box in labels for corner in _corners(box)]
    points = [*corners, *(_point(curve, t / 10) for way in ways for curve in way for t in range(11))]
    left = min([0.0, *(x - PADDING for x, _ in points)])
    top = min([0.0, *(y - PADDING for _, y in points)])
    right = max([layout.width, *(x + PADDING for x, _ in points)])
    bottom = max([layout.height, *(y + PADDING for _, y in points)])
    width, height = right - left, bottom - top + LINE * (len(drawing.legend) + 1)
    body = [
        *(_path(edge, way) for edge, way in zip(drawing.edges, ways, strict=True)),
        *(part for node in drawing.nodes for part in _state(node, layout.boxes[node.id])),
        *(part for edge, box in zip(drawing.edges, labels, strict=True) for part in _label(edge.lines, box)),
        *(_text(line, 2 * PADDING, bottom + LINE * row) for row, line in enumerate(drawing.legend)),
    ]
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" {size} role="img">'
    start = [f"<style>{STYLE}</style>", _PAPER] if title is None else [f"<title>{escape(title)}</title>"]
    return "\n".join([head, *start, _ARROWS, *body, "</svg>", ""])


def _corners(box: Box) -> tuple[Point, Point]:
    return (box.x - box.width / 2, box.y - box.height / 2), (box.x + box.width / 2, box.y + box.height / 2)


def _arrow(name: str, colour: str) -> str:
    shape = f'<path d="M0 0 L8 4 L0 8 z" fill="{colour}"/>'
    return f'<marker id="{name}" markerWidth="8" markerHeight="8" refX="8" refY="4" orient="auto">{shape}</marker>'


_PAPER = '<rect x="-50%" y="-50%" width="200%" height="200%" fill="#fff"/>'
_ARROWS = f"<defs>{_arrow('arrow', '#64748b')}{_arrow('otherwise', '#b91c1c')}</defs>"


def _way(edge: Edge, layout: Layout, index: int) -> Way:
    """The curves of an edge: straight to the right, in a bow to the left, beside the column within one column."""
    start, end = layout.boxes[edge.start], layout.boxes[edge.end]
    shift = ((index * 7) % 5 - 2) * 5.0
    if end.x > start.x:
        points = [(_right(start), start.y + shift), *layout.through[index], (_left(end), end.y + shift)]
        return tuple(_smooth(one, other) for one, other in pairwise(points))
    if end.x == start.x:
        side, sign = (_right, 1) if end.y > start.y else (_left, -1)
        one, other = (side(start), start.y + shift), (side(end), end.y + shift)
        bulge = sign * (60.0 + abs(end.y - start.y) * 0.18)
        return ((one, (one[0] + bulge, one[1]), (other[0] + bulge, other[1]), other),)
    one, other = (_left(start), start.y + shift), (_right(end), end.y + shift)
    bend = max(50.0, (one[0] - other[0]) * 0.45)
    return ((one, (one[0] - bend, one[1] + 30), (other[0] + bend, other[1] + 30), other),)


def _smooth(one: Point, other: Point) -> Curve:
    bend = (other[0] - one[0]) * 0.45
    return one, (one[0] + bend, one[1]), (other[0] - bend, other[1]), other


def _right(box: Box) -> float:
    return box.x + box.width / 2


def _left(box: Box) -> float:
    return box.x - box.width / 2


def _point(curve: Curve, t: float) -> Point:
    """The point of a cubic Bézier curve at `t`, from 0 to 1."""
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, curve, strict=True))
    return x, sum(weight * point[1] for weight, point in zip(weights, curve, strict=True))


def _labels(edges: Sequence[Edge], ways: Sequence[Way], layout: Layout) -> list[Box]:
    """The boxes of the labels, each on its curve where it covers least of states and other labels."""
    taken = list(layout.boxes.values())
    placed = []
    for edge, way in zip(edges, ways, strict=True):
        width, height = text_box([line.text for line in edge.lines])
        points = [_point(curve, t) for t in PLACES_OF_LABELS for curve in way]
        size = width - PADDING, height - PADDING
        candidates = (Box(x + across, y + down, *size) for across, down in BESIDE_THE_CURVE for x, y in points)
        box = _least_covering(candidates, taken)
        taken.append(box)
        placed.append(box)
    return placed


def _least_covering(candidates: Iterable[Box], taken: Sequence[Box]) -> Box:
    """The first box that covers nothing; if there is none, the one that covers least."""
    best, least = Box(0, 0, 0, 0), float("inf")
    for box in candidates:
        covered = sum(box.overlap(other) for other in taken)
        if covered < least:
            best, least = box, covered
        if not covered:
            break
    return best


def _path(edge: Edge, way: Way) -> str:
    start = way[0][0]
    curves = " ".join("C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in curve[1:]) for curve in way)
    kind, head = ("edge differs", "otherwise") if edge.differs else ("edge", "arrow")
    return f'<path class="{kind}" d="M{start[0]:.1f} {start[1]:.1f} {curves}" marker-end="url(#{head})"/>'


def _state(node: Node, box: Box) -> Iterator[str]:
    kinds = ["state", *(["initial"] if node.initial else []), *(["differs"] if node.differs else [])]
    yield _rect(box, " ".join(kinds), 8)
    top = box.y - box.height / 2 + PADDING
    yield _text(node.name, box.x, top + LINE * 0.75, kind="name", middle=True)
    for row, line in enumerate(node.lines, start=1):
        yield _text(line.text, box.x, top + LINE * (row + 0.75), kind=_kind(line), middle=True)


def _label(lines: Sequence[Line], box: Box) -> Iterator[str]:
    yield _rect(box, "back", 3)
    top = box.y - box.height / 2 + PADDING / 2
    for row, line in enumerate(lines):
        yield _text(line.text, box.x, top + LINE * (row + 0.75), kind=_kind(line), middle=True)


def _kind(line: Line) -> str:
    return "otherwise" if line.differs else ""


def _rect(box: Box, kind: str, radius: int) -> str:
    x, y = box.x - box.width / 2, box.y - box.height / 2
    size = f'width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" {size} rx="{radius}"/>'


def _text(text: str, x: float, y: float, *, kind: str = "", middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{f" class={quoteattr(kind)}" if kind else ""}{anchor}>{escape(text)}</text>'
