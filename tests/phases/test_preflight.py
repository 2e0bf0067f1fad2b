"""What the first phase tries, it judges where the documents promise something."""

from __future__ import annotations

import pytest

from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from tests.run.runs import Ran, profile_for, run_against


def ran_with(fault: str | None) -> Ran:
    with Sandbox(fault=fault) as sandbox:
        return run_against(profile_for(sandbox, request_timeout=10.0), phases=("preflight",))


@pytest.mark.parametrize(("fault", "clauses"), [(None, []), (Fault.CRASH_ON_MOCK_CREATION, ["no_server_error"])])
def test_a_provider_that_is_not_listed_may_be_refused_and_may_not_break_the_service(
    fault: str | None, clauses: list[str]
) -> None:
    ran = ran_with(fault)

    assert clauses == [each["clause"] for each in ran.summary.failures.values()]
