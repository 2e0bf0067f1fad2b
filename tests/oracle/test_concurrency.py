"""Two requests at once: a pair passes if some order of the two gives both answers, and only then."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from fuzz.oracle.actions import Answer, Create, Move, MoveSync, SendItems
from fuzz.oracle.judgement.concurrency import (
    ORDERS,
    Refuted,
    judge_apart,
    judge_pair,
    orders_that_explain,
    refuted_orders,
)
from fuzz.oracle.request import Request
from fuzz.oracle.state import CalendarSync
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.verdict import Tally, VerdictKind
from tests.oracle.documented import (
    CRASHED,
    CREATED,
    OK,
    REFUSED,
    A,
    B,
    G,
    O,
    create,
    item,
    move,
    read,
    send,
    state_error,
    the_contract,
)
from tests.oracle.honest import Record, Service
from tests.oracle.test_no_false_alarm import ANSWERS, OF_MOVES, state_of

STATES: list[Record] = [None, (G, None, False), (G, A, False), (G, A, True), (O, B, False)]


def _in_order(
    record: Record, pair: tuple[Request, Request], order: tuple[int, int], decided: tuple[set[str], set[str]]
) -> tuple[list[Answer], Record]:
    service = Service(lambda _: False, record)
    answers: dict[int, Answer] = {}
    for place in order:
        service.decide = lambda point, place=place: point in decided[place]
        answers[place] = service.answer(pair[place])
    return [answers[0], answers[1]], service.record


def _policies(request: Request) -> list[set[str]]:
    points = OF_MOVES if isinstance(request.action, MoveSync) else ()
    return [{*chosen, "disable stores"} for size in range(3) for chosen in combinations(points, size)]


PAIRS = [
    (send(G, A), send(G, B, external_items=[item(external_id="x")])),
    (send(G, A), send(O, A, external_items=[item(external_id="x")])),
    (send(G, A, external_items=[item(external_id="x")]), send(G, A)),
    (create(G), send(G, B, external_items=[item(external_id="x")])),
    (create(O), create(G)),
    (move(Move.DISABLE), send(G, A)),
    (send(G, A), move(Move.DISCONNECT)),
    (move(Move.CONNECT), move(Move.CONNECT, G, B)),
    (move(Move.DISABLE), create(O)),
    (move(Move.DISCONNECT), create(G)),
]


@pytest.mark.parametrize("record", STATES, ids=str)
@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_a_pair_passes_if_and_only_if_some_order_gives_both_answers(
    record: Record, pair: tuple[Request, Request]
) -> None:
    policies = list(product(*(_policies(each) for each in pair)))
    honest = [_in_order(record, pair, order, decided) for order in ((0, 1), (1, 0)) for decided in policies]
    # After a create the calendar uid that a send names is an old one, on which the documents are silent.
    stale = isinstance(pair[0].action, Create) and isinstance(pair[1].action, SendItems)
    has_move = any(isinstance(each.action, MoveSync) for each in pair)
    explained = [[read(each, answer) for each, answer in zip(pair, answers, strict=True)] for answers, _ in honest]
    for chosen in product(*(ANSWERS[type(each.action)] for each in pair)):
        seen = tuple(read(each, answer) for each, answer in zip(pair, chosen, strict=True))
        if stale and chosen[1] in (REFUSED,):
            continue
        verdicts = judge_pair(the_contract(), frozenset({state_of(record)}), pair, seen)
        fine = list(seen) in explained
        passed = all(verdict.kind is VerdictKind.PASS for verdict in verdicts)
        # A sibling may do more than this service decides: with one, only the one direction holds.
        assert passed if fine else (has_move or not passed)
        assert (0 if passed else 1) == sum(verdict.kind is VerdictKind.FAIL for verdict in verdicts)
        assert verdicts[0].belief == verdicts[1].belief
        if fine:
            left = {
                state_of(after) for (_, after), answers in zip(honest, explained, strict=True) if answers == list(seen)
            }
            assert left <= verdicts[0].belief


@pytest.mark.parametrize("record", STATES, ids=str)
@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_an_order_is_refuted_if_and_only_if_it_does_not_explain_both_answers(
    record: Record, pair: tuple[Request, Request]
) -> None:
    belief = frozenset({state_of(record)})
    for chosen in product(*(ANSWERS[type(each.action)] for each in pair)):
        one, other = (read(each, answer) for each, answer in zip(pair, chosen, strict=True))
        found = refuted_orders(the_contract(), belief, [(pair[0], one), (pair[1], other)])
        explaining = orders_that_explain(the_contract(), belief, pair, (one, other))
        assert {order[0] for order in ORDERS} - {order[0] for order in explaining} == {each.first for each in found}
        assert not any((one, other)[each.place].outcome in each.allowed for each in found if not pair_has_move(pair))
        assert all(each.allowed for each in found)


def pair_has_move(pair: tuple[Request, Request]) -> bool:
    """A sibling's documented outcome may be malformed, too."""
    return any(isinstance(each.action, MoveSync) for each in pair)


