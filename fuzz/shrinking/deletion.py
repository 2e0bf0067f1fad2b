"""The deletions to try first on a scenario: large ones, and groups of actions that have the same effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fuzz.oracle.actions import Create, SendItems, Single
from fuzz.oracle.forecast import forecast
from fuzz.oracle.scenario import singles
from fuzz.oracle.validity.violations import named_by
from fuzz.shrinking.candidate import Actions, staff_in
from swagger.contract import Contract

_HEADS_AND_TAILS = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 4))
"""Numbers of actions kept at the beginning and at the end."""


def same_effect(contract: Contract, actions: Actions) -> list[set[int]]:
    """Groups of two or more actions with the same effect, as the `id()`s of the actions, the largest group first."""
    groups: dict[object, set[int]] = defaultdict(set)
    for action, expected in zip(actions, forecast(contract, actions), strict=True):
        groups[(*map(_without_items, singles(action)), expected)].add(id(action))
    return sorted((group for group in groups.values() if len(group) > 1), key=len, reverse=True)


def _without_items(single: Single) -> object:
    """What identifies an action apart from the items that it sends."""
    if isinstance(single, SendItems):
        return single.staff, single.token, repr(named_by(single.body))
    return single


def large_deletions(contract: Contract, actions: Actions) -> Iterator[Actions]:
    """The candidates that delete most, shortest first. Each keeps only some actions: the beginning and the end, those
    that change a sync, those that are accepted, those on the failing staff members, or those since the last create.
    """
    failing = set(staff_in(actions[-1:]))
    own = tuple(action for action in actions if failing.intersection(staff_in((action,))))
    own_since_create, since_create = _since_last_create(own), _since_last_create(actions)
    candidates = [own_since_create, since_create, own]
    candidates += [
        own_since_create[:head] + own_since_create[-tail:]
        for head, tail in _HEADS_AND_TAILS
        if head + tail < len(own_since_create)
    ]
    for whole in (own_since_create, own, actions):
        expected = list(zip(whole, forecast(contract, whole[:-1]), strict=False))
        candidates.append((*(action for action, outcome in expected if outcome.changes), whole[-1]))
        candidates.append((*(action for action, outcome in expected if outcome.accepted), whole[-1]))
    yield from sorted(candidates, key=len)


def _since_last_create(actions: Actions) -> Actions:
    """The actions on each staff member from the last create on, not counting the failing action, in their order."""
    last_create = {
        single.staff: place
        for place, action in enumerate(actions[:-1])
        for single in singles(action)
        if isinstance(single, Create)
    }
    return tuple(
        action
        for place, action in enumerate(actions)
        if all(place >= last_create.get(staff, 0) for staff in staff_in((action,)))
    )
