"""The options of a run, checked: times in seconds, rates in requests per second, phases in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fuzz.cases.conformance_words import Extent
from fuzz.errors import UsageError
from fuzz.session.journal import JOURNAL_SIZE
from fuzz.target.profile import parse_rate

STAFF_OF_A_WORKER = 2
GATE_EXAMPLES = 30
GATE_SEED = 20_260_101
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_BYTES = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What a run was asked for. Frozen. Times are in seconds.

    `faults`, `variants`: those of the sandbox, where there is no target. `wait_for_target`: how long to wait for a
    target that does not answer yet. `max_time` None: no limit (gate). `max_examples` None: as many as the time allows.
    `phases`: their names, in the order of a run. `report_dir` None: a folder of the run's own.
    `detail`: -1 for less in the final text, 1 for more.
    """

    command: str
    target: Path | None = None
    faults: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    wait_for_target: float = 0.0
    max_time: float | None = 60.0
    max_examples: int | None = None
    max_failures: int | None = None
    seed: int = 0
    phases: tuple[str, ...] = ()
    depth: int = 0
    cover: str = "states"
    workers: int = 1
    scheduler: str | None = None
    database: str | None = None
    baseline: Path | None = None
    baseline_update: bool = False
    baseline_prune: bool = False
    reports: tuple[str, ...] = ("json",)
    journal_size: int = JOURNAL_SIZE
    report_dir: Path | None = None
    rate_limit: float | None = None
    request_timeout: float | None = None
    workflow: Path | None = None
    swagger: Path | None = None
    documents: Path | None = None
    shrink_requests: int = 100
    observability: Path | None = None
    pin: Path | None = None
    pin_strict: bool = False
    dry_run: bool = False
    progress: bool = True
    detail: int = 0

    def __post_init__(self) -> None:
        if self.scheduler is not None and self.target is None:
            raise UsageError(
                "--scheduler needs --target: workers on other machines do not reach a sandbox on this one",
                next="name a target profile; `calfuzz serve` gives a sandbox that stays",
            )

    @property
    def extent(self) -> Extent:
        """How far the suite goes."""
        return Extent(self.depth, self.cover == "recreations")

    @property
    def gate(self) -> bool:
        return self.command == "gate"


def parse_time(text: str, option: str = "--max-time") -> float:
    """`90`, `90s`, `5m`, `1.5h` in seconds."""
    matched = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|m|h|)", text.strip())
    if matched is None or float(matched[1]) <= 0:
        raise UsageError(f"{option}: {text!r} is not a time", next="write it as 60s, 5m or 1h")
    return float(matched[1]) * _UNITS[matched[2]]


def parse_size(text: str) -> int:
    """`64MB`, `1.5GB` in bytes."""
    matched = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*([kMG]?)B?", text.strip(), flags=re.IGNORECASE)
    if matched is None:
        raise UsageError(f"--journal-size: {text!r} is not a size", next="write it as 64MB or 1GB")
    return int(float(matched[1]) * _BYTES[matched[2].lower()])


def parse_limit(text: str) -> float:
    """`8/s` in requests per second."""
    try:
        return parse_rate(text)
    except ValueError as error:
        raise UsageError(f"--rate-limit: {error}", next="write it as 8/s or 300/m") from None
