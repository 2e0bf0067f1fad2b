"""What is drawn of a learned machine, line by line: names of states, what stays, what leads on, what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import dedent

from fuzz.automaton.alphabet import Alphabet, read_word
from fuzz.automaton.concretise import Naming
from fuzz.automaton.diagram import Drawing, Edge, Node, counterparts
from fuzz.automaton.diagram import draw as draw_in_words
from fuzz.automaton.mealy import Mealy, State, documented_machine
from fuzz.automaton.wording import Wording
from fuzz.oracle.actions import Move
from fuzz.oracle.state import CalendarSync
from swagger.load import load_contract
from tests.automaton.machines import Table

FRESH, BOUND, OTHER = CalendarSync("p0"), CalendarSync("p0", "a0"), CalendarSync("p0", "a1")
DISABLED = CalendarSync("p0", "a0", disabled=True)
SEND, SEND_OTHER, CREATE, DISABLE = read_word(["send p0 a0", "send p0 a1", "create p0", "disable p0 a0"])


def documented(*moves: Move, accounts: int = 2) -> Mealy:
    alphabet = Alphabet(providers=1, accounts=accounts, moves=moves)
    machine = documented_machine(load_contract(), alphabet, disable_stores=True)
    return replace(machine, initial=FRESH, starts=((),))


ONE_PROVIDER = Alphabet(providers=1, moves=(Move.DISABLE,))
DOCUMENTED = documented(Move.DISABLE)


def learned(changes: Table, **copies: State) -> Mealy:
    """The documented machine with copies of states, by their names, and then with changes."""
    table: Table = dict(DOCUMENTED.table)
    for copy, original in copies.items():
        table |= {(copy, x): table[original, x] for x in DOCUMENTED.inputs}
    return replace(DOCUMENTED, table=table | changes)


def draw(documented: Mealy, learned: Mealy, legend: Sequence[str] = ()) -> Drawing:
    """The drawing with the numbers for names."""
    return draw_in_words(documented, learned, Wording(Naming(("p0", "p1"), ("a0", "a1"))), legend)


def lines(drawing: Drawing) -> list[str]:
    """One line for each state and edge, and one for each text in it; those that differ are marked."""
    found = []
    for part in (*drawing.nodes, *drawing.edges):
        found.append(("! " if part.differs else "") + heading(part))
        found.extend(f"  {'! ' if line.differs else ''}{line.text}" for line in part.lines)
    return found


def heading(each: Node | Edge) -> str:
    if isinstance(each, Edge):
        return f"{each.start} -> {each.end}"
    return f"{each.id}: {each.name}{' (initial)' if each.initial else ''}{'' if each.known else ' (unknown)'}"


def test_a_machine_as_documented_has_one_edge_for_what_is_the_same_everywhere() -> None:
    machine = documented(Move.DISCONNECT)
    drawing = """
    any state: any state
    s0: fresh (p0) (initial)
    s1: bound (p0, a0)
      send p0, a0 → success
      send p0, a1 → already_exists
    s2: bound (p0, a1)
      send p0, a0 → already_exists
      send p0, a1 → success
      disconnect p0, a0 → refusal
    s3: none
      disconnect p0, a0 → refusal
      send p0, a0 or a1 → missing
    any state -> s0
      create p0 → success
    s0 -> s1
      send p0, a0 → success
    s0 -> s2
      send p0, a1 → success
    s0 -> s3
      disconnect p0, a0 → success
    s1 -> s3
      disconnect p0, a0 → success
    """
    assert dedent(drawing).strip().splitlines() == lines(draw(machine, machine))


def test_a_state_that_serves_as_two_documented_ones_has_both_names_and_all_they_say() -> None:
    forgetful = learned(
        {
            (FRESH, SEND_OTHER): ("success", BOUND),
            (BOUND, SEND_OTHER): ("success", BOUND),
            (BOUND, SEND): ("server error", BOUND),
        }
    )
    drawing = """
    any state: any state
    s0: fresh (p0) (initial)
    ! s1: bound (p0, a0) = bound (p0, a1)
      ! send p0, a0 → server error, documented
      ! already_exists or success
      ! send p0, a1 → success, documented
      ! already_exists
      disable p0, a1 → refusal
    ! s2: disabled (p0, a0)
      ! send p0, a1 → already_exists, documented
      ! invalid
      send p0, a0 → invalid
      disable p0, a0 → success
      disable p0, a1 → refusal
    s3: disabled (p0, a1)
      send p0, a0 → already_exists
      send p0, a1 → invalid
      disable p0, a0 → refusal
      disable p0, a1 → success
    any state -> s0
      create p0 → success
    s0 -> s1
      send p0, a0 or a1 → success
    s0 -> s2
      disable p0, a0 → success
    s0 -> s3
      disable p0, a1 → success
    s1 -> s2
      disable p0, a0 → success
    """
    assert dedent(drawing).strip().splitlines() == lines(draw(DOCUMENTED, forgetful))


def test_states_that_do_the_same_as_a_documented_one_are_told_apart_by_strokes() -> None:
    """A disable of a fresh sync may do nothing, so that the last state's answers are no difference."""
    twice = learned(
        {(BOUND, CREATE): ("success", "again"), ("again", DISABLE): ("success", "more")}, again=FRESH, more=FRESH
    )
    drawing = """
    s0: fresh (p0) (initial)
      create p0 → success
    s1: bound (p0, a0)
      send p0, a0 → success
      send p0, a1 → already_exists
      disable p0, a1 → refusal
    s2: bound (p0, a1)
      send p0, a0 → already_exists
      send p0, a1 → success
      disable p0, a0 → refusal
    s3: fresh (p0)′
    s4: disabled (p0, a0)
      send p0, a0 → invalid
      send p0, a1 → already_exists
      disable p0, a0 → success
      disable p0, a1 → refusal
    s5: disabled (p0, a1)
      send p0, a0 → already_exists
      send p0, a1 → invalid
      disable p0, a0 → refusal
      disable p0, a1 → success
    s6: disabled (p0, a0)′
    s0 -> s1
      send p0, a0 → success
    s0 -> s2
      send p0, a1 → success
    s0 -> s4
      disable p0, a0 → success
    s0 -> s5
      disable p0, a1 → success
    s1 -> s3
      create p0 → success
    s1 -> s4
      disable p0, a0 → success
    s2 -> s0
      create p0 → success
    s2 -> s5
      disable p0, a1 → success
    s3 -> s1
      send p0, a0 → success
    s3 -> s2
      send p0, a1 → success
    s3 -> s0
      create p0 → success
    s3 -> s6
      disable p0, a0 → success
    s3 -> s5
      disable p0, a1 → success
    s4 -> s0
      create p0 → success
    s5 -> s0
      create p0 → success
    s6 -> s1
      send p0, a0 → success
    s6 -> s2
      send p0, a1 → success
    s6 -> s0
      create p0 → success
    s6 -> s4
      disable p0, a0 → success
    s6 -> s5
      disable p0, a1 → success
    """
    assert dedent(drawing).strip().splitlines() == lines(draw(DOCUMENTED, twice))


