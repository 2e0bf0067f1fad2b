"""Explains a failure by its fingerprint: as the last run told it, else as its bundle does, and what to do with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from fuzz.bundle.failure_json import Bundle
from fuzz.commands.explaining.layout import documented, laid_out, step_rows
from fuzz.commands.explaining.past import Past, in_situation
from fuzz.failures.keeping.baseline import ACCEPTED_FOR
from fuzz.failures.keeping.store import SavedFailure
from fuzz.oracle.forecast import foreseen
from fuzz.report.failure_text import failure_lines
from swagger.contract import Contract


def explain_failure(contract: Contract, fingerprint: str, past: Past) -> str:
    """The explanation as text. KeyError for a name that is not known."""
    kept, event = past.kept_as(fingerprint), past.event_of(fingerprint)
    if kept is None and event is None:
        raise KeyError(fingerprint)
    values: dict[str, Any] = {
        "fingerprint": fingerprint,
        "kept": kept,
        "told": failure_lines(event) if event is not None else [],
        "steps": _steps(contract, kept.bundle) if kept is not None and event is None else [],
        "facts": event or (kept.bundle.file if kept is not None else {}),
        "clauses": {clause.id for clause in contract.clauses},
        "today": date.today(),
        "until": date.today() + ACCEPTED_FOR,
    }
    situation = in_situation(values["facts"]["situation"], str(values["facts"].get("detail", "")))
    return laid_out("failure.txt.jinja", {**values, "situation": situation, "replays": _replays(kept)})


def _steps(contract: Contract, bundle: Bundle) -> list[str]:
    """A row for each request of a bundle, with the answers that the documents allow to it."""
    steps = tuple(foreseen(contract, bundle.actions))
    return step_rows(contract, steps, [f"documented: {documented(contract, step)}" for step in steps])


def _replays(kept: SavedFailure | None) -> list[str]:
    """What came of its last replay on each target."""
    return [f"{state} on {target}" for target, state in kept.states.items()] if kept is not None else []
