"""What is concluded of one answer: the verdict, the clause it speaks of, and what it adds to each clause's tally."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from fuzz.model.state import Belief, Situation


class Kind(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


SUCCESS = "success"
REFUSAL = "refusal"
SERVER_ERROR = "server error"
MALFORMED = "malformed"
OTHER = "undocumented status"
"""Outcomes of an answer besides the state errors' codes, which stand for themselves."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer read against the contract. Frozen.

    `outcome`: `success`, a state error's code, `refusal`, `server error`, `malformed` (a documented status with a
    body that is not the documented one) or `undocumented status`. `names`: the codes of all state errors that the
    body names by status, code and message. `label`: how reports call it, `422 missing`. `why`: what is malformed.
    """

    outcome: str
    status: int
    names: frozenset[str] = frozenset()
    label: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one answer adds to the clauses' tallies: clause ids, each at most once in each. Frozen.

    `due`: the clause's answer was the only one allowed. `seen`: and it came. `not_due`: the clause's answer was not
    allowed. `surplus`: and it came all the same.
    """

    due: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()
    not_due: frozenset[str] = frozenset()
    surplus: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer judged. Frozen.

    `clause` is the id of the clause that the verdict speaks of. `detail` says more of the situation (what is
    mismatched: `provider`, `account`, `both`). `allowed` are the outcomes that some believed state allows. `was` are
    the states believed before the answer, `belief` those after it. `breaks` are the clauses that the body breaks,
    `silent` its features on which the documents say nothing. `why` tells why there is no answer.
    """

    kind: Kind
    clause: str
    situation: Situation
    was: Belief
    belief: Belief
    allowed: tuple[str, ...]
    seen: Seen | None
    detail: str = ""
    breaks: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)
    why: str = ""

    @property
    def observed(self) -> bool:
        """The answer tells what the target does where the documents are silent."""
        return bool(self.silent) and self.kind is Kind.PASS
