"""Two runs compared: failures, verdicts on clauses, observations, and how fast the operations answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from fuzz.report.comparing.one_run import OneRun, described
from fuzz.report.text import counted, entry, visible, wrapped

SLOWER = 1.5
"""A ratio of medians that is told."""

SECONDS = 0.01
"""Seconds by which two medians differ at least, where that is told: less is noise."""

MOST = 40
"""Maximum failures, clauses of one change, and observations shown."""


def is_worse(a: OneRun, b: OneRun) -> bool:
    """Whether B has a failure that A has not, or fails a clause that A passes."""
    was = a.verdicts
    broken = any(verdict == "fail" and was.get(clause) == "pass" for clause, verdict in b.verdicts.items())
    return broken or bool(b.failures.keys() - a.failures.keys())


def runs_as_text(a: OneRun, b: OneRun) -> str:
    """The differences in lines of at most 80 columns, but for longer words."""
    sections = (_heads(a, b), _failures(a, b), _clauses(a, b), _observations(a, b), _latency(a, b))
    text = "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines)
    return f"{text}\n\nB is {'worse' if is_worse(a, b) else 'not worse'}\n"


def _heads(a: OneRun, b: OneRun) -> Iterator[str]:
    for letter, run in (("A", a), ("B", b)):
        report = run.report
        verdict, says = str(report["verdict"]).upper(), report.get("headline", "")
        seed = f", seed {report['seed']}" if "seed" in report else ""
        yield from wrapped(f"{letter}  {visible(run.path)}", indent=3)
        yield from wrapped(
            f"   {visible(report['target'])}{visible(seed)}: {visible(verdict)} {visible(says)}", indent=3
        )


def _failures(a: OneRun, b: OneRun) -> Iterator[str]:
    ours, theirs = a.failures, b.failures
    only_a = [failure for name, failure in ours.items() if name not in theirs]
    only_b = [failure for name, failure in theirs.items() if name not in ours]
    both = [failure for name, failure in theirs.items() if name in ours]
    yield f"failures: {len(only_a):,} only in A, {len(only_b):,} only in B, {len(both):,} in both"
    for where, found in (("only in B", only_b), ("only in A", only_a), ("in both", both)):
        for failure in found[:MOST]:
            yield from entry(f"{where}:", visible(described(failure)), visible(failure["fingerprint"]))
        yield from _more(found, "failure")


def _more(found: Sequence[Any], what: str) -> Iterator[str]:
    if len(found) > MOST:
        yield f"  and {counted(len(found) - MOST, what)} more"


def _clauses(a: OneRun, b: OneRun) -> Iterator[str]:
    """The clauses whose verdict changed, by change."""
    was, now = a.verdicts, b.verdicts
    changes = [
        ((was.get(clause, "not in A"), now.get(clause, "not in B")), clause) for clause in dict.fromkeys([*was, *now])
    ]
    changed = sorted(change for change in changes if change[0][0] != change[0][1])
    if changed:
        yield f"verdicts: {counted(len(changed), 'clause')} changed"
    for (before, after), group in groupby(changed, key=lambda change: change[0]):
        names = [visible(clause) for _, clause in group]
        more = f", and {len(names) - MOST:,} more" if len(names) > MOST else ""
        yield from wrapped(f"  {visible(before)} -> {visible(after)}: {', '.join(names[:MOST])}{more}", indent=4)


def _observations(a: OneRun, b: OneRun) -> Iterator[str]:
    """What both have tried, and was answered otherwise."""
    was, now = a.observations, b.observations
    changed = [key for key in was if key in now and was[key] != now[key]]
    if changed:
        yield f"observed, not specified by the documents: {counted(len(changed), 'change')}"
    for feature, situation in changed[:MOST]:
        answers = (", ".join(sorted(map(visible, side[feature, situation]))) for side in (was, now))
        yield from entry(
            f"{visible(feature)}, in {visible(situation)}", *map(" ".join, zip("AB", answers, strict=True))
        )
    yield from _more(changed, "observation")


def slower(a: Mapping[str, float], b: Mapping[str, float]) -> Iterator[tuple[str, float, float]]:
    """Operations whose median differs by more than noise, with the medians of A and B in seconds."""
    for act in a:
        if act in b and abs(a[act] - b[act]) >= SECONDS and max(a[act], b[act]) > SLOWER * min(a[act], b[act]):
            yield act, a[act], b[act]


def _latency(a: OneRun, b: OneRun) -> Iterator[str]:
    found = list(slower(a.latency, b.latency))
    if found:
        yield f"latency: the median differs by more than {SLOWER:g} times"
    for act, before, after in found:
        ratio = f"{after / before:.1f} times A's" if before else "A's was 0"
        yield f"  {visible(act)}: A {before * 1000:,.0f} ms, B {after * 1000:,.0f} ms ({ratio})"
