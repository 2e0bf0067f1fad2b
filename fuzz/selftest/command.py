"""The command: trials in parallel processes, each row as it comes, the totals, the exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from typing import TextIO

from fuzz.errors import ExitCode
from fuzz.selftest.scoreboard import HEADINGS, as_json, line, row, totals
from fuzz.selftest.subjects import Subject, subjects
from fuzz.selftest.trial import Trial, attempt


def selftest(
    faults: Sequence[str],
    variants: Sequence[str],
    *,
    stdout: TextIO,
    sample: int | None = None,
    seed: int = 1,
    seeds: int = 1,
    jobs: int = 2,
    as_a_table: bool = True,
    search: bool = True,
) -> int:
    """Tries every subject; 1 if a fault is missed or a variant alarms."""
    chosen = subjects(faults, variants, sample=sample, seed=seed, seeds=seeds)
    if as_a_table:
        _say(stdout, line(HEADINGS))
    trials = []
    for trial in results(chosen, jobs=jobs, search=search):
        trials.append(trial)
        if as_a_table:
            _say(stdout, line(row(trial)))
    trials.sort(key=lambda trial: chosen.index(trial.subject))
    _say(stdout, f"\n{totals(trials)}" if as_a_table else json.dumps(as_json(trials), indent=2))
    return int(ExitCode.PASS if all(trial.good for trial in trials) else ExitCode.BROKEN)


def results(chosen: Sequence[Subject], *, jobs: int, search: bool = True) -> Iterator[Trial]:
    """The trials as they end. Each is a process's own: a run keeps its tokens in the environment."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            running = [pool.submit(partial(attempt, search=search), subject) for subject in chosen]
            for done in as_completed(running):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _say(stdout: TextIO, text: str) -> None:
    stdout.write(text + "\n")
    stdout.flush()
