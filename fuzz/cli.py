"""The command line: options in, exit code out. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fuzz.errors import REDACTORS, ExitCode, Terminated, UsageError
from fuzz.interrupts import interruptible

if TYPE_CHECKING:
    from fuzz.engine.options import RunOptions

DEFAULT_REPORTS = "json"
STATE = Path(".calfuzz")
EXISTING = click.Path(path_type=Path)


class _Seconds(click.FloatRange):
    """Seconds to wait: more than none, no more than an hour."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a time", param, ctx)
        return seconds


_SECONDS = _Seconds(0, 3600, min_open=True)


class _Cli(click.Group):
    """A group whose errors are two lines: what is wrong and where, and what to do next."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            result = super().main(*args, **kwargs)
        except UsageError as error:
            _end(f"error: {error}", ExitCode.USAGE)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "calfuzz"
            _end(f"error: {error.format_message()}\n  next: {command} --help lists the options", ExitCode.USAGE)
        except click.ClickException as error:
            _end(f"error: {error.format_message()}", ExitCode.USAGE)
        except Terminated:
            sys.exit(Terminated.exit_code)
        except (KeyboardInterrupt, click.Abort):
            sys.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            # Whoever read our output has gone; there is nobody left to tell.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(ExitCode.INTERRUPTED)
        except Exception:
            # Not exit code 1: that would tell a pipeline that the target's contract is broken.
            import traceback

            text = traceback.format_exc()
            for clean in REDACTORS:
                text = clean(text)
            click.echo(text, err=True)
            _end("calfuzz itself failed; what it had found is in the report directory", ExitCode.INCONCLUSIVE)
        sys.exit(result if isinstance(result, int) else ExitCode.PASS)


def _end(message: str, code: ExitCode) -> None:
    click.echo(message, err=True)
    sys.exit(code)


@click.group(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A property-based contract fuzzer for external_calendar_items/bulk_create.

    Exit codes: 0 pass, 1 the contract is broken, 2 usage, 3 inconclusive, 130 interrupted.
    """


