"""How a command ends: a user's error is told in two lines, and every ending has an exit code."""

from __future__ import annotations

import sys
from typing import Any

import click

from fuzz.commands.output import survive_lost_output
from fuzz.errors import REDACTORS, ExitCode, UsageError
from fuzz.report.text import error_lines, visible


class CalfuzzGroup(click.Group):
    """A command group that prints an error as two lines: what is wrong and where, and what to do next."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        survive_lost_output()
        try:
            result = super().main(*args, **kwargs)
        except UsageError as error:
            _end(f"error: {error_lines(error)}", ExitCode.USAGE)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "calfuzz"
            said = visible(error.format_message(), limit=1000)
            _end(f"error: {said}\n  next: {command} --help lists the options", ExitCode.USAGE)
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


def _end(message: str, code: ExitCode) -> None:
    click.echo(message, err=True)
    sys.exit(code)
