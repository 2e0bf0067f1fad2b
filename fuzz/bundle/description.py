"""Reads the description of a failure for the files of its bundle: numbered steps, texts, templates, URLs.

Texts in a description may hold any characters, so they are made printable before they go into a comment or a heading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fuzz.bundle.failure_json import DescribedStep, DescribedTarget, FailureDescription, NumberedStep, is_at_once
from fuzz.bundle.shell import sendable
from fuzz.events.types import FailureFacts
from swagger.workflow.templates import TEMPLATE

OTHER_CALENDAR_UID = "other_calendar_sync_uid"
OLD_SCHEME = "Bearer"
"""The scheme of every token in bundles that name none."""

RUN_VARIABLES = ("staff_id", "calendar_sync_uid", OTHER_CALENDAR_UID, "now_timestamp", "business_id")

_PLACEHOLDER = re.compile(r"\{(env|command|auth):(.*)\}", re.DOTALL)
_PATH = re.compile(r"\$(?:\.\w+|\[\d+\]|\['[^']*'\])*")
_SEGMENT = re.compile(r"\.(\w+)|\[(\d+)\]|\['([^']*)'\]")

Steps = Sequence[NumberedStep]


class StepsAtOnce(NamedTuple):
    """Two steps started at once. `together`: pairs of indexes of expectations that may be met together."""

    steps: tuple[NumberedStep, NumberedStep]
    together: list[list[int]]


def body_text(step: DescribedStep) -> str:
    """The body of a step as sent, with its templates."""
    if "text" in step:
        return str(step["text"])
    return sendable(json.dumps(step["json"], ensure_ascii=False, separators=(",", ":")))


def pieces(text: str, names: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The text cut at the templates of these names: (literal, False) and (name, True), in order."""
    past = 0
    for found in TEMPLATE.finditer(text):
        if found[1] in names:
            if found.start() > past:
                yield text[past : found.start()], False
            yield found[1], True
            past = found.end()
    if past < len(text):
        yield text[past:], False


def numbered(description: FailureDescription) -> list[NumberedStep | StepsAtOnce]:
    """The steps, each with its `number`; two that are started at once are a pair."""
    found: list[NumberedStep | StepsAtOnce] = []
    number = 0
    for entry in description["steps"]:
        at_once = entry["at_once"] if is_at_once(entry) else [entry]
        members: list[NumberedStep] = [{**step, "number": n} for n, step in enumerate(at_once, number + 1)]
        number += len(members)
        if is_at_once(entry) and len(members) == 2:
            found.append(StepsAtOnce((members[0], members[1]), entry["together"] or []))
        else:
            found.extend(members)
    return found


def flat(description: FailureDescription) -> list[NumberedStep]:
    """The numbered steps one after the other."""
    return [
        step
        for entry in numbered(description)
        for step in (entry.steps if isinstance(entry, StepsAtOnce) else (entry,))
    ]


def must_keep(step: DescribedStep, *, last: bool) -> list[int]:
    """Indexes of the expectations of which a step's answer must meet one, so that the later steps make sense."""
    found = step["found"]
    if last or found is None or len(step["promised"]) < 2:
        return []
    return list(found["kept"])


def answer_when_found(step: DescribedStep) -> str | int | None:
    """The status of the failing answer, None if none came; `none` for a step that passed, `move` for a step that is not
    judged.
    """
    if not step["judged"]:
        return "move"
    if not step["fails"] or step["found"] is None:
        return "none"
    return step["found"]["status"]


def extracted_paths(step: DescribedStep) -> Iterator[tuple[str, list[str | int]]]:
    """The names that a step extracts from its answer, with the segments of their paths. Only plain paths."""
    for name, path in step["extract"].items():
        found = segments(path)
        if found is not None:
            yield name, found


def token_source(placeholder: str) -> tuple[str, str]:
    """Where a token comes from: `env`, `command` or `auth`, and the name or the command."""
    matched = _PLACEHOLDER.fullmatch(placeholder)
    return (matched[1], matched[2]) if matched else ("env", "")


