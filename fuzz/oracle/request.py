"""A request as the oracle judges it: its action, what it names, its token, and the validity of its body."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fuzz.oracle.actions import Create, MoveSync, RequestContext, SendItems, Token
from fuzz.oracle.state import Named
from fuzz.oracle.validity.feature_names import Feature, Unspecified, in_order
from fuzz.oracle.validity.unspecified_features import unspecified_in, unspecified_in_text, unspecified_names
from fuzz.oracle.validity.violations import Validity, named_by, violations
from swagger.contract import Contract, Json


@dataclass(frozen=True, slots=True)
class Request:
    """One request as sent, with everything that is needed to judge it. Frozen.

    `is_judged` is False for a step of the target profile: its answer moves the state, and never fails.
    """

    action: Create | SendItems | MoveSync
    named: Named
    validity: Validity = Validity()
    token: Token = Token.STAFF
    is_judged: bool = True


def request_of(
    contract: Contract, action: Create | SendItems | MoveSync, body: Json, context: RequestContext
) -> Request:
    """The request of an action. `body`: as it was sent, `NOT_JSON` if it does not parse."""
    if isinstance(action, SendItems):
        request = Request(action, named_by(body), judge_payload(contract, body, context), context.token)
        return unspecified_also(request, *unspecified_in_text(action.raw))
    if isinstance(action, MoveSync):
        unspecified = unspecified_names(contract, action.provider, action.account)
        return Request(action, named_of(action), Validity(unspecified=unspecified), context.token)
    if action.is_documented:
        return Request(action, named_of(action))
    validity = Validity(unspecified=(Unspecified(Feature.CREATE_TOKEN, action.token),))
    return Request(action, named_of(action), validity, action.token)


def judge_payload(contract: Contract, body: Json, context: RequestContext) -> Validity:
    """The violations and the unspecified features of one body as sent."""
    return Validity(violations(contract, body), unspecified_in(contract, body, context))


def named_of(action: Create | MoveSync) -> Named:
    """The provider and account that a create or a sibling operation names."""
    return Named(action.provider, action.account if isinstance(action, MoveSync) else None)


def sent_again(request: Request) -> Request:
    """The request as it is judged if it was sent before, without an answer, and may have been carried out then."""
    again = Unspecified(Feature.ID_SENT_BEFORE)
    return unspecified_also(request, again) if isinstance(request.action, SendItems) else request


def unspecified_also(request: Request, *features: Unspecified) -> Request:
    """The request with more unspecified features."""
    if not features:
        return request
    unspecified = in_order((*request.validity.unspecified, *features))
    return replace(request, validity=replace(request.validity, unspecified=unspecified))
