"""Faults of every kind are caught by name over HTTP, within the budget, in the shortest scenario there is.

A spread of the catalogue, the same each time; `calfuzz selftest` tries all of it.
"""

from __future__ import annotations

import pytest

from fuzz.sandbox.faults import Fault
from fuzz.selftest.subjects import Subject, subjects
from fuzz.selftest.trial import REQUESTS_TO_FIND, run_trial

SAMPLE = tuple(fault for fault in subjects(list(Fault), [], sample=24, seed=7, seeds=1) if fault.deterministic)


@pytest.mark.parametrize("subject", SAMPLE, ids=lambda subject: subject.name)
def test_a_fault_is_caught(subject: Subject) -> None:
    trial = run_trial(subject)
    assert trial.found, trial.trouble
    assert trial.requests_to_find <= REQUESTS_TO_FIND
    assert not trial.longer, f"{trial.steps} steps where {trial.shortest.steps} do"


@pytest.mark.parametrize("variant", ["payload-first", "disable-stores-no-account"])
def test_a_variant_raises_no_alarm(variant: str) -> None:
    assert run_trial(Subject(variant, "variant", 7)).good
