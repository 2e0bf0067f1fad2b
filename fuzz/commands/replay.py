"""`calfuzz replay`: runs kept failures and workflow documents again, where they were found or where the options say.

With `--report` it writes reports, in a folder of its own: what came of each is a test case there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from fuzz.bundle.failure_json import Bundle, FoundOnSandbox
from fuzz.bundle.files import FAILURE
from fuzz.errors import ExitCode, UsageError
from fuzz.events.types import VERSION, RunStarted
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.bundle_replay import PHASE, replay
from fuzz.failures.replays.events import failed_event, finished_event, replayed_event
from fuzz.failures.replays.result import Outcome, ReplayResult, as_text, cannot_tell
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.report.queries import tally_of
from fuzz.report.text import visible
from fuzz.report.write import check_kinds, write_or_say
from fuzz.run.options import RunOptions
from fuzz.run.run_started import of_documents
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import target_of
from fuzz.run.setup.rate_source import limiter_for
from fuzz.run.setup.report_folder import report_folder
from fuzz.run.setup.session_setup import open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.client import Unreachable
from fuzz.target.locking.locks import staff_in_use
from fuzz.target.profile import Profile, kept_profile
from fuzz.target.secrets import Secrets
from swagger.contract import Contract

FOLDER = Path(".calfuzz/replay")
"""Where the reports of a replay are written if no folder is named: not over those of a run."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A bundle, or a workflow document with the bundle that it belongs to, if it belongs to one. Frozen."""

    path: Path
    bundle: Bundle | None

    @classmethod
    def read(cls, path: Path) -> Kept:
        """What is kept at a path. UsageError for a bundle that cannot be used."""
        document = path.suffix == ".md"
        alone = document and not (path.parent / FAILURE).is_file()
        return cls(path, None if alone else load_bundle(path.parent if document else path))

    @property
    def target(self) -> object:
        """The target where it was found, as the bundle holds it."""
        return self.bundle and (self.bundle.file.get("sandbox") or self.bundle.file.get("target"))


@dataclass(frozen=True, slots=True)
class Place:
    """The target of some replays, and what it is called. Frozen. `is_sandbox`: the command has started it."""

    profile: Profile
    says: str
    is_sandbox: bool = False


class _NotThere(Exception):  # noqa: N818 - a target that is not there is no error of the user
    """Raised when the place where a failure was found cannot be used from here; says why, and what to do."""


def replay_all(
    paths: Sequence[Path], options: RunOptions, *, times: int | None, stdout: TextIO, environ: Mapping[str, str]
) -> int:
    """Replays every path and prints a table for each. Exit code: 1 reproduced, 3 cannot tell, 0 fixed."""
    check_kinds(options.reports)
    contract = read_contract(options.workflow, options.swagger, options.documents)
    every = [Kept.read(path) for path in paths]
    with _reported(options, contract, every, stdout, environ) as journal:
        began = time.monotonic()
        for _, group in groupby(every, lambda kept: _is_named(options) or kept.target):
            kept = list(group)
            try:
                with _place(options, kept[0].bundle, stdout) as place:
                    for each in kept:
                        _replay_one(each, options, contract, place, times, journal, stdout)
            except _NotThere as error:
                for each in kept:
                    _tell(cannot_tell(each.path.name, str(error)), each, 0.0, journal, stdout)
        replays = journal.summary.replays
        if len(replays) > 1:
            stdout.write(f"{tally_of(replays)}\n")
        code = _worst([Outcome(each["outcome"]) for each in replays])
        journal.emit(finished_event(replays, code, time.monotonic() - began))
    return int(code)


@contextmanager
def _reported(
    options: RunOptions, contract: Contract, every: Sequence[Kept], stdout: TextIO, environ: Mapping[str, str]
) -> Iterator[Journal]:
    """A journal for the replays of the block. After it, the reports are written that the options name."""
    if not options.reports:
        yield Journal(None, Secrets())
        return
    with report_folder(options.report_dir or FOLDER, uuid4().hex[:8], say=stdout) as folder:
        with closing(Journal(folder.events, Secrets())) as journal:
            journal.emit(_started(options, contract, every, folder.run))
            journal.emit({"event": "phase_started", "phase": PHASE})
            yield journal
        for path in write_or_say(folder.path, options.reports, stdout=stdout, environ=environ):
            stdout.write(f"report: {visible(path, limit=1000)}\n")


