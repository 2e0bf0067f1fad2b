"""Forecasts a scenario from the documents, before it is sent: what is wrong with each body, which actions succeed, and
what would be concluded of each answer if all are as documented.

Bodies are judged with their templates, before the session fills these in.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from fuzz.oracle.actions import NOT_JSON, Action, Create, RequestContext, SendItems, Single
from fuzz.oracle.allowed import allowed, documented_outcome, state_after
from fuzz.oracle.judgement.judge import judge_answer
from fuzz.oracle.request import Request, request_of
from fuzz.oracle.scenario import singles
from fuzz.oracle.state import Belief, SyncState
from fuzz.oracle.validity.feature_names import Unspecified
from fuzz.oracle.validity.violations import items_of
from fuzz.oracle.verdict import REFUSAL, SUCCESS, ReadAnswer, Verdict
from swagger.contract import Contract, Json, ids_of

NOT_READ = "raw text"
"""The feature of a body that is raw text: its spelling may matter."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of one action. Frozen.

    `features`: ids of the clauses that its bodies violate, and their unspecified features. `accepted`: the answer is a
    success. `changes`: it changes the state of the sync. `decided`: the documents promise one outcome, and one state
    after it.
    """

    features: frozenset[str | Unspecified]
    accepted: bool
    changes: bool
    decided: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One request of a scenario, its body as it reads, and the verdict on the documented answer to it. Frozen."""

    request: Request
    body: Json
    verdict: Verdict


@dataclass(slots=True)
class _Forecaster:
    """The documented states of the syncs so far, what is believed of them, and the external ids sent. Mutable."""

    contract: Contract
    states: dict[int, SyncState] = field(default_factory=dict)
    beliefs: dict[int, Belief] = field(default_factory=dict)
    sent: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def single(self, action: Single) -> Forecast:
        """Forecasts the next action, and updates the sync's state and the ids."""
        before = self.states.get(action.staff)
        raw = isinstance(action, SendItems) and action.raw is not None
        request, body = self._request(action)
        accepted = documented_outcome(self.contract, before, request) == SUCCESS
        after = before
        if accepted:
            after = state_after(self.contract, before, request, SUCCESS, with_account=True)
            self.states[action.staff] = after
        validity = request.validity
        features: set[str | Unspecified] = {NOT_READ} if raw else set()
        if not raw or body is not NOT_JSON:
            features |= {*validity.violations, *validity.unspecified}
        outcomes = allowed(self.contract, before, request)
        return Forecast(
            frozenset(features),
            accepted,
            changes=after != before or (isinstance(action, Create) and accepted),
            decided=[1] == [len(states) for states in outcomes.values()],
        )

    def judged(self, action: Single) -> Foreseen:
        """Judges the documented answer to the next action, and updates the sync's state, the belief and the ids."""
        before = self.states.get(action.staff)
        belief = self.beliefs.get(action.staff, frozenset({before}))
        request, body = self._request(action)
        outcome = documented_outcome(self.contract, before, request)
        after = state_after(self.contract, before, request, outcome, with_account=True)
        seen = _answer(self.contract, outcome, account=before.account if before is not None else None)
        verdict = judge_answer(self.contract, belief, request, seen)
        self.states[action.staff], self.beliefs[action.staff] = after, verdict.belief | {after}
        return Foreseen(request, body, verdict)

    def _request(self, action: Single) -> tuple[Request, Json]:
        """The request of an action and its body; the ids that it sends count from here on."""
        body = _body_of(action) if isinstance(action, SendItems) else NOT_JSON
        request = request_of(self.contract, action, body, self._context(action))
        self.sent[action.staff].update(ids_of(items_of(self.contract, body)))
        return request, body

    def _context(self, action: Single) -> RequestContext:
        return RequestContext("{{staff_id}}", action.token, "{{calendar_sync_uid}}", frozenset(self.sent[action.staff]))


def _body_of(action: SendItems) -> Json:
    """The body that is sent; of a text, what it reads as."""
    if action.raw is None:
        return action.body
    try:
        return json.loads(action.raw)
    except ValueError:
        return NOT_JSON


def forecast(contract: Contract, actions: Sequence[Action]) -> tuple[Forecast, ...]:
    """The forecast of each action of a scenario. Of two at once, the first is taken to come first."""
    forecaster = _Forecaster(contract)
    return tuple(_together([forecaster.single(single) for single in singles(action)]) for action in actions)


def foreseen(contract: Contract, actions: Sequence[Action]) -> Iterator[Foreseen]:
    """Each request of a scenario with the verdict on the documented answer; of two at once, the first comes first."""
    forecaster = _Forecaster(contract)
    return (forecaster.judged(single) for action in actions for single in singles(action))


def _answer(contract: Contract, outcome: str, *, account: Json) -> ReadAnswer:
    """An answer with a documented outcome, read. `account`: that of the record which a sibling's answer shows."""
    if outcome == SUCCESS:
        return ReadAnswer(outcome, contract.success_status, label=str(contract.success_status), account=account)
    status = next((error.status for error in contract.state_errors if error.id == outcome), HTTPStatus.BAD_REQUEST)
    named = frozenset() if outcome == REFUSAL else frozenset({outcome})
    return ReadAnswer(outcome, status, named, label=outcome)


def _together(parts: Sequence[Forecast]) -> Forecast:
    return Forecast(
        frozenset().union(*(part.features for part in parts)),
        any(part.accepted for part in parts),
        any(part.changes for part in parts),
        all(part.decided for part in parts),
    )
