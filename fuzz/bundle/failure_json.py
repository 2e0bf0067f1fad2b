"""`failure.json`, version 2: its types, and how it is read.

It holds what a replay needs, and what was promised and seen; what follows from that is not written down. `target` is a
target profile, with the staff members of the scenario in their order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NotRequired, cast

from typing_extensions import TypedDict

from fuzz.events.failures import ActionJson, WhatFailed
from fuzz.events.shapes import misfit
from fuzz.oracle.actions import Action
from fuzz.oracle.scenario import ScenarioError, from_json
from swagger.contract import Json

VERSION = 2
WITHOUT_PROFILE = 1
"""The version whose `target` was no profile yet: it is replayed on a target that is named."""
TIMES_FOR_A_RACE = 30
CHANCE_TO_MISS = 0.001
MAX_TIMES = 100

_RATE = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)
_TEXTS = ("fingerprint", "clause", "says", "where", "situation", "expected", "observed")


class BundleError(ValueError):
    """Raised for a description that cannot be used; says what is wrong with it."""


class GivenToken(TypedDict, total=False):
    """Where a token comes from, as a target profile says it, and the scheme that it is sent with; `Bearer` if none."""

    env: str
    auth: str
    scheme: str


class GivenStaff(TypedDict):
    """A staff member of a target profile."""

    uid: str
    token: GivenToken


class GivenTokens(TypedDict):
    """The tokens of a target profile that belong to no staff member."""

    admin: GivenToken


class GivenCertificate(TypedDict):
    """The files of a client's certificate and key, as the target profile names them."""

    cert: str
    key: NotRequired[str | None]


GivenText = str | Mapping[str, str]
"""A text, or `{"env": NAME}`."""


class GivenReach(TypedDict, total=False):
    """The part of a target profile that says how the target is reached."""

    headers: dict[str, GivenText]
    proxy: GivenText | None
    ca_bundle: str | None
    client_certificate: GivenCertificate | None
    verify_tls: bool | str


class GivenProfile(GivenReach):
    """A target profile as JSON, as far as the files of a bundle look at it."""

    name: str
    base_url: str
    fallback_url: NotRequired[str | None]
    tokens: GivenTokens
    staff: list[GivenStaff]


class FoundOnSandbox(TypedDict):
    """The faults and variants of the embedded sandbox where a failure was found."""

    faults: list[str]
    variants: list[str]


class FoundBy(TypedDict, total=False):
    """The run that found a failure: an ISO date, its seed, its version of calfuzz, its sandbox if it started one."""

    found: str
    seed: int | None
    calfuzz: str
    sandbox: FoundOnSandbox


class FailureFile(WhatFailed, FoundBy):
    """The whole of `failure.json`. `gateways`: where each kind of action was sent, `main` or `fallback`. `others`: with
    which other values it failed, too.
    """

    version: int
    fingerprint: str
    argument: str
    reproduced: str
    needs_past: bool
    target: GivenProfile
    gateways: dict[str, Literal["main", "fallback"]]
    actions: list[ActionJson]
    others: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A kept failure. Frozen. What `file` holds is of the right types, but for its target; it may lack all
    but the texts and the actions.
    """

    file: FailureFile
    actions: tuple[Action, ...]

    @property
    def fingerprint(self) -> str:
        return self.file["fingerprint"]

    @property
    def clause(self) -> str:
        return self.file["clause"]

    @property
    def observed(self) -> str:
        """What was seen, as reports call it."""
        return self.file["observed"]

    @property
    def profile(self) -> dict[str, Json] | None:
        """The profile of the target where it was found; None in a bundle that holds none."""
        target: Json = self.file.get("target")
        return target if self.file["version"] > WITHOUT_PROFILE else None

    @property
    def target(self) -> str:
        """The name of the target where it was found."""
        target: Json = self.file.get("target", {})
        return str(target.get("name", ""))

    @property
    def gateways(self) -> Mapping[str, str]:
        """The gateway of each kind of action, as far as it is known."""
        return self.file.get("gateways", {})

    @property
    def needs_history(self) -> bool:
        """Whether the steps alone did not reproduce it on a new staff member."""
        return self.file.get("needs_past") is True

    @property
    def others(self) -> tuple[str, ...]:
        """With which other values it failed, too, in words."""
        others: Json = self.file.get("others")
        return tuple(each for each in others if isinstance(each, str)) if isinstance(others, list) else ()

    @property
    def confirmed(self) -> bool:
        """Whether it was shrunk and run again when it was found."""
        return _RATE.fullmatch(self.file.get("reproduced", "")) is not None

    @property
    def times(self) -> int:
        """How often it must be run to be sure that the failure would have come."""
        return times_of(self.file)


def read_bundle(value: Json) -> Bundle:
    """The bundle of a description. BundleError for any other value."""
    if not isinstance(value, dict):
        raise BundleError("is not a JSON object")
    version = value.get("version")
    if type(version) is not int:
        raise BundleError("has no version: it is no bundle")
    if version not in (WITHOUT_PROFILE, VERSION):
        age = "newer" if version > VERSION else "unknown"
        raise BundleError(f"is of the {age} version {version}; this calfuzz reads versions 1 and {VERSION}")
    for name in _TEXTS:
        if not isinstance(value.get(name), str):
            raise BundleError(f"{name} is {'missing' if name not in value else 'not a text'}")
    if not value.get("actions"):
        raise BundleError("actions is not a list of actions")
    wrong = _misfit(value)
    if wrong is not None:
        raise BundleError(wrong)
    try:
        return Bundle(cast(FailureFile, value), tuple(from_json(action) for action in value["actions"]))
    except ScenarioError as error:
        raise BundleError(f"actions hold {error}") from None


def _misfit(value: dict[str, Json]) -> str | None:
    """What is of another type than it should be. The target is looked at when it is used."""
    if not isinstance(value.get("target", {}), dict):
        return "target is not an object"
    return misfit({key: inner for key, inner in value.items() if key != "target"}, FailureFile, whole=False)


def times_of(file: FailureFile) -> int:
    """How often the steps must be run: once for a failure that always comes, else until the chance to miss it is below
    `CHANCE_TO_MISS`.
    """
    race = any(action.get("do") == "at_once" for action in file["actions"])
    known = _RATE.fullmatch(file.get("reproduced", ""))
    rate = int(known[1]) / max(1, int(known[2])) if known is not None else 1
    if rate >= 1:
        return TIMES_FOR_A_RACE if race else 1
    enough = MAX_TIMES if rate == 0 else math.ceil(math.log(CHANCE_TO_MISS) / math.log(1 - rate))
    return min(MAX_TIMES, max(enough, TIMES_FOR_A_RACE if race else 1))