def scheme_of(step: DescribedStep, target: DescribedTarget) -> str:
    """The scheme of a step's token: that of its owner, else of the staff member in whose place it stands."""
    schemes = {member["name"]: member.get("scheme", OLD_SCHEME) for member in target["staff"]}
    schemes["admin"] = target.get("admin_scheme", OLD_SCHEME)
    owner = step["token"].partition(" ")[0]
    return schemes.get(owner) or schemes.get(step["for"], OLD_SCHEME)


def expected_of(step: DescribedStep) -> str:
    """The answers that the documents allow to a step, in words."""
    return " or ".join(expectation["says"] for expectation in step["promised"]) or "nothing known"


def title(step: DescribedStep) -> str:
    """A step in one line: `PUT bulk_create: google_v3, a@example.com`."""
    name = step["path"].partition("?")[0].rpartition("/")[2]
    named = str(step.get("named") or "").removeprefix(f"{step['does']}: ")
    return shown(f"{step['method']} {name}: {named}" if named else f"{step['method']} {name}", longest=90)


def shown(text: object, *, longest: int = 400) -> str:
    """A text for one line of a comment: printable, without line ends, and cut to `longest`."""
    line = " ".join(str(text).split())
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def headline(description: FailureDescription) -> list[str]:
    """The heading of every file: the clause, the situation, what was expected and seen, in printable lines."""
    detail = f" ({shown(description['detail'])})" if description.get("detail") else ""
    lines = [
        shown(description["fingerprint"]),
        f"The documents say: {shown(description['says'])}  ({shown(description['where'])})",
        f"In {shown(description['situation'])}{detail} the documents allow {shown(description['expected'])};"
        f" seen was {shown(description['observed'])}.",
    ]
    lines += [shown(description["argument"])] if description.get("argument") else []
    lines += [shown(payload_line(description))] if payload_line(description) else []
    target, found = description["target"], description.get("found")
    lines.append(shown(f"Found{f' on {found}' if found else ''} at {target['name']}, {target['base_url']}."))
    return lines


def payload_line(failure: FailureFacts) -> str:
    """What is unusual in the payload: violated clauses, unspecified features, values that are not plain."""
    parts = [*(failure.get("features") or ()), *(failure.get("payload") or ())]
    return f"the payload: {', '.join(parts)}" if parts else ""


def variables_of(steps: Sequence[DescribedStep]) -> tuple[str, ...]:
    """The names of templates that are filled in: the run's own, and those that steps extract."""
    return tuple(dict.fromkeys((*RUN_VARIABLES, *(name for step in steps for name in step["extract"]))))


def whose_variable(name: str, step: DescribedStep) -> tuple[str, str]:
    """The staff member to whom a variable belongs, and the variable's name there."""
    if name != OTHER_CALENDAR_UID:
        return step["for"], name
    return "staff_2" if step["for"] == "staff" else "staff", "calendar_sync_uid"


def segments(path: str) -> list[str | int] | None:
    """The keys and indexes of a plain JSONPath (`$.data.uid`, `$['uid']`, `$[0]`); None for one that searches."""
    if not _PATH.fullmatch(path):
        return None
    return [int(index) if index else name or key for name, index, key in _SEGMENT.findall(path)]


def urls(target: DescribedTarget) -> tuple[str, str, str, str]:
    """Base URL and fallback URL, and the end of each after their common part.

    For another target, one URL can be derived from the other by these ends.
    """
    base, fallback = target["base_url"], target.get("fallback_url") or target["base_url"]
    shared = 0
    while shared < min(len(base), len(fallback)) and base[shared] == fallback[shared]:
        shared += 1
    cut = base.rfind("/", 0, shared) if base != fallback else len(base)
    origin_end = base.find("/", base.find("//") + 2)
    if origin_end == -1 or cut < origin_end:
        return base, fallback, "", ""
    return base, fallback, base[cut:], fallback[cut:]
