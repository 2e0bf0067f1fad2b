"""What a run says of the files that it was compared with: observations that are not as pinned, and accepted failures
that do not come any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.events.pinned import changes_of
from fuzz.events.summary import Summary
from fuzz.report import queries
from fuzz.report.text import counted, visible

NAMED = 20
"""Accepted failures that are named, and changes that are told."""


def standing_lines(summary: Summary) -> list[str]:
    """The lines about both files, safe to print."""
    return [*_changed(summary), *_gone(summary)]


def _changed(summary: Summary) -> Iterator[str]:
    """A line for each change. The reasons of a run that fails for them are the same lines already."""
    if queries.only_changed(summary):
        return
    changes = changes_of(summary)
    for change in changes[:NAMED]:
        yield visible(f"changed: {change.line}", limit=600)
    if len(changes) > NAMED:
        yield f"and {counted(len(changes) - NAMED, 'change')} more in report.json"


def _gone(summary: Summary) -> Iterator[str]:
    if summary.gone is None:
        return
    names = summary.gone["entries"]
    what = f"{counted(len(names), 'accepted failure')} no longer {'comes' if len(names) == 1 else 'come'}"
    yield f"{what}, dropped from the baseline:" if summary.gone["pruned"] else f"{what}; `--baseline-prune` drops them:"
    yield from (f"  {visible(name)}" for name in names[:NAMED])
    if len(names) > NAMED:
        yield f"  and {len(names) - NAMED:,} more in report.json"
