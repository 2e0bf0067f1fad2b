"""`calfuzz replay`: runs kept failures and workflow documents again, where they were found or where the options say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from fuzz.bundle.failure_json import Bundle, FoundOnSandbox
from fuzz.bundle.files import FAILURE
from fuzz.errors import ExitCode, UsageError
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.bundle_replay import replay
from fuzz.failures.replays.result import Outcome, ReplayResult, as_text, cannot_tell
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.report.text import visible
from fuzz.run.options import RunOptions
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import target_of
from fuzz.run.setup.rate_source import limiter_for
from fuzz.run.setup.session_setup import open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.client import Unreachable
from fuzz.target.locking.locks import staff_in_use
from fuzz.target.profile import Profile, kept_profile
from swagger.contract import Contract


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


def replay_all(paths: Sequence[Path], options: RunOptions, *, times: int | None, stdout: TextIO) -> int:
    """Replays every path and prints a table for each. Exit code: 1 reproduced, 3 cannot tell, 0 fixed."""
    contract = read_contract(options.workflow, options.swagger, options.documents)
    outcomes: list[Outcome] = []
    for _, group in groupby([Kept.read(path) for path in paths], lambda kept: _is_named(options) or kept.target):
        kept = list(group)
        try:
            with _place(options, kept[0].bundle, stdout) as place:
                outcomes += [_replay_one(each, options, contract, place, times, stdout) for each in kept]
        except _NotThere as error:
            stdout.writelines(as_text(cannot_tell(each.path.name, str(error))) for each in kept)
            outcomes += [Outcome.CANNOT_TELL] * len(kept)
    if len(outcomes) > 1:
        count = Counter(outcomes)
        stdout.write(", ".join(f"{count[outcome]} {outcome.value}" for outcome in Outcome if count[outcome]) + "\n")
    return int(_worst(outcomes))


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
    kept: Kept, options: RunOptions, contract: Contract, place: Place, times: int | None, stdout: TextIO
) -> Outcome:
    profile = place.profile
    secrets = secrets_for(profile, Path(profile.file(profile.auth_file)) if profile.auth_file else None)
    limiter = limiter_for(options, profile, contract, sandbox=place.is_sandbox)
    journal, name = Journal(None, secrets), uuid4().hex[:8]
    session = open_session(contract, profile, secrets, journal, run=name, options=options, limiter=limiter)
    try:
        result = _result(kept, session, times)
    finally:
        session.close()
    found = place.says if kept.bundle is None else _found_on(kept.bundle)
    where = place.says if found == place.says else f"{place.says}, and it was found on {found}"
    stdout.write(secrets.redact(as_text(replace(result, where=where))))
    stdout.writelines(f"        trouble: {visible(trouble)}\n" for trouble in journal.summary.troubles)
    return result.outcome


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
