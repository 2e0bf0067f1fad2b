"""The ways to move a sync between its states on one target: the documented operations, or steps of the profile.

The documented operations are judged. A profile's steps are not: their answers only tell whether the move happened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fuzz.errors import UsageError
from fuzz.oracle.actions import Create, Move, MoveSync
from fuzz.oracle.verdict import REFUSAL, SUCCESS, ReadAnswer
from fuzz.target.profile import Profile
from fuzz.target.reach import OUR_OWN, header_given, is_header_name, is_header_value
from fuzz.target.request_builder import APP_CODES, check_paths
from fuzz.target.templates import fill
from fuzz.target.user_files import told_to_the_user
from swagger.contract import Contract, Step
from swagger.workflow.steps import read_step

VARIABLES = (
    *("staff_id", "calendar_sync_uid", "other_calendar_sync_uid", "now_timestamp", "business_id"),
    *("provider", "account", "app_code_name"),
)
"""What the steps of a profile may name, besides what an earlier step has extracted."""

TOKENS = ("admin", "staff")
SET_BY_CALFUZZ = OUR_OWN - {"accept", "content-type", "user-agent"}
_METHOD = re.compile(r"[A-Z][A-Z-]{0,30}")
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
        found = [
            read_step(_with_variables(step), where, {}, number=number)[0] for number, step in enumerate(steps, start=1)
        ]
    known = dict.fromkeys(VARIABLES, "x")
    for step in found:
        _check_step(step, known, where)
        known |= dict.fromkeys(step.extract, "x")
    return tuple(found)


def _with_variables(step: dict[str, Any]) -> dict[str, Any]:
    """The step with each header `{env: NAME}` as the text `{env:NAME}`: the steps' own grammar has texts only."""
    headers = step.get("headers")
    if not isinstance(headers, dict):
        return step
    named = {key: value["env"] for key, value in headers.items() if isinstance(value, dict) and [*value] == ["env"]}
    return {**step, "headers": {**headers, **{key: f"{{env:{name}}}" for key, name in named.items()}}}


def _check_step(step: Step, known: Mapping[str, str], where: str) -> None:
    """UsageError for a step that could not be sent, before the first request."""
    if not _METHOD.fullmatch(step.method):
        raise UsageError(f"{where}: {step.method!r} is no HTTP method", next="write one such as PUT")
    if step.token not in (None, *TOKENS):
        raise UsageError(f"{where}: the token {step.token!r} is unknown", next=f"use one of {', '.join(TOKENS)}")
    if not step.path.isprintable():
        raise UsageError(f"{where}: the path {step.path!r} cannot be sent", next="correct it")
    for part in (step.path, step.params, step.headers, step.body):
        fill(part, known, where)
    for name, value in step.headers.items():
        given = header_given(str(fill(value, known, where)))
        if given.env is not None and not os.environ.get(given.env):
            what = f"{where}: the header {name!r} names the environment variable {given.env}, which is not set"
            raise UsageError(what, next="export it, or name another one")
        text = given.text if given.env is None else os.environ[given.env].strip()
        if not is_header_name(name) or name.lower() in SET_BY_CALFUZZ or not is_header_value(text):
            raise UsageError(f"{where}: the header {name!r} cannot be sent", next="correct it, or leave it out")
    check_paths(step.extract, where)


def outcome_of(step: Step, status: int) -> ReadAnswer:
    """The answer to a profile's step: a success if its status is the step's own `expect.status`."""
    moved = status in step.expect_status
    return ReadAnswer(SUCCESS if moved else REFUSAL, status, label=f"{status} {'moved' if moved else 'not moved'}")
