"""Performs actions by the steps in a target profile. Their answers move the state, and are never failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fuzz.oracle.actions import Create, MoveSync
from fuzz.oracle.scenario import kind_of
from fuzz.oracle.state import Belief
from fuzz.oracle.verdict import SUCCESS
from fuzz.session.exchange import Exchange
from fuzz.session.judging import unjudged_exchange
from fuzz.target.authorisation import AuthorisedClient
from fuzz.target.lifecycle import Lifecycle, outcome_of
from fuzz.target.profile import TokenSource
from fuzz.target.request_builder import RequestBuilder, extract, parse
from swagger.contract import Contract


@dataclass(frozen=True, slots=True)
class ProfileSteps:
    """Performs actions by the steps of a target profile. Frozen."""

    contract: Contract
    lifecycle: Lifecycle
    client: AuthorisedClient
    builder: RequestBuilder

    def perform(
        self,
        action: Create | MoveSync,
        belief: Belief,
        variables: Mapping[str, str],
        tokens: Mapping[str, TokenSource | None],
    ) -> Exchange:
        """Performs an action's steps in order up to the first that does not succeed; the exchange of the last one."""
        variables = {**variables, **self.lifecycle.variables(action)}
        where = f"target profile {self.builder.profile.name}: lifecycle steps for {kind_of(action)}"
        requests = 0
        for step in self.lifecycle.custom[kind_of(action)]:
            sent = self.builder.step(step, variables, tokens, where)
            delivery = self.client.send(sent)
            answer = outcome_of(step, delivery.answer.status) if delivery.answer else None
            exchange = unjudged_exchange(self.contract, action, sent, delivery, belief, answer)
            exchange = replace(exchange, earlier=requests)
            requests += delivery.attempts
            found = extract(parse(delivery.answer.text), step.extract) if delivery.answer else {}
            variables |= {name: str(value) for name, value in found.items()}
            if answer is None or answer.outcome != SUCCESS:
                break
        return exchange
