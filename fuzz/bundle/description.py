"""The description of a failure, from which the files of its bundle are made, and what plain requests can show of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from urllib.parse import urlsplit

from fuzz.bundle.failure_json import FailureFile, GivenStaff, GivenToken
from fuzz.bundle.shell import VARIABLE, source_of, token_variable
from fuzz.bundle.steps import BundleStep
from fuzz.bundle.texts import pieces, shown, variable

WIDTH = 116
"""Characters of a comment's line."""

LONGEST_ARGUMENT = 1_000
"""Characters of the argument."""

LISTED = 20
"""Steps that are listed of a failure that plain requests do not show."""

LONGEST_BODY = 4_000
"""Characters of a body that a script shows."""

_PLAIN_PATH = re.compile(r"\$(?:\.\w+)+")


@dataclass(frozen=True, slots=True)
class Description:
    """A failure as the files of its bundle tell it. Frozen. `payload`: what is unusual in what was sent."""

    file: FailureFile
    every_step: tuple[BundleStep, ...]
    payload: str = ""

    @property
    def steps(self) -> tuple[BundleStep, ...]:
        """The steps up to the one that failed."""
        failing = [place for place, step in enumerate(self.every_step) if step.fails]
        return self.every_step[: failing[-1] + 1] if failing else self.every_step

    @property
    def tested(self) -> tuple[BundleStep, ...]:
        """The step that failed, with the one that went at the same time, if there is one."""
        failing = self.steps[-1]
        return tuple(step for step in self.every_step if step.number in (failing.number, self.beside(failing)))

    @property
    def prepared(self) -> tuple[BundleStep, ...]:
        """The steps before those."""
        return tuple(step for step in self.steps if step not in self.tested)

    def beside(self, step: BundleStep) -> int | None:
        """The number of the step that went at the same time as this one; None if none did."""
        numbers = [each.number for each in self.every_step if each.at_once]
        pairs = dict(zip(numbers[::2], numbers[1::2], strict=False))
        return {**pairs, **{second: first for first, second in pairs.items()}}.get(step.number)

    @property
    def listing(self) -> list[str]:
        """The steps in lines of their own, two at the same time with a bracket; of many, the first and the last."""
        lines = [f"{self._bracket(step)}{self.comment(step)}" for step in (*self.prepared, *self.tested)]
        few = lines if len(lines) <= LISTED else [*lines[: LISTED // 2], "…", *lines[-LISTED // 2 :]]
        return [shown(line, longest=2 * WIDTH) for line in few]

    def _bracket(self, step: BundleStep) -> str:
        other = self.beside(step)
        return f"{'┐' if other > step.number else '┘'} at the same time: " if other else ""

    @property
    def staff(self) -> list[str]:
        """The names of the staff members that the steps touch: `staff`, `staff_2`."""
        return sorted({step.staff for step in self.steps})

    def member(self, name: str) -> GivenStaff:
        """The staff member of that name."""
        return self.file["target"]["staff"][int(name.removeprefix("staff").lstrip("_") or 1) - 1]

    def token(self, owner: str) -> GivenToken:
        """Where the token of the admin or of a staff member comes from."""
        return self.file["target"]["tokens"]["admin"] if owner == "admin" else self.member(owner)["token"]

    @property
    def owners(self) -> list[str]:
        """Those whose tokens the steps carry: `admin`, `staff`, `staff_2`."""
        return list(dict.fromkeys(step.owner for step in self.steps if step.owner))

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the templates that are filled in: the run's own, and those that steps extract."""
        given = [f"staff_id{name.removeprefix('staff')}" for name in self.staff]
        return tuple(dict.fromkeys((*given, "now_timestamp", *(name for step in self.steps for name in step.extract))))

    @property
    def doubt(self) -> str:
        """Why a pass of the steps does not show that the failure is gone; empty if it does."""
        if self.file["needs_past"]:
            return "these steps alone passed once when it was found, too"
        came, _, of = self.file["reproduced"].partition("/")
        return f"it came {came} of {of} times" if of and came != of else ""

    def is_plain(self, step: BundleStep) -> bool:
        """Whether the body of a step is JSON as anybody writes it, in which nothing else looks like a template."""
        left = (piece.text for piece in pieces(step.body, self.variables) if not piece.is_variable)
        return step.is_json and not any("{{" in text for text in left)

    @property
    def environment(self) -> list[str]:
        """The environment variables that must be set: those of tokens, and of settings that are secret."""
        target = self.file["target"]
        tokens = [source_of(self.token(owner)) for owner in self.owners]
        given = [*target.get("headers", {}).values(), target.get("proxy") or ""]
        names = [name if kind == "env" else token_variable(name) for kind, name in tokens]
        names += [value["env"] for value in given if not isinstance(value, str)]
        return [name for name in dict.fromkeys(names) if VARIABLE.fullmatch(name)]

    def extracted(self, step: BundleStep) -> list[tuple[str, str]]:
        """What later steps name of a step's answer: the variable, and its plain JSONPath."""
        later = "".join(each.path + each.body for each in self.steps[step.number :])
        return [(variable(name), path) for name, path in step.extract.items() if f"{{{{{name}}}}}" in later]

    @property
    def base_url(self) -> str:
        """The main gateway where it was found."""
        return self.file["target"]["base_url"].rstrip("/")

    @property
    def fallback_url(self) -> str:
        """The fallback gateway where it was found; the main one if there is no other."""
        return (self.file["target"].get("fallback_url") or self.base_url).rstrip("/")

    @property
    def uses_fallback(self) -> bool:
        """Whether a step goes to the fallback gateway."""
        return any(step.fallback for step in self.steps)

    @property
    def name(self) -> str:
        """The failure as a part of a function's name: `already_exists_in_mismatched`."""
        words = re.findall(r"[a-z0-9]+", f"{self.file['clause']} in {self.file['situation']}".lower())
        return "_".join(words)

    @property
    def headline(self) -> list[str]:
        """What is promised and why the answer breaks it, in printable lines."""
        file = self.file
        detail = f" ({file['detail']})" if file["detail"] else ""
        lines = [f"{file['clause']}, in {file['situation']}{detail}: {file['where']}", f'"{file["says"]}"']
        argument = [shown(file["argument"], longest=LONGEST_ARGUMENT), shown(self.payload)]
        joined = " ".join(filter(None, argument))
        lines += [joined] if len(joined) <= WIDTH else argument
        if any(len(line) > WIDTH for line in lines[1:]):
            lines[1:] = [" ".join(filter(None, lines[1:]))]  # fewer lines than if each began anew
        return [part for line in lines for part in wrap(shown(line, longest=2 * LONGEST_ARGUMENT), WIDTH)]

    @property
    def serving(self) -> str:
        """The command that starts the embedded sandbox again, if it was found there."""
        sandbox = self.file.get("sandbox")
        if sandbox is None:
            return ""
        options = {"fault": sandbox["faults"], "variant": sandbox["variants"]}
        words = [f"--{option} {name}" for option, names in options.items() for name in names]
        return " ".join(["calfuzz serve", f"--port {urlsplit(self.base_url).port}", *words])

    @property
    def names_the_time(self) -> bool:
        """Whether a step has ids that are new each time."""
        return any("{{now_timestamp}}" in step.body + step.path for step in self.steps)

    def comment(self, step: BundleStep) -> str:
        """A step in one line: what it sends, what is promised, and what was seen."""
        seen = step.seen
        if step is self.steps[-1]:
            file = self.file
            when = [file["target"]["name"], file.get("found"), f"{file['reproduced']} times"]
            seen += f" on {', '.join(filter(None, when))}"
        says = f"Promised: {step.expected}. Seen: {seen}" if step.judged else f"Prepares: {step.expected}"
        says = f"{seen}, as promised" if seen == step.expected else says
        return shown(f"{step.number}. {step.title}. {says}.")

    @property
    def beyond_scripts(self) -> str:
        """Why plain requests one after the other do not show the failure; empty if they do."""
        return next(_beyond_scripts(self.steps), "")

    @property
    def beyond_documents(self) -> str:
        """Why steps in the grammar of the documents do not show the failure; empty if they do."""
        return self.beyond_scripts or next(_beyond_documents(self), "")


def _beyond_scripts(steps: Sequence[BundleStep]) -> Iterator[str]:
    if any(step.at_once for step in steps):
        yield "two requests at once"
    if any(step.judged and step.status is None for step in steps):
        yield "an answer that does not come"
    if any(len(step.body) > LONGEST_BODY for step in steps):
        yield f"a body of {max(len(step.body) for step in steps):,} characters"
    if any("\0" in step.body for step in steps):
        yield "a body with the character NUL"
    paths = [path for step in steps for path in step.extract.values()]
    paths += [path for each in steps[-1].promised for path in each.get("holds", ())]
    if any(not _PLAIN_PATH.fullmatch(path) for path in paths):
        yield "a search in an answer"
    if any(not promise.reads_the_body for promise in steps[-1].nearly):
        yield "a comparison with what the documents show of the answer"


def _beyond_documents(description: Description) -> Iterator[str]:
    steps = description.steps
    if len(description.staff) > 1:
        yield "two staff members"
    if any(step.token not in ("admin", "staff") for step in steps):
        yield f"a token that is {next(step.token for step in steps if step.token not in ('admin', 'staff'))}"
    if any(step.body and not description.is_plain(step) for step in steps):
        yield "a body in a spelling of its own"
    if any(promise.words for step in steps[:-1] for promise in step.needed):
        yield "an answer that only its body tells from others"
    if any(promise.record for promise in steps[-1].nearly):
        yield "a look at the keys of a record"
    if any(promise.never for promise in steps[-1].nearly):
        yield "a look at what a body must not say"
    if description.doubt:
        yield f"repetition ({description.doubt})"