def test_an_order_is_refuted_by_the_first_answer_that_it_does_not_explain_also_after_the_two() -> None:
    one, other, later = (
        send(G, account, external_items=[item(external_id=account)]) for account in (A, B, "c@example.com")
    )
    exists = read(other, state_error("already_exists"))
    turns = [(one, read(one, OK)), (other, exists), (later, read(later, OK))]
    belief = frozenset({CalendarSync(G)})
    assert (Refuted(0, 2, ("already_exists",)), Refuted(1, 1, ("success",))) == refuted_orders(
        the_contract(), belief, turns
    )
    assert (Refuted(1, 1, ("success",)),) == refuted_orders(the_contract(), belief, turns[:2])
    lost = [(one, None), (other, None), (later, read(later, state_error("missing")))]
    assert [2, 2] == [each.place for each in refuted_orders(the_contract(), belief, lost)]


def test_the_second_of_two_equal_requests_may_be_refused_for_its_old_items() -> None:
    pair = (send(G, A), send(G, A))
    seen = (read(pair[0], OK), read(pair[1], REFUSED))
    verdicts = judge_pair(the_contract(), frozenset({CalendarSync(G, A)}), pair, seen)
    assert (VerdictKind.PASS, VerdictKind.PASS) == tuple(verdict.kind for verdict in verdicts)
    assert (Unspecified(Feature.ID_SENT_BEFORE),) == verdicts[1].unspecified


def test_a_request_that_a_create_may_have_overtaken_may_be_refused_for_its_old_calendar() -> None:
    other = send(G, A, external_items=[item(external_id="x")])
    pair = (other, create(G))
    seen = (read(pair[0], REFUSED), read(pair[1], CREATED))
    first, second = judge_pair(the_contract(), frozenset({CalendarSync(G, A)}), pair, seen)
    assert (VerdictKind.PASS, VerdictKind.PASS) == (first.kind, second.kind)
    assert (Unspecified(Feature.OTHER_CALENDAR_UID),) == first.unspecified
    assert {CalendarSync(G), CalendarSync(G, A)} == first.belief


def test_different_items_at_once_may_not_be_refused() -> None:
    pair = (send(G, A), send(G, A, external_items=[item(external_id="x")]))
    seen = (read(pair[0], OK), read(pair[1], REFUSED))
    verdicts = judge_pair(the_contract(), frozenset({CalendarSync(G, A)}), pair, seen)
    assert [(VerdictKind.PASS, "at once"), (VerdictKind.FAIL, "at once")] == [
        (each.kind, each.detail) for each in verdicts
    ]
    assert ["success", "success"] == [verdict.clause for verdict in verdicts]
    assert ((), ()) == (verdicts[0].unspecified, verdicts[1].unspecified)


APART = [
    (OK, VerdictKind.PASS, CalendarSync(G, A), "success"),
    (state_error("already_exists"), VerdictKind.FAIL, CalendarSync(G, A), "already_exists"),
    (None, VerdictKind.INCONCLUSIVE, CalendarSync(G, A), "success"),
]


@pytest.mark.parametrize(("answer", "kind", "after", "clause"), APART, ids=["due", "another", "none"])
def test_of_two_staff_members_at_once_each_is_judged_by_its_own_sync(
    answer: Answer | None, kind: VerdictKind, after: CalendarSync, clause: str
) -> None:
    request, fresh = send(G, A), frozenset({CalendarSync(G)})
    verdict = judge_apart(the_contract(), fresh, request, answer and read(request, answer))
    assert (kind, clause, "at once") == (verdict.kind, verdict.clause, verdict.detail)
    assert (fresh, ("success",)) == (verdict.was, verdict.allowed)
    assert verdict.belief == (frozenset({after}) if answer is OK else {after, *fresh})
    assert verdict.tally == Tally()


