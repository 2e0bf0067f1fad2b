"""Makes the files of a bundle from the description of a failure: `failure.json`, and a template for each other one.

The templates are part of the program, as its modules are; nothing else is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from fuzz.bundle.description import Description
from fuzz.bundle.formats import in_hurl, in_python, in_shell, workflow_document
from fuzz.bundle.shell import quoted
from fuzz.bundle.texts import filled

if TYPE_CHECKING:
    from jinja2 import Environment

FAILURE, HURL = "failure.json", "failure.hurl"
SCRIPTS = ("repro.sh", "test_failure.py", "workflow.md")
NAMES = (FAILURE, *SCRIPTS, HURL)
"""The names of all files that a bundle may hold."""


def files_of(description: Description) -> dict[str, str]:
    """The files of a bundle (name -> text). There is no `failure.hurl` for what Hurl cannot say."""
    names = (*SCRIPTS, HURL) if in_hurl.can_say(description) else SCRIPTS
    values = {"description": description, "last": description.steps[-1]}
    texts = {name: _templates().get_template(f"{name}.jinja").render(values) for name in names}
    return {FAILURE: json.dumps(description.file, indent=2) + "\n", **texts}


def text_templates(package: str, finalize: Callable[[object], object] | None = None) -> Environment:
    """The templates of plain text in a package. `finalize`: what becomes of each value before it is printed."""
    # Most runs find nothing, and need no templates.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        finalize=finalize,
    )


@cache
def _templates() -> Environment:
    environment = text_templates("fuzz.bundle")
    environment.filters.update(quoted=quoted, filled=filled)
    environment.globals.update(shell=in_shell, python=in_python, hurl=in_hurl, document=workflow_document)
    return environment
