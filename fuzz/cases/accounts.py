"""Cases about names: accounts and providers near the stored ones, and accounts that a service may not store as sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fuzz.cases.situations import ACCOUNT, OTHER_ACCOUNT, CaseGroup, ErrorState, Situations, in_groups
from fuzz.oracle.actions import Create, SendItems
from fuzz.oracle.validity.unspecified_features import is_plain_email
from strategies.mutations.near_names import NearName, account_pairs, near_accounts, near_providers
from strategies.valid.fields import unlisted_providers
from strategies.values.accounts import STORED_ALIKE, UNUSUAL_ACCOUNTS
from strategies.values.texts import UNUSUAL_TEXTS

RICH_ACCOUNT = "First.O'Last+tag@gmail.com"
"""An account with everything in it that services often normalise."""


def near_name_cases(situations: Situations, seed: int) -> Iterator[CaseGroup]:
    """Near accounts sent to bound and to disabled syncs, and near providers sent to bound ones.

    A sync meets only some of the near accounts, others with another seed: the conformance phase tries each kind, too.
    Only the bound sync meets all those that are no plain addresses.
    """
    near = near_accounts(ACCOUNT)
    states = (ErrorState.MISMATCHED, ErrorState.DISABLED)
    for turn, situation in enumerate(found for found in situations.error_situations() if found.state in states):
        odd = _not_plain(near) if turn == 0 else _not_plain(near)[seed % 3 :: 3]
        yield from in_groups(situation.beginning, _sends(situations, _plain(near)[(seed + turn) % 2 :: 2] + odd))
    yield from _near_a_provider(situations, first=True)
    yield from _near_a_provider(situations.of(situations.other_provider), first=False)
    yield from _near_a_rich_account(situations, seed)
    yield from _near_too_long_accounts(situations)


def _plain(names: Sequence[NearName]) -> list[NearName]:
    return [name for name in names if is_plain_email(name.value) and not name.match_unspecified]


def _not_plain(names: Sequence[NearName]) -> list[NearName]:
    return [name for name in names if not is_plain_email(name.value) or name.match_unspecified]


def _sends(situations: Situations, names: Sequence[NearName]) -> list[SendItems]:
    return [SendItems(0, situations.body(account=name.value)) for name in names]


def _near_a_provider(situations: Situations, *, first: bool) -> Iterator[CaseGroup]:
    """Providers near the stored one. Only the first sync meets those that do not depend on the stored one."""
    near = near_providers(situations.contract, situations.provider)
    names = [name.value for name in near if first or not name.any_original]
    yield from in_groups(situations.matched, [SendItems(0, situations.body(provider=value)) for value in names])


def _near_a_rich_account(situations: Situations, seed: int) -> Iterator[CaseGroup]:
    bound = (*situations.fresh, SendItems(0, situations.body(account=RICH_ACCOUNT)))
    near = near_accounts(RICH_ACCOUNT)
    names = {name.name for name in near_accounts(ACCOUNT)}
    its_own = [name for name in _not_plain(near) if name.name not in names]
    others = [name for name in _not_plain(near) if name.name in names]
    chosen = [*_plain(near)[seed % 3 :: 3], *its_own, *others[seed % 3 :: 3]]
    yield from in_groups(bound, _sends(situations, chosen))


def _near_too_long_accounts(situations: Situations) -> Iterator[CaseGroup]:
    """Near names of the longest accounts. A service may refuse these; one of the pairs is enough."""
    for pair in account_pairs()[-2:]:
        bound = (*situations.fresh, SendItems(0, situations.body(account=pair.one)))
        yield CaseGroup(bound, (SendItems(0, situations.body(account=pair.other)), situations.send(account=pair.one)))


def stored_account_cases(situations: Situations, seed: int) -> Iterator[CaseGroup]:
    """Accounts that are no plain addresses. A service may refuse them; if it accepts one, it must store it as sent."""
    left_out = {sample for alike in STORED_ALIKE for place, sample in enumerate(alike) if place != seed % len(alike)}
    nul, *controls = (f"{sample.value}@example.com" for sample in UNUSUAL_TEXTS)
    accounts = [sample.value for sample in UNUSUAL_ACCOUNTS if sample not in left_out]
    for account in (*accounts, nul, controls[seed % len(controls)]):
        send = SendItems(0, situations.body(account=account))
        others = [SendItems(0, situations.body(account=other)) for other in _others(account)]
        yield CaseGroup((*situations.fresh, send), (*others, send))


def _others(account: str) -> Iterator[str]:
    """Accounts that must not match: a plain address if this is none, else a copy with other non-ASCII characters."""
    if "@" not in account:
        yield OTHER_ACCOUNT
    elif not account.isascii():
        yield "".join(char if char.isascii() else chr(ord(char) + 1) for char in account)


def provider_cases(situations: Situations) -> Iterator[CaseGroup]:
    """Every provider sent to a fresh sync of every other one, which must store nothing, and to a bound one."""
    unlisted = unlisted_providers(situations.contract)
    for provider in (*situations.providers, *situations.capabilities.unlisted_providers):
        others = [name for name in (*situations.providers, *unlisted[:2]) if name != provider]
        own = [situations.send(provider=provider, account=account) for account in (ACCOUNT, OTHER_ACCOUNT)]
        on_fresh = [situations.send(provider=other, account=OTHER_ACCOUNT) for other in others]
        on_bound = [situations.send(provider=other, account=ACCOUNT) for other in others]
        yield CaseGroup((Create(0, provider),), (*on_fresh, own[0], *on_bound, own[1], own[0]))
