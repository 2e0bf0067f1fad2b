"""Canonical accounts and providers in place of those that a scenario names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from fuzz.oracle.actions import MoveSync, SendItems, Single
from fuzz.oracle.validity.violations import named_by
from fuzz.shrinking.candidate import Actions, all_singles, map_singles
from strategies.valid.bodies import with_sync
from swagger.contract import Contract

NEAR_ACCOUNTS = ("a@another.example", "a+tag@example.com", "a@example.com.example")
"""Accounts that a careless comparison takes for `a@example.com`, none with an unspecified feature: one of these can
replace many unusual accounts.
"""


def use_canonical_accounts(_contract: Contract, actions: Actions) -> Actions:
    """The scenario with the canonical accounts in place of its own."""
    return rename(actions, canonical_accounts(actions), {})


def use_near_account(near: str) -> Callable[[Contract, Actions], Actions]:
    """A simplification of two accounts, unless both are simple: the first becomes canonical, the other `near`."""

    def simplification(_contract: Contract, actions: Actions) -> Actions:
        accounts = canonical_accounts(actions)
        if len(accounts) != 2 or set(accounts) <= {*accounts.values(), *NEAR_ACCOUNTS}:
            return actions
        one, other = accounts
        return rename(actions, {one: accounts[one], other: near}, {})

    return simplification


def use_canonical_providers(contract: Contract, actions: Actions) -> Actions:
    """The scenario with the listed providers, in their order, in place of its own."""
    return rename(actions, {}, canonical_providers(contract, actions))


def canonical_accounts(actions: Actions) -> dict[str, str]:
    """`a@example.com`, `b@example.com`, … for the accounts of a scenario, in their order of appearance."""
    named = dict.fromkeys(account for single in all_singles(actions) for account in _account(single))
    return {account: f"{_letter(place)}@example.com" for place, account in enumerate(named)}


def canonical_providers(contract: Contract, actions: Actions) -> dict[str, str]:
    """A listed provider for each provider of a scenario, in their order of appearance.

    If the scenario has more providers than are listed, only its listed ones get another.
    """
    rule = contract.field("calendar_sync.provider")
    listed = rule.listed if rule else ()
    named = dict.fromkeys(provider for single in all_singles(actions) for provider in _provider(single))
    replaced = [provider for provider in named if provider in listed or len(named) <= len(listed)]
    return dict(zip(replaced, listed, strict=False))


def _letter(place: int) -> str:
    return chr(ord("a") + place) if place < 26 else f"a{place}"


def _account(single: Single) -> Iterator[str]:
    if isinstance(single, MoveSync):
        yield single.account
    elif isinstance(single, SendItems) and isinstance(named_by(single.body).account, str):
        yield named_by(single.body).account


def _provider(single: Single) -> Iterator[str]:
    if not isinstance(single, SendItems):
        yield single.provider
    elif isinstance(named_by(single.body).provider, str):
        yield named_by(single.body).provider


def rename(actions: Actions, accounts: dict[str, str], providers: dict[str, str]) -> Actions:
    """The scenario with other accounts and providers; those that are not in the tables stay."""

    def renamed(single: Single) -> Single:
        if isinstance(single, SendItems):
            return _rename_in_body(single, accounts, providers)
        single = replace(single, provider=providers.get(single.provider, single.provider))
        if isinstance(single, MoveSync):
            single = replace(single, account=accounts.get(single.account, single.account))
        return single

    return map_singles(actions, renamed)


def _rename_in_body(single: SendItems, accounts: dict[str, str], providers: dict[str, str]) -> SendItems:
    named = named_by(single.body)
    if single.raw is not None or not named.complete:
        return single
    provider, account = str(named.provider), str(named.account)
    body = with_sync(single.body, providers.get(provider, provider), accounts.get(account, account))
    return replace(single, body=body)