def _started(options: RunOptions, contract: Contract, every: Sequence[Kept], run: str) -> RunStarted:
    """The first event. Of the clauses it names those whose failures are replayed: of others a replay tells nothing."""
    documents = of_documents(options, contract)
    clauses = {kept.bundle.clause for kept in every if kept.bundle is not None}
    found_on = dict.fromkeys(kept.bundle.target if kept.bundle is not None else "" for kept in every)
    named = options.target.name if options.target is not None else "the embedded sandbox"
    return {
        "event": "run_started",
        "version": VERSION,
        "run": run,
        "command": options.command,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "target": named if _is_named(options) else ", ".join(filter(None, found_on)) or named,
        "base_url": "",
        "fallback_url": None,
        "seed": None,
        "options": {},
        "documents": documents["documents"],
        "drift": documents["drift"],
        "clauses": [entry for entry in documents["clauses"] if entry["id"] in clauses],
    }


def _is_named(options: RunOptions) -> bool:
    """Whether the options say where to replay."""
    return bool(options.target or options.faults or options.variants)


@contextmanager
def _place(options: RunOptions, bundle: Bundle | None, say: TextIO) -> Iterator[Place]:
    """The target that the options name, else that where the failure was found, else an honest sandbox."""
    if _is_named(options) or bundle is None:
        with target_of(options, faults=options.faults, variants=options.variants, say=say) as profile:
            given: FoundOnSandbox = {"faults": list(options.faults), "variants": list(options.variants)}
            is_sandbox = options.target is None
            yield Place(profile, _called(profile.name, profile.base_url, given if is_sandbox else None), is_sandbox)
        return
    with ExitStack() as held:
        try:
            place = held.enter_context(_where_found(bundle, options, say))
        except UsageError as error:
            raise _NotThere(f"{error.what}; {error.next}") from None
        yield place


@contextmanager
def _where_found(bundle: Bundle, options: RunOptions, say: TextIO) -> Iterator[Place]:
    """The target where a failure was found. UsageError if it cannot be used from here."""
    sandbox = bundle.file.get("sandbox")
    if sandbox is not None:
        with target_of(options, faults=sandbox["faults"], variants=sandbox["variants"], say=say) as profile:
            yield Place(profile, _found_on(bundle), is_sandbox=True)
        return
    if bundle.profile is None:
        raise UsageError("a bundle of version 1 does not hold its target", next="name it with --target")
    profile = kept_profile(bundle.profile, bundle.fingerprint)
    with staff_in_use(profile, options.command, redis=None, say=say):
        yield Place(profile, _found_on(bundle))


def _found_on(bundle: Bundle) -> str:
    target = bundle.file.get("target", {})
    return _called(bundle.target, str(target.get("base_url", "")), bundle.file.get("sandbox"))


def _called(name: str, base_url: str, sandbox: FoundOnSandbox | None) -> str:
    if sandbox is None:
        return f"{name} ({base_url})"
    return f"the embedded sandbox ({', '.join((*sandbox['faults'], *sandbox['variants'])) or 'honest'})"


def _replay_one(
    kept: Kept,
    options: RunOptions,
    contract: Contract,
    place: Place,
    times: int | None,
    journal: Journal,
    stdout: TextIO,
) -> None:
    profile = place.profile
    secrets = secrets_for(profile, Path(profile.file(profile.auth_file)) if profile.auth_file else None)
    limiter = limiter_for(options, profile, contract, sandbox=place.is_sandbox)
    own, began = Journal(None, secrets, (lambda event, _: journal.emit(event),)), time.monotonic()
    session = open_session(contract, profile, secrets, own, run=uuid4().hex[:8], options=options, limiter=limiter)
    found = place.says if kept.bundle is None else _found_on(kept.bundle)
    where = place.says if found == place.says else f"{place.says}, and it was found on {found}"
    try:
        result = replace(_result(kept, session, times), where=where).redacted(secrets.redact)
        failed = failed_event(session, kept.path, kept.bundle, result) if kept.bundle is not None else None
        if failed is not None:
            own.emit(failed)
    finally:
        session.close()
    _tell(result, kept, time.monotonic() - began, own, stdout)
    stdout.writelines(f"        trouble: {visible(trouble)}\n" for trouble in own.summary.troubles)


def _tell(result: ReplayResult, kept: Kept, seconds: float, journal: Journal, stdout: TextIO) -> None:
    """Prints what came of a replay, and puts it into the journal."""
    stdout.write(as_text(result))
    journal.emit(replayed_event(result, kept.bundle, seconds))


def _result(kept: Kept, session: Session, times: int | None) -> ReplayResult:
    try:
        if kept.bundle is None or kept.path.suffix == ".md":
            return replay_workflow(kept.path, session, times=times or 1)
        return replay(kept.bundle, session, times=times)
    except Unreachable as ending:
        return cannot_tell(kept.path.name, str(ending))


def _worst(outcomes: Sequence[Outcome]) -> ExitCode:
    for outcome in (Outcome.FAILED, Outcome.CANNOT_TELL):
        if outcome in outcomes:
            return outcome.exit_code
    return ExitCode.PASS
