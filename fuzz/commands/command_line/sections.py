"""A command whose `--help` shows its options in sections, and each of whose options may come from the environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

SECTIONS = {
    "The target": "--target --fault --variant --wait-for-target --rate-limit --request-timeout --workers --scheduler",
    "What is tried": "--max-time --max-examples --max-failures --seed --phases --depth --cover --shrink-requests"
    " --dry-run",
    "What is known already": "--database --baseline --baseline-update --baseline-prune --pin --pin-strict",
    "What is told": "--report --report-dir --journal-size --observability --no-progress --quiet --verbose",
    "The documents": "--documents --swagger --workflow",
}
"""The options of `run` and `gate` by section. Options of other commands that are not here stand below "Options"."""

PREFIX = "CALFUZZ_OPT_"


class SectionedCommand(click.Command):
    """A command with its options in sections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.epilog = f"Options may also stand in calfuzz.toml, or in variables such as {PREFIX}SEED."
        for param in self.params:
            if isinstance(param, click.Option) and param.envvar is None:
                param.envvar = variable_of(param)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes a section for each kind of option that the command has."""
        rows = {name_of(param): row for param in self.get_params(ctx) if (row := param.get_help_record(ctx))}
        known = {name: title for title, names in SECTIONS.items() for name in names.split()}
        for title in (*SECTIONS, "Options"):
            found = [row for name, row in rows.items() if known.get(name, "Options") == title]
            if found:
                with formatter.section(title):
                    formatter.write_dl(found)


def name_of(param: click.Parameter) -> str:
    """The long name of an option: `--max-time`."""
    return max(param.opts, key=len)


def variable_of(param: click.Parameter) -> str:
    """The environment variable that an option may come from: `CALFUZZ_OPT_MAX_TIME`."""
    return PREFIX + name_of(param).lstrip("-").replace("-", "_").upper()


def given_options(ctx: click.Context) -> Iterator[str]:
    """Each option that is not at its default, with its value and where it comes from: `--seed 7 (calfuzz.toml)`."""
    for param in ctx.command.params:
        source = ctx.get_parameter_source(str(param.name))
        if source not in (None, click.core.ParameterSource.DEFAULT) and param.name != "dry_run":
            value = ctx.params.get(str(param.name))
            shown = "" if value is True else f" {', '.join(map(str, value)) if isinstance(value, tuple) else value}"
            yield f"{name_of(param)}{shown} ({_origin(param, source)})"


def _origin(param: click.Parameter, source: object) -> str:
    if source is click.core.ParameterSource.DEFAULT_MAP:
        return "calfuzz.toml"
    return variable_of(param) if source is click.core.ParameterSource.ENVIRONMENT else "command line"
