"""The fingerprint of a failure: clause, situation, what was seen, and the payload features that matter.

Two failures with one fingerprint are the same failure. It names a folder and a baseline entry, so it must be equal in
all runs and on all machines: no drawn values, uids, numbers or timestamps go into it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from fuzz.oracle.state import name_of
from fuzz.oracle.verdict import AT_ONCE, SERVER_ERROR, ReadAnswer, Verdict

LONGEST_CAUSE = 60
"""Characters of a cause in a fingerprint, which is a folder's name, too."""


def fingerprint(verdict: Verdict, relevant_features: Collection[str] = ()) -> str:
    """The fingerprint, such as `already_exists-mismatched-200-3f9c`: clause, situation, what was seen, and a digest of
    the rest. `relevant_features`: the features of valid bodies that matter.
    """
    seen = verdict.seen
    label = seen.label if seen else "no answer"
    crashed = seen is not None and seen.outcome == SERVER_ERROR
    rest: tuple[object, ...] = (
        (AT_ONCE if verdict.at_once else "") if crashed else verdict.detail,
        state_kinds(verdict),
        normalised(seen),
        verdict.violations,
        tuple(map(str, verdict.unspecified)),
        *sorted(relevant_features),
    )
    digest = hashlib.sha256(repr(rest).encode()).hexdigest()[:4]
    parts = (verdict.clause, verdict.situation.value, label, digest)
    return "-".join(slug(part) for part in parts)


def fingerprint_of_cause(cause: str) -> str:
    """The fingerprint of a failure that has a cause of its own, such as `envelope_the_swagger_s-1f0a`."""
    return f"{slug(cause)[:LONGEST_CAUSE]}-{hashlib.sha256(cause.encode()).hexdigest()[:4]}"


def slug(text: str) -> str:
    """A text as a part of a fingerprint, which is a folder's name, too."""
    return re.sub(r"[^A-Za-z0-9_.]+", "_", text).strip("_")


def state_kinds(verdict: Verdict) -> tuple[str, ...]:
    """The kinds of the believed states. A clause may be violated in one of them and not in another."""
    return tuple(sorted({name_of(state) for state in verdict.was}))


def normalised(seen: ReadAnswer | None) -> str:
    """What is wrong with a malformed answer, without the numbers, uids and timestamps in it."""
    return re.sub(r"[0-9a-f]{8,}|\d+", "#", seen.why) if seen else ""
