"""`calfuzz learn`: learns the target's machine, prints how it differs from the documented one, and draws both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from fuzz.automaton.diagram import draw
from fuzz.automaton.wording import Wording
from fuzz.commands.learned_text import exit_code, legend, told
from fuzz.errors import ExitCode
from fuzz.failures.handler import FailureHandler
from fuzz.learning.learner import learn
from fuzz.phases import preflight
from fuzz.report.diagrams.machine_drawing import write_machine, writer_for
from fuzz.report.text import BLOCK, visible
from fuzz.run.options import RunOptions
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import target_of
from fuzz.run.setup.rate_source import limiter_for
from fuzz.run.setup.session_setup import auth_file_of, open_session, secrets_for
from fuzz.session.journal import Journal
from fuzz.target.http.client import Unreachable


def learn_and_draw(
    target: Path | None,
    *,
    faults: Sequence[str],
    variants: Sequence[str],
    output: Path | None,
    max_requests: int,
    seed: int,
    stdout: TextIO,
) -> int:
    """Learns, prints the differences, draws the machine if asked to, and returns the exit code."""
    if output is not None:
        writer_for(output)
    contract = read_contract(None, None)
    options = RunOptions(command="learn", target=target)
    with target_of(options, faults=faults, variants=variants, say=stdout) as profile:
        secrets = secrets_for(profile, auth_file_of(target, profile))
        limiter = limiter_for(options, profile, contract, sandbox=target is None)
        session = open_session(contract, profile, secrets, Journal(None, secrets), run="learn", limiter=limiter)
        try:
            preflight.run(FailureHandler(session, shrink_requests=0))
            stdout.writelines(f"trouble: {visible(trouble)}\n" for trouble in session.journal.summary.troubles)
            learned = learn(session, max_requests=max_requests, seed=seed)
            stdout.writelines(f"{visible(line, limit=BLOCK)}\n" for line in told(session, learned))
        except Unreachable as ending:
            stdout.write(f"nothing was learned: {visible(ending, limit=BLOCK)}\n")
            return ExitCode.INCONCLUSIVE
        finally:
            session.close()
    if output is not None and learned.machine is not None:
        wording = Wording(learned.naming)
        write_machine(draw(learned.documented, learned.machine, wording, legend(learned)), output)
        stdout.write(f"picture: {output}\n")
    return exit_code(learned)
