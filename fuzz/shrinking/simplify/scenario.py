"""Simplifications of a whole scenario: one staff member, canonical names and payloads, documented actions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from fuzz.oracle.actions import AtOnce, Create, MoveSync, SendItems, Single, Token
from fuzz.oracle.forecast import forecast
from fuzz.oracle.validity.violations import items_of, named_by
from fuzz.shrinking.candidate import Actions, all_singles, map_singles
from fuzz.shrinking.canonical_body import canonical_body
from fuzz.shrinking.simplify.names import (
    NEAR_ACCOUNTS,
    use_canonical_accounts,
    use_canonical_providers,
    use_near_account,
)
from strategies.body_layout import layout_of
from strategies.valid.bodies import SYNC, plain_payload
from strategies.valid.items import ID
from swagger.contract import Contract, ids_of

Simplification = Callable[[Contract, Actions], Actions]
"""A scenario with as many actions that is simpler; the same one where nothing can be simplified."""


def use_plain_spelling(_contract: Contract, actions: Actions) -> Actions:
    """The scenario with each payload that was spelt as JSON text in plain spelling."""
    return map_singles(actions, _parsed)


def _parsed(single: Single) -> Single:
    """The action with its JSON text read; as it is where the text is no JSON object, or would not be read alike."""
    if not isinstance(single, SendItems) or single.raw is None:
        return single
    try:
        body = json.loads(single.raw)
    except ValueError:
        return single
    return replace(single, body=body, raw=None) if isinstance(body, dict) else single


def use_one_staff_member(_contract: Contract, actions: Actions) -> Actions:
    """The scenario with everything done to the first staff member."""
    return map_singles(actions, lambda single: replace(single, staff=0))


def simplify_everything(contract: Contract, actions: Actions) -> Actions:
    """The scenario with canonical payloads, accounts and providers."""
    plain = simplify_payloads(contract, use_plain_spelling(contract, actions))
    return use_canonical_providers(contract, use_canonical_accounts(contract, plain))


def simplify_payloads(contract: Contract, actions: Actions) -> Actions:
    """The scenario with a canonical body, and an external id of its own, for each payload that names a sync."""
    taken: set[str] = set()
    return map_singles(actions, lambda single: _with_canonical_body(contract, single, taken))


def simplify_payloads_sent_again(contract: Contract, actions: Actions) -> Actions:
    """As `simplify_payloads`, but requests whose first items have the same external id still have the same one."""
    taken: set[str] = set()
    simplified: dict[str, Single] = {}

    def simplify(single: Single) -> Single:
        first = _first_id(contract, single)
        if first is not None and first in simplified:
            return _with_items_of(contract, single, simplified[first])
        made = _with_canonical_body(contract, single, taken)
        return made if first is None else simplified.setdefault(first, made)

    return map_singles(actions, simplify)


SIMPLIFICATIONS: tuple[Simplification, ...] = (
    use_one_staff_member,
    simplify_everything,
    use_plain_spelling,
    simplify_payloads,
    simplify_payloads_sent_again,
    use_canonical_accounts,
    *(use_near_account(near) for near in NEAR_ACCOUNTS),
    use_canonical_providers,
)
"""All simplifications, those that do most first."""


def _with_canonical_body(contract: Contract, single: Single, taken: set[str]) -> Single:
    """The action with a canonical body of one item, whose external id is added to those taken."""
    if not isinstance(single, SendItems) or single.raw is not None or not named_by(single.body).complete:
        return single
    listing = layout_of(contract).listing.name
    sync = {key: single.body[key] for key in single.body if key == SYNC}
    body = canonical_body(contract, {**sync, listing: items_of(contract, single.body)[:1]}, taken)
    taken.update(str(item[ID]) for item in body[listing])
    return replace(single, body=body)


def _first_id(contract: Contract, single: Single) -> str | None:
    items = items_of(contract, single.body) if isinstance(single, SendItems) else []
    found = items[0].get(ID) if items else None
    return found if isinstance(found, str) else None


def _with_items_of(contract: Contract, single: Single, other: Single) -> Single:
    """The action with a canonical body that has the other one's items."""
    canonical = _with_canonical_body(contract, single, set())
    if canonical is single or not isinstance(canonical, SendItems) or not isinstance(other, SendItems):
        return canonical
    listing = layout_of(contract).listing.name
    return replace(canonical, body={**canonical.body, listing: other.body[listing]})


def by_documented_ways(contract: Contract, actions: Actions) -> Iterator[Actions]:
    """Scenarios of the same length, in each of which one action before the last, whose outcome decides nothing, is
    replaced by a documented one. Two at once stay as they are.

    No document says what a sibling leaves behind, and what an unspecified request does is only observed.
    """
    for place, expected in enumerate(forecast(contract, actions)[:-1]):
        action = actions[place]
        if expected.decided or isinstance(action, AtOnce):
            continue
        for documented in _documented(contract, actions, action):
            candidate = (*actions[:place], documented, *actions[place + 1 :])
            if forecast(contract, candidate)[place].decided:
                yield candidate


def _documented(contract: Contract, actions: Actions, action: Single) -> Iterator[Single]:
    """The documented actions that may do as well as this one, the plainest first."""
    if isinstance(action, Create):
        yield replace(action, token=Token.ADMIN)
        return
    if isinstance(action, MoveSync):
        yield Create(action.staff, action.provider)
        provider, account = action.provider, action.account
    elif named_by(action.body).complete:
        provider, account = str(named_by(action.body).provider), str(named_by(action.body).account)
    else:
        return
    plain = plain_payload(contract, provider=provider, account=account)
    yield SendItems(action.staff, canonical_body(contract, plain, _sent_by_others(contract, actions, action)))


def _sent_by_others(contract: Contract, actions: Actions, action: Single) -> set[str]:
    """The external ids that the other requests of the scenario send."""
    sends = (single for single in all_singles(actions) if isinstance(single, SendItems) and single is not action)
    return {external_id for single in sends for external_id in ids_of(items_of(contract, single.body))}
