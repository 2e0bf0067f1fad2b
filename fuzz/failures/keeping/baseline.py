"""The baseline: the failures that are accepted for a time, each with a reason and a last day.

A YAML file, version 1, written by hand or with `--baseline-update`; a plain run never writes it. An entry names one
failure by its fingerprint, or all failures of a clause in a situation. Keys are only ever added to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fuzz.bundle.fingerprint import slug
from fuzz.events.failures import Acceptance, FailureEvent
from fuzz.events.gate import incomplete
from fuzz.events.summary import ClauseTally, Summary
from fuzz.events.types import AcceptedGone
from fuzz.failures.failure import Failure
from fuzz.target.user_files import VERSION, VersionedFile, read_user_file, write_user_file

ACCEPTED_FOR = timedelta(days=30)
NO_REASON_YET = "accepted with --baseline-update; say why"


class Named(NamedTuple):
    """What the entries know a failure by."""

    fingerprint: str
    clause: str
    situation: str
    detail: str
    cause: str

    @property
    def exactly(self) -> str:
        """The situation with its detail: `mismatched (account)`."""
        return f"{self.situation} ({self.detail})" if self.detail else self.situation


class Accepted(BaseModel):
    """One entry. Until `expires`, that day included, its failures do not fail a run. Frozen.

    Without a `fingerprint` it is a pattern: it accepts each failure of its clause in its situation, `mismatched` or,
    more exactly, `mismatched (account)`. `says`: the clause's sentence. `intermittent`: the failure comes and goes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)
    fingerprint: str | None = Field(default=None, min_length=1)
    clause: str | None = Field(default=None, min_length=1)
    situation: str | None = Field(default=None, min_length=1)
    says: str | None = None
    reason: str = Field(min_length=1)
    owner: str | None = None
    ticket: str | None = None
    intermittent: bool = False
    first_seen: date
    last_seen: date | None = None
    expires: date

    @model_validator(mode="after")
    def _names_failures(self) -> Accepted:
        if self.fingerprint is None and (self.clause is None or self.situation is None):
            raise ValueError("takes a fingerprint, or a clause and a situation")
        return self

    @property
    def name(self) -> str:
        """What is accepted, in words: `already_exists in mismatched (account)`, or the fingerprint alone."""
        where = f"{self.clause} in {self.situation}" if self.clause and self.situation else ""
        return f"{where} ({self.fingerprint})" if where and self.fingerprint else where or str(self.fingerprint)

    def names(self, failure: Named) -> bool:
        """Whether a failure is one of the entry's. A pattern names none of one cause, which shows elsewhere, too."""
        if self.fingerprint is not None:
            return failure.fingerprint == self.fingerprint
        is_there = self.situation in (failure.situation, failure.exactly)
        return not failure.cause and failure.clause == self.clause and is_there

    def as_acceptance(self) -> Acceptance:
        """The entry as events and reports have it."""
        acceptance: Acceptance = {
            "reason": self.reason,
            "first_seen": str(self.first_seen),
            "expires": str(self.expires),
        }
        if self.owner:
            acceptance["owner"] = self.owner
        if self.ticket:
            acceptance["ticket"] = self.ticket
        return acceptance


class _File(VersionedFile):
    accepted: list[Accepted]


