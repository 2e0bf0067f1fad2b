"""The JSON Schemas: what calfuzz takes and writes fits them, and what it refuses does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner

from fuzz.cli import main

MANUAL = Path(__file__).parents[2] / "MANUAL.md"


def schema(file: str) -> Any:
    result = CliRunner().invoke(main, ["schema", file])
    assert 0 == result.exit_code, result.output
    return json.loads(result.output)


@pytest.fixture
def profile() -> dict[str, Any]:
    """The manual's own."""
    text = re.search(r"```yaml\n(name: staging.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    assert text
    found: dict[str, Any] = yaml.safe_load(text[1])
    return found


def test_the_profile_of_the_manual_fits(profile: dict[str, Any]) -> None:
    assert jsonschema_rs.is_valid(schema("profile"), profile)


@pytest.mark.parametrize("change", [{"base_ulr": "x"}, {"staff": []}, {"request_timeout": "soon"}, {"tokens": {}}])
def test_a_profile_that_is_refused_does_not(profile: dict[str, Any], change: dict[str, Any]) -> None:
    assert not jsonschema_rs.is_valid(schema("profile"), {**profile, **change})


def test_the_report_and_the_bundle_of_a_run_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["run", "--fault", "mismatch-never-said", "--phases", "preflight,conformance", "--max-failures", "1"]
    result = CliRunner().invoke(main, [*arguments, "--seed", "3", "--no-progress"])
    assert 1 == result.exit_code, result.output

    (report,) = tmp_path.glob(".calfuzz/reports/2*/report.json")
    (bundle,) = tmp_path.glob(".calfuzz/failures/*/failure.json")
    jsonschema_rs.validate(schema("report"), json.loads(report.read_text(encoding="utf-8")))
    jsonschema_rs.validate(schema("failure"), json.loads(bundle.read_text(encoding="utf-8")))
