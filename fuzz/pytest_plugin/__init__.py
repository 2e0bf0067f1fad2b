"""The pytest plugin: `--calfuzz-target` runs the systematic list with a test item for each clause; two fixtures.

pytest loads this module in every project of the environment: it imports nothing until an option or a fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine

    from fuzz.session.session import Session

SANDBOX = "sandbox"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("calfuzz", "calfuzz: a contract fuzzer for external_calendar_items/bulk_create")
    group.addoption(
        "--calfuzz-target",
        metavar="PROFILE",
        help="Test this target with an item for each clause; `sandbox`: the embedded server.",
    )
    group.addoption(
        "--calfuzz-fault", action="append", default=[], metavar="NAME", help="A fault of the sandbox; may be repeated."
    )
    group.addoption("--calfuzz-seed", type=int, default=0, metavar="N", help="Seed. [default: 0]")
    group.addoption("--calfuzz-rate-limit", metavar="RATE", help="Requests per second at the most, as 8/s.")


def pytest_configure(config: pytest.Config) -> None:
    """UsageError under xdist: all items share one target, whose staff members one run uses at a time."""
    if config.getoption("--calfuzz-target") and config.getoption("numprocesses", None):
        raise pytest.UsageError("--calfuzz-target tests one target: leave out -n")


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Adds an item for each clause, if a target is named."""
    if config.getoption("--calfuzz-target"):
        from fuzz.pytest_plugin.clauses import items_for

        items += items_for(session)


@pytest.fixture(scope="session")
def calfuzz_session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session with the target that `--calfuzz-target` names, or with the sandbox. Its siblings are known already:
    preflight has run.
    """
    from fuzz.pytest_plugin.session import session_for

    with session_for(request.config, tmp_path_factory.mktemp("calfuzz")) as session:
        yield session


@pytest.fixture
def calfuzz_machine(calfuzz_session: Any) -> type[RuleBasedStateMachine]:
    """The Hypothesis state machine of calfuzz for that target: a class to run, or to derive from and add rules to. A
    wrong answer raises an AssertionError that argues.
    """
    from fuzz.phases.state_machine import state_machine_for

    return state_machine_for(calfuzz_session, swagger_bodies=False)


def target_of(config: pytest.Config) -> Path | None:
    """The target profile that is named; None for the sandbox."""
    named = config.getoption("--calfuzz-target") or SANDBOX
    return None if named == SANDBOX else Path(named)
