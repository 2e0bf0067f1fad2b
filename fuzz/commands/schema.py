"""`calfuzz schema`: the JSON Schema of a target profile, of report.json, of failure.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TextIO

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def _profile() -> dict[str, Any]:
    from fuzz.target.profile import Profile

    # A token is written as its source; what the validation schema says is what a file may hold.
    return Profile.model_json_schema(mode="validation")


def _report() -> dict[str, Any]:
    from pydantic import TypeAdapter

    from fuzz.report.formats.report_json import ReportJson

    return TypeAdapter(ReportJson).json_schema()


def _failure() -> dict[str, Any]:
    from pydantic import TypeAdapter

    from fuzz.bundle.failure_json import FailureFile

    return TypeAdapter(FailureFile).json_schema()


FILES: Mapping[str, Callable[[], dict[str, Any]]] = {"profile": _profile, "report": _report, "failure": _failure}


def print_schema(file: str, *, stdout: TextIO) -> None:
    """Prints the schema of one of `FILES`."""
    schema = {"$schema": SCHEMA, **FILES[file](), "title": f"calfuzz: {file}"}
    stdout.write(json.dumps(schema, indent=2) + "\n")
