"""Tables in Markdown, as they stand in README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A heading and a table, numbers to the right."""
    body = [[str(cell) for cell in row] for row in rows]
    lines = [f"### {title}", "", _line(head), _line(["---"] + ["---:"] * (len(head) - 1)), *map(_line, body)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
