"""Histories with an honest service that decides open points at random, through losses and repetitions: no failure.

And the converse: where the document allows one answer, any other one fails, whatever came before.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.oracle.actions import Answer, Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.judgement.concurrency import judge_apart, judge_pair
from fuzz.oracle.judgement.judge import after_unknown, judge_lost
from fuzz.oracle.request import Request, sent_again
from fuzz.oracle.state import Belief, CalendarSync, SyncState
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.validity.violations import items_of
from fuzz.oracle.verdict import Tally, VerdictKind
from tests.oracle.documented import (
    CONNECT_MISSING,
    CONNECTED,
    CRASHED,
    CREATED,
    DISABLED_NOW,
    DISCONNECTED,
    OK,
    REFUSED,
    A,
    B,
    G,
    O,
    create,
    item,
    judge,
    move,
    read,
    send,
    sending,
    state_error,
    the_contract,
)
from tests.oracle.honest import Record, Service

LOUD = A.upper()


def requests() -> st.SearchStrategy[Request]:
    providers, accounts = st.sampled_from([G, O]), st.sampled_from([A, B, LOUD])
    changes = st.sampled_from(
        [
            *({"external_items": [item(external_id=f"new-{number}")]} for number in range(6)),
            {},
            {"external_items": []},
            {"external_items": [item(external_id=5)]},
            {"external_items": [item(external_id="old")]},
            {"external_items": 5},
            {"staff_uid": "nobody"},
            {"staff_uid": None},
            {"calendar_sync": None},
            {"calendar_sync": {"provider": G}},
            {"calendar_sync": {"account": A}},
            {"calendar_sync": {"provider": O, "account": None}},
        ]
    )
    tokens = st.sampled_from([*[Token.STAFF] * 5, *Token])
    return st.one_of(
        st.builds(create, providers),
        st.builds(move, st.sampled_from(Move), providers, accounts),
        st.builds(
            lambda provider, account, token, changed: send(provider, account, token=token, **changed),
            providers,
            accounts,
            tokens,
            changes,
        ),
    )


def state_of(record: Record) -> SyncState:
    return None if record is None else CalendarSync(*record)


@dataclass
class Watched:
    """A service, what is believed of it, and the ids that were sent to it. Mutable."""

    service: Service
    belief: Belief = frozenset({None})
    sent_ids: frozenset[str] = frozenset({"old"})

    def as_sent_now(self, request: Request) -> Request:
        """The request in the circumstances of this moment: what was sent before may be known to the service."""
        if not isinstance(request.action, SendItems):
            return request
        now = sending(request.action.body, token=request.token, sent_ids=self.sent_ids)
        ids = [each.get("external_id") for each in items_of(the_contract(), request.action.body)]
        self.sent_ids |= {each for each in ids if isinstance(each, str)}
        return now

    def exchange(self, request: Request, *, fate: str) -> None:
        """One request: answered, lost before or after it was carried out, or lost and sent once more."""
        before, request = self.belief, self.as_sent_now(request)
        if fate in ("lost after", "repeated"):
            self.service.answer(request)
        if fate == "not sent":
            verdict = judge_lost(the_contract(), before, request, may_have_acted=False, why="not sent")
            assert before == verdict.belief
        elif fate in ("lost before", "lost after"):
            verdict = judge_lost(the_contract(), before, request, may_have_acted=True, why="lost")
            assert before <= verdict.belief
        else:
            believed = before
            if fate == "repeated":
                believed, request = after_unknown(the_contract(), before, request), sent_again(request)
            verdict = judge(believed, request, self.service.answer(request))
            assert verdict.kind is VerdictKind.PASS, verdict
        self.belief = verdict.belief
        assert state_of(self.service.record) in self.belief


OF_MOVES = (
    "do what matches",
    "disconnecting drops",
    "a sync without account is disabled",
    "show the record",
    "connecting enables",
    "connect stores",
)

FATES = ("answered", "answered", "answered", "not sent", "lost before", "lost after", "repeated")


@settings(max_examples=150)
@given(st.lists(st.tuples(requests(), st.sampled_from(FATES)), max_size=12), st.randoms(use_true_random=False))
def test_an_honest_service_is_never_failed_and_its_state_always_believed(
    history: list[tuple[Request, str]], chance: random.Random
) -> None:
    watched = Watched(Service(lambda _: chance.random() < 0.5, kept={"old"}))
    for request, fate in history:
        watched.exchange(request, fate=fate)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(requests(), st.sampled_from(FATES)), max_size=8),
    st.sets(
        st.sampled_from(
            [
                "compare loosely",
                "disable stores",
                *OF_MOVES,
                "do what does not match",
                "answer with success",
                "disconnecting disables",
                "refuse the token",
                "unknown staff",
                "say missing",
                "payload first",
                "do not compare the provider",
                "do not compare the account",
                "store at the check",
                "an empty list stores",
                "refuse again",
                "refuse empty",
            ]
        )
    ),
)
def test_an_honest_service_with_a_policy_is_never_failed(history: list[tuple[Request, str]], policy: set[str]) -> None:
    watched = Watched(Service(lambda point: point in policy, kept={"old"}))
    for request, fate in history:
        watched.exchange(request, fate=fate)


ANSWERS = {
    SendItems: [OK, REFUSED, CRASHED, *map(state_error, ("missing", "already_exists", "invalid"))],
    MoveSync: [
        *(CONNECTED, DISABLED_NOW, DISCONNECTED, CONNECT_MISSING, REFUSED, CRASHED),
        *map(state_error, ("missing", "already_exists", "invalid")),
    ],
    Create: [CREATED, REFUSED, CRASHED, *map(state_error, ("missing", "already_exists", "invalid"))],
}


def plain_requests() -> list[Request]:
    """Requests that are allowed in form."""
    pairs = list(product((G, O), (A, B)))
    sends = [send(*pair) for pair in pairs]
    return [*sends, create(G), create(O), *(move(kind, *pair) for kind in Move for pair in pairs)]


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(plain_requests()), max_size=8),
    # To these the document allows one answer in each state.
    st.sampled_from([each for each in plain_requests() if not isinstance(each.action, MoveSync)]),
)
def test_where_one_answer_is_allowed_any_other_fails(history: list[Request], last: Request) -> None:
    service = Service(lambda point: point == "disable stores")
    belief: Belief = frozenset({None})
    for request in history:
        verdict = judge(belief, request, service.answer(request))
        belief = frozenset({state_of(service.record)})
        assert belief <= verdict.belief
    due = service.answer(last)
    kinds = [
        (judge(belief, last, answer).kind, read(last, answer) == read(last, due))
        for answer in ANSWERS[type(last.action)]
    ]
    assert [(VerdictKind.PASS if is_due else VerdictKind.FAIL, is_due) for _, is_due in kinds] == kinds
    assert 1 == sum(is_due for _, is_due in kinds)


@settings(max_examples=100)
@given(
    requests(),
    st.sets(
        st.sampled_from([None, *(CalendarSync(p, a, d) for p in (G, O) for a in (None, A, B) for d in (False, True))]),
        min_size=1,
    ),
)
def test_a_pass_leaves_only_what_a_believed_state_leaves_and_a_failure_comes_only_where_none_does(
    request: Request, belief: set[SyncState]
) -> None:
    for answer in ANSWERS[type(request.action)]:
        together = judge(frozenset(belief), request, answer)
        apart = [judge(state, request, answer) for state in belief]
        passed = [verdict for verdict in apart if verdict.kind is VerdictKind.PASS]
        assert (VerdictKind.PASS if passed else VerdictKind.FAIL) is together.kind
        assert together.belief
        if passed:
            assert frozenset().union(*(verdict.belief for verdict in passed)) == together.belief
        else:
            assert belief <= together.belief


# Two requests at once.

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
