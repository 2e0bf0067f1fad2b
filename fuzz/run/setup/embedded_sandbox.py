"""The target of a command: described by a profile and locked, or a sandbox that runs as long as the command."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from fuzz.errors import UsageError
from fuzz.failures.keeping.shared_store import location_of
from fuzz.run.options import STAFF_OF_A_WORKER, RunOptions
from fuzz.target.locking.locks import staff_in_use
from fuzz.target.profile import Profile, load_profile

if TYPE_CHECKING:
    from fuzz.sandbox.launcher import Sandbox

SANDBOX_STAFF = 8


@contextmanager
def target_of(
    options: RunOptions, *, faults: Sequence[str] = (), variants: Sequence[str] = (), say: TextIO
) -> Iterator[Profile]:
    """The profile of the target that a command names, or of a sandbox that runs as long as the block."""
    with starting_target(options, faults=faults, variants=variants, say=say) as ready:
        yield ready()


@contextmanager
def starting_target(
    options: RunOptions, *, faults: Sequence[str] = (), variants: Sequence[str] = (), say: TextIO
) -> Iterator[Callable[[], Profile]]:
    """A function that returns the profile. The sandbox starts while the block does other work, and ends with it.

    The staff members of a profile are locked from the function's call to the end of the block.
    """
    if options.target is not None:
        if faults or variants:
            raise UsageError("--fault and --variant are the sandbox's", next="leave them out, or leave out --target")
        with ExitStack() as held:
            yield lambda: _locked_profile(options, held, say)
        return
    from fuzz.sandbox.launcher import Sandbox

    sandbox = Sandbox(fault=faults, variant=variants, staff=max(SANDBOX_STAFF, options.workers * STAFF_OF_A_WORKER))
    manner = ", ".join((*faults, *variants)) or "honest"
    with ThreadPoolExecutor(1) as beside:
        started = beside.submit(sandbox.start)
        try:
            yield lambda: _profile_of(sandbox, started, manner, say)
        finally:
            wait([started])
            sandbox.stop()


def _locked_profile(options: RunOptions, held: ExitStack, say: TextIO) -> Profile:
    assert options.target is not None
    profile = load_profile(options.target)
    redis = location_of(options.database).redis
    held.enter_context(staff_in_use(profile, options.command, redis=redis, say=say))
    return profile


def _profile_of(sandbox: Sandbox, started: Future[None], manner: str, say: TextIO) -> Profile:
    """The sandbox's profile, once it has started."""
    from fuzz.sandbox.launcher import profile_yaml

    started.result()
    os.environ.update(sandbox.env)
    say.write(f"no --target: the embedded sandbox ({manner}) on {sandbox.base_url}\n")
    say.flush()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sandbox.yaml"
        path.write_text(profile_yaml(sandbox), encoding="utf-8")
        return load_profile(path)
