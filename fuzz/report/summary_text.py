"""The final text of a run: the verdict first, then clauses, situations and failures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap

from fuzz.events.gate import left_undone
from fuzz.events.summary import RunVerdict, Summary
from fuzz.report import queries
from fuzz.report.facts.origin import origin_lines
from fuzz.report.facts.requests import requests_line
from fuzz.report.facts.standing import standing_lines
from fuzz.report.facts.words import OF_CLAUSES, OF_SITUATIONS, in_use
from fuzz.report.failure_text import failure_lines
from fuzz.report.first_lines import headline, news_lines
from fuzz.report.text import NARROW, counted, cut_in_the_middle, duration, visible, wrapped

FAILURES = 50
"""Maximum failures shown; the written reports have the rest."""

SHORTEST_NAME = 12
"""Columns that a table's first column has, however wide the others are."""


_GLUE = "\N{NO-BREAK SPACE}"
"""Keeps a name and its number on one line."""


def summary_text(summary: Summary, *, reports: Sequence[Path] = (), detail: int = 0) -> str:
    """The whole text, which ends with a line end. `detail`: -1 for the verdict and the failures alone, 1 for
    observations and drift in full.
    """
    requests = wrap(requests_line(summary), NARROW, subsequent_indent="  ")
    tables = [_clauses(summary), [*matrix_lines(queries.matrix_of(summary)), *requests]] if detail >= 0 else []
    in_full = [_observed(summary), _drift(summary)] if detail > 0 else []
    rest = _rest(summary, reports) if detail >= 0 else []
    parts = [_verdict(summary), *tables, *_failures(summary), *in_full, rest]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _verdict(summary: Summary) -> list[str]:
    facts = [
        visible(queries.target_of(summary)),
        f"seed {queries.seed_of(summary)}",
        f"{counted(summary.total, 'request')} in {duration(queries.seconds_of(summary))}",
    ]
    lost = [f"{summary.retried:,} retried, {summary.lost:,} lost"] if summary.retried or summary.lost else []
    return [
        *wrapped(f"{queries.first_word(summary)}  {headline(summary)}", indent=6),
        *wrapped(f"      {' · '.join([*facts, *lost])}", indent=6),
        *(line for reason in _reasons(summary) for line in wrapped(f"      {reason}", indent=8)),
    ]


def _reasons(summary: Summary) -> list[str]:
    reasons = (visible(reason, limit=400) for reason in queries.reasons_of(summary))
    return [*reasons, *_cut_off(summary), *news_lines(summary)]


def _cut_off(summary: Summary) -> list[str]:
    said = [f"{' and '.join(phases)} {what}" for what, phases in left_undone(summary).items()]
    hint = "" if queries.reasons_of(summary) else ": give it more time with --max-time"
    return [f"{', '.join(said)}{hint}"] if said else []


def _clauses(summary: Summary) -> list[str]:
    """A table of the clauses that have not passed; those that have, each with how often it was due."""
    passed = [row for row in queries.clause_rows(summary) if row.verdict is RunVerdict.PASS]
    rows = [
        (
            visible(row.id, limit=60),
            f"{row.due:,}",
            f"{row.seen:,}",
            f"{row.not_due:,}",
            f"{row.surplus:,}",
            row.word,
        )
        for row in queries.clause_rows(summary)
        if row not in passed
    ]
    heads = ("clause", *OF_CLAUSES, "verdict")
    explained = "; ".join(f"{word}: {meaning}" for word, meaning in OF_CLAUSES.items())
    named = ", ".join(f"{visible(row.id, limit=60)}{_GLUE}{row.due:,}" for row in passed)
    told = wrapped(f"pass, each with how often it was due: {named}", indent=2) if passed else []
    return [
        *(table(heads, rows, left=(0, 5)) if rows else ()),
        *(wrapped(f"  ({explained})", indent=3) if rows else ()),
        *(line.replace(_GLUE, " ") for line in told),
    ]


def matrix_lines(matrix: queries.Matrix) -> list[str]:
    """The matrix of answers and situations as lines; a dot stands for an answer that never came."""
    rows = [
        (visible(answer, limit=30), *(_often(matrix.count(situation, answer)) for situation in matrix.situations))
        for answer in matrix.answers
    ]
    situations = {str(situation): meaning for situation, meaning in OF_SITUATIONS.items()}
    meanings = {name: situations.get(name, "") for name in matrix.situations} | in_use(matrix.answers)
    explained = "; ".join(f"{visible(word)}: {meaning}" for word, meaning in meanings.items() if meaning)
    heads = ("answer", *map(visible, matrix.situations))
    return [*table(heads, rows, left=(0,)), *wrapped(f"  ({explained})", indent=3)]


def _often(count: int) -> str:
    return f"{count:,}" if count else "·"


def _failures(summary: Summary) -> Iterator[list[str]]:
    failures = queries.failures_of(summary)
    for failure in failures[:FAILURES]:
        yield failure_lines(failure)
    if len(failures) > FAILURES:
        yield [f"and {counted(len(failures) - FAILURES, 'failure')} more in report.json"]


def _rest(summary: Summary, reports: Sequence[Path]) -> list[str]:
    drift = summary.started["drift"]
    unspecified = len({feature for feature, _ in summary.observations})
    return [
        *(
            line
            for trouble in summary.troubles[:FAILURES]
            for line in wrapped(f"trouble: {visible(trouble, limit=400)}", indent=2)
        ),
        *(line for standing in standing_lines(summary) for line in wrapped(standing, indent=2)),
        f"observed, not specified by the documents: {counted(unspecified, 'feature')}",
        *_notable(summary),
        f"document and swagger disagree in {counted(len(drift), 'place')}",
        *(f"report: {visible(path, limit=1000)}" for path in reports),
        *origin_lines(summary),
    ]


def _observed(summary: Summary) -> list[str]:
    """What was observed where the documents say nothing, a line each."""
    rows = queries.observations_of(summary)
    return [f"observed: {visible(feature)}, in {where}: {_answers(seen)}" for feature, where, seen, _ in rows]


def _answers(seen: Mapping[str, int]) -> str:
    return ", ".join(f"{visible(answer)} {count:,} times" for answer, count in seen.items())


def _drift(summary: Summary) -> list[str]:
    """Where document and swagger disagree, a line each."""
    return [
        visible(f"drift: {row['what']}: the document says {row['document']}, the swagger {row['swagger']}", limit=400)
        for row in summary.started["drift"]
    ]


def _notable(summary: Summary) -> Iterator[str]:
    """A line for each notable feature: what was accepted, in which situations, and why that matters."""
    situations: dict[tuple[str, str], list[str]] = {}
    for feature, situation, _, why in queries.observations_of(summary):
        if why:
            situations.setdefault((feature, why), []).append(situation)
    for (feature, why), met in situations.items():
        says = f"  notable: {visible(feature)} is accepted, in {', '.join(map(visible, met))}: {why}"
        yield from wrapped(says, indent=4)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, left: Sequence[int]) -> Iterator[str]:
    """Lines of a table, columns aligned: those in `left` to the left, the others to the right. If it is wider than a
    narrow terminal, its first column is cut.
    """
    cells = [list(heads), *map(list, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    widths[0] = min(widths[0], max(SHORTEST_NAME, NARROW - sum(widths[1:]) - 2 * len(widths[1:])))
    for row in cells:
        row[0] = cut_in_the_middle(row[0], widths[0])
        aligned = (
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(aligned).rstrip()
