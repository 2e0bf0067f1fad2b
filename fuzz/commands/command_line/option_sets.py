"""The options that several commands share, and the RunOptions of `run` and `gate`. Imports little: `--help` is fast."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fuzz.errors import UsageError

if TYPE_CHECKING:
    from fuzz.run.options import RunOptions

DEFAULT_REPORTS = "json"
RATE_HELP = "Requests per second at the most, as 8/s. [default: the profile's, the swagger's, 5/s]"
KINDS_HELP = "Kinds: json,junit,html,har,sarif,markdown,ctrf,github."
EXISTING = click.Path(path_type=Path)


class _Seconds(click.FloatRange):
    """Seconds to wait: above 0, at most an hour."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a time", param, ctx)
        return seconds


SECONDS = _Seconds(0, 3600, min_open=True)


def document_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that name the documents."""
    for option in (
        click.option(
            "--documents",
            type=EXISTING,
            metavar="DIR",
            help="A folder of workflow documents by their `endpoint:`, siblings' too. [default: packaged]",
        ),
        click.option("--swagger", type=EXISTING, metavar="FILE", help="The swagger. [default: packaged]"),
        click.option("--workflow", type=EXISTING, metavar="FILE", help="The workflow document. [default: packaged]"),
    ):
        command = option(command)
    return command


def report_option(kinds: str = "") -> Callable[..., Any]:
    """The option that names the kinds of reports. `kinds`: those that are written without it."""
    return click.option("--report", "reports", default=kinds, help=KINDS_HELP)


def report_dir_option(default: str) -> Callable[..., Any]:
    """The option that names the folder of the reports. `default`: where they are without it."""
    says = f"Folder of the reports. [default: {default}]"
    return click.option("--report-dir", type=EXISTING, metavar="DIR", help=says)


def kinds_in(reports: str) -> tuple[str, ...]:
    """The kinds of reports in the text of `--report`."""
    return tuple(kind.strip() for kind in reports.split(",") if kind.strip())


database_option = click.option(
    "--database",
    metavar="URL",
    help="Where failures and history are kept: a directory, redis://host:6379/0, github://owner/repo."
    " [default: .calfuzz]",
)


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options of `run` and `gate`."""
    options = (
        click.option("--target", type=EXISTING, metavar="PROFILE", help="Target profile. [default: the sandbox]"),
        click.option("--fault", multiple=True, metavar="NAME", help="A fault of the sandbox; may be repeated."),
        click.option("--variant", multiple=True, metavar="NAME", help="A variant of the sandbox."),
        click.option("--wait-for-target", metavar="TIME", help="How long to wait for a target that is being deployed."),
        click.option("--max-time", metavar="TIME", help="When to stop: 60s, 5m, 1h. [run: 60s, gate: none]"),
        click.option("--max-examples", type=click.IntRange(1), help="Examples of the random phase."),
        click.option("--max-failures", type=click.IntRange(1), help="Stop after so many failures."),
        click.option("--seed", type=click.IntRange(0), help="Seed. [run: drawn, gate: fixed]"),
        click.option("--phases", metavar="A,B", help="Phases to run. [default: all]"),
        click.option("--depth", type=click.IntRange(0, 3), default=0, help="Extra states that conformance allows for."),
        click.option(
            "--cover",
            type=click.Choice(("states", "recreations")),
            default="states",
            help="recreations: verify every state again after each re-creation.",
        ),
        click.option(
            "--shrink-requests",
            type=click.IntRange(0),
            default=100,
            help="Maximum requests to shrink a failure.",
        ),
        report_option(DEFAULT_REPORTS),
        report_dir_option("a new one; .calfuzz/reports/latest is the newest"),
        click.option(
            "--journal-size",
            metavar="SIZE",
            help="Size of the journal past which what passes is counted. [default: 256MB]",
        ),
        click.option("--rate-limit", metavar="RATE", help=RATE_HELP),
        click.option("--request-timeout", type=SECONDS, metavar="S", help="Seconds to wait for an answer."),
        click.option(
            "--workers", type=click.IntRange(1, 256), help="Workers, each with staff of its own. [default: 1]"
        ),
        click.option("--scheduler", metavar="ADDRESS", help="The Dask scheduler of a cluster: tcp://host:8786."),
        database_option,
        click.option("--baseline", type=EXISTING, metavar="FILE", help="Accepted failures; need not exist yet."),
        click.option("--baseline-update", is_flag=True, help="Accept the failures of this run."),
        click.option("--baseline-prune", is_flag=True, help="Drop accepted failures that no longer come."),
        click.option("--pin", type=EXISTING, metavar="FILE", help="Observations to compare with; written if missing."),
        click.option("--pin-strict", is_flag=True, help="Fail if a pinned observation changed."),
        click.option(
            "--observability",
            type=EXISTING,
            metavar="FILE",
            help="Write Hypothesis's observations of the random phase, one JSON a line, for Tyche.",
        ),
        click.option("--dry-run", is_flag=True, help="Print what would be sent; send nothing."),
        click.option("--no-progress", is_flag=True, help="Print only the final report."),
        click.option("-q", "--quiet", is_flag=True, help="Print only the verdict and the failures."),
        click.option("-v", "--verbose", is_flag=True, help="Print observations and drift in full, too."),
    )
    for option in reversed(options):
        command = option(command)
    return document_options(command)


