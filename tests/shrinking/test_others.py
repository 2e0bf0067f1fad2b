"""What may be anything: only parts are told whose other values were tried and failed, within few runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from fuzz.oracle.actions import AtOnce, Create, Move, MoveSync, SendItems
from fuzz.oracle.forecast import foreseen
from fuzz.oracle.validity.violations import named_by
from fuzz.oracle.verdict import Verdict
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from fuzz.shrinking.candidate import Actions
from fuzz.shrinking.others import MOST_RUNS, others_that_fail
from fuzz.shrinking.reproducer import Reproducer
from fuzz.shrinking.shrinker import Budget
from swagger.contract import Json
from tests.failures.bundling import body
from tests.run.runs import CONTRACT, profile_for, run_against

GOOGLE = "google_v3"


def scenario(said: str = "b@example.com", *, title: Json = None) -> Actions:
    sent = body(said, number=2)
    if title is None:
        del sent["external_items"][0]["external_title"]
    else:
        sent["external_items"][0]["external_title"] = title
    return Create(0, GOOGLE), SendItems(0, body("a@example.com")), SendItems(0, sent)


@dataclass(slots=True)
class Target:
    """Fails by a predicate over the failing request's body, and remembers what was tried. Mutable."""

    predicate: Callable[[Json], bool]
    runs: int = MOST_RUNS
    tried: list[Actions] = field(default_factory=list)

    def fails(self, actions: Actions) -> bool | None:
        if len(self.tried) >= self.runs:
            return None
        self.tried.append(actions)
        last = actions[-1]
        assert isinstance(last, SendItems)
        return self.predicate(last.body)


def account(sent: Json) -> str:
    return str(named_by(sent).account)


def title(sent: Json) -> Json:
    return sent["external_items"][0].get("external_title")


def verdict_on(actions: Actions) -> Verdict:
    return list(foreseen(CONTRACT, actions))[-1].verdict


def told(actions: Actions, target: Target) -> tuple[str, ...]:
    return others_that_fail(CONTRACT, actions, verdict_on(actions), target.fails)


def test_where_nothing_matters_two_runs_are_enough() -> None:
    target = Target(lambda _: True)
    assert ("2 other accounts", "another provider", "2 different titles") == told(scenario(), target)
    assert 2 == len(target.tried)


def test_as_many_other_values_failed_as_it_says() -> None:
    target = Target(lambda _: True)
    told(scenario(), target)
    lasts = [actions[-1].body for actions in target.tried]
    assert 2 == len({account(sent) for sent in lasts} - {"a@example.com", "b@example.com"})
    assert 2 == len({title(sent) for sent in lasts} - {None})
    assert {"google_v3", "outlook_v1.0"} == {named_by(sent).provider for sent in lasts}
    assert {actions[0].provider for actions in target.tried} == {"google_v3", "outlook_v1.0"}
    assert all(account(actions[1].body) == "a@example.com" for actions in target.tried)


def test_where_the_local_part_matters_the_accounts_that_have_it_are_told() -> None:
    target = Target(lambda sent: account(sent).startswith("a@"))
    parts = told(scenario("a@calendar.example.net"), target)
    assert "2 other accounts with this local part" in parts
    assert "2 other accounts" not in parts
    assert not any("domain" in part for part in parts)
    tried = {account(actions[-1].body) for actions in target.tried}
    assert {"a@123.example", "a@another.example"} <= tried


def test_where_the_domain_matters_the_accounts_of_it_are_told() -> None:
    assert "2 other accounts of this domain" in told(scenario(), Target(lambda sent: "@example.com" in account(sent)))


def test_a_part_that_matters_is_not_told_and_the_others_are() -> None:
    of_title = Target(lambda sent: title(sent) is None)
    assert ("2 other accounts", "another provider") == told(scenario(), of_title)
    of_provider = Target(lambda sent: named_by(sent).provider == GOOGLE)
    assert ("2 other accounts", "2 different titles") == told(scenario(), of_provider)


