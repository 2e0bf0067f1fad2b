"""The types of a verdict: an answer as read, the verdict on it, and what it adds to the tallies of the clauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from fuzz.oracle.state import Belief, Mismatch, Situation
from fuzz.oracle.validity.feature_names import Unspecified
from swagger.contract import Json


class VerdictKind(StrEnum):
    """What is concluded of one answer."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


AT_ONCE = "at once"
"""The word of reports for a request that was one of two sent together."""

SUCCESS = "success"
REFUSAL = "refusal"
SERVER_ERROR = "server error"
MALFORMED = "malformed"
OTHER = "undocumented status"
"""The outcomes of an answer, besides the codes of the state errors."""


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer read against the contract. Frozen.

    `outcome`: `success`, a state error's code, `refusal`, `server error`, `malformed` (a documented status with a
    body that is not the documented one) or `undocumented status`. `names`: the codes of all state errors that the
    body names by status, code and message. `label`: its name in reports, `422 missing`. `why`: what is malformed.
    `near`, `form`: the documented outcome that it is in another form, and what is other in it.
    """

    outcome: str
    status: int
    names: frozenset[str] = frozenset()
    label: str = ""
    why: str = ""
    near: str = ""
    form: str = ""
    account: Json = None
    """The account that the record in a sibling's answer shows."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The ids of the clauses whose tallies one answer adds to. Frozen.

    `due`: the clause's answer was the only one allowed. `seen`: it was due and came. `not_due`: it was not allowed.
    `surplus`: it was not allowed and came.
    """

    due: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()
    not_due: frozenset[str] = frozenset()
    surplus: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one answer. Frozen.

    `clause`: the id of the clause that the verdict names. `allowed`: the outcomes that some believed state allows.
    `was`, `belief`: the states believed before and after the answer. `violations`: the clauses that the body violates.
    `unspecified`: its unspecified features. `at_once`: the request was one of two sent together. `why`: why there is no
    answer.
    """

    kind: VerdictKind
    clause: str
    situation: Situation
    was: Belief
    belief: Belief
    allowed: tuple[str, ...]
    seen: ReadAnswer | None
    mismatch: Mismatch = Mismatch.NONE
    at_once: bool = False
    violations: tuple[str, ...] = ()
    unspecified: tuple[Unspecified, ...] = ()
    tally: Tally = field(default_factory=Tally)
    why: str = ""

    @property
    def detail(self) -> str:
        """The detail of the situation, as events and fingerprints write it: `account`, `at once`, `account at once`."""
        return f"{self.mismatch} {AT_ONCE}".lstrip() if self.at_once else self.mismatch.value

    @property
    def observed(self) -> bool:
        """Whether the answer is an observation: shows what the target does where the documents specify nothing."""
        return bool(self.unspecified) and self.kind is VerdictKind.PASS
