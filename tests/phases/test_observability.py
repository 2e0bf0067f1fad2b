"""The observations of the random phase: one JSON object a line for each example, without secrets."""

from __future__ import annotations

import json
from pathlib import Path

from fuzz.failures.handler import FailureHandler
from fuzz.phases import random as random_phase
from fuzz.phases.observability import observations_in
from fuzz.sandbox.launcher import Sandbox
from tests.run.runs import profile_for, session_against


def test_each_example_is_a_line_and_what_is_redacted_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "observed.jsonl"
    with Sandbox() as sandbox:
        session = session_against(profile_for(sandbox, request_timeout=10.0))
        with observations_in(file, redact=lambda text: text.replace("google_v3", "REDACTED")):
            random_phase.run(FailureHandler(session), seed=5, examples=4, swagger_bodies=False)
        session.close()

    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    examples = [line for line in lines if line["type"] == "test_case"]
    assert 4 <= len(examples)
    assert all("state = SyncMachine()" in example["representation"] for example in examples)
    assert "google_v3" not in file.read_text(encoding="utf-8")


def test_after_the_block_nothing_more_is_written(tmp_path: Path) -> None:
    file = tmp_path / "observed.jsonl"
    with Sandbox() as sandbox:
        session = session_against(profile_for(sandbox, request_timeout=10.0))
        with observations_in(file, redact=str):
            pass
        random_phase.run(FailureHandler(session), seed=5, examples=2, swagger_bodies=False)
        session.close()

    assert "" == file.read_text(encoding="utf-8")