def test_a_part_is_told_only_if_each_of_its_other_values_failed() -> None:
    assert "2 different titles" not in told(scenario(), Target(lambda sent: title(sent) != "a"))


def test_a_title_that_the_shrinker_had_to_leave_is_not_changed() -> None:
    target = Target(lambda _: True)
    assert ("2 other accounts", "another provider") == told(scenario(title="100 %"), target)
    assert {"100 %"} == {title(actions[-1].body) for actions in target.tried}


def test_other_values_that_break_the_same_rule_are_tried() -> None:
    target = Target(lambda sent: not isinstance(title(sent), str))
    parts = told(scenario("a@example.com", title=7), target)
    assert "2 other values that break type:external_items[].external_title" == parts[0]
    values = [title(actions[-1].body) for actions in target.tried]
    assert 2 == len(set(map(repr, values)))
    assert 7 not in values


def test_without_requests_nothing_is_told_and_of_many_parts_that_matter_few_are_tried() -> None:
    assert () == told(scenario(), Target(lambda _: True, runs=0))
    assert () == told(scenario(), Target(lambda _: True, runs=1))
    odd_ones_fail = Target(lambda _: len(odd_ones_fail.tried) % 2 == 1, runs=100)
    assert "another provider" not in told(scenario(), odd_ones_fail)
    assert MOST_RUNS == len(odd_ones_fail.tried)


def test_of_a_pair_at_once_and_of_a_sibling_nothing_is_told() -> None:
    create, one, other = scenario()
    assert isinstance(one, SendItems)
    assert isinstance(other, SendItems)
    move = MoveSync(0, Move.CONNECT, GOOGLE, "a@example.com")
    raw = replace(other, raw="{}", body=None)
    for last in (AtOnce(one, other), move, raw):
        target = Target(lambda _: True)
        assert () == others_that_fail(CONTRACT, (create, one, last), verdict_on((create, one, other)), target.fails)
        assert [] == target.tried


class _Runs:
    """Stands for the runner: every candidate fails alike, after so many of its actions."""

    def __init__(self, done: int) -> None:
        self.done = done

    def run(self, candidate: Actions) -> SimpleNamespace:
        return SimpleNamespace(actions=list(candidate[: self.done]), exchanges=[])

    def reproduces(self, _run: object) -> bool:
        return True


@pytest.mark.parametrize(
    ("done", "left", "seconds", "fails"), [(3, 3, 1.0, True), (2, 3, 1.0, False), (3, 2, 1.0, None), (3, 3, 0.0, None)]
)
def test_it_counts_only_if_the_last_request_fails_and_there_are_requests_and_time_for_it(
    done: int, left: int, seconds: float, fails: bool | None
) -> None:
    failing = SimpleNamespace(verdict=verdict_on(scenario()))
    best: Any = SimpleNamespace(evidence=(failing,))
    session: Any = None
    reproducer = Reproducer(session, best, Budget(left), lambda: seconds, lambda *_: False)
    runner: Any = _Runs(done)
    reproducer._runner = runner
    assert reproducer._fails_with(scenario()) is fails


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault.ACCOUNT_NOT_COMPARED, "It failed too with 2 other accounts, another provider and 2 different titles."),
        (
            Fault.ACCOUNT_WITHOUT_DOMAIN,
            "It failed too with 2 other accounts with this local part, another provider and 2 different titles.",
        ),
    ],
)
def test_a_run_tells_in_the_argument_what_was_tried(fault: Fault, says: str) -> None:
    with Sandbox(fault=fault) as sandbox:
        profile = profile_for(sandbox, request_timeout=10.0)
        ran = run_against(profile, phases=("preflight", "systematic"), max_failures=1, seed=1)
        without = run_against(profile, phases=("preflight", "systematic"), max_failures=1, seed=1, shrink_requests=16)

    (failure,) = ran.summary.failures.values()
    assert failure["argument"].endswith(says), failure["argument"]
    assert failure["requests_to_shrink"] <= 100 + 9
    assert not any("It failed too" in each["argument"] for each in without.summary.failures.values())
