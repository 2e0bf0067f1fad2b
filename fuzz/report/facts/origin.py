"""Where a report comes from: the run, its command and date, the target and its build, the versions of what was used."""

from __future__ import annotations

from fuzz.events.summary import Summary
from fuzz.report.text import visible

NAMES = {"calfuzz": "calfuzz", "python": "Python", "hypothesis": "Hypothesis", "schemathesis": "schemathesis"}
"""The packages in the order in which they are told, and how they are written."""


def origin_of(summary: Summary) -> list[tuple[str, str]]:
    """Names and values, safe to print. What an older journal does not tell is left out."""
    started = summary.started
    facts = [
        ("run", started["run"]),
        ("command", started["command"]),
        ("began", started["at"]),
        ("base_url", started["base_url"]),
        ("fallback_url", started["fallback_url"]),
        ("build", build_of(summary)),
        ("versions", versions_of(summary)),
    ]
    return [(name, visible(value)) for name, value in facts if value]


def build_of(summary: Summary) -> str:
    """The target's build; empty if it is not known."""
    return summary.build["build"] if summary.build is not None else ""


def versions_of(summary: Summary) -> str:
    """`calfuzz 0.1.0, Python 3.11.7, …`; empty for a journal that does not tell."""
    versions = summary.started.get("versions", {})
    known = [*(name for name in NAMES if name in versions), *(name for name in versions if name not in NAMES)]
    return ", ".join(f"{NAMES.get(name, name)} {versions[name]}" for name in known)


def origin_lines(summary: Summary) -> list[str]:
    """The same in two or three lines, for the end of a text."""
    facts = dict(origin_of(summary))
    first = [f"{name} {facts[name]}" for name in ("run", "command", "began") if name in facts]
    build = [f"build {facts['build']}"] if "build" in facts else []
    target = " · ".join([*(facts[name] for name in ("base_url", "fallback_url") if name in facts), *build])
    return [line for line in (" · ".join(first), target, facts.get("versions", "")) if line]
