"""Actions that a target needs steps of its own for, as its profile describes them: what they answer moves the state,
and is never a failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.engine.judged import Performed
from fuzz.engine.lifecycle import outcome_of
from fuzz.engine.staff import StaffMember
from fuzz.engine.transport import Delivery
from fuzz.engine.wire import extract, parse
from fuzz.model import oracle
from fuzz.model.exchange import Create, MoveSync
from fuzz.model.oracle import Request
from fuzz.model.scenario import kind_of
from fuzz.model.state import Belief
from fuzz.model.verdict import SUCCESS, Verdict
from swagger.contract import Contract, Step

if TYPE_CHECKING:
    from fuzz.engine.session import Play, Session


def perform(session: Session, play: Play, member: StaffMember, action: Create | MoveSync) -> Performed:
    """Does an action by the profile's own steps, up to the first that does not succeed."""
    variables = {**play.variables(action.staff), **session.lifecycle.variables(action)}
    tokens = {"admin": session.profile.tokens.admin, "staff": member.token}
    belief = session.believed(member)
    request = Request(action, oracle.named_of(action), trusted=False)
    where = f"target profile {session.profile.name}: lifecycle steps for {kind_of(action)}"
    for step in session.lifecycle.custom[kind_of(action)]:
        wired = session.wire.step(step, variables, tokens, where)
        delivery = session.authorised.deliver(wired)
        verdict = _judge(session.contract, step, request, delivery, belief)
        found = extract(parse(delivery.incoming.text), step.extract) if delivery.incoming else {}
        variables |= {name: str(value) for name, value in found.items()}
        if verdict.seen is None or verdict.seen.outcome != SUCCESS:
            break
    return Performed(action, wired, delivery, request, verdict)


def _judge(contract: Contract, step: Step, request: Request, delivery: Delivery, belief: Belief) -> Verdict:
    if delivery.incoming is None:
        return oracle.lost(contract, belief, request, may_have_acted=True, why=delivery.why)
    return oracle.step(contract, belief, request, outcome_of(step, delivery.incoming.status))
