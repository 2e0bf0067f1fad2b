"""A candidate: the actions of a scenario as one value, and what can be read from them or changed in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from fuzz.oracle.actions import Action, AtOnce, Create, Single
from fuzz.oracle.scenario import singles

Actions = tuple[Action, ...]


def all_singles(actions: Actions) -> Iterator[Single]:
    """The single actions of a candidate, in order."""
    return (single for action in actions for single in singles(action))


def staff_in(actions: Actions) -> tuple[int, ...]:
    """The indexes of the staff members that a candidate touches, in their order of appearance."""
    return tuple(dict.fromkeys(single.staff for single in all_singles(actions)))


def can_begin(actions: Actions) -> bool:
    """Whether there are actions, and the first one on each staff member is a create."""
    created: set[int] = set()
    for single in all_singles(actions):
        if isinstance(single, Create) and single.is_documented:
            created.add(single.staff)
        elif single.staff not in created:
            return False
    return bool(actions)


def map_singles(actions: Actions, change: Callable[[Single], Single]) -> Actions:
    """The candidate with each of its single actions changed, in order."""
    return tuple(
        AtOnce(change(action.first), change(action.second)) if isinstance(action, AtOnce) else change(action)
        for action in actions
    )


def renumber_staff(actions: Actions, numbers: Mapping[int, int]) -> Actions:
    """The candidate with other indexes for its staff members."""
    return map_singles(actions, lambda single: replace(single, staff=numbers[single.staff]))
