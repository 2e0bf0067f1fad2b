"""How a target's staff members are moved between sync states: the documented operations, or the profile's own steps.

The documented ones are judged like everything documented. A profile's steps only move: their answers tell whether the
move happened, and nothing about the contract. What cannot be done on a target is remembered with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from fuzz.engine.profile import Profile
from fuzz.engine.wire import APP_CODES, check_paths
from fuzz.errors import UsageError
from fuzz.model.exchange import Create, Move, MoveSync
from fuzz.model.verdict import REFUSAL, SUCCESS, Seen
from swagger.contract import Contract, ContractError, Step
from swagger.markdown import CodeBlock
from swagger.steps import read_steps

STATE_OF = {Move.CONNECT: "bound", Move.DISABLE: "disabled", Move.DISCONNECT: "none"}
"""The state that each sibling operation leads to: the profile's name for the steps that replace it."""


@dataclass(slots=True)
class Lifecycle:
    """`custom` steps by action kind, and why an action cannot be done on this target. Mutable: preflight finds out."""

    custom: Mapping[str, tuple[Step, ...]]
    impossible: dict[str, str] = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()
    """Providers that the document does not list, and of which a sync can be created all the same."""

    @classmethod
    def of(cls, profile: Profile, contract: Contract) -> Lifecycle:
        """The lifecycle that a profile describes; UsageError for steps that cannot be read."""
        given = {"create": profile.lifecycle.fresh}
        given |= {move.value: getattr(profile.lifecycle, state) for move, state in STATE_OF.items()}
        custom = {kind: _steps(kind, steps, profile) for kind, steps in given.items() if steps}
        lifecycle = cls(custom)
        for kind, steps in given.items():
            if steps == []:
                lifecycle.impossible[kind] = f"the profile's lifecycle gives no steps for {kind}"
            elif steps is None and kind != "create" and kind not in contract.siblings:
                lifecycle.impossible[kind] = f"the swagger lists no operation {kind}, the profile no steps for it"
        return lifecycle

    def can(self, move: Move) -> bool:
        """The target can be moved that way, as far as is known."""
        return move.value not in self.impossible

    def variables(self, action: Create | MoveSync) -> dict[str, str]:
        """What the templates of a profile's steps may name besides the run's own variables."""
        account = action.account if isinstance(action, MoveSync) else ""
        return {
            "provider": action.provider,
            "account": account,
            "app_code_name": APP_CODES.get(action.provider, ""),
        }


def _steps(kind: str, steps: list[dict[str, Any]], profile: Profile) -> tuple[Step, ...]:
    where = f"target profile {profile.name}: lifecycle steps for {kind}"
    try:
        found, _unused = read_steps((CodeBlock("yaml", yaml.safe_dump({"steps": steps}), 1),), where)
    except ContractError as error:
        raise UsageError(f"{where}: {error.what}", next=error.next) from None
    for step in found:
        check_paths(step.extract, where)
    return tuple(found)


def outcome_of(step: Step, status: int) -> Seen:
    """A profile's step read by its own `expect.status`: it moved, or it did not."""
    moved = status in step.expect_status
    return Seen(SUCCESS if moved else REFUSAL, status, label=f"{status} {'moved' if moved else 'not moved'}")
