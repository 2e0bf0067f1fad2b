"""`calfuzz run` and `calfuzz gate`: reads the files, starts the target, runs, writes the reports."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from fuzz.cases.shard import Shard
from fuzz.cluster.connection import cluster_of
from fuzz.cluster.coordinator import ClusterRun
from fuzz.errors import ExitCode, UsageError
from fuzz.events.summary import Summary
from fuzz.failures.confirming import Keeping
from fuzz.failures.keeping.baseline import Baseline, load_baseline
from fuzz.failures.keeping.history import TargetHistory, history_of
from fuzz.failures.keeping.shared_store import location_of, shared_failures
from fuzz.failures.keeping.store import FailureStore
from fuzz.phases.regressions import replay_all_saved
from fuzz.report.terminal import Terminal
from fuzz.report.text import error_lines
from fuzz.report.write import check_kinds, write_or_say
from fuzz.run.observations import Pinned, load_pin, save_pin
from fuzz.run.options import STAFF_OF_A_WORKER, RunOptions
from fuzz.run.phase_list import PlanContext
from fuzz.run.plan import as_text, figures, plan
from fuzz.run.run import Run
from fuzz.run.run_started import Announced
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import starting_target
from fuzz.run.setup.rate_source import limiter_for, rate_for
from fuzz.run.setup.report_folder import ReportFolder, report_folder
from fuzz.run.setup.session_setup import auth_file_of, open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.client import Unreachable
from fuzz.target.profile import Profile, Staff, Tokens, TokenSource, load_profile
from fuzz.target.secrets import Secrets
from fuzz.target.user_files import check_writable
from swagger.contract import Contract


def run_and_report(
    options: RunOptions,
    *,
    faults: Sequence[str],
    variants: Sequence[str],
    stdout: TextIO,
    environ: Mapping[str, str],
    given: Sequence[str] = (),
) -> int:
    """Runs, reports, and returns the exit code. UsageError, before the first request, for options that cannot work."""
    check_kinds(options.reports)
    _check_files(options)
    if options.dry_run:
        stdout.writelines(f"option {each}\n" for each in given)
        return _dry_run(options, _files(options, stdout)[0], stdout)
    terminal = Terminal(
        stdout,
        live=stdout.isatty(),
        clock=time.monotonic,
        progress=options.progress,
        detail=options.detail,
        coloured=_is_coloured(stdout, environ),
    )
    with report_folder(options.report_dir, uuid4().hex[:8], say=stdout) as folder:
        with starting_target(options, faults=faults, variants=variants, say=stdout) as ready:
            contract, baseline, pinned = _files(options, stdout)
            summary = _run(options, contract, baseline, pinned, ready, folder, terminal)
        with _told(stdout):
            _keep_baseline(options, baseline, summary)
        with _told(stdout):
            if options.pin is not None and pinned is None:
                save_pin(options.pin, summary)
        written = write_or_say(folder.path, options.reports, stdout=stdout, environ=environ, known=summary)
    terminal.finish(summary, reports=written)
    return summary.finished["exit_code"] if summary.finished is not None else int(ExitCode.INCONCLUSIVE)


def _is_coloured(stdout: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether the final text has colours: on a terminal, and where FORCE_COLOR is set; not where NO_COLOR is."""
    return not environ.get("NO_COLOR") and (bool(environ.get("FORCE_COLOR")) or stdout.isatty())


@contextmanager
def _told(stdout: TextIO) -> Iterator[None]:
    """What cannot be written after the run is told, and changes nothing of its verdict."""
    try:
        yield
    except UsageError as error:
        stdout.write(f"{error_lines(error)}\n")


def _check_files(options: RunOptions) -> None:
    """UsageError for a file that the run is to write, and could not."""
    changes_baseline = options.baseline_update or options.baseline_prune
    for path, kind in (
        (options.pin, "pin file"),
        (options.baseline if changes_baseline else None, "baseline"),
        (options.observability, "observations"),
    ):
        if path is not None:
            check_writable(path, kind=kind)


def _files(options: RunOptions, say: TextIO) -> tuple[Contract, Baseline | None, Pinned | None]:
    """The contract, the baseline and the pinned observations, read from their files."""
    contract = read_contract(options.workflow, options.swagger, options.documents)
    return contract, _baseline(options, say), load_pin(options.pin) if options.pin is not None else None


