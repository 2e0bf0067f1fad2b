"""The state of a calendar sync, and one named predicate for each documented state error.

A state holds only what answers can depend on. Belief is a set of states: usually one; more after a lost answer, or
where the documents do not specify the effect of a request.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from swagger.contract import Json


@dataclass(frozen=True, slots=True)
class CalendarSync:
    """A sync record: what answers can depend on. Frozen."""

    provider: str
    account: str | None = None
    """None until the first accepted call names one."""
    disabled: bool = False


SyncState = CalendarSync | None
"""None: the staff member has no calendar sync."""

Belief = frozenset[SyncState]
"""Every state that explains all answers so far; never empty."""


class Situation(StrEnum):
    """How a request meets the state of the staff member's sync."""

    NONE = "none"
    FRESH = "fresh"
    MATCHED = "matched"
    MISMATCHED = "mismatched"
    DISABLED = "disabled"
    UNCERTAIN = "uncertain"
    """Belief holds states in which the request meets different situations."""


class Mismatch(StrEnum):
    """Which names of a request differ from the sync's."""

    NONE = ""
    PROVIDER = "provider"
    ACCOUNT = "account"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Named:
    """The provider and account that a request names, exactly as sent; None if it names none. Frozen."""

    provider: Json
    account: Json

    @property
    def complete(self) -> bool:
        """Whether both are strings, so that the table of states applies."""
        return isinstance(self.provider, str) and isinstance(self.account, str)


def has_no_sync(state: SyncState, named: Named) -> bool:  # noqa: ARG001 - one signature for all predicates
    """`missing`: "the staff member does not have a CalendarSync record"."""
    return state is None


def names_another_sync(state: SyncState, named: Named) -> bool:
    """`already_exists`: "provider or account values do not match the staff member's existing calendar sync record"."""
    if state is None:
        return False
    return named.provider != state.provider or (state.account is not None and named.account != state.account)


def is_disabled(state: SyncState, named: Named) -> bool:
    """`invalid`: "the calendar sync exists with matching provider/account but is in a disabled state"."""
    return state is not None and state.disabled and not names_another_sync(state, named)


PREDICATES: Mapping[str, Callable[[SyncState, Named], bool]] = {
    "missing": has_no_sync,
    "already_exists": names_another_sync,
    "invalid": is_disabled,
}
"""The "occurs when" sentence of each state error, by the error's code."""


def name_of(state: SyncState) -> str:
    """`none`, `fresh`, `bound` or `disabled`."""
    if state is None:
        return "none"
    if state.disabled:
        return "disabled"
    return "fresh" if state.account is None else "bound"


def describe(state: SyncState) -> str:
    """One state in words: `bound (google_v3, a@example.com)`."""
    if state is None:
        return "none"
    parts = [state.provider] if state.account is None else [state.provider, state.account]
    return f"{name_of(state)} ({', '.join(map(legible, parts))})"


def legible(name: Json) -> str:
    """A provider or an account for use in a sentence: as it is, or as JSON if it could be misread."""
    seen = isinstance(name, str) and name.isprintable() and name == name.strip() != ""
    return str(name) if seen else json.dumps(name)


def situation(state: SyncState, named: Named) -> Situation:
    """The situation of a request that names `named` in `state`."""
    if state is None:
        return Situation.NONE
    if names_another_sync(state, named):
        return Situation.MISMATCHED
    if state.disabled:
        return Situation.DISABLED
    return Situation.FRESH if state.account is None else Situation.MATCHED


def mismatch(state: SyncState, named: Named) -> Mismatch:
    """What differs between a request that names `named` and the sync."""
    if state is None:
        return Mismatch.NONE
    account = state.account is not None and named.account != state.account
    if named.provider != state.provider:
        return Mismatch.BOTH if account else Mismatch.PROVIDER
    return Mismatch.ACCOUNT if account else Mismatch.NONE


def bind(state: CalendarSync, named: Named) -> CalendarSync:
    """The state after an accepted call: a fresh sync stores the account that the call names."""
    if state.account is None and isinstance(named.account, str):
        return replace(state, account=named.account)
    return state


def may_match(one: str, other: str) -> bool:
    """Whether a service may take two different texts for the same account: they differ in case, white space or
    Unicode form only.

    The documents say "match", and do not say whether that means byte by byte. Accents and all other characters count.
    """
    return one != other and _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(text.split())).casefold()
