"""The user's side of a sandbox: the process, which is always ended, and a target profile for it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import fuzz
from fuzz.errors import UsageError
from fuzz.sandbox.deployments.staging import FALLBACK, MAIN, SETTLE
from fuzz.sandbox.settings import FaultOrFaults, Settings, VariantOrVariants
from fuzz.sandbox.staff import People, StaffMember

SECONDS_TO_START = 20.0
SECONDS_TO_END = 3.0


class SandboxError(RuntimeError):
    """Raised when the sandbox's process did not start: an error of the machine or of calfuzz, not of the user."""


class Sandbox:
    """A sandbox in its own process while the `with` block lasts. It never outlives the process that started it."""

    def __init__(
        self,
        *,
        fault: FaultOrFaults = None,
        variant: VariantOrVariants = None,
        staff: int = 8,
        port: int = 0,
        database: str | Path = ":memory:",
        latency: float = 0.0,
        admin_scheme: str | None = None,
        staging: str | None = None,
    ) -> None:
        self.settings = Settings.of(
            fault,
            variant,
            staff=staff,
            port=port,
            database=str(database),
            latency=latency,
            admin_scheme=admin_scheme,
            staging=staging,
        )
        self.people: People = self.settings.people
        self._process: subprocess.Popen[bytes] | None = None
        self._port = port

    @property
    def admin_token(self) -> str:
        """The token that creates syncs."""
        return self.people.admin_token

    @property
    def staff(self) -> list[StaffMember]:
        """The staff members, as (uid, token)."""
        return list(self.people.staff)

    @property
    def base_url(self) -> str:
        """The main gateway's address, with its path prefix."""
        return self.address + MAIN

    @property
    def fallback_url(self) -> str:
        """The fallback gateway's address, with its path prefix."""
        return self.address + FALLBACK

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """The process that serves, while there is one."""
        return self._process.pid if self._process else None

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that `profile_yaml` names, with their values."""
        return environment(self.people)

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Starts the process and returns once it answers. Raises UsageError for a port that cannot be used."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fuzz.sandbox", self.settings.text()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": _python_path(os.environ.get("PYTHONPATH"))},
            # Ctrl-C is for the parent, which may still need the sandbox to finish its report.
            start_new_session=True,
        )
        try:
            self._port = self._announced_port(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends the process, by force if it does not go. Does nothing where there is none."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()

    def _announced_port(self, process: subprocess.Popen[bytes]) -> int:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], SECONDS_TO_START)
        line = process.stdout.readline() if ready else b""
        if not line:
            raise SandboxError(f"the sandbox did not start within {SECONDS_TO_START:g} s; its errors are above")
        message = json.loads(line)
        if "what" in message:
            raise UsageError(message["what"], next=message["next"])
        return int(message["port"])


def serve(
    *,
    fault: FaultOrFaults = None,
    variant: VariantOrVariants = None,
    port: int = 0,
    database: str | Path = ":memory:",
    latency: float = 0.0,
    staging: str | None = None,
) -> None:
    """Serves in this process until interrupted, after one line that says where and with which tokens."""
    # The serving side costs an import of uvicorn, which a parent does not need.
    from fuzz.sandbox.serving.server import run

    settings = Settings.of(fault, variant, port=port, database=str(database), latency=latency, staging=staging)
    with suppress(KeyboardInterrupt):
        run(settings, lambda bound: _print_line(greeting(settings, bound)))


def greeting(settings: Settings, port: int) -> str:
    """The one line that `serve` prints: the address, what is wrong with the server, and how to reach it."""
    people = settings.people
    staging = () if settings.staging is None else (f"staging {settings.staging}",)
    behaviour = ", ".join((*staging, *settings.faults, *settings.variants)) or "honest"
    return (
        f"sandbox ({behaviour}) on http://127.0.0.1:{port}/apigw and /api2; staff {people.staff[0].uid}; "
        f"tokens {people.staff[0].token} and, for the admin, {people.admin_token}; Ctrl-C ends it"
    )


def environment(people: People) -> dict[str, str]:
    """The environment variables of a profile for these people."""
    tokens = {_staff_variable(number): member.token for number, member in enumerate(people.staff, 1)}
    return {"CALFUZZ_SANDBOX_ADMIN_TOKEN": people.admin_token, **tokens}


def profile_yaml(sandbox: Sandbox) -> str:
    """A target profile that fits the sandbox. Its tokens are in `sandbox.env`."""
    deployment = sandbox.settings.deployment
    settle = f"settle: {SETTLE}\n" if deployment is not None and deployment.lags else ""
    staff = (
        f"  - {{uid: '{member.uid}', token: {{env: {_staff_variable(number)}}}}}\n"
        for number, member in enumerate(sandbox.staff, 1)
    )
    return (
        "name: sandbox\n"
        f"base_url: {sandbox.base_url}\n"
        f"fallback_url: {sandbox.fallback_url}\n"
        "tokens:\n"
        "  admin: {env: CALFUZZ_SANDBOX_ADMIN_TOKEN}\n"
        "staff:\n"
        f"{''.join(staff)}"
        "disposable_staff: true\n"
        f"{settle}"
    )


def _staff_variable(number: int) -> str:
    return f"CALFUZZ_SANDBOX_STAFF_TOKEN_{number}"


def _python_path(path: str | None) -> str:
    ours = str(Path(fuzz.__file__).parent.parent)
    return os.pathsep.join((ours, path)) if path else ours


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
