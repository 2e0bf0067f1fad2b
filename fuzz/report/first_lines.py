"""The first lines: of a run, what is run against what, how fast, and how much there is to send; and of each report, how
it ended, what is new since the runs before, and how far it went.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fuzz.events.history import News, news_of
from fuzz.events.summary import RunVerdict, Summary
from fuzz.events.types import PhaseFigures, PlanEntry, RateEntry, RunStarted
from fuzz.report import queries
from fuzz.report.text import counted, duration, visible

SYSTEMATIC = "systematic"
LISTS = {SYSTEMATIC: "the systematic list", "conformance": "the conformance scenarios", "payloads": "the payloads"}
"""What the phases that perform the list, or a part of it, are called."""

UNLISTED = {"random": "random scenarios", "race": "races"}
"""What the other phases that find failures are called."""

MOST_NAMED = 20
"""Failures of each kind that are named below the headline."""


def first_lines(started: RunStarted) -> Iterator[str]:
    """The lines; of a journal of an older calfuzz, which knows neither rate nor plan, only the first."""
    yield f"target {visible(started['target'])}, seed {started['seed']}"
    if "rate" in started:
        yield _rate(started["rate"])
    if "plan" in started:
        yield _plan(started["plan"], started["options"])


def _rate(rate: RateEntry) -> str:
    return f"rate: {speed(rate['per_second'])} ({visible(rate['from'])})"


def speed(per_second: float | None) -> str:
    """`8/s`, `30/m`: whole numbers as far as can be."""
    if per_second is None:
        return "no limit"
    for unit, seconds in (("s", 1), ("m", 60), ("h", 3600)):
        if per_second * seconds >= 1:
            return f"{round(per_second * seconds, 2):g}/{unit}"
    return f"{round(per_second * 86400, 2):g}/d"


def _plan(plan: PlanEntry, options: dict[str, Any]) -> str:
    seconds, limit = plan["seconds"], options.get("max_time")
    line = f"plan: {counted(plan['requests'], 'request')}"
    if seconds is not None:
        line += f", {duration(seconds)} at that rate"
    if seconds is not None and limit is not None and seconds > limit:
        return f"{line}: more than --max-time {duration(limit)} has room for"
    return f"{line}, then {' and '.join(plan['open'])} until --max-time" if plan["open"] else line


def headline(summary: Summary) -> str:
    """What a run came to, without the verdict itself: what is new, how far it went, what it has not tried."""
    if summary.replays:
        return queries.tally_of(summary.replays)
    parts = [_outcome(summary), *_accepted(summary), *_how_far(summary)]
    missing = not_tried(summary)
    says = "; ".join([part for part in parts if part] + ([f"not tried: {', '.join(missing)}"] if missing else []))
    passed_in_part = queries.verdict_of(summary) is RunVerdict.PASS and list(_how_far(summary))
    return f"so far: {says}" if passed_in_part else says


def _outcome(summary: Summary) -> str:
    """What is new, or what failed if nothing is known of earlier runs; that nothing did, where nothing else is said."""
    broken, news = list(queries.unaccepted(summary)), news_of(summary)
    said = _news(news) if news else ""
    if said:
        first = summary.earlier is not None and not summary.earlier["runs"] and not summary.earlier["known"]
        return f"{said} (the first run on this target)" if first else said
    if broken:
        clauses = {failure["clause"] for failure in broken}
        return f"{counted(len(broken), 'failure')} in {counted(len(clauses), 'clause')}"
    if queries.verdict_of(summary) is RunVerdict.PASS:
        return "" if list(_how_far(summary)) else "the contract is kept"
    return queries.changed_headline(summary) if queries.only_changed(summary) else "nothing failed"


def _news(news: News) -> str:
    """`3 new, 1 fixed, 2 still failing (oldest: 4 nights), 1 flaky (2 of the last 7 nights)`; empty for none."""
    oldest = max(news.nights.values(), default=0)
    often = queries.often(*max(news.often.values(), default=(0, 0)))
    counts = (
        (len(news.new), "new", ""),
        (len(news.fixed), "fixed", ""),
        (len(news.failing), "still failing", f" (oldest: {oldest} nights)" if oldest > 1 else " (oldest: today)"),
        (len(news.flaky), "flaky", f" ({often})" if len(news.flaky) == 1 else f" (up to {often})"),
    )
    return ", ".join(f"{count:,} {what}{more}" for count, what, more in counts if count)


def _accepted(summary: Summary) -> Iterator[str]:
    """How many failures the baseline accepts, and when it first no longer does."""
    accepted = [failure["accepted"] for failure in summary.failures.values() if failure["accepted"]]
    if accepted:
        days = sorted(each["expires"] for each in accepted if each["expires"])
        until = f" ({'the first ' if len(accepted) > 1 else ''}until {visible(days[0])})" if days else ""
        yield f"{counted(len(accepted), 'accepted failure')}{until}"


def _how_far(summary: Summary) -> Iterator[str]:
    """How much of a list was done, if not all: `15 % of the systematic list`."""
    for name, what in LISTS.items():
        phase = summary.phases.get(name)
        if phase is not None and _has_sent(phase) and phase.get("complete") is False:
            listed = phase.get("listed", 0)
            share = f"{100 * phase.get('done', 0) // listed} %" if listed else "a part"
            yield f"{share} of {what}"


def not_tried(summary: Summary) -> list[str]:
    """What a run has not tried, of all that a run can: lists, other phases, leaks, failures of earlier runs."""
    news, phases = news_of(summary), summary.phases
    known = [f"{counted(len(news.not_tried), 'known failure')}"] if news and news.not_tried else []
    parts = [name for name in LISTS if name != SYSTEMATIC]
    has_parts = any(name in phases for name in parts)
    lists = [what for name, what in LISTS.items() if (name in parts) == has_parts and not _sent_in(summary, name)]
    others = [what for name, what in UNLISTED.items() if not _sent_in(summary, name)]
    staff = ["two staff members"] if summary.started.get("staff") == 1 else []
    return [*known, *lists, *others, *staff] if phases else []


def _sent_in(summary: Summary, name: str) -> bool:
    phase = summary.phases.get(name)
    return phase is not None and _has_sent(phase)


def _has_sent(phase: PhaseFigures) -> bool:
    return phase["requests"] > 0


def news_lines(summary: Summary) -> list[str]:
    """The failures that this run has not seen and an earlier one has: `fixed: already_exists in none: 200`."""
    news = news_of(summary)
    if news is None:
        return []
    unseen = [name for name in news.flaky if name not in summary.failures]
    return [
        *_named(news, "fixed", news.fixed),
        *_named(news, "not seen this time, and flaky", unseen),
        *_named(news, "not tried to its end", news.not_tried),
    ]


def _named(news: News, what: str, fingerprints: Sequence[str]) -> Iterator[str]:
    for name in fingerprints[:MOST_NAMED]:
        yield f"{what}: {visible(news.names[name])} ({visible(name)})"
    if len(fingerprints) > MOST_NAMED:
        yield f"{what}: {counted(len(fingerprints) - MOST_NAMED, 'failure')} more"
