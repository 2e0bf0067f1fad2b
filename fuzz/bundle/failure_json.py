"""`failure.json`, version 1: its types, and how it is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, cast

from fuzz.events.types import FailureFacts
from fuzz.oracle.actions import Action
from fuzz.oracle.expectations import Expectation
from fuzz.oracle.scenario import ScenarioError, from_json
from swagger.contract import Json

if TYPE_CHECKING:
    from typing_extensions import TypeIs

VERSION = 1
Gateway = Literal["main", "fallback"]
TIMES_FOR_A_RACE = 30
CHANCE_TO_MISS = 0.001
MAX_TIMES = 100

_TEXTS = ("fingerprint", "clause", "says", "where", "situation", "expected", "observed")


class BundleError(ValueError):
    """Raised for a description that cannot be used; says what is wrong with it."""


class DescribedStaff(TypedDict):
    """A staff member under the name that the bundle gives them. `token`: where it comes from, `{env:NAME}`. `scheme`:
    what it is sent with; `Bearer` in older bundles, which lack it.
    """

    name: str
    uid: str
    token: str
    scheme: NotRequired[str]


class DescribedCertificate(TypedDict):
    """The files of a client's certificate and key, as the target profile names them."""

    cert: str
    key: str | None


class DescribedReach(TypedDict, total=False):
    """How the target is reached. Values of `headers` and `proxy` are texts, or `{env:NAME}`; files are named as in the
    target profile.
    """

    verify_tls: bool | str
    ca_bundle: str
    client_certificate: DescribedCertificate
    proxy: str
    headers: dict[str, str]


class DescribedTarget(DescribedReach):
    """The target where the failure was found. `admin`: where the admin token comes from. `admin_scheme`: what it is
    sent with; `Bearer` in older bundles, which lack it.
    """

    name: str
    base_url: str
    fallback_url: str | None
    business_id: str
    admin: str
    admin_scheme: NotRequired[str]
    staff: list[DescribedStaff]


class Found(TypedDict):
    """The answer that came when the failure was found. `kept`: indexes of the expectations that it met."""

    says: str
    status: int | None
    kept: list[int]


_Whose = TypedDict("_Whose", {"for": str})
"""The name of a request's staff member. `for` is a keyword, so it cannot be a field of a class."""


class DescribedBody(TypedDict, total=False):
    """A body: `json`, or `text` if it is no JSON or is spelled otherwise than we write JSON."""

    json: Json
    text: str


class Judgement(TypedDict):
    """The allowed answers, and the answer that came. `judged` is False if the answer is not judged by the contract."""

    named: NotRequired[str]
    promised: list[Expectation]
    judged: bool
    found: Found | None


class DescribedStep(_Whose, DescribedBody, Judgement):
    """One request with its templates left in. `does`: the kind of action. `fails`: its answer is the failure."""

    does: str
    method: str
    gateway: Gateway
    path: str
    token: str
    headers: dict[str, str]
    extract: dict[str, str]
    fails: bool


class AtOnceSteps(TypedDict):
    """Requests started at once. `together`: pairs of indexes of expectations that may both be met, None: not known."""

    at_once: list[DescribedStep]
    together: list[list[int]] | None


class NumberedStep(DescribedStep):
    """A step with its number in the scenario, from 1 on."""

    number: int


class FoundBy(TypedDict, total=False):
    """The run that found a failure: an ISO date, its seed, its version of calfuzz."""

    found: str
    seed: int | None
    calfuzz: str


class FailureDescription(FailureFacts, FoundBy):
    """The whole of `failure.json`."""

    version: int
    target: DescribedTarget
    steps: list[DescribedStep | AtOnceSteps]


def is_at_once(entry: DescribedStep | AtOnceSteps) -> TypeIs[AtOnceSteps]:
    return "at_once" in entry


@dataclass(frozen=True, slots=True)
class Bundle:
    """A kept failure. Frozen. Only the texts and actions of `description` are checked when it is read."""

    description: FailureDescription
    actions: tuple[Action, ...]

    @property
    def fingerprint(self) -> str:
        return self.description["fingerprint"]

    @property
    def clause(self) -> str:
        return self.description["clause"]

    @property
    def observed(self) -> str:
        """What was seen, as reports call it."""
        return self.description["observed"]

    @property
    def target(self) -> str:
        """The name of the target where it was found."""
        target = self.description.get("target")
        return str(target.get("name", "")) if isinstance(target, dict) else ""

    @property
    def steps(self) -> list[DescribedStep]:
        """The requests in one list, also those started at once; empty if they cannot be read."""
        listed = self.description.get("steps")
        entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        of_entries = (entry["at_once"] if is_at_once(entry) else [entry] for entry in entries)
        return [step for steps in of_entries for step in steps if isinstance(step, dict)]

    @property
    def needs_history(self) -> bool:
        """Whether the steps alone did not reproduce it on a new staff member."""
        return self.description.get("needs_past") is True

    @property
    def times(self) -> int:
        """How often it must be run to be sure that the failure would have come."""
        return times_of(self.description)


def read_bundle(value: Json) -> Bundle:
    """The bundle of a description. BundleError for any other value."""
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
        return Bundle(cast(FailureDescription, value), tuple(from_json(action) for action in actions))
    except ScenarioError as error:
        raise BundleError(f"actions hold {error}") from None


def times_of(description: FailureDescription) -> int:
    """How often the steps must be run: once for a failure that always comes, else until the chance to miss it is below
    `CHANCE_TO_MISS`.
    """
    race = any(action.get("do") == "at_once" for action in description["actions"])
    came, _, of = str(description.get("reproduced", "")).partition("/")
    if not (came.isdigit() and of.isdigit()):
        return TIMES_FOR_A_RACE if race else 1
    rate = int(came) / max(1, int(of))
    if rate >= 1:
        return TIMES_FOR_A_RACE if race else 1
    enough = MAX_TIMES if rate == 0 else math.ceil(math.log(CHANCE_TO_MISS) / math.log(1 - rate))
    return min(MAX_TIMES, max(enough, TIMES_FOR_A_RACE if race else 1))
