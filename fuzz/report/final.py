"""The end of a run in plain text: verdict first, then what it rests on. The same lines on a terminal and in a log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from fuzz.model.events import Event, Summary
from fuzz.model.gate import incomplete
from fuzz.report import view
from fuzz.report.argued import argued
from fuzz.report.text import counted, duration, visible

FAILURES = 50
"""Failures shown in full; the rest are counted and stand in the written reports."""


def final_text(summary: Summary, *, reports: Sequence[Path] = ()) -> str:
    """The whole final text, ending in a line end."""
    parts = [
        _verdict(summary),
        _clauses(summary),
        matrix_lines(view.matrix_of(summary)),
        *_failures(summary),
        _rest(summary, reports),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _verdict(summary: Summary) -> list[str]:
    facts = [
        visible(view.target_of(summary)),
        f"seed {visible(summary.started.get('seed', 'unknown'))}",
        f"{counted(summary.total, 'request')} in {duration(view.seconds_of(summary))}",
    ]
    lost = [f"{summary.retried:,} retried, {summary.lost:,} lost"] if summary.retried or summary.lost else []
    return [
        f"{view.verdict_of(summary).upper()}  {view.headline(summary)}",
        f"      {' · '.join([*facts, *lost])}",
        *(f"      {visible(reason, limit=400)}" for reason in view.reasons_of(summary)),
        *(f"      {line}" for line in _cut_off(summary)),
    ]


def _cut_off(summary: Summary) -> list[str]:
    phases = incomplete(summary)
    hint = "" if view.reasons_of(summary) else ": give it more time with --max-time"
    return [f"{' and '.join(phases)} did not come to an end{hint}"] if phases else []


def _clauses(summary: Summary) -> list[str]:
    rows = [
        (
            visible(row.id, limit=60),
            f"{row.due:,}",
            f"{row.seen:,}",
            f"{row.not_due:,}",
            f"{row.surplus:,}",
            "accepted" if row.accepted else str(row.verdict),
        )
        for row in view.clause_rows(summary)
    ]
    return list(table(("clause", "due", "seen", "not due", "surplus", "verdict"), rows, left=(0, 5))) if rows else []


def matrix_lines(matrix: view.Matrix) -> list[str]:
    """Situations against answers; a dot where an answer never came."""
    rows = [
        (visible(situation), *(_often(matrix.count(situation, answer)) for answer in matrix.answers))
        for situation in matrix.situations
    ]
    return list(table(("situation", *(visible(answer, limit=30) for answer in matrix.answers)), rows, left=(0,)))


def _often(count: int) -> str:
    return f"{count:,}" if count else "·"


def _failures(summary: Summary) -> Iterator[list[str]]:
    failures = view.failures_of(summary)
    for failure in failures[:FAILURES]:
        yield argued(failure)
    if len(failures) > FAILURES:
        yield [f"and {counted(len(failures) - FAILURES, 'failure')} more in report.json"]


def _rest(summary: Summary, reports: Sequence[Path]) -> list[str]:
    drift = summary.started.get("drift", [])
    silent = len({feature for feature, _ in summary.observations})
    return [
        *(f"trouble: {visible(trouble, limit=400)}" for trouble in summary.troubles[:FAILURES]),
        *(_changed(event) for event in summary.changed[:FAILURES]),
        f"observed where the documents are silent: {counted(silent, 'feature')}",
        f"document and swagger disagree in {counted(len(drift), 'place')}",
        *(f"report: {visible(path, limit=1000)}" for path in reports),
    ]


def _changed(event: Event) -> str:
    before, now = (", ".join(event[key]) for key in ("pinned", "seen"))
    return visible(f"changed: {event['feature']}, in {event['situation']}: pinned {before}, now {now}", limit=400)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, left: Sequence[int]) -> Iterator[str]:
    """Lines of a table, columns aligned: those in `left` to the left, the others to the right."""
    cells = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        aligned = (
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(aligned).rstrip()
