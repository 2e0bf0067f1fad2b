"""The description of a failure, which is `failure.json`: how it is read back, and what the other files take from it.

Texts in it come from a fuzzer and from the target, so what goes into a comment or a heading is made printable first.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fuzz.model.curl import sendable
from fuzz.model.exchange import Action
from fuzz.model.scenario import ScenarioError, from_json
from swagger.contract import Json

VERSION = 1
TIMES_FOR_A_RACE = 30
CHANCE_TO_MISS = 0.001
MOST_TIMES = 100
OTHER_CALENDAR_UID = "other_calendar_sync_uid"
RUN_VARIABLES = ("staff_id", "calendar_sync_uid", OTHER_CALENDAR_UID, "now_timestamp", "business_id")

Description = dict[str, Any]
DescribedStep = dict[str, Any]

_TEMPLATE = re.compile(r"\{\{(\w+)\}\}")
_PATH = re.compile(r"\$(?:\.\w+|\[\d+\]|\['[^']*'\])*")
_SEGMENT = re.compile(r"\.(\w+)|\[(\d+)\]|\['([^']*)'\]")
_TEXTS = ("fingerprint", "clause", "says", "where", "situation", "expected", "observed")


class BundleError(ValueError):
    """A description that cannot be used: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A failure as it was kept. Frozen. `description` is the content of `failure.json`, checked where it is read."""

    description: Mapping[str, Any]
    actions: tuple[Action, ...]

    @property
    def fingerprint(self) -> str:
        return str(self.description["fingerprint"])

    @property
    def clause(self) -> str:
        return str(self.description["clause"])

    @property
    def observed(self) -> str:
        """What was seen, as reports call it."""
        return str(self.description["observed"])

    @property
    def target(self) -> str:
        """The name of the target where it was found."""
        target = self.description.get("target")
        return str(target.get("name", "")) if isinstance(target, dict) else ""

    @property
    def steps(self) -> list[DescribedStep]:
        """The requests as described, those started at once one after the other; none where they cannot be read."""
        listed = self.description.get("steps")
        entries = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        return [step for each in entries for step in each.get("at_once", [each]) if isinstance(step, dict)]

    @property
    def needs_past(self) -> bool:
        """The steps alone did not bring it back on a staff member who had not been through what came before."""
        return self.description.get("needs_past") is True

    @property
    def times(self) -> int:
        """How often it must be done to be sure that a failure would have shown."""
        return times_of(self.description)


def read_bundle(value: Json) -> Bundle:
    """The bundle that a description makes; BundleError says what is wrong with any other value."""
    if not isinstance(value, dict):
        raise BundleError("is not a JSON object")
    version = value.get("version")
    if type(version) is not int:
        raise BundleError("has no version: it is no bundle")
    if version != VERSION:
        age = "newer" if version > VERSION else "unknown"
        raise BundleError(f"is of the {age} version {version}; this calfuzz reads version {VERSION}")
    for name in _TEXTS:
        if not isinstance(value.get(name), str):
            raise BundleError(f"{name} is {'missing' if name not in value else 'not a text'}")
    actions = value.get("actions")
    if not isinstance(actions, list) or not actions:
        raise BundleError("actions is not a list of actions")
    try:
        return Bundle(value, tuple(from_json(action) for action in actions))
    except ScenarioError as error:
        raise BundleError(f"actions hold {error}") from None


def times_of(description: Mapping[str, Any]) -> int:
    """Once for a failure that always comes; so often that one that comes at its rate is hardly ever missed."""
    race = any(isinstance(action, dict) and action.get("do") == "at_once" for action in description["actions"])
    came, _, of = str(description.get("reproduced", "")).partition("/")
    if not (came.isdigit() and of.isdigit()):
        return TIMES_FOR_A_RACE if race else 1
    rate = int(came) / max(1, int(of))
    if rate >= 1:
        return TIMES_FOR_A_RACE if race else 1
    enough = MOST_TIMES if rate == 0 else math.ceil(math.log(CHANCE_TO_MISS) / math.log(1 - rate))
    return min(MOST_TIMES, max(enough, TIMES_FOR_A_RACE if race else 1))


def body_text(step: Mapping[str, Any]) -> str:
    """The body of a step as it is sent, its templates not filled in."""
    if "text" in step:
        return str(step["text"])
    return sendable(json.dumps(step["json"], ensure_ascii=False, separators=(",", ":")))


def pieces(text: str, names: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The text cut at the templates of these names: (literal, False) and (name, True), in order."""
    past = 0
    for found in _TEMPLATE.finditer(text):
        if found[1] in names:
            if found.start() > past:
                yield text[past : found.start()], False
            yield found[1], True
            past = found.end()
    if past < len(text):
        yield text[past:], False


