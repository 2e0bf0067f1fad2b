"""Histories with an honest service that decides open points at random, through losses and repetitions: no failure.

And the converse: where the document allows one answer, any other one fails, whatever came before.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.oracle.actions import Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.judgement.judge import after_unknown, judge_lost
from fuzz.oracle.request import Request, sent_again
from fuzz.oracle.state import Belief, CalendarSync, SyncState
from fuzz.oracle.validity.violations import items_of
from fuzz.oracle.verdict import VerdictKind
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
