"""Cases about names: accounts and providers near the stored ones, accounts that may not be stored as given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fuzz.engine.situations import Cases, Situations, in_groups
from fuzz.model.exchange import Create, SendItems
from fuzz.model.payload import is_plain_email
from strategies.accounts import UNUSUAL_ACCOUNTS
from strategies.fields import unlisted_providers
from strategies.near_names import NEAR_TO_ALL, NearName, account_pairs, near_accounts, near_providers
from strategies.texts import UNUSUAL_TEXTS

RICH_ACCOUNT = "First.O'Last+tag@gmail.com"
"""An account with everything in it that services like to normalise."""

IN_TURN = (
    ("no at sign", "a number", "a word of JSON"),
    ("display name", "mailto", "two addresses"),
    ("dot at the start", "two dots"),
    ("two at signs", "no local part", "no domain"),
    ("emoji", "ligature", "domain in another script"),
    ("slash", "backslash"),
    ("quoted local part", "address around a space"),
)
"""Kinds of unusual accounts that a service would hardly tell from each other: one of them a run."""


def near_misses(situations: Situations, number: int) -> Iterator[Cases]:
    """Accounts one edit away from the stored one, in a bound and in a disabled sync, and providers, in a bound one.

    The plain accounts among them take turns: the conformance phase tries each kind, too. So do the odd ones, but for
    a plain sync, which meets all of them.
    """
    near = near_accounts(situations.account)
    beginnings = [beginning for name, beginning, _ in situations.unhappy() if name in ("mismatched", "disabled")]
    for turn, beginning in enumerate(beginnings):
        odd = _not_plain(near) if turn == 0 else _not_plain(near)[number % 3 :: 3]
        accounts = _plain(near)[(number + turn) % 2 :: 2] + odd
        sends = [SendItems(0, situations.body(account=name.value)) for name in accounts]
        yield from in_groups(beginning, sends)
    yield from _near_a_provider(situations, first=True)
    yield from _near_a_provider(situations.of(situations.other_provider), first=False)
    yield from _near_a_rich_account(situations, number)
    yield from _near_too_long_accounts(situations)


def _plain(names: Sequence[NearName]) -> list[NearName]:
    return [name for name in names if is_plain_email(name.value) and not name.alike]


def _not_plain(names: Sequence[NearName]) -> list[NearName]:
    return [name for name in names if not is_plain_email(name.value) or name.alike]


def _near_a_provider(situations: Situations, *, first: bool) -> Iterator[Cases]:
    """Providers near the stored one. Those that are near to every one are left to the first."""
    near = near_providers(situations.contract, situations.provider)
    names = [name.value for name in near if first or name.name not in NEAR_TO_ALL]
    yield from in_groups(situations.matched, [SendItems(0, situations.body(provider=value)) for value in names])


def _near_a_rich_account(situations: Situations, number: int) -> Iterator[Cases]:
    bound = (*situations.fresh, SendItems(0, situations.body(account=RICH_ACCOUNT)))
    near = near_accounts(RICH_ACCOUNT)
    kinds = {name.name for name in near_accounts(situations.account)}
    its_own = [name for name in _not_plain(near) if name.name not in kinds]
    others = [name for name in _not_plain(near) if name.name in kinds]
    chosen = [*_plain(near)[number % 3 :: 3], *its_own, *others[number % 3 :: 3]]
    yield from in_groups(bound, [SendItems(0, situations.body(account=name.value)) for name in chosen])


def _near_too_long_accounts(situations: Situations) -> Iterator[Cases]:
    """Of the longest accounts, which a service may refuse: a pair that agrees for longer shows what others show."""
    for pair in account_pairs()[-2:]:
        bound = (*situations.fresh, SendItems(0, situations.body(account=pair.one)))
        yield Cases(bound, (SendItems(0, situations.body(account=pair.other)), situations.send(account=pair.one)))


def stored_accounts(situations: Situations, number: int) -> Iterator[Cases]:
    """An account that is no plain address may be refused; one that is taken must be stored, and as it is."""
    accounts = dict(UNUSUAL_ACCOUNTS)
    turned = {kinds[number % len(kinds)] for kinds in IN_TURN}
    left_out = {kind for kinds in IN_TURN for kind in kinds} - turned
    nul, *controls = (f"{text}@example.com" for _, text in UNUSUAL_TEXTS)
    some = (nul, controls[number % len(controls)])
    for account in (*(accounts[kind] for kind in accounts if kind not in left_out), *some):
        send = SendItems(0, situations.body(account=account))
        others = [SendItems(0, situations.body(account=other)) for other in _others(account)]
        yield Cases((*situations.fresh, send), (*others, send))


def _others(account: str) -> Iterator[str]:
    """What must not match an account: any address where it is none; the next of each character beyond ASCII."""
    if "@" not in account:
        yield "b@example.com"
    elif not account.isascii():
        yield "".join(char if char.isascii() else chr(ord(char) + 1) for char in account)


def providers_against_each_other(situations: Situations) -> Iterator[Cases]:
    """Every provider against every other one, on a fresh sync, of which nothing must be stored, and on a bound one."""
    unlisted = unlisted_providers(situations.contract)
    for provider in (*situations.providers, *situations.unlisted):
        others = [name for name in (*situations.providers, *unlisted[:2]) if name != provider]
        own = [situations.send(provider=provider, account=account) for account in ("a@example.com", "b@example.com")]
        on_fresh = [situations.send(provider=other, account="b@example.com") for other in others]
        on_bound = [situations.send(provider=other, account="a@example.com") for other in others]
        yield Cases((Create(0, provider),), (*on_fresh, own[0], *on_bound, own[1], own[0]))