def options_of(command: str, given: dict[str, Any]) -> RunOptions:
    """The options of `run` or `gate`, checked. UsageError for a value that cannot be used."""
    from fuzz.run.options import GATE_SEED, RunOptions, parse_limit, parse_size, parse_time
    from fuzz.run.phase_list import parse_phases, phase_names
    from fuzz.session.journal import JOURNAL_SIZE

    is_gate = command == "gate"
    drawn = GATE_SEED if is_gate else int.from_bytes(os.urandom(4), "big")
    time = given["max_time"] or (None if is_gate else "60s")
    kept = not is_gate or given["database"] is not None
    phases = parse_phases(given["phases"]) if given["phases"] else phase_names(gate=is_gate, kept=kept)
    return RunOptions(
        command=command,
        target=given["target"],
        faults=given["fault"],
        variants=given["variant"],
        max_time=parse_time(time) if time else None,
        wait_for_target=parse_time(wait, "--wait-for-target") if (wait := given["wait_for_target"]) else 0.0,
        max_examples=given["max_examples"],
        max_failures=given["max_failures"],
        seed=drawn if given["seed"] is None else given["seed"],
        phases=phases,
        depth=given["depth"],
        cover=given["cover"],
        shrink_requests=given["shrink_requests"],
        workers=given["workers"] or 1,
        scheduler=given["scheduler"],
        database=given["database"],
        baseline=given["baseline"],
        baseline_update=given["baseline_update"],
        baseline_prune=given["baseline_prune"],
        pin=given["pin"],
        pin_strict=given["pin_strict"],
        observability=given["observability"],
        dry_run=given["dry_run"],
        reports=kinds_in(given["reports"]),
        report_dir=given["report_dir"],
        journal_size=parse_size(given["journal_size"]) if given["journal_size"] else JOURNAL_SIZE,
        rate_limit=parse_limit(given["rate_limit"]) if given["rate_limit"] else None,
        request_timeout=given["request_timeout"],
        workflow=given["workflow"],
        swagger=given["swagger"],
        documents=given["documents"],
        progress=not given["no_progress"] and not given["quiet"],
        detail=_detail_of(quiet=given["quiet"], verbose=given["verbose"]),
    )


def _detail_of(*, quiet: bool, verbose: bool) -> int:
    """-1, 0 or 1: how much the final text says."""
    if quiet and verbose:
        raise UsageError("--quiet and --verbose exclude each other", next="leave one out")
    return int(verbose) - int(quiet)
