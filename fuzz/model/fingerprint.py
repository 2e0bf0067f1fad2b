"""What makes two failures the same one: clause, situation, what was seen, and the payload features that matter.

A fingerprint names a folder and a baseline entry, so it is stable between runs and machines: nothing drawn, no uids, no
numbers or timestamps of the target go into it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from fuzz.model.state import name_of
from fuzz.model.verdict import Seen, Verdict


def fingerprint(verdict: Verdict, mattering: Collection[str] = ()) -> str:
    """`already_exists-mismatched-200-3f9c`: clause, situation, what was seen, and a digest of the rest. `mattering`:
    what of an allowed payload matters.
    """
    seen = verdict.seen
    label = seen.label if seen else "no answer"
    rest: tuple[object, ...] = (
        verdict.detail,
        state_kinds(verdict),
        normalised(seen),
        verdict.breaks,
        verdict.silent,
        *sorted(mattering),
    )
    digest = hashlib.sha256(repr(rest).encode()).hexdigest()[:4]
    parts = (verdict.clause, verdict.situation.value, label, digest)
    return "-".join(slug(part) for part in parts)


def slug(text: str) -> str:
    """A text as it stands in a fingerprint, and so in a folder's name."""
    return re.sub(r"[^A-Za-z0-9_.]+", "_", text).strip("_")


def state_kinds(verdict: Verdict) -> tuple[str, ...]:
    """Whether the sync met was disabled, bound or fresh: the same clause may be broken in one and not in another."""
    return tuple(sorted({name_of(state) for state in verdict.was}))


def normalised(seen: Seen | None) -> str:
    """What is wrong with a malformed answer, without the numbers, uids and timestamps that may stand in it."""
    return re.sub(r"[0-9a-f]{8,}|\d+", "#", seen.why) if seen else ""
