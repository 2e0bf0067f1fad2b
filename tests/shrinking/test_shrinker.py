"""The shrinker against targets that are a predicate over the actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from fuzz.bundle.body_diff import written
from fuzz.oracle.actions import AtOnce, Create, Move, MoveSync, SendItems, Single, Token
from fuzz.oracle.forecast import forecast
from fuzz.oracle.scenario import singles
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.validity.violations import items_of, named_by
from fuzz.run.setup.documents import read_contract
from fuzz.shrinking.candidate import Actions, can_begin
from fuzz.shrinking.canonical_body import differences_from_canonical
from fuzz.shrinking.ddmin import ddmin
from fuzz.shrinking.deletion import large_deletions, same_effect
from fuzz.shrinking.shrinker import Budget, Shrinker
from fuzz.shrinking.simplify.names import canonical_accounts
from fuzz.shrinking.simplify.payload import PayloadSimplifier
from fuzz.shrinking.simplify.scenario import by_documented_ways
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
    """Runs candidates up to the first action that fails, and counts the requests. Mutable."""

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


def shrunk(actions: Actions, fails: Fails, *, budget: int = 100) -> tuple[Actions, Target]:
    assert fails(actions)
    bounded = Budget(budget)
    target = Target(fails, bounded)
    return Shrinker(CONTRACT, target.attempt, bounded).shrink(actions), target


def sends(actions: Actions) -> list[SendItems]:
    return [single for action in actions for single in singles(action) if isinstance(single, SendItems)]


def account_of(action: SendItems) -> Json:
    return named_by(action.body).account


def differing_paths(action: Single) -> list[str]:
    """The paths in a payload where it differs from the canonical one."""
    return (
        [written(difference.path) for difference in differences_from_canonical(CONTRACT, action.body)]
        if isinstance(action, SendItems)
        else []
    )


def ids_of(action: SendItems) -> list[Json]:
    return [item.get("external_id") for item in items_of(CONTRACT, action.body)]


# Predicates, each with a long scenario and the requests of the shortest one.


def accepts_another_account(actions: Actions) -> bool:
    """The last request names another account than the one before it that was accepted."""
    accounts = [account_of(single) for single in sends(actions)]
    return len(accounts) > 1 and accounts[-1] != accounts[0] and isinstance(actions[-1], SendItems)


def forgets_after_five(actions: Actions) -> bool:
    """Every fifth accepted request makes the sync forget its account, and then it takes another one."""
    bound = stored = None
    accepted = 0
    for single in sends(actions):
        named = named_by(single.body)
        if named.provider != GOOGLE or stored not in (None, named.account):
            continue
        if bound not in (None, named.account):
            return single is actions[-1]
        accepted += 1
        bound, stored = named.account, None if accepted % 5 == 0 else named.account
    return False


def crashes_when_disabled(actions: Actions) -> bool:
    disabled = any(isinstance(action, MoveSync) and action.move is Move.DISABLE for action in actions)
    return disabled and isinstance(actions[-1], SendItems)


def crashes_after_three_refusals(actions: Actions) -> bool:
    return sum(account_of(single) == B for single in sends(actions)) > 2 and isinstance(actions[-1], SendItems)


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
    *(action for _ in range(4) for action in (send(B), send(B), send(B), send(), send(A, provider=OUTLOOK))),
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
    found, target = shrunk(actions, fails)
    assert fails(found)
    assert least == len(found)
    assert target.sent <= 100


@pytest.mark.parametrize(("actions", "fails", "least"), CASES)
@pytest.mark.parametrize("budget", [0, 1, 5, 20, 40, 77])
def test_the_budget_is_kept_and_no_scenario_gets_longer(
    actions: Actions, fails: Fails, least: int, budget: int
) -> None:
    found, target = shrunk(actions, fails, budget=budget)
    assert fails(found)
    assert least <= len(found) <= len(actions)
    assert target.sent <= budget
    assert all(can_begin(candidate) for candidate in target.tried)


@pytest.mark.parametrize(("actions", "fails", "least"), CASES)
def test_no_candidate_is_tried_twice(actions: Actions, fails: Fails, least: int) -> None:
    _, target = shrunk(actions, fails)
    assert len(target.tried) == len({repr(candidate) for candidate in target.tried})


def test_the_last_action_is_never_deleted() -> None:
    last = replace(send(B), token=Token.UNKNOWN)

    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and actions[-1].token is Token.UNKNOWN

    found, target = shrunk((*LONG, last), fails)
    assert 2 == len(found)
    assert Token.UNKNOWN == sends(found)[-1].token
    assert all(sends(candidate)[-1].token is Token.UNKNOWN for candidate in target.tried)


def test_a_candidate_that_fails_before_its_end_is_cut_there() -> None:
    found, _ = shrunk((Create(0, GOOGLE), send(), send(B), send(), send(B)), lambda actions: len(actions) > 2)
    assert 3 == len(found)


def test_staff_members_are_merged_where_one_is_enough() -> None:
    found, _ = shrunk(SEVERAL, crashes_for_two_staff_members)
    assert {0} == {single.staff for action in found for single in singles(action)}


def test_staff_members_stay_apart_where_the_failure_needs_two() -> None:
    def leaks(actions: Actions) -> bool:
        return len({single.staff for single in sends(actions)}) > 1

    found, _ = shrunk(SEVERAL, leaks)
    assert [0, 1] == sorted({single.staff for action in found for single in singles(action)})
    assert 4 == len(found)


# Ways to a state.

CONNECT, DISABLE = (MoveSync(0, move, GOOGLE, "a@example.com") for move in (Move.CONNECT, Move.DISABLE))


def needs_two_before(actions: Actions) -> bool:
    """Whatever they are."""
    return len(actions) > 2 and isinstance(actions[-1], SendItems)


def needs_the_account_named(actions: Actions) -> bool:
    """By whichever request."""
    moved = [action.account for action in actions if isinstance(action, MoveSync)]
    return len({*moved, *map(account_of, sends(actions))}) > 1 and isinstance(actions[-1], SendItems)


def test_a_create_takes_the_place_of_a_sibling_where_it_does_as_well() -> None:
    found, _ = shrunk((Create(0, GOOGLE), CONNECT, send()), needs_two_before)
    assert (Create(0, GOOGLE), Create(0, GOOGLE)) == found[:-1]
    assert 3 == len(found)


def test_a_plain_request_takes_the_place_of_a_sibling_where_it_does_as_well_and_has_an_id_of_its_own() -> None:
    found, _ = shrunk((Create(0, GOOGLE), CONNECT, send(B)), needs_the_account_named)
    assert ["a@example.com", "b@example.com"] == [account_of(each) for each in sends(found)]
    assert 3 == len(found)
    assert [frozenset()] * 3 == [expected.features for expected in forecast(CONTRACT, found)]


@pytest.mark.parametrize("odd", [Create(0, GOOGLE, Token.STAFF), replace(send(), token=Token.OTHER_STAFF)])
def test_a_documented_request_takes_the_place_of_one_that_decides_nothing(odd: Single) -> None:
    found, _ = shrunk((Create(0, GOOGLE), odd, send()), needs_two_before)
    assert [True, True, True] == [expected.decided for expected in forecast(CONTRACT, found)]
    assert [type(odd)] == [type(action) for action in found[1:-1]]


def test_a_sibling_stays_where_nothing_documented_does_as_well() -> None:
    found, target = shrunk((Create(0, GOOGLE), DISABLE, send()), crashes_when_disabled)
    assert (Create(0, GOOGLE), DISABLE) == found[:-1]
    assert target.sent <= 20


def test_a_documented_way_that_is_longer_is_not_taken() -> None:
    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and (len(actions) > 3 or CONNECT in actions)

    found, _ = shrunk((Create(0, GOOGLE), CONNECT, send()), fails)
    assert (Create(0, GOOGLE), CONNECT) == found[:-1]


def test_no_request_is_spent_where_every_action_is_documented() -> None:
    documented = (Create(0, GOOGLE), send(), replace(send(B), token=Token.UNKNOWN), send(B))
    assert [] == list(by_documented_ways(CONTRACT, documented))


def test_what_takes_the_place_of_an_action_decides_something_itself() -> None:
    """A call for a provider that is not listed is not specified."""
    odd = MoveSync(0, Move.CONNECT, "unlisted", A)
    candidates = list(by_documented_ways(CONTRACT, (Create(0, GOOGLE), odd, send())))
    assert [(Create(0, GOOGLE), Create(0, "unlisted"), send())] == candidates


def test_two_at_once_and_a_refused_token_stay_as_they_are() -> None:
    refused = replace(send(), token=Token.UNKNOWN)

    def fails(actions: Actions) -> bool:
        tokens = [single.token for action in actions for single in singles(action)]
        return Token.UNKNOWN in tokens and any(isinstance(action, AtOnce) for action in actions[:-1])

    found, _ = shrunk((Create(0, GOOGLE), AtOnce(CONNECT, DISABLE), refused, send()), fails)
    assert (Create(0, GOOGLE), AtOnce(CONNECT, DISABLE)) == found[:2]
    assert Token.UNKNOWN is found[2].token  # type: ignore[union-attr]


# Payloads.


def test_only_the_items_that_the_failure_needs_are_kept() -> None:
    def unchecked_from_the_third_on(actions: Actions) -> bool:
        items = items_of(CONTRACT, actions[-1].body) if isinstance(actions[-1], SendItems) else []
        return any("external_id" not in entry for entry in items[2:])

    items = [item(number, **({"external_id": ...} if number == 76 else {})) for number in range(1, 151)]
    found, target = shrunk((Create(0, GOOGLE), send(A, *items)), unchecked_from_the_third_on)
    assert ["external_items[2].external_id"] == differing_paths(found[-1])  # type: ignore[arg-type]
    assert 3 == len(items_of(CONTRACT, found[-1].body))  # type: ignore[union-attr]
    assert frozenset({"required:external_items[].external_id"}) == forecast(CONTRACT, found)[-1].features
    assert target.sent <= 100


def test_many_items_are_kept_where_the_failure_needs_many() -> None:
    def crashes_of_many(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and len(items_of(CONTRACT, actions[-1].body)) > 100

    found, target = shrunk(
        (Create(0, GOOGLE), send(A, *map(item, range(150))), send(B, *map(item, range(200, 350)))), crashes_of_many
    )
    assert ([], 2) == (differing_paths(found[-1]), len(found))  # type: ignore[arg-type]
    assert frozenset() == forecast(CONTRACT, found)[-1].features
    assert target.sent <= 100


def test_a_payload_of_hundreds_of_unusual_items_is_simplified_in_few_attempts() -> None:
    tried: list[Actions] = []
    actions = (Create(0, GOOGLE), send(A, *map(item, range(300))))
    still = PayloadSimplifier(CONTRACT, lambda _actions, candidate: tried.append(candidate), actions, 1, 0).simplify()
    assert actions == still
    assert len(tried) < 400


@pytest.mark.parametrize("spared", range(8))
def test_simplifying_ends_where_the_scenario_fails_before_its_payload_is_sent(spared: int) -> None:
    left = iter(range(spared))

    def fails_earlier(_actions: Actions, candidate: Actions) -> Actions | None:
        return None if next(left, None) is not None else candidate[:1]

    actions = (Create(0, GOOGLE), send(A, item(1, start_date="2024-02-29T10:00:00Z"), item(2, external_title="100 %")))
    assert actions[:1] == PayloadSimplifier(CONTRACT, fails_earlier, actions, 1, 0).simplify()


def test_of_several_features_of_a_payload_only_the_relevant_one_is_kept() -> None:
    def rrule_in_the_list(actions: Actions) -> bool:
        body = actions[-1].body if isinstance(actions[-1], SendItems) else {}
        items = body.get("external_items") or [body.get("external_item") or {}] if isinstance(body, dict) else []
        return any("rrule" in entry for entry in items)

    odd = item(1, rrule=["RRULE:FREQ=DAILY"])
    failing = send(A, odd, external_item=dict(odd), surprise="text")
    found, _ = shrunk((Create(0, GOOGLE), MoveSync(0, Move.DISABLE, GOOGLE, A), failing), rrule_in_the_list)
    assert ["external_items[0].rrule"] == differing_paths(found[-1])  # type: ignore[arg-type]
    assert frozenset({Unspecified(Feature.UNDOCUMENTED_FIELD, "rrule")}) == forecast(CONTRACT, found)[-1].features
    assert ["staff_uid", "calendar_sync", "external_items"] == list(found[-1].body)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external_title", "100 %"),
        ("start_date", "2024-02-29T10:00:00Z"),
        ("last_modification", "2030-01-01T10:00:00.5Z"),
    ],
)
def test_only_the_field_that_matters_differs_from_the_canonical_body(field: str, value: str) -> None:
    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and value in repr(actions[-1].body)

    found, _ = shrunk((Create(0, GOOGLE), send(), send(A, item(1), item(2, **{field: value}), item(3))), fails)
    assert [f"external_items[0].{field}"] == differing_paths(found[-1])  # type: ignore[arg-type]
    assert 2 == len(found)


def test_the_single_item_is_kept_where_the_failure_needs_it() -> None:
    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and "external_item" in actions[-1].body

    found, _ = shrunk((Create(0, GOOGLE), send(external_item=item(1))), fails)
    assert [] == differing_paths(found[-1])  # type: ignore[arg-type]
    assert ["staff_uid", "calendar_sync", "external_item"] == sorted(
        found[-1].body,  # type: ignore[union-attr]
        key=["staff_uid", "calendar_sync", "external_item"].index,
    )


def test_every_request_keeps_an_external_id_of_its_own_also_of_two_at_once() -> None:
    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], AtOnce) and len(actions) > 1

    found, _ = shrunk((Create(0, GOOGLE), send(), AtOnce(send(A, item(8)), send(B, item(9)))), fails)
    assert 2 == len(found)
    first, second = map(ids_of, sends(found))
    assert set(first).isdisjoint(second)
    assert [[], []] == [differing_paths(single) for single in sends(found)]
    assert [frozenset(), frozenset()] == [expected.features for expected in forecast(CONTRACT, found)]


def test_an_external_id_is_sent_again_where_the_failure_needs_that() -> None:
    def fails(actions: Actions) -> bool:
        sent = [external_id for single in sends(actions) for external_id in ids_of(single)]
        return len(sent) > len(set(sent))

    found, _ = shrunk((Create(0, GOOGLE), send(A, item(5)), send(A, item(6)), send(B), send(A, item(5))), fails)
    assert 3 == len(found)
    assert [[], []] == [differing_paths(single) for single in sends(found)]


def test_a_field_is_not_simplified_if_that_adds_an_unspecified_feature() -> None:
    """The end has to stay after the start, so the end stays as it is until the start can go as well."""
    start = "2040-01-01T10:00:00Z"

    def fails(actions: Actions) -> bool:
        return isinstance(actions[-1], SendItems) and start in repr(actions[-1].body)

    found, target = shrunk(
        (Create(0, GOOGLE), send(A, item(1, start_date=start, end_date="2041-01-01T10:00:00Z"))), fails
    )
    assert ["external_items[0].start_date", "external_items[0].end_date"] == differing_paths(found[-1])  # type: ignore[arg-type]
    assert not any(forecast(CONTRACT, candidate)[-1].features for candidate in target.tried)


def test_names_are_canonical_at_the_end() -> None:
    found, _ = shrunk(LONG, accepts_another_account)
    assert {"a@example.com": "a@example.com", "b@example.com": "b@example.com"} == canonical_accounts(found)


def test_large_deletions_keep_the_accepted_actions_or_those_that_change_a_sync() -> None:
    deletions = list(large_deletions(CONTRACT, FORGETFUL))
    changing = (*FORGETFUL[:2], FORGETFUL[-1])
    accepted = tuple(action for action in FORGETFUL if isinstance(action, Create) or account_of(action) == A)
    accepted = tuple(
        action for action in accepted if isinstance(action, Create) or named_by(action.body).provider == GOOGLE
    )
    assert changing in deletions
    assert (*accepted, FORGETFUL[-1]) in deletions
    assert sorted(map(len, deletions)) == [len(candidate) for candidate in deletions]


def test_groups_of_actions_with_the_same_effect_come_largest_first() -> None:
    groups = same_effect(CONTRACT, REFUSED[:-1])
    assert 10 == len(groups[0])
    assert {B} == {account_of(action) for action in REFUSED if id(action) in groups[0]}  # type: ignore[arg-type]


# Delta debugging alone.


@pytest.mark.parametrize("needed", [(), (0,), (9,), (0, 9), (2, 3, 7), tuple(range(10))])
def test_ddmin_keeps_only_the_parts_that_are_needed(needed: tuple[int, ...]) -> None:
    found = ddmin(tuple(range(10)), lambda kept: kept if set(needed) <= set(kept) else None)
    assert needed == found


def test_ddmin_finds_one_part_of_a_thousand_in_few_attempts() -> None:
    tried: list[int] = []

    def attempt(kept: tuple[int, ...]) -> tuple[int, ...] | None:
        tried.append(len(kept))
        return kept if 333 in kept else None

    assert (333,) == ddmin(tuple(range(1000)), attempt)
    assert len(tried) <= 3 * 10


def test_ddmin_makes_no_more_attempts_than_allowed() -> None:
    tried: list[int] = []
    ddmin(tuple(range(100)), lambda kept: tried.append(len(kept)), max_attempts=7)
    assert 7 == len(tried)
