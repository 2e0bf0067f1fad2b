"""Writes `workflow.md`: the steps of a failure in the grammar of the workflow documents.

The grammar has one name space, statuses without bodies, no requests at once, and no bodies that are not JSON. The notes
in the document's front matter say what differs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

import yaml

from fuzz.bundle.description import (
    Steps,
    StepsAtOnce,
    body_text,
    flat,
    headline,
    numbered,
    pieces,
    shown,
    variables_of,
    whose_variable,
)
from fuzz.bundle.failure_json import FailureDescription, NumberedStep
from fuzz.bundle.shell import sendable
from fuzz.oracle.expectations import ANY_REFUSAL, Expectation, matches
from fuzz.oracle.verdict import REFUSAL
from swagger.contract import Json

OF_THE_NETWORK = frozenset({429, 502, 503, 504})
_OF_THE_RUN = frozenset({"now_timestamp", "business_id"})


class _Dumper(yaml.SafeDumper):
    """Writes YAML, with unusual texts in double quotes, so that Markdown does not change them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - a hook of PyYAML
        """True: the documents' grammar has no anchors."""
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.isascii() and text.isprintable() and "`" not in text else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


def workflow_md(description: FailureDescription) -> str:
    """The whole document."""
    steps = flat(description)
    notes = list(_notes(description, steps))
    failing = max((index for index, step in enumerate(steps) if step["fails"]), default=len(steps) - 1)
    parts = [
        "---\n" + _yaml(_front_matter(description, steps[failing], notes)) + "---",
        f"# {shown(description['fingerprint'])}",
        "## Summary\n\n" + "\n".join(f"- {_plain(line)}" for line in (*headline(description)[1:], *notes)),
        "## Prerequisites\n\n" + _block(steps[:failing], steps),
        "## Test Request\n\n" + _block(steps[failing : failing + 1], steps),
        *_responses(steps[failing]["promised"]),
    ]
    return "\n\n".join(parts) + "\n"


def _plain(line: str) -> str:
    """A line with Markdown's special characters escaped."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>{}|#" else char for char in line)


def _yaml(value: Json) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9)
    return text


def _front_matter(description: FailureDescription, failing: NumberedStep, notes: Sequence[str]) -> dict[str, Json]:
    target = description["target"]
    front: dict[str, Json] = {
        "endpoint": f"{failing['method']} {failing['path'].partition('?')[0]}",
        "domain": "scheduling",
        "tags": ["calfuzz", "failure"],
        "status": "failing",
        "savedAt": str(description.get("found") or ""),
        "tokens": ["admin", *(member["name"] for member in target["staff"])],
        "useFallbackApi": failing["gateway"] == "fallback",
        "expectedOutcome": shown(description["expected"]),
    }
    if any(isinstance(entry, StepsAtOnce) for entry in numbered(description)):
        front["skipReason"] = "the failure needs two requests at the same time: run repro.sh"
    return front | ({"notes": " ".join(notes)} if notes else {})


def _notes(description: FailureDescription, steps: Steps) -> Iterator[str]:
    for entry in numbered(description):
        if isinstance(entry, StepsAtOnce):
            yield f"Steps {entry.steps[0]['number']} and {entry.steps[1]['number']} were started at the same time."
    for step in steps:
        if not _is_exact(step, steps):
            yield f"The body of step {step['number']} is only nearly this one: repro.sh sends it exactly."
        if step["fails"] and any(
            expectation.get("never") or expectation.get("holds") for expectation in step["promised"]
        ):
            yield "What the answer must hold besides its status is checked by repro.sh."


def _is_exact(step: NumberedStep, steps: Steps) -> bool:
    if "json" not in step or step["json"] is None:
        return not body_text(step)
    text = json.dumps(step["json"])
    literal = "".join(piece for piece, is_variable in pieces(text, variables_of(steps)) if not is_variable)
    return "{{" not in literal and _is_utf8(step["json"])


def _is_utf8(value: Json) -> bool:
    raw = json.dumps(value, ensure_ascii=False)
    return sendable(raw) == raw


def _block(steps: Steps, every: Steps) -> str:
    listed = [_step(step, every) for step in steps]
    return f"```yaml\n{_yaml({'steps': listed})}```"


def _step(step: NumberedStep, steps: Steps) -> dict[str, Json]:
    def renamed(text: str) -> str:
        return _renamed(text, step, steps)

    entry: dict[str, Json] = {
        "id": f"step_{step['number']}_{step['does']}",
        "description": shown(step.get("named") or step["does"], longest=90),
        "method": step["method"],
        "path": renamed(step["path"]),
        "token": step["token"],
    }
    body = _body(step)
    if body is not None:
        entry["body"] = _mapped(body, renamed)
    if step["extract"]:
        entry["extract"] = {_name(name, step): path for name, path in step["extract"].items()}
    entry |= {"expect": {"status": _statuses(step["promised"])}, "onFail": "abort"}
    return entry | ({"useFallbackApi": True} if step["gateway"] == "fallback" else {})


def _name(name: str, step: NumberedStep) -> str:
    """`calendar_sync_uid` for the first staff member, `calendar_sync_uid_2` for the second."""
    whose, what = whose_variable(name, step)
    return name if name in _OF_THE_RUN else what + whose.removeprefix("staff")


def _renamed(text: str, step: NumberedStep, steps: Steps) -> str:
    return "".join(
        "{{" + _name(piece, step) + "}}" if is_variable else sendable(piece.replace("{{", "{ {"))
        for piece, is_variable in pieces(text, variables_of(steps))
    )


def _body(step: NumberedStep) -> Json:
    if "json" in step:
        return step["json"]
    try:
        return json.loads(step["text"], parse_constant=str)
    except (ValueError, RecursionError):
        return step["text"] or None


def _mapped(value: Json, rename: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return rename(value)
    if isinstance(value, list):
        return [_mapped(entry, rename) for entry in value]
    if isinstance(value, dict):
        return {rename(key): _mapped(entry, rename) for key, entry in value.items()}
    return value


def _statuses(promised: Sequence[Expectation]) -> Json:
    """The expected status, or all statuses that the patterns stand for."""
    patterns = [pattern for expectation in promised for pattern in expectation["status"]]
    listed = {int(pattern) for pattern in patterns if pattern.isdigit()}
    known = [status.value for status in HTTPStatus if status.value not in OF_THE_NETWORK]
    listed.update(status for status in known for pattern in patterns if matches(pattern, status))
    found = sorted(listed) or [200]
    return found[0] if len(found) == 1 else found


def _responses(promised: Sequence[Expectation]) -> Iterator[str]:
    """The documented bodies, for each status with which every answer must have one of them."""
    refusable = any(ANY_REFUSAL in expectation["status"] for expectation in promised)
    errors = [expectation for expectation in promised if "body" in expectation and int(expectation["status"][0]) >= 400]
    for expectation in promised:
        if "body" in expectation and expectation not in errors and expectation["outcome"] != REFUSAL:
            yield f"## Expected Response ({expectation['status'][0]})\n\n{_json(expectation['body'])}"
    if errors and not refusable:
        sections = [
            f"### {expectation['status'][0]} - {expectation['outcome']}\n\n{_json(expectation['body'])}\n\n"
            "Here this error occurs when the steps above were done."
            for expectation in errors
        ]
        yield "\n\n".join(["## Error Responses", *sections])


def _json(body: Json) -> str:
    return f"```json\n{json.dumps(body, indent=2, ensure_ascii=False)}\n```"
