"""The self-test: its subjects, the words for a trial's result, the shortest scenario, and the exit code."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from fuzz.errors import UsageError
from fuzz.oracle.actions import Create, SendItems
from fuzz.sandbox.deployments.staging import Staging
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.variants import Variant
from fuzz.selftest import command
from fuzz.selftest.scoreboard import as_json, totals, verdict
from fuzz.selftest.shortest import Shortest, find_shortest
from fuzz.selftest.subjects import Subject, subjects
from fuzz.selftest.trial import Trial, run_trial
from strategies.valid.bodies import plain_payload
from swagger.load import load_contract

CONTRACT = load_contract()
FAULT = Subject("mismatch-never-said", "state check", 1)
VARIANT = Subject("payload-first", "variant", 1)
FOUND = Trial(FAULT, phase="conformance", clause="already_exists", requests_to_find=15, steps=2)


def test_all_faults_and_variants_are_subjects_unless_some_are_named() -> None:
    assert len(subjects([], [], sample=None, seed=1, seeds=2)) == 2 * (len(Fault) + len(Variant) + len(Staging))
    named = subjects(["mismatch-never-said"], ["payload-first", "main-only"], sample=None, seed=3, seeds=1)
    assert [(subject.name, subject.honest, subject.staging, subject.seed) for subject in named] == [
        ("mismatch-never-said", False, None, 3),
        ("payload-first", True, None, 3),
        ("main-only", True, Staging.MAIN_ONLY, 3),
    ]


def test_a_sample_is_the_same_each_time_and_holds_every_kind() -> None:
    sample = subjects([], [], sample=len(FaultKind) + 2, seed=1, seeds=1)
    assert {subject.kind for subject in sample} == {*(kind.value for kind in FaultKind), "variant", "staging"}
    assert sample == subjects([], [], sample=len(FaultKind) + 2, seed=1, seeds=1)


def test_an_unknown_name_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        subjects(["no-such-fault"], [], sample=None, seed=1, seeds=1)


@pytest.mark.parametrize(
    ("trial", "word", "good"),
    [
        (FOUND, "found", True),
        (replace(FOUND, shortest=Shortest(1, "")), "found, longer", True),
        (replace(FOUND, requests_to_find=2501), "TOO LATE", False),
        (Trial(FAULT), "MISSED", False),
        (Trial(VARIANT), "no alarm", True),
        (Trial(VARIANT, phase="random"), "ALARM", False),
        (Trial(VARIANT, exit_code=3), "EXIT 3", False),
        (Trial(Subject("disconnect-off", "staging", 1), exit_code=3), "no alarm", True),
        (Trial(Subject("disconnect-off", "staging", 1), phase="random", exit_code=3), "ALARM", False),
        (Trial(Subject("main-only", "staging", 1), exit_code=3), "EXIT 3", False),
    ],
)
def test_the_result_of_a_trial_is_a_word_or_two(trial: Trial, word: str, good: bool) -> None:
    assert verdict(trial) == word
    assert trial.good is good


def test_an_intermittent_fault_is_found_whatever_the_requests() -> None:
    chance = replace(FAULT, deterministic=False)
    assert replace(FOUND, subject=chance, requests_to_find=9000).found


def test_the_totals_count_faults_and_variants_apart() -> None:
    text = totals([FOUND, Trial(FAULT), Trial(VARIANT)])
    assert "1 of 2 faults found, after 15 requests in the median and 15 at most" in text
    assert "1 of 1 runs against honest variants and deployments without an alarm" in text


def run_selftest(monkeypatch: pytest.MonkeyPatch, *trials: Trial, **options: Any) -> tuple[int, str]:
    def results(chosen: Sequence[Subject], **_: Any) -> Iterator[Trial]:
        yield from trials

    monkeypatch.setattr(command, "results", results)
    stdout = io.StringIO()
    return command.selftest([FAULT.name], [VARIANT.name], stdout=stdout, **options), stdout.getvalue()


def test_the_exit_code_is_1_if_a_fault_is_missed_or_a_variant_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_selftest(monkeypatch, FOUND, Trial(VARIANT))[0] == 0
    assert run_selftest(monkeypatch, Trial(FAULT), Trial(VARIANT))[0] == 1
    assert run_selftest(monkeypatch, FOUND, Trial(VARIANT, phase="random"))[0] == 1


def test_the_json_is_versioned_and_holds_what_the_table_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = run_selftest(monkeypatch, FOUND, Trial(VARIANT), as_a_table=False)
    assert json.loads(text) == as_json([FOUND, Trial(VARIANT)])
    assert json.loads(text)["version"] == 1


def send(account: str) -> SendItems:
    return SendItems(0, plain_payload(CONTRACT, provider="google_v3", account=account))


def test_a_shorter_scenario_than_the_one_found_is_found_by_the_search() -> None:
    create = Create(0, "google_v3")
    found = (create, send("a@example.com"), send("a@example.com"), send("b@example.com"))
    best = find_shortest(CONTRACT, "account-not-compared", found, ("already_exists", "200"))
    assert best.steps == 3


def test_a_search_that_ends_early_gives_no_length() -> None:
    found = (Create(0, "google_v3"), *[send("b@example.com")] * 3, send("a@example.com"))
    assert (
        find_shortest(CONTRACT, "account-not-compared", found, ("already_exists", "200"), max_requests=5).steps is None
    )


def test_a_fault_is_found_over_http_and_its_scenario_is_the_shortest() -> None:
    trial = run_trial(Subject("mismatch-never-said", "state check", 1))
    assert trial.good
    assert trial.phase == "systematic"
    assert trial.steps == trial.shortest.steps == 2
