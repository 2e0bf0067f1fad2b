"""A step of a failure as the files of its bundle tell it: its request, what is promised, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from fuzz.bundle.promises import Promise, allowed_at_the_end, allowed_on_the_way
from fuzz.bundle.texts import shown
from fuzz.oracle.expectations import Expectation, matches
from swagger.contract import Json

UNKNOWN_TOKEN = "calfuzz-unknown-token"
_NO_RESULT = ("000", "401", "429", "502", "503", "504")
"""Statuses that say nothing of the contract: no answer, a refused token, a busy or broken gateway."""


@dataclass(frozen=True, slots=True)
class BundleStep:
    """One request with its templates left in, and its answer when the failure was found. Frozen.

    `staff`, `token`: `staff`, `staff_2`, …; a token may also be `admin`, `none`, `unknown`, `empty`, or a staff
    member's with a difference: `staff cut short`. `value`: the body as JSON; it counts if `is_json`: `body`, the text
    as sent, is then that JSON in its shortest spelling. `status`: None if no answer came. `kept`: indexes of the
    promises that the answer met. `judged`: whether the documents promise anything of the answer.
    """

    number: int
    does: str
    named: str
    staff: str
    method: str
    path: str
    token: str
    scheme: str
    body: str
    is_json: bool = True
    value: Json = None
    fallback: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    extract: dict[str, str] = field(default_factory=dict)
    promised: tuple[Expectation, ...] = ()
    judged: bool = True
    seen: str = ""
    status: int | None = None
    kept: tuple[int, ...] = ()
    fails: bool = False
    at_once: bool = False

    @property
    def title(self) -> str:
        """`PUT bulk_create: google_v3, b@example.com`."""
        name = self.path.partition("?")[0].rpartition("/")[2]
        return shown(f"{self.method} {name}: {self.named}" if self.named else f"{self.method} {name}", longest=90)

    @property
    def owner(self) -> str:
        """Whose token it carries, changed or not; empty for nobody's."""
        owner = self.token.partition(" ")[0]
        return owner if owner == "admin" or owner.startswith("staff") else ""

    @property
    def change(self) -> str:
        """What is changed in its token: `cut short`; mostly empty."""
        return self.token.partition(" ")[2]

    @property
    def expected(self) -> str:
        """The answers that the documents allow, in words."""
        return " or ".join(expectation["says"] for expectation in self.promised) or "nothing known"

    @property
    def needed(self) -> tuple[Promise, ...]:
        """The answers after which the later steps make sense: any that is allowed if there is one kind, else those that
        were met when the failure was found.
        """
        return allowed_on_the_way(self.promised, self.kept)

    @property
    def passing(self) -> tuple[Promise, ...]:
        """The allowed answers, for the step that failed."""
        return allowed_at_the_end(self.promised)

    @property
    def nearly(self) -> list[Promise]:
        """The allowed answers with the failing answer's status: only its body tells it from them."""
        return [promise for promise in self.passing if promise.has_status(self.status)]

    @property
    def without_result(self) -> list[str]:
        """Statuses that say nothing of the contract: as no answer does, and the refusal of a token that is good."""
        refusable = any(matches(pattern, 401) for each in self.promised for pattern in each["status"])
        return [each for each in _NO_RESULT if each != str(self.status) and not (each == "401" and refusable)]