def test_a_state_that_only_a_wrong_answer_leads_to_is_undocumented() -> None:
    odd = learned(
        {
            (BOUND, SEND_OTHER): ("success", "odd"),
            ("odd", SEND_OTHER): ("success", "odd"),
            ("odd", CREATE): ("success", "odd"),
            (DISABLED, CREATE): ("missing", DISABLED),
        },
        odd=BOUND,
    )
    drawing = """
    s0: fresh (p0) (initial)
      create p0 → success
    s1: bound (p0, a0)
      send p0, a0 → success
      disable p0, a1 → refusal
    s2: bound (p0, a1)
      send p0, a0 → already_exists
      send p0, a1 → success
      disable p0, a0 → refusal
    ! s3: undocumented s3 (unknown)
      send p0, a1; create p0 → success
    ! s4: disabled (p0, a0)
      ! create p0 → missing, documented success
      send p0, a0 → invalid
      send p0, a1 → already_exists
      disable p0, a0 → success
      disable p0, a1 → refusal
    s5: disabled (p0, a1)
      send p0, a0 → already_exists
      send p0, a1 → invalid
      disable p0, a0 → refusal
      disable p0, a1 → success
    s0 -> s1
      send p0, a0 → success
    s0 -> s2
      send p0, a1 → success
    s0 -> s4
      disable p0, a0 → success
    s0 -> s5
      disable p0, a1 → success
    ! s1 -> s3
      ! send p0, a1 → success, documented
      ! already_exists
    s1 -> s0
      create p0 → success
    s1 -> s4
      disable p0, a0 → success
    s2 -> s0
      create p0 → success
    s2 -> s5
      disable p0, a1 → success
    s3 -> s1
      send p0, a0 → success
      disable p0, a1 → refusal
    s3 -> s4
      disable p0, a0 → success
    s5 -> s0
      create p0 → success
    """
    assert dedent(drawing).strip().splitlines() == lines(draw(DOCUMENTED, odd))


