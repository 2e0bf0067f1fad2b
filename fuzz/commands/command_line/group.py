"""How a command ends: a user's error is told in two lines, and every ending has an exit code."""

from __future__ import annotations

import sys
from typing import Any

import click

from fuzz.commands.command_line.output import survive_lost_output
from fuzz.commands.command_line.sections import SectionedCommand, variable_of
from fuzz.commands.command_line.settings_file import NAME
from fuzz.errors import REDACTORS, ExitCode, UsageError
from fuzz.report.text import error_lines, visible


class CalfuzzGroup(click.Group):
    """A command group that prints an error as two lines: what is wrong and where, and what to do next."""

    command_class = SectionedCommand

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        survive_lost_output()
        try:
            result = super().main(*args, **kwargs)
        except UsageError as error:
            _end(f"error: {error_lines(error)}", ExitCode.USAGE)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "calfuzz"
            what = visible(f"{error.format_message()}{_where(error)}", limit=1000)
            _end(f"error: {what}\n  next: {command} --help lists the options", ExitCode.USAGE)
        except click.ClickException as error:
            _end(f"error: {visible(error.format_message(), limit=1000)}", ExitCode.USAGE)
        except (KeyboardInterrupt, click.Abort) as ending:
            # click raises an Abort in place of what has interrupted it.
            interruption = ending.__cause__ if isinstance(ending, click.Abort) else ending
            sys.exit(getattr(interruption, "exit_code", ExitCode.INTERRUPTED))
        except Exception:
            # Not exit code 1: that would tell a pipeline that the target's contract is broken.
            import traceback

            text = traceback.format_exc()
            for clean in REDACTORS:
                text = clean(text)
            click.echo(text, err=True)
            _end("calfuzz itself failed; what it had found is in the report directory", ExitCode.INCONCLUSIVE)
        sys.exit(result if isinstance(result, int) else ExitCode.PASS)


def _where(error: click.UsageError) -> str:
    """Where a wrong value comes from, unless it stands on the command line."""
    param = error.param if isinstance(error, click.BadParameter) else None
    source = error.ctx.get_parameter_source(str(param.name)) if error.ctx and param else None
    if param is None or source in (None, click.core.ParameterSource.COMMANDLINE):
        return ""
    return f" (in {NAME if source is click.core.ParameterSource.DEFAULT_MAP else variable_of(param)})"


def _end(message: str, code: ExitCode) -> None:
    click.echo(message, err=True)
    sys.exit(code)
