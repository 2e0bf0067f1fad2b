"""`calfuzz check`: the preflight alone, as a checklist of what in a target profile is right. Writes no file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO
from uuid import uuid4

from fuzz.errors import ExitCode
from fuzz.events.exchanges import ExchangeEvent
from fuzz.events.summary import Summary
from fuzz.events.types import Event
from fuzz.failures.handler import FailureHandler
from fuzz.phases import preflight, target_build
from fuzz.report.first_lines import speed
from fuzz.report.text import counted, hanging, visible, wrapped
from fuzz.run.checklist import Mark, Row, Seen, exit_code, rows
from fuzz.run.options import RunOptions
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import target_of
from fuzz.run.setup.rate_source import limiter_of, rate_for
from fuzz.run.setup.session_setup import auth_file_of, open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.target.http.client import Unreachable

LINE = 400
"""Characters of a row that are shown."""


def check(options: RunOptions, *, faults: Sequence[str], variants: Sequence[str], stdout: TextIO) -> int:
    """Performs the preflight, prints a row for each thing checked and the verdict, and returns the exit code."""
    contract = read_contract(options.workflow, options.swagger, options.documents)
    exchanges: list[ExchangeEvent] = []

    def listen(event: Event, _summary: Summary) -> None:
        if event["event"] == "exchange" and "url" in event["request"]:
            exchanges.append(event)

    with target_of(options, faults=faults, variants=variants, say=stdout) as profile:
        secrets = secrets_for(profile, auth_file_of(options.target, profile))
        rate = rate_for(options, profile, contract, sandbox=options.target is None)
        limiter = limiter_of(rate.per_second, redis=None, target=profile.base_url)
        journal = Journal(None, secrets, (listen,))
        session = open_session(
            contract, profile, secrets, journal, run=uuid4().hex[:8], options=options, limiter=limiter
        )
        try:
            stopped = _performed(FailureHandler(session, shrink_requests=0))
        finally:
            session.close()
        total = journal.summary.total
        checked = [
            *rows(Seen(profile, session, tuple(exchanges))),
            Row("rate", Mark.RIGHT, f"{speed(rate.per_second)} ({rate.where})"),
        ]
        lines = (*_lines(checked), "", *wrapped(_verdict(checked, stopped, total), indent=6))
        stdout.write(secrets.redact("".join(f"{line}\n" for line in lines)))
    return int(exit_code(checked, stopped))


def _performed(handler: FailureHandler) -> str:
    """Why the preflight ended early; empty if it did not."""
    try:
        preflight.run(handler)
        target_build.learn(handler.session)
    except Unreachable as ending:
        return str(ending)
    return ""


def _lines(checked: Sequence[Row]) -> list[str]:
    width = max(len(row.what) for row in checked)
    lines = []
    for row in checked:
        lines += hanging(f"{row.mark:<8} {visible(row.what):<{width}}  ", visible(row.says, limit=LINE))
        lines += hanging(f"{'':8} {'':{width}}  next: ", visible(row.write, limit=LINE)) if row.write else []
    return lines


def _verdict(checked: Sequence[Row], stopped: str, total: int) -> str:
    """The last line: the verdict, and why."""
    to_write = sum(row.mark is not Mark.RIGHT and bool(row.write) for row in checked)
    requests = counted(total, "request")
    match exit_code(checked, stopped):
        case ExitCode.PASS:
            return f"PASS  the profile is right ({requests})"
        case ExitCode.BROKEN:
            return f"FAIL  an answer is not as documented, see above ({requests})"
        case ExitCode.USAGE:
            return f"CORRECT  the target can be tested; {counted(to_write, 'thing')} to correct, see above ({requests})"
        case _:
            why = stopped or "a run would be inconclusive, see above"
            return f"CANNOT TELL  {visible(why, limit=2 * LINE)} ({requests})"
