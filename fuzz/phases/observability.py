"""Writes Hypothesis's observations of the examples to a file, one JSON object a line: what Tyche draws."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, cast

from hypothesis.internal.observability import with_observability_callback
from hypothesis.strategies._internal.utils import to_jsonable


@contextmanager
def observations_in(path: Path | None, *, redact: Callable[[str], str]) -> Iterator[None]:
    """Within the block, the examples of all threads are written to the file, which is written anew."""
    if path is None:
        yield
        return
    lock = Lock()

    def write(observation: Any, _thread: int) -> None:
        # Coverage is of calfuzz, not of the target, and ten times as long as all the rest.
        shown: Any = to_jsonable(observation, avoid_realization=False)
        line = redact(json.dumps({**shown, "coverage": None}))
        with lock:
            file.write(line + "\n")

    with path.open("w", encoding="utf-8") as file, with_observability_callback(cast(Any, write), all_threads=True):
        yield
