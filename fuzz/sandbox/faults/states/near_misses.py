"""Faults of comparison: two providers or accounts count as the same although they differ a little."""

from __future__ import annotations

import re
from collections.abc import Callable

from fuzz.sandbox.fault_rows import Inherited, Override, Rows, before, instead_of
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.requests import Call
from fuzz.sandbox.rules import PROVIDERS
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.store import Sync

fault = Rows(FaultKind.NEAR_MISS)


def providers_as(normalise: Callable[[str], str]) -> Override:
    """Providers are compared after both have been normalised."""
    return _compared_as(Behaviour.same_provider, normalise)


def accounts_as(normalise: Callable[[str], str]) -> Override:
    """Accounts are compared after both have been normalised."""
    return _compared_as(Behaviour.same_account, normalise)


def _compared_as(hook: Callable[[Behaviour, str, str], bool], normalise: Callable[[str], str]) -> Override:
    return instead_of(hook)(lambda service, inherited, given, kept: inherited(normalise(given), normalise(kept)))


def any_provider_for(is_exempt: Callable[[Call], bool]) -> Override:
    """The provider is not compared for some calls; the account is."""

    def matches(service: Behaviour, inherited: Inherited[bool], call: Call, sync: Sync) -> bool:
        same = sync.account is None or service.same_account(call.account, sync.account)
        return (is_exempt(call) and same) or inherited(call, sync)

    return instead_of(Behaviour.matches)(matches)


def _anything(given: str, kept: str) -> bool:
    return True


def _begins_with(given: str, kept: str) -> bool:
    return given.startswith(kept)


def _is_beginning(given: str, kept: str) -> bool:
    return given != "" and kept.startswith(given)


def _first(length: int) -> Callable[[str], str]:
    return lambda text: text[:length]


def _replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def _fits(account: str, pattern: str) -> bool:
    return re.fullmatch(pattern, account) is not None


def _without_tag(account: str) -> str:
    local, at, domain = account.partition("@")
    return local.partition("+")[0] + at + domain


def _without_dots(account: str) -> str:
    local, at, domain = account.partition("@")
    return local.replace(".", "") + at + domain


provider_also_if, account_also_if = before(Behaviour.same_provider), before(Behaviour.same_account)
provider_not_compared = fault("Any provider matches.", provider_also_if(_anything))
provider_ignores_case = fault("Providers are compared without regard to case.", providers_as(str.lower))
provider_trimmed = fault("White space around the provider is ignored.", providers_as(str.strip))
provider_by_prefix = fault("A provider matches that begins with the right one.", provider_also_if(_begins_with))
provider_cut_short = fault("A provider matches that the right one begins with.", provider_also_if(_is_beginning))
provider_by_family = fault(
    "Only what comes before the first underscore of a provider is compared.",
    providers_as(lambda text: text.partition("_")[0]),
)
account_not_compared = fault("Any account matches.", account_also_if(_anything))
account_by_prefix = fault("An account matches that begins with the right one.", account_also_if(_begins_with))
account_by_suffix = fault(
    "An account matches that ends with the right one.", account_also_if(lambda given, kept: given.endswith(kept))
)
account_cut_short = fault("An account matches that the right one begins with.", account_also_if(_is_beginning))
account_without_domain = fault(
    "Only what comes before the @ of an account is compared.", accounts_as(lambda text: text.partition("@")[0])
)
account_domain_only = fault(
    "Only what comes after the @ of an account is compared.", accounts_as(lambda text: text.rpartition("@")[2])
)
account_first_20 = fault("Only the first 20 characters of an account are compared.", accounts_as(_first(20)))
account_first_32 = fault("Only the first 32 characters of an account are compared.", accounts_as(_first(32)))
account_first_64 = fault("Only the first 64 characters of an account are compared.", accounts_as(_first(64)))
account_first_255 = fault("Only the first 255 characters of an account are compared.", accounts_as(_first(255)))
account_tag_ignored = fault("What comes between a plus and the @ of an account is ignored.", accounts_as(_without_tag))
account_dots_ignored = fault("Dots before the @ of an account are ignored.", accounts_as(_without_dots))
googlemail_is_gmail = fault(
    "The domains googlemail.com and gmail.com are the same.", accounts_as(_replacing("@googlemail.com", "@gmail.com"))
)
account_underscore_is_any_letter = fault(
    "The stored account is taken for a pattern of SQL's LIKE, so that its underscores match any letter.",
    account_also_if(lambda given, kept: _fits(given, re.escape(kept).replace("_", ".").replace("%", ".*"))),
)
account_dot_is_any_letter = fault(
    "The stored account is taken for a regular expression, so that its dots match any letter.",
    account_also_if(lambda given, kept: _fits(given, re.escape(kept).replace(r"\.", "."))),
)
account_dashes_alike = fault("Hyphens and underscores of an account are the same.", accounts_as(_replacing("_", "-")))
account_quotes_doubled = fault(
    "An apostrophe that is doubled, as SQL has it, is the same as a single one.", accounts_as(_replacing("''", "'"))
)
provider_by_app_name = fault(
    "The name of a provider's app matches the provider.",
    instead_of(Behaviour.same_provider)(
        lambda service, inherited, given, kept: inherited(PROVIDERS.get(given, given), kept)
    ),
)
single_item_for_any_provider = fault(
    "The provider is not compared where the item comes as `external_item`.", any_provider_for(lambda call: call.single)
)
many_items_for_any_provider = fault(
    "The provider is not compared for ten items or more.", any_provider_for(lambda call: len(call.items) >= 10)
)
mock_takes_any_account = fault(
    "A sync of the provider `mock_provider` matches any account.",
    before(Behaviour.matches)(lambda call, sync: call.provider == sync.provider == "mock_provider"),
)