def _run(
    options: RunOptions,
    contract: Contract,
    baseline: Baseline | None,
    pinned: Pinned | None,
    ready: Callable[[], Profile],
    folder: ReportFolder,
    terminal: Terminal,
) -> Summary:
    """Runs, here or on a cluster, and returns the summary."""
    place = location_of(options.database)
    shared = shared_failures(place)
    with cluster_of(options) as cluster:
        announced = _announced(options, contract, _paper_profile()) if options.target is None else None
        profile = ready()
        announced = announced or _announced(options, contract, profile)
        secrets = secrets_for(profile, auth_file_of(options.target, profile))
        listeners = (terminal.on_event, shared.listen)
        with closing(Journal(folder.events, secrets, listeners, size=options.journal_size)) as journal:
            past = TargetHistory(history_of(place), profile.name, profile.base_url if options.target else "")
            run = Run(
                options if cluster is None else replace(options, workers=1),
                contract,
                profile,
                secrets,
                journal,
                limiter_for(options, profile, contract, sandbox=options.target is None, redis=place.redis),
                keeping_of=partial(_keeping, options, journal, baseline),
                pinned=pinned,
                accepted_gone=partial((baseline or Baseline(Path())).gone, pruned=options.baseline_prune),
                announced=announced,
                earlier=past.earlier(place.failures),
                name=folder.run,
                replay_kept=partial(
                    replay_all_saved, directory=place.failures, shared=shared, today=_today(), every=options.gate
                ),
                shard=Shard() if cluster is None else Shard(0, cluster.count),
                numbers=itertools.count(1, 1 if cluster is None else cluster.count + 1),
            )
            folder.make_latest()
            if cluster is None:
                run.go()
            else:
                ClusterRun(cluster, run, baseline, terminal.say).go()
            past.add(journal.summary)
            with suppress(Unreachable):  # the journal cannot be written, either
                for problem in past.problems:
                    journal.emit({"event": "trouble", "what": problem})
        return journal.summary


def _dry_run(options: RunOptions, contract: Contract, stdout: TextIO) -> int:
    """Prints what would be sent, without a target to the sandbox. Starts and sends nothing."""
    profile = load_profile(options.target) if options.target is not None else _paper_profile()
    rate = rate_for(options, profile, contract, sandbox=options.target is None)
    with _plan_context(options, contract, profile) as context:
        stdout.write(as_text(plan(context), rate.per_second))
    return int(ExitCode.PASS)


def _announced(options: RunOptions, contract: Contract, profile: Profile) -> Announced:
    """What the first lines of the run say of its rate and its plan. The sandbox's is made while the sandbox starts."""
    rate = rate_for(options, profile, contract, sandbox=options.target is None)
    with _plan_context(options, contract, profile) as context:
        return {
            "rate": {"per_second": rate.per_second, "from": rate.where},
            "plan": figures(context, rate.per_second),
        }


@contextmanager
def _plan_context(options: RunOptions, contract: Contract, profile: Profile) -> Iterator[PlanContext]:
    """What a plan is made from, with a session that sends nothing."""
    secrets = Secrets()
    session = open_session(contract, profile, secrets, Journal(None, secrets), run="dry", options=options)
    try:
        yield PlanContext(options, session, _failures(options), _today())
    finally:
        session.close()


def _paper_profile() -> Profile:
    """A profile of the sandbox with what a plan needs of it."""
    source = TokenSource(env="CALFUZZ_SANDBOX_ADMIN_TOKEN")
    staff = [Staff(uid=f"staff-{number}", token=source) for number in range(STAFF_OF_A_WORKER)]
    return Profile(name="sandbox", base_url="http://127.0.0.1", tokens=Tokens(admin=source), staff=staff)


def _keeping(options: RunOptions, journal: Journal, baseline: Baseline | None, session: Session) -> Keeping:
    """The folder where a worker's failures are kept, and the baseline that accepts some."""
    today = date.today()
    store = FailureStore(_failures(options), session, str(today), version("calfuzz"), options.seed)
    if options.target is None:
        store.sandbox = {"faults": list(options.faults), "variants": list(options.variants)}
    journal.listen(store.listen)
    if baseline is None:
        return Keeping(store.keep)
    return Keeping(store.keep, partial(baseline.judge, today=today))


def _today() -> str:
    """The date of a run, by which failures rest and history counts: UTC, as in its first event."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _failures(options: RunOptions) -> Path:
    return location_of(options.database).failures


def _baseline(options: RunOptions, say: TextIO) -> Baseline | None:
    if options.baseline is None:
        if options.baseline_update or options.baseline_prune:
            raise UsageError("there is no baseline to change", next="name one with --baseline FILE")
        return None
    if not options.baseline.exists():
        say.write(f"baseline {options.baseline}: there is no such file yet, so no failure is accepted\n")
    return load_baseline(options.baseline)


def _keep_baseline(options: RunOptions, baseline: Baseline | None, summary: Summary) -> None:
    """Writes the baseline if an option asks for it."""
    if baseline is None or not (options.baseline_update or options.baseline_prune):
        return
    if options.baseline_prune and summary.gone is not None:
        baseline.prune(summary)
    if options.baseline_update:
        baseline.update(summary.failures, date.today())
    baseline.save()
