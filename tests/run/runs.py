"""A profile for a sandbox that may stand behind a proxy, and runs and sessions against it in this process."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from fuzz.events.gate import Conclusion
from fuzz.events.summary import Summary
from fuzz.run.options import RunOptions
from fuzz.run.run import Run
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.session_setup import secrets_for
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.client import Client
from fuzz.target.profile import Profile
from fuzz.target.secrets import Secrets

CONTRACT = read_contract(None, None)
SECONDS = 0.4
"""The request timeout of these tests."""


def profile_for(sandbox: Sandbox, address: str | None = None, **fields: object) -> Profile:
    """The sandbox's profile, at the address of a proxy if one is given; its tokens go into the environment."""
    os.environ.update(sandbox.env)
    text = profile_yaml(sandbox)
    if address is not None:
        text = text.replace(sandbox.address, address)
    return Profile.model_validate({**yaml.safe_load(text), "request_timeout": SECONDS, **fields})


@dataclass(frozen=True, slots=True)
class Ran:
    """The result of a run. Frozen."""

    summary: Summary
    conclusion: Conclusion

    @property
    def failures(self) -> list[str]:
        """The failures, in a line each."""
        return [
            f"{event['fingerprint']}: expected {event['expected']}, seen {event['observed']} {event['reproduced']}"
            for event in self.summary.failures.values()
        ]


OPTIONS = RunOptions(command="run", max_time=None, phases=("preflight", "conformance"), progress=False)


def run_against(profile: Profile, options: RunOptions = OPTIONS, *, path: Path | None = None, **changed: object) -> Ran:
    """Runs the fuzzer in this process; `path` is that of the journal."""
    secrets = secrets_for(profile)
    journal = Journal(path, secrets)
    run = Run(replace(options, **changed), CONTRACT, profile, secrets, journal)
    conclusion = run.go()
    journal.close()
    return Ran(journal.summary, conclusion)


def session_against(profile: Profile, **client: object) -> Session:
    """A session in this process. The caller closes it."""
    secrets = Secrets()
    reach = {
        "verify_tls": profile.authorities,
        "client_certificate": profile.certificate_files,
        "proxy": secrets.proxy(profile.proxy),
    }
    settings = {"run": "test", "timeout": profile.request_timeout, **reach, **client}
    return Session(CONTRACT, profile, secrets, Client(**settings), Journal(None, secrets))
