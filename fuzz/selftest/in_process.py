"""Calls the sandbox's service in this process, without a socket, through a session."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial

import yaml

from fuzz.events.types import Event
from fuzz.oracle.actions import Action
from fuzz.oracle.verdict import VerdictKind
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.sandbox.requests import Answer, Arrival, Operation
from fuzz.sandbox.responses import failure
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.serving.app import written
from fuzz.sandbox.settings import behaviour_of
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.http.client import Client, Delivery
from fuzz.target.http.deadline import HoldLastByte, WhileWaiting, idle
from fuzz.target.http.request import HttpRequest
from fuzz.target.profile import Profile
from fuzz.target.secrets import Secrets
from swagger.contract import Contract

ClauseAndLabel = tuple[str, str]
"""The clause of a failure and the label of its answer, by which it is recognised."""


class DiscardingJournal(Journal):
    """A journal that discards every event."""

    def emit(self, event: Event) -> None:
        """Discards the event."""

    def emit_later(self, event: Callable[[], Event]) -> None:
        """Discards the event before it is made."""


class InProcessClient(Client):
    """A client that calls the service instead of sending. Mutable: `restart` replaces the service."""

    def __init__(self, begin: Callable[[], Behaviour]) -> None:
        super().__init__(run="in-process", timeout=1.0)
        self._begin = begin
        self._service = begin()

    def restart(self) -> None:
        """Replaces the service by a new one."""
        self._service.store.close()
        self._service = self._begin()

    def deliver(
        self,
        http_request: HttpRequest,
        _while_waiting: WhileWaiting = idle,
        _hold_last_byte: HoldLastByte | None = None,
    ) -> Delivery:
        """Calls the service with a request. ValueError if the service waits for another request at once."""
        self.requests_sent += 1
        operation = Operation(http_request.url.rpartition("/")[2])
        scheme, _, token = http_request.headers.get("Authorization", "").partition(" ")
        answer = self._answer(Arrival(operation, token if scheme else None, http_request.content))
        text = bytes(written(answer).body).decode("utf-8", "replace")
        return Delivery(HttpAnswer(answer.status, {}, text, 0.0), "in-process", 1, 0, may_have_acted=False)

    def _answer(self, arrival: Arrival) -> Answer:
        steps = self._service.respond(arrival)
        try:
            steps.send(None)
        except StopIteration as done:
            answer: Answer = done.value
            return answer
        except Exception:
            # As the sandbox's HTTP server answers an exception.
            return failure(500, code="server_error", message="something broke")
        steps.close()
        raise ValueError("the fault waits for another request, and there is none")


class InProcess:
    """A service in this process, and a session that sends to it. `begin` makes a new service."""

    def __init__(self, contract: Contract, begin: Callable[[], Behaviour]) -> None:
        sandbox = Sandbox()
        os.environ.update(sandbox.env)
        profile = Profile.model_validate(yaml.safe_load(profile_yaml(sandbox)))
        secrets = Secrets()
        self._client = InProcessClient(begin)
        self.session = Session(contract, profile, secrets, self._client, DiscardingJournal(None, secrets))

    @classmethod
    def of(cls, contract: Contract, *, fault: str | None = None, variant: str | None = None) -> InProcess:
        """The sandbox's service with a fault or a variant, or honest without either."""
        return cls(contract, partial(behaviour_of, Sandbox(fault=fault, variant=variant).settings))

    def first_failure(self, actions: Sequence[Action]) -> ClauseAndLabel | None:
        """The first failure of a scenario on a new service; None if it passes."""
        self._client.restart()
        for member in self.session.staff:
            member.forget()
        run = self.session.start_scenario("search")
        verdicts = (run.perform(action) for action in actions)
        failed = next((verdict for verdict in verdicts if verdict.kind is VerdictKind.FAIL), None)
        return None if failed is None or failed.seen is None else (failed.clause, failed.seen.label)
