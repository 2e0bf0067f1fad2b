"""A failure as files for anyone to replay: what stands in each, from one description, which is the first of them."""

from __future__ import annotations

import json

from fuzz.model.curl import curl_of
from fuzz.model.description import VERSION, Bundle, BundleError, Description, read_bundle
from fuzz.model.emitted_test import test_failure_py
from fuzz.model.emitted_workflow import workflow_md
from fuzz.model.repro import repro_sh

__all__ = ["FAILURE", "VERSION", "Bundle", "BundleError", "curl_of", "files_of", "read_bundle"]

FAILURE = "failure.json"


def files_of(description: Description) -> dict[str, str]:
    """The text of each file of a bundle, by its name."""
    return {
        FAILURE: json.dumps(description, indent=2) + "\n",
        "workflow.md": workflow_md(description),
        "repro.sh": repro_sh(description),
        "test_failure.py": test_failure_py(description),
    }
