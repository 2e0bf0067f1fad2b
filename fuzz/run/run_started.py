"""The `run_started` event: the target, the options, and every clause of the contract."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

import swagger
from fuzz.events.types import VERSION, ClauseEntry, DriftEntry, PlanEntry, RateEntry, RunStarted
from fuzz.run.options import RunOptions
from fuzz.target.profile import Profile
from swagger.contract import Contract, Drift, Source
from swagger.load import SWAGGER, WORKFLOW

SHORT_SECRETS = "fewer than 8 characters, and redacted only behind the scheme or the name of the header: {}"
ONE_STAFF_MEMBER = "one staff member: leaks between staff members are not tested"
"""What is left out where the profile names one staff member."""

SWAGGER_PACKAGE = Path(swagger.__file__).parent


VERSIONS_OF = ("calfuzz", "hypothesis", "schemathesis")
"""The packages whose versions decide what is sent and how it is judged."""

COMMIT_OF = ("GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT")
"""The environment variables in which GitHub, GitLab and Jenkins name the commit that a pipeline runs for."""


class Commit(TypedDict, total=False):
    """The commit that a pipeline runs for, if there is one."""

    commit: str


class OfDocuments(TypedDict):
    """What the first event of a run says of the documents."""

    documents: list[str]
    clauses: list[ClauseEntry]
    drift: list[DriftEntry]


class Announced(TypedDict, total=False):
    """What is said of a run before it begins: its rate, and how much it has to send."""

    rate: RateEntry
    plan: PlanEntry


def started_event(
    options: RunOptions,
    profile: Profile,
    contract: Contract,
    run: str,
    *,
    workers: int,
    announced: Announced | None = None,
) -> RunStarted:
    """The `run_started` event. `workers`: how many there are in all, on whatever machines."""
    return {
        **(announced or Announced()),
        "event": "run_started",
        "version": VERSION,
        "run": run,
        "command": options.command,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "target": profile.name,
        "base_url": profile.base_url,
        "fallback_url": profile.fallback_url,
        "seed": options.seed,
        "staff": len(profile.staff),
        "versions": {**{name: version(name) for name in VERSIONS_OF}, "python": platform.python_version()},
        **_commit(),
        "options": {
            "phases": list(options.phases),
            "max_time": options.max_time,
            "max_examples": options.max_examples,
            "depth": options.depth,
            "cover": options.cover,
            "workers": workers,
            "shrink_requests": options.shrink_requests,
        },
        **of_documents(options, contract),
    }


def of_documents(options: RunOptions, contract: Contract) -> OfDocuments:
    """The documents that the options name, and what was read from them."""
    return {
        "documents": [_from_the_root(options.workflow or WORKFLOW), _from_the_root(options.swagger or SWAGGER)],
        "clauses": [
            {"id": clause.id, "kind": clause.kind.value, "says": clause.says, "where": str(clause.where)}
            for clause in contract.clauses
        ],
        "drift": [_drift(drift) for drift in contract.drift],
    }


def _commit() -> Commit:
    commit = next((os.environ[name] for name in COMMIT_OF if os.environ.get(name)), "")
    return {"commit": commit} if commit else {}


def _from_the_root(path: Path) -> str:
    """A document's path relative to the project's root, as annotations in pipelines need it; else as it is."""
    for root in (Path.cwd(), SWAGGER_PACKAGE.parent):
        if path.resolve().is_relative_to(root):
            return path.resolve().relative_to(root).as_posix()
    return str(path)


def _drift(drift: Drift) -> DriftEntry:
    def where(source: Source | None) -> str | None:
        return str(source) if source else None

    return {
        "what": drift.what,
        "document": drift.document,
        "document_where": where(drift.document_where),
        "swagger": drift.swagger,
        "swagger_where": where(drift.swagger_where),
        "follows": drift.follows,
    }
