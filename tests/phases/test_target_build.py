"""The target's build is asked for once, as the profile says, and no answer to that has any other effect."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml

from fuzz.commands.check import check
from fuzz.errors import UsageError
from fuzz.phases.target_build import LONGEST
from fuzz.run.options import RunOptions
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.target.profile import load_profile
from tests.run.runs import Ran, profile_for, run_against
from tests.target.http.noise import Noise, NoisyProxy, answer

BUILD = {"path": "/version", "extract": "$.app.sha"}
JSON = "application/json"


class Asked:
    """A target that answers GET /version as a test says. Mutable: `requests` are those for it."""

    def __init__(self, said: bytes, noise: Noise | None = None) -> None:
        self.requests: list[bytes] = []
        self.said, self.noise = said, noise

    def rewrite(self, request: bytes, answered: bytes) -> bytes:
        if not request.startswith(b"GET "):
            return answered
        self.requests.append(request)
        return self.said

    def choose(self, request: bytes) -> Noise | None:
        if request.startswith(b"GET ") and self.noise is not None:
            self.requests.append(request)
            return self.noise
        return None

    def run(self, **build: Any) -> tuple[Ran, str]:
        """A preflight, and the sandbox's admin token."""
        with Sandbox() as sandbox, NoisyProxy(sandbox.address, rewrite=self.rewrite, choose=self.choose) as proxy:
            profile = profile_for(sandbox, proxy.address, build={**BUILD, **build})
            return run_against(profile, phases=("preflight",)), sandbox.admin_token


def test_the_build_is_learned_by_one_request_without_a_token() -> None:
    asked = Asked(answer(200, b'{"app": {"sha": "4f2a"}}', kind=JSON))
    ran, _ = asked.run()
    assert ran.summary.build is not None
    assert ("4f2a", "") == (ran.summary.build["build"], ran.summary.build["why"])
    [request] = asked.requests
    assert request.partition(b"\r\n")[0].endswith(b"/version HTTP/1.1")
    assert b"authorization" not in request.lower()
    assert b"x-request-id: calfuzz-" in request.lower()


@pytest.mark.parametrize("whose", ["admin", "staff"])
def test_a_token_is_sent_where_the_profile_says_so(whose: str) -> None:
    asked = Asked(answer(200, b'{"app": {"sha": 17}}', kind=JSON))
    ran, admin_token = asked.run(token=whose)
    assert ran.summary.build is not None
    assert "17" == ran.summary.build["build"]
    [request] = asked.requests
    assert b"authorization: " in request.lower()
    assert (whose == "admin") == (admin_token.encode() in request)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer(404, b"no"), "answers 404"),
        (answer(401, b"{}", kind=JSON), "answers 401"),
        (answer(200, b"<html>"), "answers no JSON"),
        (answer(200, b'{"sha": "4f2a"}', kind=JSON), "answers nothing at $.app.sha"),
        (answer(200, b'{"app": {"sha": {}}}', kind=JSON), "answers nothing at $.app.sha"),
        (answer(500, b"oops"), "answers 500"),
        (answer(503, b"oops"), "gave no answer (status 503)"),
    ],
)
def test_a_build_that_cannot_be_learned_is_told_and_nothing_more(said: bytes, why: str) -> None:
    asked = Asked(said)
    ran, _ = asked.run()
    assert [f"the target's build is not known: /version {why}"] == ran.summary.troubles
    assert ({}, [], 1) == (ran.summary.failures, ran.summary.doubts, len(asked.requests))


def test_a_target_that_gives_no_answer_is_asked_once() -> None:
    asked = Asked(b"", Noise.BROKEN_BEFORE)
    ran, _ = asked.run()
    assert 1 == len(asked.requests)
    assert ["the target's build is not known"] == [trouble.partition(":")[0] for trouble in ran.summary.troubles]


def test_a_very_long_build_is_cut_and_a_profile_without_one_asks_nothing() -> None:
    asked = Asked(answer(200, b'{"app": {"sha": "%s"}}' % (b"x" * 5000), kind=JSON))
    ran, _ = asked.run()
    assert ran.summary.build is not None
    assert LONGEST == len(ran.summary.build["build"])
    with Sandbox() as sandbox:
        assert run_against(profile_for(sandbox), phases=("preflight",)).summary.build is None


@pytest.mark.parametrize(
    ("build", "says"),
    [
        ({"path": "version", "extract": "$.sha"}, "build.path 'version' is not a path such as /version"),
        ({"path": "/version", "extract": "$["}, "build.extract '$[' is no JSONPath such as $.sha"),
        ({"path": "/version"}, "build.extract is missing"),
        ({**BUILD, "token": "other"}, "build.token"),
    ],
)
def test_a_profile_whose_build_cannot_be_asked_for_is_refused(tmp_path: Path, build: dict[str, str], says: str) -> None:
    with Sandbox() as sandbox:
        given = {**yaml.safe_load(profile_yaml(sandbox)), "build": build}
    path = tmp_path / "target.yaml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_profile(path)
    assert says in refused.value.what


@pytest.mark.parametrize(("sha", "row"), [("4f2a", "ok       build "), ("", "correct  build ")])
def test_a_check_says_what_the_build_is_or_what_to_correct(tmp_path: Path, sha: str, row: str) -> None:
    asked = Asked(answer(200, b'{"app": {"sha": "%s"}}' % sha.encode(), kind=JSON))
    said = io.StringIO()
    with Sandbox() as sandbox, NoisyProxy(sandbox.address, rewrite=asked.rewrite, choose=asked.choose) as proxy:
        profile = profile_for(sandbox, proxy.address, build=BUILD)
        path = tmp_path / "target.yaml"
        path.write_text(yaml.safe_dump(profile.as_given()), encoding="utf-8")
        check(RunOptions(command="check", target=path), faults=(), variants=(), stdout=said)
    assert row in said.getvalue()
