"""Plainer versions of a scenario: canonical accounts and providers, one staff member, payloads with less in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from fuzz.engine.plain_body import plain_like
from fuzz.model.exchange import Action, AtOnce, Create, MoveSync, SendItems, Single
from fuzz.model.payload import items_of, named_by
from fuzz.model.scenario import singles
from strategies.items import ID
from strategies.layout import layout_of
from strategies.payloads import SYNC, with_sync
from swagger.contract import Contract, Json

Actions = tuple[Action, ...]


Plainer = Callable[[Contract, Actions], Actions]

NEAR_ACCOUNTS = ("a@another.example", "a+tag@example.com", "a@example.com.example")
"""What a careless comparison takes for `a@example.com`, without a feature on which the documents are silent: many
unusual accounts that it mistakes come down to one of these.
"""


def plain_throughout(contract: Contract, actions: Actions) -> Actions:
    """Everything at its plainest at once."""
    return with_plain_providers(contract, with_plain_accounts(contract, with_plain_payloads(contract, actions)))


def with_plain_payloads(contract: Contract, actions: Actions) -> Actions:
    """Each complete payload replaced by the plain one that names the same sync, with an external id of its own."""
    taken: set[str] = set()
    return changed(actions, lambda single: _with_plain_payload(contract, single, taken))


def with_plain_payloads_sent_again(contract: Contract, actions: Actions) -> Actions:
    """The same, but where the first items of two requests have the same external id, they still have the same one."""
    taken: set[str] = set()
    known: dict[str, Single] = {}

    def plain(single: Single) -> Single:
        first = _first_id(contract, single)
        if first is None or first not in known:
            made = _with_plain_payload(contract, single, taken)
            return made if first is None else known.setdefault(first, made)
        return _with_items_of(contract, single, known[first])

    return changed(actions, plain)


def with_plain_accounts(_contract: Contract, actions: Actions) -> Actions:
    """The canonical accounts in place of the scenario's own."""
    return _renamed(actions, canonical_accounts(actions), {})


def with_accounts_near(other: str) -> Plainer:
    """Makes an account and another one, of the canonical ones and that, out of two that are further from plain."""

    def renamed(_contract: Contract, actions: Actions) -> Actions:
        accounts = canonical_accounts(actions)
        if len(accounts) != 2 or set(accounts) <= {*accounts.values(), *NEAR_ACCOUNTS}:
            return actions
        one, two = accounts
        return _renamed(actions, {one: accounts[one], two: other}, {})

    return renamed


def with_plain_providers(contract: Contract, actions: Actions) -> Actions:
    """The listed providers in their order."""
    return _renamed(actions, {}, canonical_providers(contract, actions))


def on_one_staff_member(_contract: Contract, actions: Actions) -> Actions:
    """Everything done to the first staff member."""
    return changed(actions, lambda single: replace(single, staff=0))


PLAINER: tuple[Plainer, ...] = (
    on_one_staff_member,
    plain_throughout,
    with_plain_payloads,
    with_plain_payloads_sent_again,
    with_plain_accounts,
    *(with_accounts_near(other) for other in NEAR_ACCOUNTS),
    with_plain_providers,
)
"""Ways to make a whole scenario plainer, those that do most first. Each leaves alone what is plain already."""


def canonical_accounts(actions: Actions) -> dict[str, str]:
    """`a@example.com`, `b@example.com`, ... for the accounts of a scenario, in their order of appearance."""
    named = [account for action in actions for single in singles(action) for account in _account(single)]
    return {account: f"{_letter(place)}@example.com" for place, account in enumerate(dict.fromkeys(named))}


def canonical_providers(contract: Contract, actions: Actions) -> dict[str, str]:
    """The listed providers in their order, for those of a scenario in their order of appearance; for the listed ones
    among them alone if there are more than are listed.
    """
    rule = contract.field("calendar_sync.provider")
    listed = rule.listed if rule else ()
    used = dict.fromkeys(name for action in actions for single in singles(action) for name in _provider(single))
    found = [provider for provider in used if provider in listed or len(used) <= len(listed)]
    return dict(zip(found, listed, strict=False))


def _letter(place: int) -> str:
    return chr(ord("a") + place) if place < 26 else f"a{place}"


def _account(single: Single) -> Iterator[str]:
    if isinstance(single, MoveSync):
        yield single.account
    elif isinstance(single, SendItems) and isinstance(named_by(single.body).account, str):
        yield named_by(single.body).account


def _provider(single: Single) -> Iterator[str]:
    if isinstance(single, SendItems):
        if isinstance(named_by(single.body).provider, str):
            yield named_by(single.body).provider
    else:
        yield single.provider


def changed(actions: Actions, change: Callable[[Single], Single]) -> Actions:
    """The actions with each single one of them changed, in order."""
    return tuple(
        AtOnce(change(action.first), change(action.second)) if isinstance(action, AtOnce) else change(action)
        for action in actions
    )


def _with_plain_payload(contract: Contract, single: Single, taken: set[str]) -> Single:
    """The single action with a plain payload, whose external id is none of those taken, and is one of them then."""
    if not isinstance(single, SendItems) or single.raw is not None or not named_by(single.body).complete:
        return single
    listing = layout_of(contract).listing.name
    sync = {key: single.body[key] for key in single.body if key == SYNC}
    body = plain_like(contract, {**sync, listing: items_of(contract, single.body)[:1]}, taken)
    taken.update(str(item[ID]) for item in body[listing])
    return replace(single, body=body)


def _first_id(contract: Contract, single: Single) -> str | None:
    items = items_of(contract, single.body) if isinstance(single, SendItems) else []
    has = items[0].get(ID) if items else None
    return has if isinstance(has, str) else None


def _with_items_of(contract: Contract, single: Single, other: Single) -> Single:
    """The single action with a plain payload that has the other one's items."""
    plain = _with_plain_payload(contract, single, set())
    if plain is single or not isinstance(plain, SendItems) or not isinstance(other, SendItems):
        return plain
    listing = layout_of(contract).listing.name
    return replace(plain, body={**plain.body, listing: other.body[listing]})


def _renamed(actions: Actions, accounts: dict[str, str], providers: dict[str, str]) -> Actions:
    def rename(single: Single) -> Single:
        if isinstance(single, Create):
            return replace(single, provider=providers.get(single.provider, single.provider))
        if isinstance(single, MoveSync):
            return replace(
                single,
                provider=providers.get(single.provider, single.provider),
                account=accounts.get(single.account, single.account),
            )
        return _renamed_send(single, accounts, providers)

    return changed(actions, rename)


def _renamed_send(single: SendItems, accounts: dict[str, str], providers: dict[str, str]) -> SendItems:
    named = named_by(single.body)
    if single.raw is not None or not named.complete:
        return single
    provider, account = str(named.provider), str(named.account)
    body = with_sync(single.body, providers.get(provider, provider), accounts.get(account, account))
    return replace(single, body=body)


def in_a_plainer_form(contract: Contract, body: Json) -> Iterator[Json]:
    """The body with its items in the list alone, else in the single item alone."""
    layout = layout_of(contract)
    name, single = layout.listing.name, layout.single
    if not isinstance(body, dict) or single not in body:
        return
    others = {key: value for key, value in body.items() if key != single}
    yield others if name in body else {**others, name: [body[single]]}
    if name in body:
        yield {key: value for key, value in body.items() if key != name}