def _documents(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name the documents."""
    for option in (
        click.option("--swagger", type=EXISTING, metavar="FILE", help="The swagger. [default: the packaged one]"),
        click.option("--workflow", type=EXISTING, metavar="FILE", help="The workflow document. [default: packaged]"),
    ):
        command = option(command)
    return command


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `run` and `gate` share."""
    options = (
        click.option("--target", type=EXISTING, metavar="PROFILE", help="Target profile. [default: the sandbox]"),
        click.option("--fault", multiple=True, metavar="NAME", help="A fault of the sandbox; may be given again."),
        click.option("--variant", multiple=True, metavar="NAME", help="A variant of the sandbox."),
        click.option("--max-time", metavar="TIME", help="When to stop: 60s, 5m, 1h. [run: 60s, gate: none]"),
        click.option("--max-examples", type=click.IntRange(1), help="Examples of the random phase."),
        click.option("--max-failures", type=click.IntRange(1), help="Stop after so many failures."),
        click.option("--seed", type=click.IntRange(0), help="Seed. [run: drawn, gate: fixed]"),
        click.option("--phases", metavar="A,B", help="Phases to run. [default: all]"),
        click.option("--depth", type=click.IntRange(0, 3), default=0, help="Extra states that conformance allows for."),
        click.option(
            "--shrink-requests",
            type=click.IntRange(0),
            default=100,
            help="Requests to make a failure small.",
        ),
        click.option("--report", "reports", default=DEFAULT_REPORTS, help="json,junit,html,har,sarif,github."),
        click.option("--report-dir", type=EXISTING, metavar="DIR", help="[default: .calfuzz/report]"),
        click.option("--rate-limit", metavar="RATE", help="Requests per second at the most, as 8/s."),
        click.option("--request-timeout", type=_SECONDS, metavar="S", help="Seconds."),
        click.option(
            "--workers", type=click.IntRange(1, 256), help="Workers, each with staff of its own. [default: 1]"
        ),
        click.option("--scheduler", metavar="ADDRESS", help="A Dask cluster to work on: tcp://host:8786."),
        click.option(
            "--database",
            metavar="URL",
            help="Where failures are kept: a directory, redis://host:6379/0, github://owner/repo. [default: .calfuzz]",
        ),
        click.option("--baseline", type=EXISTING, metavar="FILE", help="Accepted failures."),
        click.option("--baseline-update", is_flag=True, help="Accept what fails in this run."),
        click.option("--baseline-prune", is_flag=True, help="Drop what was exercised and no longer fails."),
        click.option("--pin", type=EXISTING, metavar="FILE", help="Pin what the documents leave open, or compare."),
        click.option("--pin-strict", is_flag=True, help="A pinned observation that changed fails the run."),
        click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing."),
        click.option("--no-progress", is_flag=True, help="Only the final report."),
    )
    for option in reversed(options):
        command = option(command)
    return _documents(command)


@main.command()
@_run_options
def run(**given: Any) -> int:
    """Fuzz a target until --max-time: the nightly run."""
    return _run("run", given)


@main.command()
@_run_options
def gate(**given: Any) -> int:
    """The deterministic part, for a pipeline: same commit, same target, same verdict."""
    return _run("gate", given)


def _run(command: str, given: dict[str, Any]) -> int:
    from fuzz.running import run_and_report

    with interruptible():
        return run_and_report(
            options_of(command, given),
            faults=given["fault"],
            variants=given["variant"],
            stdout=sys.stdout,
            environ=os.environ,
        )


def options_of(command: str, given: dict[str, Any]) -> RunOptions:
    """The options of `run` or `gate`, checked. UsageError for values that mean nothing."""
    from fuzz.engine.options import GATE_PHASES, GATE_SEED, PHASES, RunOptions, parse_limit, parse_phases, parse_time

    is_gate = command == "gate"
    seed = given["seed"]
    if seed is None:
        seed = GATE_SEED if is_gate else int.from_bytes(os.urandom(4), "big")
    time = given["max_time"] or (None if is_gate else "60s")
    phases = parse_phases(given["phases"]) if given["phases"] else GATE_PHASES if is_gate else PHASES
    return RunOptions(
        command=command,
        target=given["target"],
        max_time=parse_time(time) if time else None,
        max_examples=given["max_examples"],
        max_failures=given["max_failures"],
        seed=seed,
        phases=phases,
        depth=given["depth"],
        shrink_requests=given["shrink_requests"],
        workers=given["workers"] or 1,
        scheduler=given["scheduler"],
        database=given["database"],
        baseline=given["baseline"],
        baseline_update=given["baseline_update"],
        baseline_prune=given["baseline_prune"],
        pin=given["pin"],
        pin_strict=given["pin_strict"],
        dry_run=given["dry_run"],
        reports=tuple(kind.strip() for kind in given["reports"].split(",") if kind.strip()),
        report_dir=given["report_dir"] or STATE / "report",
        rate_limit=parse_limit(given["rate_limit"]) if given["rate_limit"] else None,
        request_timeout=given["request_timeout"],
        workflow=given["workflow"],
        swagger=given["swagger"],
        progress=not given["no_progress"],
    )


@main.command()
@click.argument("bundles", nargs=-1, required=True, type=EXISTING, metavar="BUNDLE...")
@click.option("--target", type=EXISTING, metavar="PROFILE", help="Target profile. [default: the sandbox]")
@click.option("--fault", multiple=True, metavar="NAME", help="A fault of the sandbox; may be given again.")
@click.option("--variant", multiple=True, metavar="NAME", help="A variant of the sandbox.")
@click.option("--times", type=click.IntRange(1), help="How often. [default: as often as the failure needs]")
@click.option("--rate-limit", metavar="RATE", help="Requests per second at the most, as 8/s.")
@click.option("--request-timeout", type=_SECONDS, metavar="S", help="Seconds.")
@_documents
def replay(bundles: tuple[Path, ...], times: int | None, **given: Any) -> int:
    """Run kept failures (bundles) or workflow documents (.md) again: FAILED, FIXED or CANNOT TELL."""
    from fuzz.engine.options import RunOptions, parse_limit
    from fuzz.replaying import Replay, replay_all

    options = RunOptions(
        command="replay",
        target=given["target"],
        rate_limit=parse_limit(given["rate_limit"]) if given["rate_limit"] else None,
        request_timeout=given["request_timeout"],
        workflow=given["workflow"],
        swagger=given["swagger"],
    )
    with interruptible():
        return replay_all(
            Replay(bundles, times, options), faults=given["fault"], variants=given["variant"], stdout=sys.stdout
        )


@main.command()
@_documents
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def contract(workflow: Path | None, swagger: Path | None, as_json: bool) -> None:
    """Print the clauses with their lines, the field rules, and where document and swagger disagree."""
    import json

    from fuzz.engine.documents import read_contract
    from swagger import render

    read = read_contract(workflow, swagger)
    click.echo(json.dumps(render.as_json(read), indent=2) if as_json else render.as_text(read))


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free one.")
@click.option("--fault", multiple=True, metavar="NAME", help="Be dishonest in this way; may be given again.")
@click.option("--variant", multiple=True, metavar="NAME", help="Decide differently what the documents leave open.")
@click.option("--database", default=":memory:", metavar="FILE", help="Keep the state in a file.")
@click.option("--latency", type=click.FloatRange(0), default=0.0, metavar="S", help="Seconds before each answer.")
@click.option("--list-faults", is_flag=True, help="List faults and variants with a sentence each, and exit.")
def serve(
    port: int, fault: tuple[str, ...], variant: tuple[str, ...], database: str, latency: float, list_faults: bool
) -> None:
    """Serve the sandbox in the foreground."""
    if list_faults:
        click.echo(_catalogue())
        return
    from fuzz.sandbox.server import serve as serve_forever

    serve_forever(fault=fault, variant=variant, port=port, database=database, latency=latency)


def _catalogue() -> str:
    from fuzz.sandbox.faults import Fault
    from fuzz.sandbox.variants import Variant

    width = max(len(each) for each in (*Fault, *Variant))
    faults = [f"  {each.value:<{width}}  {each.description}" for each in Fault]
    variants = [f"  {each.value:<{width}}  {each.description}" for each in Variant]
    return "\n".join([f"faults ({len(faults)})", *faults, "", f"honest variants ({len(variants)})", *variants])


@main.command()
@click.option("--target", type=EXISTING, metavar="PROFILE", help="Target profile. [default: the sandbox]")
@click.option("--fault", multiple=True, metavar="NAME", help="A fault of the sandbox; may be given again.")
@click.option("--variant", multiple=True, metavar="NAME", help="A variant of the sandbox.")
@click.option("--output", type=EXISTING, metavar="FILE", help="Draw the machine: .dot, .mmd (Mermaid) or .svg.")
@click.option("--max-requests", type=click.IntRange(1), default=8000, show_default=True, help="When to give up.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the random walks.")
def learn(target: Path | None, output: Path | None, max_requests: int, seed: int, **sandbox: tuple[str, ...]) -> int:
    """Learn the target's machine and print how it differs from the documented one. 0 equivalent, 1 not, 3 unknown."""
    from fuzz.learning import learn_and_draw

    return learn_and_draw(
        target,
        faults=sandbox["fault"],
        variants=sandbox["variant"],
        output=output,
        most=max_requests,
        number=seed,
        stdout=sys.stdout,
    )


@main.command()
@click.option("--fault", multiple=True, metavar="NAME", help="This fault alone; may be given again. [default: all]")
@click.option("--variant", multiple=True, metavar="NAME", help="This honest variant alone; may be given again.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only so many, spread over all kinds.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The first seed.")
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="How many seeds, from that one on.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="How many at once.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def selftest(fault: tuple[str, ...], variant: tuple[str, ...], as_json: bool, **counts: Any) -> int:
    """Run every sandbox fault and honest variant against the fuzzer. 1 if a fault is missed or a variant alarms."""
    from fuzz.selftest.command import selftest as try_all

    return try_all(fault, variant, as_a_table=not as_json, stdout=sys.stdout, **counts)


@main.command()
@click.argument("directory", type=EXISTING)
@click.option("--report", "reports", default=DEFAULT_REPORTS, help="json,junit,html,har,sarif,github.")
def report(directory: Path, reports: str) -> None:
    """Render the reports again from a run's events."""
    from fuzz.report.write import write_reports

    kinds = [kind.strip() for kind in reports.split(",") if kind.strip()]
    try:
        written = write_reports(directory, kinds, stdout=sys.stdout, environ=os.environ)
    except OSError as error:
        raise UsageError(f"the reports in {directory} cannot be written: {error.strerror}", next="make room") from None
    for path in written:
        click.echo(path)
