"""Every request that reaches the target is in the total, and in one of its parts."""

from __future__ import annotations

from typing import Any

import pytest

from fuzz.report.facts.requests import requests_of
from fuzz.sandbox.launcher import Sandbox
from tests.run.runs import profile_for, run_against
from tests.target.http.noise import Noise, NoisyProxy

STEPS = [
    {"id": "look", "method": "POST", "path": "/platform/v1/scheduling/calendar_syncs", "token": "admin"},
    {"id": "again", "method": "POST", "path": "/platform/v1/scheduling/calendar_syncs", "token": "admin"},
]
BODY = {"staff_uid": "{{staff_id}}", "app_code_name": "{{app_code_name}}", "provider": "{{provider}}"}
CUSTOM = {"lifecycle": {"fresh": [{**step, "body": BODY, "expect": {"status": [200]}} for step in STEPS]}}


@pytest.mark.parametrize(
    ("fault", "noise", "fields"),
    [
        (None, 0.0, {}),
        ("account-not-compared", 0.0, {}),
        (None, 0.03, {}),
        (None, 0.0, CUSTOM),
    ],
    ids=["honest", "with failures to shrink", "with requests sent again", "with steps of the profile"],
)
def test_what_the_target_has_seen_is_what_the_reports_count(
    fault: str | None, noise: float, fields: dict[str, Any]
) -> None:
    kinds = (Noise.UNAVAILABLE_BEFORE,)
    with Sandbox(fault=fault) as sandbox, NoisyProxy(sandbox.address, rate=noise, seed=1, kinds=kinds) as proxy:
        profile = profile_for(sandbox, proxy.address, request_timeout=10.0, **fields)
        build = {"path": "/version", "extract": "$.sha"}
        profile = type(profile).model_validate({**profile.as_given(), "build": build})
        ran = run_against(profile, phases=("preflight", "payloads", "race"), max_time=3.0, seed=3)
        seen = proxy.requests
    counts = requests_of(ran.summary)
    assert seen == counts["total"] == sum(phase["requests"] for phase in ran.summary.phases.values())
    parts = ("sends", "moves", "at_once", "repeated", "shrinking", "build")
    assert counts["total"] == sum(counts[part] for part in parts)
    assert counts["sends"] + counts["at_once"] == sum(sum(row.values()) for row in ran.summary.situations.values())


def test_each_request_of_a_pair_is_told_as_one_of_a_pair() -> None:
    with Sandbox() as sandbox:
        ran = run_against(profile_for(sandbox, request_timeout=10.0), phases=("preflight", "race"), seed=3)
    situations = ran.summary.situations
    assert requests_of(ran.summary)["at_once"] == situations["two at once"].total() > 0
    assert not {answer for answer in situations["matched"] if answer.startswith("422 ")} - {"422 refusal"}