@dataclass(slots=True)
class Baseline:
    """The entries, in the file's order. Mutable: `update` and `prune` change it, `save` writes it."""

    path: Path
    entries: list[Accepted] = field(default_factory=list)

    def judge(self, failure: Failure, today: date) -> Failure:
        """The failure with the entry that accepts it, or the one that has expired."""
        verdict = failure.verdict
        cause = failure.identity.cause
        named = Named(failure.fingerprint, verdict.clause, verdict.situation.value, verdict.detail, cause)
        accepted, expired = self.standing(named, today)
        return replace(failure, accepted=accepted, expired=expired)

    def standing(self, named: Named, today: date) -> tuple[Acceptance | None, Acceptance | None]:
        """The entry that accepts a failure; or, without one, the entry that was the last to expire."""
        entry = max((each for each in self.entries if each.names(named)), key=lambda each: each.expires, default=None)
        if entry is None:
            return None, None
        told = entry.as_acceptance()
        return (told, None) if entry.expires >= today else (None, told)

    def update(self, failures: Mapping[str, FailureEvent], today: date) -> None:
        """Accepts these failures for 30 days. An entry that exists keeps its reason, owner, ticket and first day."""
        for event in failures.values():
            known = [place for place, entry in enumerate(self.entries) if entry.names(_named(event))]
            for place in known:
                self.entries[place] = _seen_again(self.entries[place], event, today)
            if not any(self.entries[place].expires >= today for place in known):
                self.entries.append(_new_entry(event, today))

    def gone(self, summary: Summary, *, pruned: bool = False) -> AcceptedGone | None:
        """The event of the entries whose failures do not come any more; None if there are none."""
        names = [entry.name for entry in self.entries if _is_gone(entry, summary)]
        return {"event": "accepted_gone", "entries": names, "pruned": pruned} if names else None

    def prune(self, summary: Summary) -> None:
        """Drops the entries whose failures do not come any more."""
        self.entries = [entry for entry in self.entries if not _is_gone(entry, summary)]

    def save(self) -> None:
        """Writes the file, whole or not at all."""
        accepted = [entry.model_dump(mode="python", exclude_defaults=True) for entry in self.entries]
        write_user_file(self.path, {"version": VERSION, "accepted": accepted}, kind="baseline")


def _named(event: FailureEvent) -> Named:
    return Named(event["fingerprint"], event["clause"], event["situation"], event["detail"], event.get("cause", ""))


def _seen_again(entry: Accepted, event: FailureEvent, today: date) -> Accepted:
    """The entry of a failure that came. One that has expired is accepted anew only if it names this failure alone."""
    if entry.fingerprint is None:
        return entry.model_copy(update={"last_seen": today})
    told = _told_by(event)
    expires = entry.expires if entry.expires >= today else today + ACCEPTED_FOR
    return entry.model_copy(update={**told, "last_seen": today, "expires": expires})


def _new_entry(event: FailureEvent, today: date) -> Accepted:
    return Accepted(
        fingerprint=event["fingerprint"],
        reason=NO_REASON_YET,
        first_seen=today,
        expires=today + ACCEPTED_FOR,
        last_seen=today,
    ).model_copy(update=_told_by(event))


def _told_by(event: FailureEvent) -> dict[str, str | bool]:
    """What the entry says of its failure."""
    return {
        "clause": event["clause"],
        "situation": _named(event).exactly,
        "says": event["says"],
        "intermittent": event["intermittent"],
    }


def _is_gone(entry: Accepted, summary: Summary) -> bool:
    """Whether a run that went through its phases has tried what the entry accepts, and nothing failed there. What comes
    and goes is never taken for gone.
    """
    came = any(entry.names(_named(event)) for event in summary.failures.values())
    if came or entry.intermittent or incomplete(summary):
        return False
    return _tried(entry, summary)


def _tried(entry: Accepted, summary: Summary) -> bool:
    if entry.clause and entry.situation:
        tally = summary.cases.get((entry.clause, entry.situation.partition(" (")[0]), ClauseTally())
        return tally.due + tally.not_due > 0
    # An entry of an older file, or written by hand: its fingerprint begins with its clause.
    fingerprint = str(entry.fingerprint)
    clause = next((clause for clause in summary.clauses if fingerprint.startswith(slug(clause) + "-")), None)
    return clause is not None and summary.clauses[clause].due > 0


def load_baseline(path: Path) -> Baseline:
    """Reads a baseline; one that is not there yet accepts nothing. UsageError with file, line and field if it cannot be
    used.
    """
    if not path.exists():
        return Baseline(path)
    advice = "write version: 1 and accepted: a list of fingerprint (or clause, situation), reason, first_seen, expires"
    return Baseline(path, read_user_file(path, _File, kind="baseline", advice=advice).value.accepted)
