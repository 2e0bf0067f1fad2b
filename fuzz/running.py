"""Where sandbox, engine and reports meet: a command's options become a run against a target, and its reports."""

from __future__ import annotations

import errno
import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from fuzz.engine.baseline import Baseline, load_baseline
from fuzz.engine.campaign import Campaign
from fuzz.engine.cluster import ClusterRun, cluster_of
from fuzz.engine.documents import read_contract
from fuzz.engine.dry_run import as_text, plan
from fuzz.engine.journal import Journal
from fuzz.engine.keep import Keeper
from fuzz.engine.options import RunOptions
from fuzz.engine.pin import Pinned, load_pin, save_pin
from fuzz.engine.profile import Profile, Staff, Tokens, TokenSource, load_profile, parse_rate
from fuzz.engine.rates import limiter_for
from fuzz.engine.run import STAFF_OF_A_WORKER, Run
from fuzz.engine.saved_phase import replay_all_saved
from fuzz.engine.secrets import Secrets
from fuzz.engine.session import Session
from fuzz.engine.shard import Shard
from fuzz.engine.shared import place_of, shared_failures
from fuzz.engine.transport import Transport
from fuzz.errors import ExitCode, UsageError
from fuzz.model.events import Summary
from fuzz.report.terminal import Terminal
from fuzz.report.write import check_kinds, write_reports
from swagger.contract import Contract

if TYPE_CHECKING:
    from fuzz.sandbox.server import Sandbox

EVENTS = "events.ndjson"
BYTES_TO_HAVE = 100_000
"""Room on the disk that a run begins with. It may need more: then it ends, and says so."""
SANDBOX_STAFF = 8


@contextmanager
def target_of(
    target: Path | None, *, faults: Sequence[str] = (), variants: Sequence[str] = (), say: TextIO
) -> Iterator[Profile]:
    """The profile of the target that a command names, or of a sandbox that lives as long as the block."""
    with target_soon(target, faults=faults, variants=variants, say=say) as ready:
        yield ready()


@contextmanager
def target_soon(
    target: Path | None, *, faults: Sequence[str] = (), variants: Sequence[str] = (), workers: int = 1, say: TextIO
) -> Iterator[Callable[[], Profile]]:
    """Gives the profile when asked. A sandbox starts while the block does something else, and ends with the block."""
    if target is not None:
        if faults or variants:
            raise UsageError("--fault and --variant are the sandbox's", next="leave them out, or leave out --target")
        yield partial(load_profile, target)
        return
    from fuzz.sandbox.server import Sandbox

    sandbox = Sandbox(fault=faults, variant=variants, staff=max(SANDBOX_STAFF, workers * STAFF_OF_A_WORKER))
    manner = ", ".join((*faults, *variants)) or "honest"
    with ThreadPoolExecutor(1) as beside:
        started = beside.submit(sandbox.start)
        try:
            yield lambda: _profile_of(sandbox, started, manner, say)
        finally:
            wait([started])
            sandbox.stop()


def _profile_of(sandbox: Sandbox, started: Future[None], manner: str, say: TextIO) -> Profile:
    """The sandbox's profile, once it has started."""
    from fuzz.sandbox.server import profile_yaml

    started.result()
    os.environ.update(sandbox.env)
    say.write(f"no --target: fuzzing the embedded sandbox ({manner}) on {sandbox.base_url}\n")
    say.flush()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sandbox.yaml"
        path.write_text(profile_yaml(sandbox), encoding="utf-8")
        return load_profile(path)


def run_and_report(
    options: RunOptions,
    *,
    faults: Sequence[str],
    variants: Sequence[str],
    stdout: TextIO,
    environ: Mapping[str, str],
) -> int:
    """Runs, reports, and returns the exit code. UsageError before the first request for whatever cannot work."""
    check_kinds(options.reports)
    if options.dry_run:
        return _dry_run(options, _files(options)[0], stdout)
    terminal = Terminal(stdout, live=stdout.isatty(), clock=time.monotonic, progress=options.progress)
    soon = target_soon(options.target, faults=faults, variants=variants, workers=options.workers, say=stdout)
    with soon as ready:
        contract, baseline, pinned = _files(options)
        summary = _run(options, contract, baseline, pinned, ready, terminal)
    _keep_baseline(options, baseline, summary)
    if options.pin is not None and pinned is None:
        save_pin(options.pin, summary)
    written: list[Path] = []
    try:
        written = write_reports(options.report_dir, options.reports, stdout=stdout, environ=environ)
    except OSError as error:
        again = f"make room, then `calfuzz report {options.report_dir}` writes them"
        stdout.write(f"the reports cannot be written: {error.strerror}; {again}\n")
    terminal.finish(summary, reports=written)
    return int((summary.finished or {}).get("exit_code", 3))


