"""What the requests of a run were sent for. The parts add up to the total, and the phases' requests do, too."""

from __future__ import annotations

from typing_extensions import TypedDict

from fuzz.events.summary import Summary
from fuzz.report.text import counted


class RequestCounts(TypedDict):
    """Requests, every attempt counted: in all, those sent again, those without an answer; and the parts of the total.

    `sends`: of the endpoint, one each, as the situations have them. `moves`: creates and siblings. `at_once`: of pairs.
    `repeated`: sent again. `shrinking`: all those that shrank and confirmed failures. `build`: to learn the build.
    """

    total: int
    retried: int
    lost: int
    sends: int
    moves: int
    at_once: int
    repeated: int
    shrinking: int
    build: int


def requests_of(summary: Summary) -> RequestCounts:
    """The counts."""
    return {
        "total": summary.total,
        "retried": summary.retried,
        "lost": summary.lost,
        "sends": summary.sent["sends"],
        "moves": summary.sent["moves"],
        "at_once": summary.sent["at_once"],
        "repeated": summary.sent["repeated"],
        "shrinking": summary.shrinking.total(),
        "build": summary.build["attempts"] if summary.build is not None else 0,
    }


def requests_line(summary: Summary) -> str:
    """`4,210 requests: 3,100 sends, 800 creates and moves, 160 two at once, 150 to shrink failures`."""
    counts = requests_of(summary)
    parts = (
        (counts["sends"], "sends"),
        (counts["moves"], "creates and moves"),
        (counts["at_once"], "two at once"),
        (counts["repeated"], "sent again"),
        (counts["shrinking"], "to shrink failures"),
        (counts["build"], "to learn the build"),
    )
    said = ", ".join(f"{count:,} {what}" for count, what in parts if count)
    return f"{counted(summary.total, 'request')}: {said}" if said else counted(summary.total, "request")
