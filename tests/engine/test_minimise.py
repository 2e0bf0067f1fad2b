"""The minimiser against targets that are no more than a predicate over the actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from fuzz.engine.cuts import alike, coarse
from fuzz.engine.documents import read_contract
from fuzz.engine.minimise import Actions, Budget, Minimiser, can_begin
from fuzz.engine.plain_body import not_plain
from fuzz.engine.plainer import canonical_accounts
from fuzz.engine.plainer_payload import PayloadOf
from fuzz.engine.shortest import shortest
from fuzz.model.difference import written
from fuzz.model.exchange import AtOnce, Create, Move, MoveSync, SendItems, Single, Token
from fuzz.model.foreseen import foresee
from fuzz.model.payload import items_of, named_by
from fuzz.model.scenario import singles
from swagger.contract import Json

CONTRACT = read_contract(None, None)
A, B, C = "dana.lee@mail.example.org", "dana.lee@mail.example.or", "c@example.net"
GOOGLE, OUTLOOK = "google_v3", "outlook_v1.0"

Fails = Callable[[Actions], bool]
"""Whether the last of these actions fails."""


def item(number: int, **fields: Json) -> dict[str, Json]:
    whole = {
        "external_id": f"EVT-{{{{now_timestamp}}}}-77-{number}",
        "external_title": "Lunch",
        "external_calendar_uid": "{{calendar_sync_uid}}",
        "start_date": "2031-03-01T10:00:00+01:00",
        "end_date": "2031-03-01T11:00:00+01:00",
        "last_modification": "2031-02-01T10:00:00.5Z",
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not ...}


def send(account: str = A, *items: Json, staff: int = 0, provider: str = GOOGLE, **fields: Json) -> SendItems:
    sync = {"provider": provider, "account": account}
    listed = {} if "external_item" in fields and not items else {"external_items": list(items or [item(1)])}
    return SendItems(staff, {"staff_uid": "{{staff_id}}", "calendar_sync": sync, **listed, **fields})


@dataclass(slots=True)
class Target:
    """Plays candidates up to the first action that fails, and counts the requests. Mutable."""

    fails: Fails
    budget: Budget
    sent: int = 0
    tried: list[Actions] = field(default_factory=list)

    def attempt(self, candidate: Actions) -> Actions | None:
        self.tried.append(candidate)
        for end in range(1, len(candidate) + 1):
            requests = len(singles(candidate[end - 1]))
            self.sent += requests
            self.budget.left -= requests
            if self.fails(candidate[:end]):
                return candidate[:end]
        return None


def minimised(actions: Actions, fails: Fails, *, budget: int = 100) -> tuple[Actions, Target]:
    assert fails(actions)
    bounded = Budget(budget)
    target = Target(fails, bounded)
    return Minimiser(CONTRACT, target.attempt, bounded).minimise(actions), target


def sends(actions: Actions) -> list[SendItems]:
    return [single for action in actions for single in singles(action) if isinstance(single, SendItems)]


def account_of(action: SendItems) -> Json:
    return named_by(action.body).account


def told(action: Single) -> list[str]:
    """What is not plain in a payload, as paths."""
    return [written(each.path) for each in not_plain(CONTRACT, action.body)] if isinstance(action, SendItems) else []


def ids_of(action: SendItems) -> list[Json]:
    return [each.get("external_id") for each in items_of(CONTRACT, action.body)]


# Predicates, each with a long scenario and the requests of the shortest one.


def accepts_another_account(actions: Actions) -> bool:
    """The last request names another account than the one before it that was accepted."""
    accounts = [account_of(each) for each in sends(actions)]
    return len(accounts) > 1 and accounts[-1] != accounts[0] and isinstance(actions[-1], SendItems)


def forgets_after_five(actions: Actions) -> bool:
    """Every fifth accepted request makes the sync forget its account, and then it takes another one."""
    bound = stored = None
    accepted = 0
    for each in sends(actions):
        named = named_by(each.body)
        if named.provider != GOOGLE or stored not in (None, named.account):
            continue
        if bound not in (None, named.account):
            return each is actions[-1]
        accepted += 1
        bound, stored = named.account, None if accepted % 5 == 0 else named.account
    return False


def crashes_when_disabled(actions: Actions) -> bool:
    disabled = any(isinstance(each, MoveSync) and each.move is Move.DISABLE for each in actions)
    return disabled and isinstance(actions[-1], SendItems)


def crashes_after_three_refusals(actions: Actions) -> bool:
    return sum(account_of(each) == B for each in sends(actions)) > 2 and isinstance(actions[-1], SendItems)


def crashes_for_two_staff_members(actions: Actions) -> bool:
    """It has nothing to do with whose requests they are."""
    return len(sends(actions)) > 2


def noise() -> list[SendItems | MoveSync]:
    """Steps that most failures do not need, with payloads of their own."""
    return [
        send(B),
        send(B, provider=OUTLOOK),
        send(A, item(2), item(3)),
        replace(send(), token=Token.NONE),
        send(A, item(4, external_id=5)),
        MoveSync(0, Move.CONNECT, GOOGLE, A),
        send(external_item=item(6, external_title="100 %")),
    ]


LONG: Actions = (Create(0, GOOGLE), send(), *noise(), Create(1, OUTLOOK), send(A, staff=1), *noise(), send(), send(B))
DISABLED: Actions = (Create(0, GOOGLE), *noise(), MoveSync(0, Move.DISABLE, GOOGLE, A), *noise(), send(C))
REFUSED: Actions = (Create(0, GOOGLE), send(), *(send(B) for _ in range(9)), *noise(), send(A))
SEVERAL: Actions = (
    Create(0, GOOGLE),
    Create(1, OUTLOOK),
    send(),
    send(B, staff=1),
    Create(2, GOOGLE),
    send(C, staff=2),
)
FORGETFUL: Actions = (
    *(Create(0, GOOGLE), send()),
    *(each for _ in range(4) for each in (send(B), send(B), send(B), send(), send(A, provider=OUTLOOK))),
    *(send(B, provider=OUTLOOK), send(B)),
)

CASES = [
    pytest.param(LONG, accepts_another_account, 3, id="another account"),
    pytest.param(FORGETFUL, forgets_after_five, 7, id="forgets after five"),
    pytest.param(DISABLED, crashes_when_disabled, 3, id="disabled"),
    pytest.param(REFUSED, crashes_after_three_refusals, 4, id="three refusals"),
    pytest.param(SEVERAL, crashes_for_two_staff_members, 4, id="staff members that could be one"),
]


@pytest.mark.parametrize(("actions", "fails", "least"), CASES)
def test_the_default_budget_reaches_the_fewest_steps(actions: Actions, fails: Fails, least: int) -> None:
    found, target = minimised(actions, fails)
    assert fails(found)
    assert least == len(found)
    assert target.sent <= 100


@pytest.mark.parametrize(("actions", "fails", "least"), CASES)
@pytest.mark.parametrize("budget", [0, 1, 5, 20, 40, 77])
def test_no_more_is_spent_than_the_budget_and_nothing_gets_longer(
    actions: Actions, fails: Fails, least: int, budget: int
) -> None:
    found, target = minimised(actions, fails, budget=budget)
    assert fails(found)
    assert least <= len(found) <= len(actions)
    assert target.sent <= budget
    assert all(can_begin(candidate) for candidate in target.tried)


@pytest.mark.parametrize(("actions", "fails", "least"), CASES)
def test_nothing_is_tried_twice(actions: Actions, fails: Fails, least: int) -> None:
    _, target = minimised(actions, fails)
    assert len(target.tried) == len({repr(each) for each in target.tried})


def test_the_last_action_stays_whatever_else_goes() -> None:
    last = replace(send(B), token=Token.UNKNOWN)

    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and actions[-1].token is Token.UNKNOWN

    found, target = minimised((*LONG, last), fails)
    assert 2 == len(found)
    assert Token.UNKNOWN == sends(found)[-1].token
    assert all(sends(each)[-1].token is Token.UNKNOWN for each in target.tried)


def test_a_candidate_that_fails_before_its_end_is_cut_there() -> None:
    found, _ = minimised((Create(0, GOOGLE), send(), send(B), send(), send(B)), lambda actions: len(actions) > 2)
    assert 3 == len(found)


def test_staff_members_are_merged_where_the_failure_is_nobodys_own() -> None:
    found, _ = minimised(SEVERAL, crashes_for_two_staff_members)
    assert {0} == {single.staff for action in found for single in singles(action)}


def test_staff_members_stay_apart_where_that_is_what_fails() -> None:
    def leaks(actions: Actions) -> bool:
        return len({each.staff for each in sends(actions)}) > 1

    found, _ = minimised(SEVERAL, leaks)
    assert [0, 1] == sorted({single.staff for action in found for single in singles(action)})
    assert 4 == len(found)


# Payloads.


def test_of_many_items_those_stay_that_the_failure_needs() -> None:
    def unchecked_from_the_third_on(actions: Actions) -> bool:
        items = items_of(CONTRACT, actions[-1].body) if isinstance(actions[-1], SendItems) else []
        return any("external_id" not in each for each in items[2:])

    items = [item(number, **({"external_id": ...} if number == 76 else {})) for number in range(1, 151)]
    found, target = minimised((Create(0, GOOGLE), send(A, *items)), unchecked_from_the_third_on)
    assert ["external_items[2].external_id"] == told(found[-1])  # type: ignore[arg-type]
    assert 3 == len(items_of(CONTRACT, found[-1].body))  # type: ignore[union-attr]
    assert frozenset({"breaks required:external_items[].external_id"}) == foresee(CONTRACT, found)[-1].features
    assert target.sent <= 100


def test_how_many_items_there_are_may_be_what_fails() -> None:
    def crashes_of_many(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and len(items_of(CONTRACT, actions[-1].body)) > 100

    found, target = minimised(
        (Create(0, GOOGLE), send(A, *map(item, range(150))), send(B, *map(item, range(200, 350)))), crashes_of_many
    )
    assert ([], 2) == (told(found[-1]), len(found))  # type: ignore[arg-type]
    assert frozenset() == foresee(CONTRACT, found)[-1].features
    assert target.sent <= 100


def test_a_payload_of_hundreds_of_unusual_items_is_not_tried_item_by_item() -> None:
    tried: list[Actions] = []
    actions = (Create(0, GOOGLE), send(A, *map(item, range(300))))
    still = PayloadOf(CONTRACT, lambda _actions, candidate: tried.append(candidate), actions, 1, 0).at_its_plainest()
    assert actions == still
    assert len(tried) < 400


@pytest.mark.parametrize("spared", range(8))
def test_a_scenario_that_fails_before_its_payload_is_sent_after_all_is_left_at_that(spared: int) -> None:
    left = iter(range(spared))

    def fails_earlier(_actions: Actions, candidate: Actions) -> Actions | None:
        return None if next(left, None) is not None else candidate[:1]

    actions = (Create(0, GOOGLE), send(A, item(1, start_date="2024-02-29T10:00:00Z"), item(2, external_title="100 %")))
    assert actions[:1] == PayloadOf(CONTRACT, fails_earlier, actions, 1, 0).at_its_plainest()


def test_of_a_payload_with_several_features_the_one_stays_that_matters() -> None:
    def rrule_in_the_list(actions: Actions) -> bool:
        body = actions[-1].body if isinstance(actions[-1], SendItems) else {}
        items = body.get("external_items") or [body.get("external_item") or {}] if isinstance(body, dict) else []
        return any("rrule" in each for each in items)

    odd = item(1, rrule=["RRULE:FREQ=DAILY"])
    failing = send(A, odd, external_item=dict(odd), surprise="text")
    found, _ = minimised((Create(0, GOOGLE), MoveSync(0, Move.DISABLE, GOOGLE, A), failing), rrule_in_the_list)
    assert ["external_items[0].rrule"] == told(found[-1])  # type: ignore[arg-type]
    assert frozenset({"undocumented field: rrule"}) == foresee(CONTRACT, found)[-1].features
    assert ["staff_uid", "calendar_sync", "external_items"] == list(found[-1].body)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external_title", "100 %"),
        ("start_date", "2024-02-29T10:00:00Z"),
        ("last_modification", "2030-01-01T10:00:00.5Z"),
    ],
)
def test_the_one_field_that_matters_is_the_only_one_that_is_not_plain(field: str, value: str) -> None:
    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and value in repr(actions[-1].body)

    found, _ = minimised((Create(0, GOOGLE), send(), send(A, item(1), item(2, **{field: value}), item(3))), fails)
    assert [f"external_items[0].{field}"] == told(found[-1])  # type: ignore[arg-type]
    assert 2 == len(found)


def test_the_single_item_stays_where_the_form_is_what_fails() -> None:
    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and "external_item" in actions[-1].body

    found, _ = minimised((Create(0, GOOGLE), send(external_item=item(1))), fails)
    assert [] == told(found[-1])  # type: ignore[arg-type]
    assert ["staff_uid", "calendar_sync", "external_item"] == sorted(
        found[-1].body,  # type: ignore[union-attr]
        key=["staff_uid", "calendar_sync", "external_item"].index,
    )


def test_every_request_keeps_an_id_of_its_own_also_of_two_at_once() -> None:
    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], AtOnce) and len(actions) > 1

    found, _ = minimised((Create(0, GOOGLE), send(), AtOnce(send(A, item(8)), send(B, item(9)))), fails)
    assert 2 == len(found)
    first, second = map(ids_of, sends(found))
    assert set(first).isdisjoint(second)
    assert [[], []] == [told(each) for each in sends(found)]
    assert [frozenset(), frozenset()] == [each.features for each in foresee(CONTRACT, found)]


def test_an_id_is_sent_again_where_that_is_what_fails() -> None:
    def fails(actions: Actions) -> bool:
        sent = [each for single in sends(actions) for each in ids_of(single)]
        return len(sent) > len(set(sent))

    found, _ = minimised((Create(0, GOOGLE), send(A, item(5)), send(A, item(6)), send(B), send(A, item(5))), fails)
    assert 3 == len(found)
    assert [[], []] == [told(each) for each in sends(found)]


def test_what_is_plain_by_itself_is_no_plainer_if_it_makes_the_rest_unusual() -> None:
    """The end has to stay after the start, so the end stays as it is until the start can go as well."""
    start = "2040-01-01T10:00:00Z"

    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and start in repr(actions[-1].body)

    found, target = minimised(
        (Create(0, GOOGLE), send(A, item(1, start_date=start, end_date="2041-01-01T10:00:00Z"))), fails
    )
    assert ["external_items[0].start_date", "external_items[0].end_date"] == told(found[-1])  # type: ignore[arg-type]
    assert not any(foresee(CONTRACT, each)[-1].features for each in target.tried)


def test_names_are_canonical_at_the_end() -> None:
    found, _ = minimised(LONG, accepts_another_account)
    assert {"a@example.com": "a@example.com", "b@example.com": "b@example.com"} == canonical_accounts(found)


def test_of_a_long_scenario_what_was_accepted_and_what_changed_something_is_tried_early() -> None:
    cuts = list(coarse(CONTRACT, FORGETFUL))
    changing = (*FORGETFUL[:2], FORGETFUL[-1])
    accepted = tuple(each for each in FORGETFUL if isinstance(each, Create) or account_of(each) == A)
    accepted = tuple(each for each in accepted if isinstance(each, Create) or named_by(each.body).provider == GOOGLE)
    assert changing in cuts
    assert (*accepted, FORGETFUL[-1]) in cuts
    assert sorted(map(len, cuts)) == [len(each) for each in cuts]


def test_actions_that_do_the_same_are_found_with_the_most_frequent_first() -> None:
    groups = alike(CONTRACT, REFUSED[:-1])
    assert 10 == len(groups[0])
    assert {B} == {account_of(each) for each in REFUSED if id(each) in groups[0]}  # type: ignore[arg-type]


# Delta debugging alone.


@pytest.mark.parametrize("needed", [(), (0,), (9,), (0, 9), (2, 3, 7), tuple(range(10))])
def test_only_what_is_needed_stays(needed: tuple[int, ...]) -> None:
    found = shortest(tuple(range(10)), lambda kept: kept if set(needed) <= set(kept) else None)
    assert needed == found


def test_one_of_a_thousand_is_found_in_few_attempts() -> None:
    tried: list[int] = []

    def attempt(kept: tuple[int, ...]) -> tuple[int, ...] | None:
        tried.append(len(kept))
        return kept if 333 in kept else None

    assert (333,) == shortest(tuple(range(1000)), attempt)
    assert len(tried) <= 3 * 10


def test_no_more_attempts_are_made_than_said() -> None:
    tried: list[int] = []
    shortest(tuple(range(100)), lambda kept: tried.append(len(kept)), most=7)
    assert 7 == len(tried)
