"""Makes the files of a bundle from the description of a failure."""

from __future__ import annotations

import json

from fuzz.bundle.failure_json import FailureDescription
from fuzz.bundle.scripts.pytest_file import test_failure_py
from fuzz.bundle.scripts.repro_script import repro_sh
from fuzz.bundle.workflow_document import workflow_md

FAILURE = "failure.json"


def files_of(description: FailureDescription) -> dict[str, str]:
    """The files of a bundle (name -> text)."""
    return {
        FAILURE: json.dumps(description, indent=2) + "\n",
        "workflow.md": workflow_md(description),
        "repro.sh": repro_sh(description),
        "test_failure.py": test_failure_py(description),
    }
