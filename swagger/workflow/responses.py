"""Reads the answers that a workflow document promises: the success, and the errors with their conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from swagger.contract import Json, Source, StateError, Unused
from swagger.parsing.markdown import CodeBlock, Part, Section, sentence_with
from swagger.parsing.strict_json import parse_json

UNAUTHORISED = 401
_OCCURS_WHEN = re.compile(
    r"\b(occurs?|happens?|appears?|arises?|(is|are|be|gets?) (returned|raised|sent|given))\s+(when|if)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DocumentedResponse:
    """The documented success. `status` is 200 if the heading names none."""

    status: int
    body: Json
    where: Source


def read_success(sections: Iterable[Section], file: str) -> tuple[DocumentedResponse | None, list[Unused]]:
    """The first documented success with a JSON body, and the others as unused."""
    success: DocumentedResponse | None = None
    unused: list[Unused] = []
    for section in sections:
        if section.part is not Part.SUCCESS:
            continue
        where = Source(file, section.line)
        blocks = [block for block in section.code if block.language in ("", "json")]
        if success is None and blocks:
            body = parse_json(blocks[0].text, Source(file, blocks[0].line))
            success = DocumentedResponse(section.status or 200, body, where)
            unused += [Unused("a second body of the good answer", Source(file, block.line)) for block in blocks[1:]]
        else:
            unused.append(Unused(f"response “{section.title}”, beside the first one or without a JSON body", where))
    return success, unused


def read_errors(sections: Iterable[Section], file: str) -> tuple[list[StateError], list[Unused]]:
    """The state errors in their order, and the error sections that describe no state error."""
    errors: list[StateError] = []
    unused: list[Unused] = []
    for section in sections:
        if section.part is Part.ERROR:
            error = _read_error(section, file, unused)
            if error is not None:
                errors.append(error)
    return errors, unused


def _read_error(section: Section, file: str, unused: list[Unused]) -> StateError | None:
    where = Source(file, section.line)
    name = f"error {section.status} “{section.title}”"
    occurs_when = next((found for text in section.texts if (found := sentence_with(text.text, _OCCURS_WHEN))), None)
    blocks = [block for block in section.code if block.language in ("", "json")]
    if section.status == UNAUTHORISED:
        unused.append(Unused(f"{name}: about the token, not about the state", where))
    elif occurs_when is None:
        unused.append(Unused(f"{name}: no sentence says when it occurs", where))
    elif not blocks:
        unused.append(Unused(f"{name}: no JSON body", where))
    else:
        unused += [Unused(f"{name}: a second body", Source(file, block.line)) for block in blocks[1:]]
        return _state_error(section, where, occurs_when, blocks[0], unused)
    return None


def _state_error(
    section: Section, where: Source, occurs_when: str, block: CodeBlock, unused: list[Unused]
) -> StateError | None:
    start = Source(where.file, block.line)
    body = parse_json(block.text, start)
    entries = error_entries(body)
    if not entries:
        unused.append(Unused(f"error {section.status} “{section.title}”: no errors[] with code and message", start))
        return None
    unused += [Unused(f"error entry `{code}`, not the first of its body", start) for code, _ in entries[1:]]
    code, message = entries[0]
    return StateError(code, section.status or 0, section.title, message, body, occurs_when, where)


def error_entries(body: Json) -> list[tuple[str, str]]:
    """Code and message of each entry of `errors` in any JSON value; entries without both are left out."""
    entries = body.get("errors") if isinstance(body, dict) else None
    return [
        (entry["code"], entry["message"])
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
        and all(entry.get(key) and isinstance(entry[key], str) for key in ("code", "message"))
    ]
