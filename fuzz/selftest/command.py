"""`calfuzz selftest`: runs trials in parallel processes, and prints a row for each and the totals."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from typing import TextIO

from fuzz.errors import ExitCode
from fuzz.selftest.scoreboard import HEADINGS, as_json, cells_of, table_line, totals
from fuzz.selftest.subjects import Subject, subjects
from fuzz.selftest.trial import Trial, run_trial


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
    """Runs a trial of every subject. Exit code 1 if a fault is not found, or if an honest one fails."""
    chosen = subjects(faults, variants, sample=sample, seed=seed, seeds=seeds)
    if as_a_table:
        _say(stdout, table_line(HEADINGS))
    trials = []
    for trial in results(chosen, jobs=jobs, search=search):
        trials.append(trial)
        if as_a_table:
            _say(stdout, table_line(cells_of(trial)))
    trials.sort(key=lambda trial: chosen.index(trial.subject))
    _say(stdout, f"\n{totals(trials)}" if as_a_table else json.dumps(as_json(trials), indent=2))
    return int(ExitCode.PASS if all(trial.good for trial in trials) else ExitCode.BROKEN)


def results(chosen: Sequence[Subject], *, jobs: int, search: bool = True) -> Iterator[Trial]:
    """The trials in the order in which they end. Each has its own process: its tokens are in the environment."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            futures = [pool.submit(partial(run_trial, search=search), subject) for subject in chosen]
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _say(stdout: TextIO, text: str) -> None:
    stdout.write(text + "\n")
    stdout.flush()
