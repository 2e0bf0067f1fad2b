"""Which actions of a scenario to leave out first: by where they stand, by what they change, by what is alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fuzz.model.exchange import Action, Create, SendItems, Single
from fuzz.model.foreseen import foresee
from fuzz.model.payload import named_by
from fuzz.model.scenario import singles
from swagger.contract import Contract

Actions = tuple[Action, ...]

_ENDS = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 4))
"""How many actions stay at the beginning, and how many at the end."""


def alike(contract: Contract, actions: Actions) -> list[set[int]]:
    """Actions that do the same, as sets of their identities, the largest first; none that stands alone."""
    found: dict[object, set[int]] = defaultdict(set)
    for action, foreseen in zip(actions, foresee(contract, actions), strict=True):
        found[(*map(_likeness, singles(action)), foreseen)].add(id(action))
    return sorted((group for group in found.values() if len(group) > 1), key=len, reverse=True)


def _likeness(single: Single) -> object:
    if isinstance(single, SendItems):
        named = named_by(single.body)
        return single.staff, single.token, repr(named)
    return single


def coarse(contract: Contract, actions: Actions) -> Iterator[Actions]:
    """The cuts that remove most, smallest result first: how it began and how it ended, what changed a sync, what was
    accepted, one staff member, all since.
    """
    culprits = {single.staff for single in singles(actions[-1])}
    alone = tuple(action for action in actions if culprits & {single.staff for single in singles(action)})
    last, since = _since_last_create(alone), _since_last_create(actions)
    cuts = [last, since, alone]
    cuts += [last[:head] + last[-tail:] for head, tail in _ENDS if head + tail < len(last)]
    for whole in (last, alone, actions):
        foreseen = foresee(contract, whole[:-1])
        cuts.append((*(each for each, sees in zip(whole, foreseen, strict=False) if sees.changes), whole[-1]))
        cuts.append((*(each for each, sees in zip(whole, foreseen, strict=False) if sees.accepted), whole[-1]))
    yield from sorted(cuts, key=len)


def _since_last_create(actions: Actions) -> Actions:
    """Each staff member's actions from their last create on, in the order in which they were done."""
    last = {
        single.staff: place
        for place, action in enumerate(actions)
        for single in singles(action)
        if isinstance(single, Create) and place < len(actions) - 1
    }
    return tuple(
        action
        for place, action in enumerate(actions)
        if all(place >= last.get(single.staff, 0) for single in singles(action))
    )
