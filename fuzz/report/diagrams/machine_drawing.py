"""Writes a drawing to a picture file: Graphviz, Mermaid or SVG, by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fuzz.automaton.diagram import Drawing, Edge, Line, Node
from fuzz.errors import UsageError
from fuzz.report.diagrams.machine_svg import svg

DIFFERENT = "#b91c1c"


def write_machine(drawing: Drawing, path: Path) -> None:
    """Writes the picture. UsageError for an unknown ending, and for a file that cannot be written."""
    text = writer_for(path)(drawing)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", next="name another file with --output") from None


def writer_for(path: Path) -> Callable[[Drawing], str]:
    """The function that makes the text of a picture, by the ending of its name. UsageError for an unknown ending."""
    writers = {".dot": dot, ".mmd": mermaid, ".svg": svg}
    if path.suffix not in writers:
        raise UsageError(f"--output {path}: no such picture", next=f"end its name in {', '.join(writers)}")
    return writers[path.suffix]


def dot(drawing: Drawing) -> str:
    """The machine for Graphviz. Differences are red and dashed."""
    lines = ["digraph machine {", "  rankdir=LR;", '  node [shape=box, style=rounded, fontname="sans-serif"];']
    lines += [f"  {_quoted(node.id)} [{_dot_node(node)}];" for node in drawing.nodes]
    lines += [f"  {_quoted(edge.start)} -> {_quoted(edge.end)} [{_dot_edge(edge)}];" for edge in drawing.edges]
    if drawing.legend:
        lines.append(f"  label={_quoted(chr(10).join(drawing.legend))};")
    return "\n".join([*lines, "}", ""])


def _dot_node(node: Node) -> str:
    label = _quoted("\n".join([node.name, *map(_marked, node.lines)]))
    style = f', color="{DIFFERENT}", style="rounded,dashed"' if node.differs else ""
    return f"label={label}{', peripheries=2' if node.initial else ''}{style}"


def _dot_edge(edge: Edge) -> str:
    label = _quoted("\n".join(map(_marked, edge.lines)))
    style = f', color="{DIFFERENT}", fontcolor="{DIFFERENT}", style=dashed' if edge.differs else ""
    return f"label={label}{style}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _marked(line: Line) -> str:
    return f"≠ {line.text}" if line.differs else line.text


def mermaid(drawing: Drawing) -> str:
    """The machine as a Mermaid flowchart. Differences are red and dashed."""
    lines = ["flowchart LR", *(f"  %% {line}" for line in drawing.legend)]
    ids = {node.id: f"n{number}" for number, node in enumerate(drawing.nodes)}
    for node in drawing.nodes:
        label = "<br>".join([f"<b>{node.name}</b>", *(_entities(_marked(line)) for line in node.lines)])
        lines.append(f'  {ids[node.id]}["{label}"]{":::differs" if node.differs else ""}')
    for edge in drawing.edges:
        label = "<br>".join(_entities(_marked(line)) for line in edge.lines)
        lines.append(f'  {ids[edge.start]} {"-.->" if edge.differs else "-->"}|"{label}"| {ids[edge.end]}')
    marked = [str(number) for number, edge in enumerate(drawing.edges) if edge.differs]
    if marked:
        lines.append(f"  linkStyle {','.join(marked)} stroke:{DIFFERENT},color:{DIFFERENT}")
    return "\n".join([*lines, f"  classDef differs stroke:{DIFFERENT},stroke-dasharray:4 3", ""])


def _entities(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace("|", "#124;")
