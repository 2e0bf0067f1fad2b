"""The parts of a failure as `workflow.md` says them: front matter and steps in the grammar of the workflow documents.

Only keys and words that the family's documents use, so that any runner of theirs takes it. What the grammar cannot say
is a document to skip, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

import yaml

from fuzz.bundle.description import Description
from fuzz.bundle.steps import BundleStep
from fuzz.bundle.texts import shown
from fuzz.oracle.expectations import ANY_REFUSAL, Expectation, matches
from fuzz.oracle.verdict import REFUSAL
from swagger.contract import Json

OF_THE_NETWORK = frozenset({429, 502, 503, 504})
_STATUSES = [status.value for status in HTTPStatus if status.value not in OF_THE_NETWORK]


class _Dumper(yaml.SafeDumper):
    """Writes YAML, with unusual texts in double quotes, so that Markdown does not change them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - a hook of PyYAML
        """True: the documents' grammar has no anchors."""
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.isascii() and text.isprintable() and "`" not in text else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


def as_yaml(value: Json) -> str:
    """A value as YAML, lists and mappings of plain values on a line each."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
    )
    return text.rstrip("\n")


def as_json(value: Json) -> str:
    """A documented body."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def plain(line: str) -> str:
    """A line with Markdown's special characters escaped."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>{}|#" else char for char in line)


def front_matter(description: Description) -> dict[str, Json]:
    """The front matter."""
    failing, beyond = description.steps[-1], description.beyond_documents
    front: dict[str, Json] = {
        "endpoint": f"{failing.method} {failing.path.partition('?')[0]}",
        "domain": "scheduling",
        "tags": ["calfuzz", "failure"],
        "status": "skip" if beyond else "pending",
        "savedAt": description.file.get("found") or "",
        "tokens": [token for token in ("admin", "staff") if any(step.token == token for step in description.steps)],
        "useFallbackApi": failing.fallback,
        "expectedOutcome": shown(failing.expected),
    }
    return front | ({"skipReason": f"it takes {beyond}: calfuzz replay does it"} if beyond else {})


def steps(listed: Sequence[BundleStep], description: Description) -> dict[str, Json]:
    """Some steps, as the documents write them."""
    return {"steps": [_step(step, description.beside(step)) for step in listed]}


def _step(step: BundleStep, beside: int | None) -> dict[str, Json]:
    """One step. `beside`: the number of the step that goes at the same time, which is only said."""
    at_once = f", at the same time as step {beside}" if beside else ""
    entry: dict[str, Json] = {
        "id": f"step_{step.number}_{step.does}",
        "description": f"{shown(step.named or step.does, longest=90)}{at_once}",
        "method": step.method,
        "path": step.path,
        "token": step.token,
    }
    if step.body:
        entry["body"] = step.value if step.is_json else step.body
    if step.extract:
        entry["extract"] = step.extract
    statuses, on_fail = _expected(step)
    entry |= {"expect": {"status": statuses[0] if len(statuses) == 1 else statuses}, "onFail": on_fail}
    return entry | ({"useFallbackApi": True} if step.fallback else {})


def _expected(step: BundleStep) -> tuple[list[int], str]:
    """The statuses that a step may have, and what comes of another one."""
    promises = step.passing if step.fails else step.needed
    patterns = [pattern for promise in promises for pattern in promise.statuses]
    if not step.fails and step.status and {"1xx", "2xx", "3xx", ANY_REFUSAL} <= {*patterns}:
        return [step.status], "continue"
    listed = {int(pattern) for pattern in patterns if pattern.isdecimal()}
    listed.update(status for status in _STATUSES for pattern in patterns if matches(pattern, status))
    return sorted(listed) or [200], "abort"


def success_bodies(promised: Sequence[Expectation]) -> Iterator[Expectation]:
    """The allowed answers whose documented bodies are those of a success."""
    for each in promised:
        if "body" in each and int(each["status"][0]) < 400 and each["outcome"] != REFUSAL:
            yield each


def error_bodies(promised: Sequence[Expectation]) -> list[Expectation]:
    """The allowed errors, where every answer with such a status must be one of them."""
    refusable = any(ANY_REFUSAL in each["status"] for each in promised)
    return [] if refusable else [each for each in promised if "body" in each and int(each["status"][0]) >= 400]
