"""The command line: each command's options and its exit code. Heavy imports stay inside the command that needs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fuzz.commands.command_line.group import CalfuzzGroup
from fuzz.commands.command_line.option_sets import (
    DEFAULT_REPORTS,
    EXISTING,
    RATE_HELP,
    SECONDS,
    database_option,
    document_options,
    kinds_in,
    options_of,
    report_dir_option,
    report_option,
    run_options,
)
from fuzz.commands.command_line.own_packages import check_own_packages
from fuzz.commands.command_line.sections import given_options
from fuzz.commands.command_line.settings_file import NAME, read_settings
from fuzz.errors import UsageError
from fuzz.signals import interruptible

if TYPE_CHECKING:
    from fuzz.run.options import RunOptions


@click.group(cls=CalfuzzGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="calfuzz", prog_name="calfuzz", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """A property-based contract fuzzer for external_calendar_items/bulk_create.

    Exit codes: 0 pass, 1 the contract is broken, 2 usage, 3 inconclusive, 130 interrupted.
    """
    check_own_packages()
    ctx.default_map = read_settings(Path(NAME), main.commands)
    # Hypothesis keeps tables of characters: not in a folder of its own.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", ".calfuzz/hypothesis")


@main.command()
@run_options
def run(**given: Any) -> int:
    """Fuzz a target until --max-time: the nightly run.

    Phases: preflight, regressions, systematic, random, race.
    """
    return _run("run", given)


@main.command()
@run_options
def gate(**given: Any) -> int:
    """Run the deterministic phases, for a pipeline.

    Preflight, the whole systematic list, and 30 random examples of a fixed seed: without a time limit, so that the same
    commit and target give the same verdict. Failures kept by earlier runs are replayed only from where --database says.
    What was never due makes it inconclusive, not green.
    """
    return _run("gate", given)


def _run(command: str, given: dict[str, Any]) -> int:
    from fuzz.commands.run import run_and_report

    with interruptible():
        return run_and_report(
            options_of(command, given),
            faults=given["fault"],
            variants=given["variant"],
            stdout=sys.stdout,
            environ=os.environ,
            given=tuple(given_options(click.get_current_context())),
        )


@main.command()
@click.option("--target", type=EXISTING, metavar="PROFILE", help="Target profile. [default: the sandbox]")
@click.option("--fault", multiple=True, metavar="NAME", help="A fault of the sandbox; may be repeated.")
@click.option("--variant", multiple=True, metavar="NAME", help="A variant of the sandbox.")
@click.option("--rate-limit", metavar="RATE", help=RATE_HELP)
@click.option("--request-timeout", type=SECONDS, metavar="S", help="Seconds to wait for an answer.")
@document_options
def check(**given: Any) -> int:
    """Check a target profile with some 20 requests.

    Prints what is right and what to write for the rest. Exit codes: 0 all is right, 1 an answer is not as documented,
    2 the profile is to be corrected, 3 cannot tell.
    """
    from fuzz.commands.check import check as check_profile

    with interruptible():
        return check_profile(
            _few_options("check", given), faults=given["fault"], variants=given["variant"], stdout=sys.stdout
        )


@main.command()
@click.argument("bundles", nargs=-1, required=True, type=EXISTING, metavar="BUNDLE...")
@click.option("--target", type=EXISTING, metavar="PROFILE", help="Target profile. [default: where it was found]")
@click.option("--fault", multiple=True, metavar="NAME", help="A fault of the sandbox; may be repeated.")
@click.option("--variant", multiple=True, metavar="NAME", help="A variant of the sandbox.")
@click.option("--times", type=click.IntRange(1), help="Replays of each. [default: as many as the failure needs]")
@click.option("--rate-limit", metavar="RATE", help=RATE_HELP)
@click.option("--request-timeout", type=SECONDS, metavar="S", help="Seconds to wait for an answer.")
@report_option()
@report_dir_option(".calfuzz/replay")
@document_options
def replay(bundles: tuple[Path, ...], times: int | None, **given: Any) -> int:
    """Run kept failures or workflow documents again.

    BUNDLE: the folder of a failure, or a workflow document (.md). Exit codes: 0 FIXED, 1 FAILED, 3 CANNOT TELL.
    """
    from fuzz.commands.replay import replay_all

    with interruptible():
        return replay_all(bundles, _few_options("replay", given), times=times, stdout=sys.stdout, environ=os.environ)


def _few_options(command: str, given: dict[str, Any]) -> RunOptions:
    """The options of a command that sends a few requests and has no phases to choose from."""
    from fuzz.run.options import RunOptions, parse_limit

    return RunOptions(
        command=command,
        target=given["target"],
        faults=given["fault"],
        variants=given["variant"],
        reports=kinds_in(given.get("reports", "")),
        report_dir=given.get("report_dir"),
        rate_limit=parse_limit(given["rate_limit"]) if given["rate_limit"] else None,
        request_timeout=given["request_timeout"],
        workflow=given["workflow"],
        swagger=given["swagger"],
        documents=given["documents"],
    )


@main.command()
@click.option("--from", "tokens", type=EXISTING, metavar="FILE", help="A JSON file of tokens and uids.")
@click.option("--output", type=EXISTING, metavar="FILE", help="A new file for the profile. [default: print it]")
def init(tokens: Path | None, output: Path | None) -> None:
    """Write a commented target profile to fill in."""
    from fuzz.commands.init import init as write_profile

    write_profile(tokens, output, stdout=sys.stdout, stderr=sys.stderr)


@main.command()
@document_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def contract(workflow: Path | None, swagger: Path | None, documents: Path | None, as_json: bool) -> None:
    """Print clauses with their lines, field rules, and drift.

    Drift: where document and swagger disagree.
    """
    import json

    from fuzz.report.text import visible
    from fuzz.run.setup.documents import read_contract
    from swagger import render

    read = read_contract(workflow, swagger, documents)
    lines = (visible(line, limit=2000) for line in render.as_text(read).splitlines())
    click.echo(json.dumps(render.as_json(read), indent=2) if as_json else "\n".join(lines))


@main.command()
@click.argument("file", type=click.Choice(("profile", "report", "failure")))
def schema(file: str) -> None:
    """Print the JSON Schema of profile, report or failure.

    An editor completes a profile whose first line is `# yaml-language-server: $schema=profile.schema.json`.
    """
    from fuzz.commands.schema import print_schema

    print_schema(file, stdout=sys.stdout)


@main.command()
@click.argument("name", metavar="CLAUSE|FINGERPRINT")
@document_options
@database_option
def explain(name: str, database: str | None, **documents: Path | None) -> None:
    """Explain a clause, or a failure that is kept.

    What it means, where it is promised, what breaks it, how it is tested, what was seen, what to do. Sends nothing.
    """
    from fuzz.commands.explain import explain as explain_name

    explain_name(name, documents, database, stdout=sys.stdout)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free port.")
@click.option("--fault", multiple=True, metavar="NAME", help="A fault to serve; may be repeated.")
@click.option("--variant", multiple=True, metavar="NAME", help="An honest variant to serve; may be repeated.")
@click.option("--database", default=":memory:", metavar="FILE", help="Keep the syncs in a file.")
@click.option("--latency", type=click.FloatRange(0), default=0.0, metavar="S", help="Seconds before each answer.")
@click.option(
    "--staging",
    is_flag=False,
    flag_value="plain",
    metavar="[NAME]",
    help="Serve it behind two gateways, as a staging deployment does. NAME: one with other refusals, feature flags or "
    "lagging reads, see --list-faults; without it: plain.",
)
@click.option("--list-faults", is_flag=True, help="List faults, variants and staging deployments, and exit.")
def serve(list_faults: bool, **given: Any) -> None:
    """Serve the sandbox in the foreground."""
    if list_faults:
        click.echo(_catalogue())
        return
    import sqlite3

    from fuzz.sandbox.launcher import serve as serve_forever

    try:
        serve_forever(**given)
    except sqlite3.Error as error:
        what = f"--database {given['database']}: {error}"
        raise UsageError(what, next="name a file that can be written, or leave it out") from None


def _catalogue() -> str:
    from fuzz.sandbox.deployments.staging import Staging
    from fuzz.sandbox.faults import Fault
    from fuzz.sandbox.variants import Variant

    kinds: dict[str, list[Fault] | list[Variant] | list[Staging]] = {
        "faults": list(Fault),
        "honest variants": list(Variant),
        "staging deployments, all honest": list(Staging),
    }
    width = max(len(entry) for entries in kinds.values() for entry in entries)
    lines = []
    for title, entries in kinds.items():
        lines += ["", f"{title} ({len(entries)})"]
        lines += [f"  {entry.value:<{width}}  {entry.description}" for entry in entries]
    return "\n".join(lines[1:])


@main.command()
@click.option("--target", type=EXISTING, metavar="PROFILE", help="Target profile. [default: the sandbox]")
@click.option("--fault", multiple=True, metavar="NAME", help="A fault of the sandbox; may be repeated.")
@click.option("--variant", multiple=True, metavar="NAME", help="A variant of the sandbox.")
@click.option("--output", type=EXISTING, metavar="FILE", help="Draw the machine: .dot, .mmd (Mermaid) or .svg.")
@click.option(
    "--max-requests", type=click.IntRange(1), default=8000, show_default=True, help="Stop after so many requests."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the random walks.")
def learn(target: Path | None, output: Path | None, max_requests: int, seed: int, **sandbox: tuple[str, ...]) -> int:
    """Learn the target's machine and compare it with the documents.

    Tries near names and a second staff member, too. Exit codes: 0 equivalent, 1 different, 3 not known.
    """
    from fuzz.commands.learn import learn_and_draw

    return learn_and_draw(
        target,
        faults=sandbox["fault"],
        variants=sandbox["variant"],
        output=output,
        max_requests=max_requests,
        seed=seed,
        stdout=sys.stdout,
    )


@main.command()
@click.option("--fault", multiple=True, metavar="NAME", help="Only this fault; may be repeated. [default: all]")
@click.option("--variant", multiple=True, metavar="NAME", help="Only this honest variant; may be repeated.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Try only N, spread over all kinds.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The first seed.")
@click.option(
    "--seeds", type=click.IntRange(1), default=1, show_default=True, help="Number of seeds, from --seed upwards."
)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes at once.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def selftest(fault: tuple[str, ...], variant: tuple[str, ...], as_json: bool, **counts: Any) -> int:
    """Run the fuzzer against every sandbox fault and variant.

    Exit code 1 if a fault is not found, or if an honest variant is reported as a failure.
    """
    from fuzz.selftest.command import selftest as try_all

    return try_all(fault, variant, as_a_table=not as_json, stdout=sys.stdout, **counts)


@main.command()
@click.argument("a", type=EXISTING)
@click.argument("b", type=EXISTING)
def diff(a: Path, b: Path) -> int:
    """Compare two runs, or two versions of the documents.

    A, B: two report folders; or two workflow documents (.md), swaggers or folders of documents. Exit codes: 1 B is
    worse (a failure that A has not, a clause that A passes), 0 it is not.
    """
    from fuzz.commands.diff import diff as compare

    return compare(a, b, sys.stdout)


@main.command()
@click.argument("directory", type=EXISTING)
@report_option(DEFAULT_REPORTS)
def report(directory: Path, reports: str) -> None:
    """Write the reports again from a run's events."""
    from fuzz.report.write import write_reports

    for path in write_reports(directory, kinds_in(reports), stdout=sys.stdout, environ=os.environ):
        click.echo(path)