def _files(options: RunOptions) -> tuple[Contract, Baseline | None, Pinned | None]:
    """What a run is given to read: the contract, the baseline, what is pinned."""
    contract = read_contract(options.workflow, options.swagger)
    return contract, _baseline(options), load_pin(options.pin) if options.pin is not None else None


def _run(
    options: RunOptions,
    contract: Contract,
    baseline: Baseline | None,
    pinned: Pinned | None,
    ready: Callable[[], Profile],
    terminal: Terminal,
) -> Summary:
    """Runs, here or on a cluster, and returns what came of it."""
    place = place_of(options.database)
    shared = shared_failures(place)
    events = _prepared(options.report_dir)
    with cluster_of(options) as cluster:
        profile = ready()
        secrets = secrets_for(options.target, profile)
        with closing(Journal(events, secrets, (terminal.on_event, shared.listen))) as journal:
            run = Run(
                options if cluster is None else replace(options, workers=1),
                contract,
                profile,
                secrets,
                journal,
                limiter_for(options, profile, contract, sandbox=options.target is None, redis=place.redis),
                prepare=partial(_prepare, options, journal, baseline),
                pinned=pinned,
                saved=partial(replay_all_saved, directory=place.failures, shared=shared, today=str(date.today())),
                shard=Shard() if cluster is None else Shard(0, cluster.count),
                numbers=itertools.count(1, 1 if cluster is None else cluster.count + 1),
            )
            if cluster is None:
                run.go()
            else:
                ClusterRun(cluster, run, baseline, terminal.say).go()
        return journal.summary


def _dry_run(options: RunOptions, contract: Contract, stdout: TextIO) -> int:
    """Prints what would be sent. Without a target, what would be sent to the sandbox; nothing is started."""
    profile = load_profile(options.target) if options.target is not None else _paper_profile()
    secrets = Secrets()
    session = Session(contract, profile, secrets, Transport(run="dry", timeout=1.0), Journal(None, secrets))
    rate = profile.rate_limit or (contract.rate_limit if options.target is not None else None)
    per_second = options.rate_limit or (parse_rate(rate) if rate else None)
    try:
        stdout.write(as_text(plan(session, options, _failures(options)), per_second))
    finally:
        session.close()
    return int(ExitCode.PASS)


def _paper_profile() -> Profile:
    """The sandbox's profile as far as a plan needs it."""
    source = TokenSource(env="CALFUZZ_SANDBOX_ADMIN_TOKEN")
    staff = [Staff(uid=f"staff-{number}", token=source) for number in range(STAFF_OF_A_WORKER)]
    return Profile(name="sandbox", base_url="http://127.0.0.1", tokens=Tokens(admin=source), staff=staff)


def _prepare(options: RunOptions, journal: Journal, baseline: Baseline | None, campaign: Campaign) -> None:
    """Gives a worker's campaign the folder where failures are kept, and the baseline that accepts some."""
    today = date.today()
    keeper = Keeper(_failures(options), campaign.session, str(today), version("calfuzz"), options.seed)
    campaign.keep = keeper.keep
    journal.listen(keeper.listen)
    if baseline is not None:
        campaign.accepted = partial(baseline.accepted, today=today)


def _failures(options: RunOptions) -> Path:
    return place_of(options.database).failures


def _baseline(options: RunOptions) -> Baseline | None:
    if options.baseline is None:
        if options.baseline_update or options.baseline_prune:
            raise UsageError("there is no baseline to change", next="name one with --baseline FILE")
        return None
    return load_baseline(options.baseline, may_be_missing=options.baseline_update)


def _keep_baseline(options: RunOptions, baseline: Baseline | None, summary: Summary) -> None:
    """Writes the baseline if the command asked for it; a plain run never does."""
    if baseline is None or not (options.baseline_update or options.baseline_prune):
        return
    if options.baseline_prune:
        baseline.prune(summary)
    if options.baseline_update:
        baseline.update(summary.failures, date.today())
    baseline.save()


def secrets_for(target: Path | None, profile: Profile) -> Secrets:
    """The tokens that a profile names, each fetched once, so that one that is not to be had is said at once."""
    beside = target.parent / profile.auth_file if target is not None and profile.auth_file is not None else None
    secrets = Secrets(beside)
    for source in (profile.tokens.admin, *(member.token for member in profile.staff)):
        secrets.token(source)
    return secrets


def _prepared(directory: Path) -> Path:
    """The journal's path in a report directory that can be written; said at once if it cannot."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / EVENTS
        # A disk that is full refuses to take something, not to be opened. An earlier run's events stay as they are.
        with path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                if (file.write(bytes(BYTES_TO_HAVE)) or 0) < BYTES_TO_HAVE:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                with suppress(OSError):
                    file.truncate(size)
        return path
    except OSError as error:
        raise UsageError(
            f"report directory {directory}: {error.strerror}", next="name another one with --report-dir"
        ) from None
