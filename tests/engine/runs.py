"""What the tests of the live engine share: a profile for a sandbox behind a proxy, and a run against it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from fuzz.engine.documents import read_contract
from fuzz.engine.journal import Journal
from fuzz.engine.options import RunOptions
from fuzz.engine.profile import Profile
from fuzz.engine.run import Run
from fuzz.engine.secrets import Secrets
from fuzz.engine.session import Session
from fuzz.engine.transport import Transport
from fuzz.model.events import Summary
from fuzz.model.gate import Conclusion
from fuzz.sandbox.server import Sandbox, profile_yaml

CONTRACT = read_contract(None, None)
SECONDS = 0.4
"""What an answer may take in these tests."""


def profile_for(sandbox: Sandbox, address: str | None = None, **fields: object) -> Profile:
    """The sandbox's profile, at another address than its own; its tokens go into the environment."""
    os.environ.update(sandbox.env)
    text = profile_yaml(sandbox)
    if address is not None:
        text = text.replace(sandbox.address, address)
    return Profile.model_validate({**yaml.safe_load(text), "request_timeout": SECONDS, **fields})


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a run. Frozen."""

    summary: Summary
    conclusion: Conclusion

    @property
    def failures(self) -> list[str]:
        """The failures, in a line each."""
        return [
            f"{each['fingerprint']}: expected {each['expected']}, seen {each['observed']} {each['reproduced']}"
            for each in self.summary.failures.values()
        ]


OPTIONS = RunOptions(command="run", max_time=None, phases=("preflight", "conformance"), progress=False)


def run_against(profile: Profile, options: RunOptions = OPTIONS, *, path: Path | None = None, **changed: object) -> Ran:
    """A run in this process."""
    secrets = Secrets()
    for source in (profile.tokens.admin, *(member.token for member in profile.staff)):
        secrets.token(source)
    journal = Journal(path, secrets)
    run = Run(replace(options, **changed), CONTRACT, profile, secrets, journal)
    conclusion = run.go()
    journal.close()
    return Ran(journal.summary, conclusion)


def session_against(profile: Profile, **transport: object) -> Session:
    """A session in this process; it is for the caller to close."""
    secrets = Secrets()
    settings = {"run": "test", "timeout": profile.request_timeout, "verify_tls": profile.verify_tls, **transport}
    return Session(CONTRACT, profile, secrets, Transport(**settings), Journal(None, secrets))
