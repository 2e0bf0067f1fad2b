"""The capabilities of the target that a session is connected to."""

from __future__ import annotations

from fuzz.oracle.actions import Move
from fuzz.session.session import Session
from fuzz.target.capabilities import Capabilities


def capabilities_of(session: Session) -> Capabilities:
    """What the session's target can do, as far as it is known now."""
    lifecycle = session.lifecycle
    return Capabilities(
        contract=session.contract,
        moves=tuple(move for move in Move if lifecycle.can(move)),
        custom_moves=frozenset(move for move in Move if move.value in lifecycle.custom),
        custom_create="create" in lifecycle.custom,
        unlisted_providers=lifecycle.unlisted,
        staff_count=len(session.staff),
    )
