"""The sandbox's application without a socket: a transport that calls it, so that a session can drive it in place."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial

import yaml

from fuzz.engine.attempt import Incoming
from fuzz.engine.bounded import Meanwhile, idle
from fuzz.engine.journal import Journal
from fuzz.engine.profile import Profile
from fuzz.engine.secrets import Secrets
from fuzz.engine.session import Session
from fuzz.engine.transport import Delivery, Outgoing, Transport
from fuzz.model.events import Event
from fuzz.model.exchange import Action
from fuzz.model.verdict import Kind
from fuzz.sandbox.answers import failure
from fuzz.sandbox.app import written
from fuzz.sandbox.behaviour import Behaviour
from fuzz.sandbox.calls import Answer, Arrival, Operation
from fuzz.sandbox.server import Sandbox, profile_yaml
from fuzz.sandbox.settings import behaviour_of
from swagger.contract import Contract

Goal = tuple[str, str]
"""A failure as it is told from others: the clause, and the answer's label."""


class Mute(Journal):
    """A journal that keeps nothing: the words of a search are no run."""

    def emit(self, event: Event) -> None:
        """Forgets the event."""

    def emit_later(self, event: Callable[[], Event]) -> None:
        """Forgets the event before it is made."""


class Caller(Transport):
    """Delivers by a call. Mutable: `renew` puts a service without a past in place of the one there was."""

    def __init__(self, begin: Callable[[], Behaviour]) -> None:
        super().__init__(run="in-process", timeout=1.0)
        self._begin = begin
        self._behaviour = begin()

    def renew(self) -> None:
        """Begins with a service that has seen nothing."""
        self._behaviour.store.close()
        self._behaviour = self._begin()

    def deliver(self, outgoing: Outgoing, _meanwhile: Meanwhile = idle) -> Delivery:
        """Calls the behaviour."""
        self._sent += 1
        operation = Operation(outgoing.url.rpartition("/")[2])
        scheme, _, token = outgoing.headers.get("Authorization", "").partition(" ")
        answer = self._answer(Arrival(operation, token if scheme else None, outgoing.content))
        text = bytes(written(answer).body).decode("utf-8", "replace")
        return Delivery(Incoming(answer.status, {}, text, 0.0), "in-process", 1, 0, may_have_acted=False)

    def _answer(self, arrival: Arrival) -> Answer:
        going = self._behaviour.respond(arrival)
        try:
            going.send(None)
        except StopIteration as done:
            answer: Answer = done.value
            return answer
        except Exception:
            # What the server of a real sandbox makes of it.
            return failure(500, code="server_error", message="something broke")
        going.close()
        raise ValueError("the fault waits for another request, and there is none")


class InProcess:
    """A service, and our own session to drive it. `begin` makes the service anew, without a past."""

    def __init__(self, contract: Contract, begin: Callable[[], Behaviour]) -> None:
        sandbox = Sandbox()
        os.environ.update(sandbox.env)
        profile = Profile.model_validate(yaml.safe_load(profile_yaml(sandbox)))
        secrets = Secrets()
        self._caller = Caller(begin)
        self.session = Session(contract, profile, secrets, self._caller, Mute(None, secrets))

    @classmethod
    def of(cls, contract: Contract, *, fault: str | None = None, variant: str | None = None) -> InProcess:
        """The sandbox's service with a fault or a variant; the honest one without."""
        return cls(contract, partial(behaviour_of, Sandbox(fault=fault, variant=variant).settings))

    def fails(self, word: Sequence[Action]) -> Goal | None:
        """The clause and the answer of the word's first failure on a service without a past; None if it has none."""
        self._caller.renew()
        for member in self.session.staff:
            member.forget()
        play = self.session.play("search")
        verdicts = (play.perform(action) for action in word)
        failed = next((verdict for verdict in verdicts if verdict.kind is Kind.FAIL), None)
        return None if failed is None or failed.seen is None else (failed.clause, failed.seen.label)
