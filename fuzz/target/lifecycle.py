"""The ways to move a sync between its states on one target: the documented operations, or steps of the profile.

The documented operations are judged. A profile's steps are not: their answers only tell whether the move happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fuzz.oracle.actions import Create, Move, MoveSync
from fuzz.oracle.verdict import REFUSAL, SUCCESS, ReadAnswer
from fuzz.target.profile import Profile
from fuzz.target.request_builder import APP_CODES, check_paths
from fuzz.target.user_files import told_to_the_user
from swagger.contract import Contract, Step
from swagger.workflow.steps import read_step

STATE_OF = {Move.CONNECT: "bound", Move.DISABLE: "disabled", Move.DISCONNECT: "none"}
"""The state that each sibling operation leads to: the profile's name for the steps that replace it."""


@dataclass(slots=True)
class Lifecycle:
    """How each kind of action is done on a target: by `custom` steps, or `impossible` for a reason. Mutable."""

    custom: Mapping[str, tuple[Step, ...]]
    impossible: dict[str, str] = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()
    """Providers that the document does not list, but for which a create succeeds."""

    @classmethod
    def of(cls, profile: Profile, contract: Contract) -> Lifecycle:
        """The lifecycle of a profile. UsageError for steps that cannot be read."""
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

    def rule_out(self, kind: str, why: str) -> None:
        """Marks a kind of action as impossible on this target."""
        self.impossible[kind] = why

    def add_creatable(self, unlisted: Iterable[str]) -> None:
        """Notes unlisted providers for which a create succeeds."""
        self.unlisted = tuple(unlisted)

    def can(self, move: Move) -> bool:
        """Whether the target can make this move, as far as it is known."""
        return move.value not in self.impossible

    def variables(self, action: Create | MoveSync) -> dict[str, str]:
        """The variables of an action for the steps of a profile, besides those of the run."""
        account = action.account if isinstance(action, MoveSync) else ""
        return {
            "provider": action.provider,
            "account": account,
            "app_code_name": APP_CODES.get(action.provider, ""),
        }


def _steps(kind: str, steps: list[dict[str, Any]], profile: Profile) -> tuple[Step, ...]:
    where = f"target profile {profile.name}: lifecycle steps for {kind}"
    with told_to_the_user():
        found = [read_step(step, where, {}, number=number)[0] for number, step in enumerate(steps, start=1)]
    for step in found:
        check_paths(step.extract, where)
    return tuple(found)


def outcome_of(step: Step, status: int) -> ReadAnswer:
    """The answer to a profile's step: a success if its status is the step's own `expect.status`."""
    moved = status in step.expect_status
    return ReadAnswer(SUCCESS if moved else REFUSAL, status, label=f"{status} {'moved' if moved else 'not moved'}")
