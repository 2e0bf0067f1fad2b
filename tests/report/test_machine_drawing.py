"""Pictures of learned machines: every state and edge is there, differences are marked, nothing covers a state."""

from __future__ import annotations

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
from fuzz.report.diagrams.machine_layout import lay_out
from fuzz.report.diagrams.machine_svg import svg
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


def test_dot_and_mermaid_hold_every_edge() -> None:
    assert dot(SAME).count(" -> ") == len(SAME.edges)
    assert mermaid(SAME).count("-->|") == len(SAME.edges)
    assert "%% as documented" in mermaid(SAME)


def test_another_ending_is_a_usage_error_that_names_the_endings() -> None:
    with pytest.raises(UsageError) as error:
        writer_for(Path("machine.png"))
    assert ".dot, .mmd, .svg" in error.value.next