def test_a_machine_of_one_state_has_no_edge_from_any_state() -> None:
    only = Mealy("only", DOCUMENTED.inputs, {("only", x): ("success", "only") for x in DOCUMENTED.inputs})
    names = "fresh (p0) = bound (p0, a0) = bound (p0, a1) = disabled (p0, a0) = disabled (p0, a1)"
    drawing = f"""
    ! s0: {names} (initial)
      ! send p0, a0 or a1 → success, documented
      ! already_exists or invalid
      create p0; disable p0, a0 or a1 → success
    """
    assert dedent(drawing).strip().splitlines() == lines(draw(DOCUMENTED, only))


def test_an_answer_that_differs_everywhere_is_drawn_in_each_state() -> None:
    changes: Table = {(state, CREATE): ("server error", FRESH) for state in DOCUMENTED.states}
    drawing = draw(DOCUMENTED, learned(changes))
    assert "s0" == drawing.nodes[0].id
    assert ["create p0 → server error, documented success"] == [line.text for line in drawing.nodes[0].lines]


def test_up_to_three_inputs_are_spelt_out() -> None:
    texts = [
        node.lines[-1].text
        for accounts in (4, 5)
        for node in draw(documented(accounts=accounts), documented(accounts=accounts)).nodes
        if node.name == "bound (p0, a0)"
    ]
    assert ["already_exists", "4 others → already_exists"] == texts


def test_a_legend_is_kept_as_it_is() -> None:
    assert ("p0 = google_v3", "a0 = a") == draw(DOCUMENTED, DOCUMENTED, ["p0 = google_v3", "a0 = a"]).legend
    assert () == draw(DOCUMENTED, DOCUMENTED).legend


def test_counterparts_are_met_along_answers_on_which_both_agree() -> None:
    found = counterparts(DOCUMENTED, learned({(FRESH, SEND): ("missing", BOUND)}))
    assert {state: (state,) for state in DOCUMENTED.states if state != BOUND} == found


def test_an_input_that_does_the_same_in_both_of_two_states_is_an_edge_from_any_state() -> None:
    table: Table = {("one", x): ("success", "two" if x == SEND else "one") for x in (SEND, CREATE)}
    table |= {("two", x): ("success", "two" if x == SEND else "one") for x in (SEND, CREATE)}
    machine = Mealy("one", (SEND, CREATE), table)
    drawing = """
    any state: any state
    s0: none (initial)
    s1: none′
    any state -> s1
      send p0, a0 → success
    any state -> s0
      create p0 → success
    """
    assert dedent(drawing).strip().splitlines() == lines(draw(machine, machine))


def test_each_further_state_of_a_name_has_one_stroke_more() -> None:
    steps: Table = {(BOUND, CREATE): ("success", "again"), ("again", CREATE): ("success", "third")}
    names = [node.name for node in draw(DOCUMENTED, learned(steps, again=FRESH, third=FRESH)).nodes]
    assert ["fresh (p0)", "fresh (p0)′", "fresh (p0)′′"] == [name for name in names if name.startswith("fresh")]


def test_an_answer_that_only_an_open_point_of_the_documents_allows_is_no_difference() -> None:
    """It is not specified whether a disable of a fresh sync stores the account that it names."""
    stored, not_stored = documented(Move.DISABLE), documented_machine(load_contract(), ONE_PROVIDER)
    not_stored = replace(not_stored, initial=FRESH, starts=((),))
    assert not any(node.differs for node in draw(not_stored, stored).nodes)
    assert not any(node.differs for node in draw(stored, not_stored).nodes)
