"""Pictures of learned machines: every state and edge is there, differences are marked, nothing covers a state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fuzz.automaton.alphabet import Alphabet, Input
from fuzz.automaton.concretise import Naming
from fuzz.automaton.diagram import Drawing, draw
from fuzz.automaton.mealy import Mealy, State, documented_machine
from fuzz.automaton.wording import Wording
from fuzz.errors import UsageError
from fuzz.oracle.actions import Move
from fuzz.report.diagrams.machine_drawing import dot, mermaid, writer_for
from fuzz.report.diagrams.machine_layout import Box, lay_out
from fuzz.report.diagrams.machine_svg import svg
from fuzz.report.diagrams.sync_states import COLUMNS, Transition, drawing_of
from swagger.load import load_contract

SVG = "{http://www.w3.org/2000/svg}"


def documented() -> Mealy:
    machine = documented_machine(load_contract(), Alphabet(moves=(Move.DISABLE, Move.DISCONNECT)), disable_stores=True)
    return replace(machine, initial=machine.after(machine.starts[0]), starts=((),))


def changed(machine: Mealy, output: str, answered: str) -> Mealy:
    """The machine with one answer in place of another, everywhere."""

    def answer(said: str) -> str:
        return answered if said == output else said

    table: dict[tuple[State, Input], tuple[str, State]]
    table = {at: (answer(said), after) for at, (said, after) in machine.table.items()}
    return Mealy(machine.initial, machine.inputs, table)


WORDING = Wording(Naming(("google_v3", "outlook_v1.0"), ("a@example.com", "b@example.com")))
SAME = draw(documented(), documented(), WORDING, ("as documented",))
OTHER = draw(documented(), changed(documented(), "invalid", "missing"), WORDING)


def differing(drawing: Drawing) -> list[str]:
    lines = [line for each in (*drawing.nodes, *drawing.edges) for line in each.lines]
    return [line.text for line in lines if line.differs]


def test_the_documented_machine_differs_nowhere_from_itself() -> None:
    assert [] == differing(SAME)
    assert not any(node.differs for node in SAME.nodes)
    disabled = "disabled (google_v3, a@example.com)"
    some = {"fresh (google_v3)", "bound (outlook_v1.0, a@example.com)", disabled, "none", "any state"}
    assert {node.name for node in SAME.nodes} >= some


def test_every_answer_that_is_not_as_documented_is_marked_and_says_what_is() -> None:
    text = " ".join(differing(OTHER))
    assert 2 == text.count("missing, documented")
    disabled = {"disabled (google_v3, a@example.com)", "disabled (outlook_v1.0, b@example.com)"}
    assert disabled == {node.name for node in OTHER.nodes if node.differs}


def test_create_is_drawn_once_for_all_states() -> None:
    ends = [edge for edge in SAME.edges if "create" in edge.lines[0].text]
    assert {"any state"} == {edge.start for edge in ends}
    assert 2 == len(ends)


@pytest.mark.parametrize("drawing", [SAME, OTHER], ids=["same", "other"])
def test_the_svg_is_well_formed_and_holds_every_state_and_edge(drawing: Drawing) -> None:
    root = ElementTree.fromstring(svg(drawing))
    paths = [path.get("class") for path in root.iter(f"{SVG}path") if path.get("class")]
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert len(paths) == len(drawing.edges)
    assert {node.name for node in drawing.nodes} <= set(texts)


def test_what_differs_is_red_and_dashed_in_each_picture() -> None:
    root = ElementTree.fromstring(svg(OTHER))
    assert 2 == sum("differs" in (each.get("class") or "") for each in root.iter(f"{SVG}rect"))
    assert 2 == dot(OTHER).count("rounded,dashed")
    assert 2 == mermaid(OTHER).count(":::differs")
    assert ":::differs" not in mermaid(SAME)


def test_no_state_covers_another_and_all_are_on_the_paper() -> None:
    layout = lay_out(SAME)
    assert not any(one.overlap(other) for one, other in combinations(layout.boxes.values(), 2))
    for box in layout.boxes.values():
        assert 0 < box.x - box.width / 2
        assert box.x + box.width / 2 < layout.width
        assert 0 < box.y - box.height / 2
        assert box.y + box.height / 2 < layout.height


def boxes(text: str) -> tuple[list[Box], Box]:
    """The boxes of states and labels in a picture, and the picture's own."""
    root = ElementTree.fromstring(text)
    sides = [
        [float(each.get(name) or 0) for name in ("x", "y", "width", "height")]
        for each in root.iter(f"{SVG}rect")
        if (each.get("class") or "").startswith(("state", "back"))
    ]
    x, y, width, height = map(float, (root.get("viewBox") or "").split())
    placed = [Box(left + wide / 2, top + high / 2, wide, high) for left, top, wide, high in sides]
    return placed, Box(x + width / 2, y + height / 2, width, height)


def of_a_run(pairs: Sequence[tuple[str, str]], answers: int) -> Drawing:
    """The drawing of a run in which each of these steps from state to state was seen with so many answers."""
    seen = [
        Transition(was, "send", f"422 already_exists{number}", now, 1_234 - number, 0)
        for was, now in pairs
        for number in range(answers)
    ]
    return drawing_of(seen)


STATES = ("none", "fresh", "bound", "disabled", "uncertain")
EVERY_PAIR = [(was, now) for was in STATES for now in STATES]


@pytest.mark.parametrize("answers", [1, 2, 5])
@pytest.mark.parametrize("pairs", [EVERY_PAIR, EVERY_PAIR[:15], EVERY_PAIR[::2], EVERY_PAIR[10:]])
def test_no_label_of_a_run_lies_on_another_or_on_a_state_and_none_is_cut_off(
    pairs: list[tuple[str, str]], answers: int
) -> None:
    placed, paper = boxes(svg(of_a_run(pairs, answers), columns=COLUMNS, title="states"))

    assert [] == [(one, other) for one, other in combinations(placed, 2) if one.overlap(other) > 1]
    for box in placed:
        assert abs(box.x - paper.x) + box.width / 2 <= paper.width / 2
        assert abs(box.y - paper.y) + box.height / 2 <= paper.height / 2


def test_dot_and_mermaid_hold_every_edge() -> None:
    assert dot(SAME).count(" -> ") == len(SAME.edges)
    assert mermaid(SAME).count("-->|") == len(SAME.edges)
    assert "%% as documented" in mermaid(SAME)


def test_another_ending_is_a_usage_error_that_names_the_endings() -> None:
    with pytest.raises(UsageError) as error:
        writer_for(Path("machine.png"))
    assert ".dot, .mmd, .svg" in error.value.next