def test_of_two_requests_the_one_whose_answer_nothing_explains_has_failed() -> None:
    pair = (send(G, A, external_items=[item(external_id="x")]), send(G, B))
    fresh = frozenset({CalendarSync(G)})
    for chosen, kinds in (
        ((CRASHED, OK), (VerdictKind.FAIL, VerdictKind.PASS)),
        ((OK, CRASHED), (VerdictKind.PASS, VerdictKind.FAIL)),
        ((OK, OK), (VerdictKind.PASS, VerdictKind.FAIL)),
    ):
        seen = tuple(read(each, answer) for each, answer in zip(pair, chosen, strict=True))
        verdicts = judge_pair(the_contract(), fresh, pair, seen)
        assert kinds == tuple(verdict.kind for verdict in verdicts)
        assert fresh <= verdicts[0].belief


def test_an_answer_that_only_the_other_request_explains_is_not_the_one_that_failed() -> None:
    pair = (send(G, A), move(Move.DISCONNECT))
    seen = (read(pair[0], state_error("missing")), read(pair[1], CRASHED))
    first, second = judge_pair(the_contract(), frozenset({CalendarSync(G, A)}), pair, seen)
    assert (VerdictKind.PASS, VerdictKind.FAIL) == (first.kind, second.kind)
    assert (("invalid", "missing", "success"), "disconnect.no_server_error") == (first.allowed, second.clause)
    assert {None, CalendarSync(G, A)} < first.belief == second.belief


def test_after_a_pair_that_nothing_explains_all_that_either_order_may_leave_is_believed() -> None:
    pair = (send(O, B), create(O))
    fresh = frozenset({CalendarSync(G)})
    for requests_ in (pair, pair[::-1]):
        first, second = judge_pair(the_contract(), fresh, requests_, (read(send(), CRASHED), read(send(), CRASHED)))
        assert (VerdictKind.FAIL, VerdictKind.PASS) == (first.kind, second.kind)
        assert ("create" if requests_[0] is pair[1] else "no_server_error") == first.clause
        assert {CalendarSync(G), CalendarSync(O), CalendarSync(O, B)} == first.belief == second.belief


def test_a_lost_answer_of_a_pair_is_inconclusive_and_leaves_both_possibilities() -> None:
    pair = (send(G, A, external_items=[item(external_id="x")]), send(G, B))
    first, second = judge_pair(the_contract(), frozenset({CalendarSync(G)}), pair, (None, read(pair[1], OK)))
    assert (VerdictKind.INCONCLUSIVE, VerdictKind.PASS) == (first.kind, second.kind)
    assert {CalendarSync(G, B)} == second.belief
    first, second = judge_pair(the_contract(), frozenset({CalendarSync(G)}), pair, (None, None))
    assert (VerdictKind.INCONCLUSIVE, VerdictKind.INCONCLUSIVE) == (first.kind, second.kind)
    assert {CalendarSync(G), CalendarSync(G, A), CalendarSync(G, B)} == first.belief


def test_a_pair_is_told_in_the_situation_before_it_and_adds_to_no_tally() -> None:
    pair = (send(G, B), send(G, A, external_items=[item(external_id=5)]))
    seen = (read(pair[0], state_error("already_exists")), read(pair[1], OK))
    first, second = judge_pair(the_contract(), frozenset({CalendarSync(G, A)}), pair, seen)
    assert ("mismatched", "account at once", "already_exists") == (first.situation, first.detail, first.clause)
    assert (VerdictKind.PASS, VerdictKind.FAIL) == (first.kind, second.kind)
    assert ("matched", "at once", "type:external_items[].external_id") == (
        second.situation,
        second.detail,
        second.clause,
    )
    assert ("type:external_items[].external_id",) == second.violations
    assert ("refusal",) == second.allowed
    assert frozenset({CalendarSync(G, A)}) == second.was
    assert seen[1] == second.seen
    assert not any((second.tally.due, second.tally.seen, second.tally.not_due, second.tally.surplus))