def numbered(description: Mapping[str, Any]) -> list[DescribedStep | tuple[DescribedStep, DescribedStep]]:
    """The steps, each with its `number`; the two that are started at once as a pair."""
    found: list[DescribedStep | tuple[DescribedStep, DescribedStep]] = []
    number = 0
    for entry in description["steps"]:
        members = [{**step, "number": number + place} for place, step in enumerate(entry.get("at_once", [entry]), 1)]
        number += len(members)
        if "at_once" in entry and len(members) == 2:
            found.append((members[0] | {"together": entry["together"]}, members[1]))
        else:
            found.extend(members)
    return found


def flat(description: Mapping[str, Any]) -> list[DescribedStep]:
    """The numbered steps one after the other."""
    return [step for entry in numbered(description) for step in (entry if isinstance(entry, tuple) else (entry,))]


def turn(step: Mapping[str, Any], *, last: bool) -> list[int]:
    """Places of the promises of which one must be kept, as when the failure was found, for the rest to make sense."""
    found = step["found"]
    if last or found is None or len(step["promised"]) < 2:
        return []
    return list(found["kept"])


def expected_of(step: Mapping[str, Any]) -> str:
    """What the documents allow to a step, in words."""
    return " or ".join(promise["says"] for promise in step["promised"]) or "nothing known"


def title(step: Mapping[str, Any]) -> str:
    """A step in one line: `PUT bulk_create: google_v3, a@example.com`."""
    name = step["path"].partition("?")[0].rpartition("/")[2]
    named = str(step.get("named") or "").removeprefix(f"{step['does']}: ")
    return shown(f"{step['method']} {name}: {named}" if named else f"{step['method']} {name}", longest=90)


def shown(text: object, *, longest: int = 400) -> str:
    """A text fit for one line of a comment: printable, without line ends, and not too long."""
    line = " ".join(str(text).split())
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def headline(description: Mapping[str, Any]) -> list[str]:
    """What is broken, in a few printable lines: the heading of every file."""
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


def payload_line(failure: Mapping[str, Any]) -> str:
    """What there is to know of the payload: what it breaks, leaves open, and has in it that is not plain."""
    parts = [*(failure.get("features") or ()), *(failure.get("payload") or ())]
    return f"the payload: {', '.join(map(str, parts))}" if parts else ""


def variables_of(steps: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of templates that are filled in: the run's own and what earlier steps extract."""
    return tuple(dict.fromkeys((*RUN_VARIABLES, *(name for step in steps for name in step["extract"]))))


def whose_variable(name: str, step: Mapping[str, Any]) -> tuple[str, str]:
    """The staff member, by the name that the bundle gives them, and the name of what is filled in of them."""
    if name != OTHER_CALENDAR_UID:
        return step["for"], name
    return "staff_2" if step["for"] == "staff" else "staff", "calendar_sync_uid"


def segments(path: str) -> list[str | int] | None:
    """The keys and places of a plain JSONPath (`$.data.uid`, `$['uid']`, `$[0]`); None for one that searches."""
    if not _PATH.fullmatch(path):
        return None
    return [int(place) if place else name or key for name, place, key in _SEGMENT.findall(path)]


def urls(target: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Base URL, fallback URL, and how each ends behind what they share: so the one is found beside the other."""
    base, fallback = str(target["base_url"]), str(target.get("fallback_url") or target["base_url"])
    shared = 0
    while shared < min(len(base), len(fallback)) and base[shared] == fallback[shared]:
        shared += 1
    cut = base.rfind("/", 0, shared) if base != fallback else len(base)
    origin_end = base.find("/", base.find("//") + 2)
    if origin_end == -1 or cut < origin_end:
        return base, fallback, "", ""
    return base, fallback, base[cut:], fallback[cut:]
