"""The target of a command: described by a profile, or a sandbox that runs as long as the command."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from fuzz.errors import UsageError
from fuzz.run.options import STAFF_OF_A_WORKER
from fuzz.target.profile import Profile, load_profile

if TYPE_CHECKING:
    from fuzz.sandbox.launcher import Sandbox

SANDBOX_STAFF = 8


@contextmanager
def target_of(
    target: Path | None, *, faults: Sequence[str] = (), variants: Sequence[str] = (), say: TextIO
) -> Iterator[Profile]:
    """The profile of the target that a command names, or of a sandbox that runs as long as the block."""
    with starting_target(target, faults=faults, variants=variants, say=say) as ready:
        yield ready()


@contextmanager
def starting_target(
    target: Path | None, *, faults: Sequence[str] = (), variants: Sequence[str] = (), workers: int = 1, say: TextIO
) -> Iterator[Callable[[], Profile]]:
    """A function that returns the profile. The sandbox starts while the block does other work, and ends with it."""
    if target is not None:
        if faults or variants:
            raise UsageError("--fault and --variant are the sandbox's", next="leave them out, or leave out --target")
        yield partial(load_profile, target)
        return
    from fuzz.sandbox.launcher import Sandbox

    sandbox = Sandbox(fault=faults, variant=variants, staff=max(SANDBOX_STAFF, workers * STAFF_OF_A_WORKER))
    manner = ", ".join((*faults, *variants)) or "honest"
    with ThreadPoolExecutor(1) as beside:
        started = beside.submit(sandbox.start)
        try:
            yield lambda: _profile_of(sandbox, started, manner, say)
        finally:
            wait([started])
            sandbox.stop()


def _profile_of(sandbox: Sandbox, started: Future[None], manner: str, say: TextIO) -> Profile:
    """The sandbox's profile, once it has started."""
    from fuzz.sandbox.launcher import profile_yaml

    started.result()
    os.environ.update(sandbox.env)
    say.write(f"no --target: fuzzing the embedded sandbox ({manner}) on {sandbox.base_url}\n")
    say.flush()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sandbox.yaml"
        path.write_text(profile_yaml(sandbox), encoding="utf-8")
        return load_profile(path)
