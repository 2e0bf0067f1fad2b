"""Faults of comparison: two providers or accounts count as the same although they differ a little."""

from __future__ import annotations

import re

from fuzz.sandbox.calls import Call
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.payload import PROVIDERS
from fuzz.sandbox.store import Sync


class NearMiss(Dishonesty):
    """A comparison that is too lax. Each normalises both sides and leaves the comparing to the next one."""

    kind = Kind.NEAR_MISS


class ProviderNotCompared(NearMiss):
    """Any provider matches."""

    def same_provider(self, given: str, kept: str) -> bool:  # noqa: ARG002
        return True


class ProviderIgnoresCase(NearMiss):
    """Providers are compared without regard to case."""

    def same_provider(self, given: str, kept: str) -> bool:
        return super().same_provider(given.lower(), kept.lower())


class ProviderTrimmed(NearMiss):
    """White space around the provider is ignored."""

    def same_provider(self, given: str, kept: str) -> bool:
        return super().same_provider(given.strip(), kept.strip())


class ProviderByPrefix(NearMiss):
    """A provider matches that begins with the right one."""

    def same_provider(self, given: str, kept: str) -> bool:
        return given.startswith(kept) or super().same_provider(given, kept)


class ProviderCutShort(NearMiss):
    """A provider matches that the right one begins with."""

    def same_provider(self, given: str, kept: str) -> bool:
        return (given != "" and kept.startswith(given)) or super().same_provider(given, kept)


class ProviderByFamily(NearMiss):
    """Only what comes before the first underscore of a provider is compared."""

    def same_provider(self, given: str, kept: str) -> bool:
        return super().same_provider(given.partition("_")[0], kept.partition("_")[0])


class AccountNotCompared(NearMiss):
    """Any account matches."""

    def same_account(self, given: str, kept: str) -> bool:  # noqa: ARG002
        return True


class AccountByPrefix(NearMiss):
    """An account matches that begins with the right one."""

    def same_account(self, given: str, kept: str) -> bool:
        return given.startswith(kept) or super().same_account(given, kept)


class AccountBySuffix(NearMiss):
    """An account matches that ends with the right one."""

    def same_account(self, given: str, kept: str) -> bool:
        return given.endswith(kept) or super().same_account(given, kept)


class AccountCutShort(NearMiss):
    """An account matches that the right one begins with."""

    def same_account(self, given: str, kept: str) -> bool:
        return (given != "" and kept.startswith(given)) or super().same_account(given, kept)


class AccountWithoutDomain(NearMiss):
    """Only what comes before the @ of an account is compared."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given.partition("@")[0], kept.partition("@")[0])


class AccountDomainOnly(NearMiss):
    """Only what comes after the @ of an account is compared."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given.rpartition("@")[2], kept.rpartition("@")[2])


class AccountFirst20(NearMiss):
    """Only the first 20 characters of an account are compared."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given[:20], kept[:20])


class AccountFirst32(NearMiss):
    """Only the first 32 characters of an account are compared."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given[:32], kept[:32])


class AccountFirst64(NearMiss):
    """Only the first 64 characters of an account are compared."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given[:64], kept[:64])


class AccountFirst255(NearMiss):
    """Only the first 255 characters of an account are compared."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given[:255], kept[:255])


class AccountTagIgnored(NearMiss):
    """What comes between a plus and the @ of an account is ignored."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(_untagged(given), _untagged(kept))


class AccountDotsIgnored(NearMiss):
    """Dots before the @ of an account are ignored."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(_undotted(given), _undotted(kept))


class GooglemailIsGmail(NearMiss):
    """The domains googlemail.com and gmail.com are the same."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(*(text.replace("@googlemail.com", "@gmail.com") for text in (given, kept)))


class AccountUnderscoreIsAnyLetter(NearMiss):
    """The stored account is taken for a pattern of SQL's LIKE, so that its underscores match any letter."""

    def same_account(self, given: str, kept: str) -> bool:
        pattern = re.escape(kept).replace("_", ".").replace("%", ".*")
        return re.fullmatch(pattern, given) is not None or super().same_account(given, kept)


class AccountDotIsAnyLetter(NearMiss):
    """The stored account is taken for a regular expression, so that its dots match any letter."""

    def same_account(self, given: str, kept: str) -> bool:
        pattern = re.escape(kept).replace(r"\.", ".")
        return re.fullmatch(pattern, given) is not None or super().same_account(given, kept)


class AccountDashesAlike(NearMiss):
    """Hyphens and underscores of an account are the same."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given.replace("_", "-"), kept.replace("_", "-"))


class AccountQuotesDoubled(NearMiss):
    """An apostrophe that is doubled, as SQL has it, is the same as a single one."""

    def same_account(self, given: str, kept: str) -> bool:
        return super().same_account(given.replace("''", "'"), kept.replace("''", "'"))


class ProviderByAppName(NearMiss):
    """The name of a provider's app matches the provider."""

    def same_provider(self, given: str, kept: str) -> bool:
        return super().same_provider(PROVIDERS.get(given, given), kept)


class SingleItemForAnyProvider(NearMiss):
    """The provider is not compared where the item comes as `external_item`."""

    def matches(self, call: Call, sync: Sync) -> bool:
        same = sync.account is None or self.same_account(call.account, sync.account)
        return (call.single and same) or super().matches(call, sync)


class ManyItemsForAnyProvider(NearMiss):
    """The provider is not compared for ten items or more."""

    def matches(self, call: Call, sync: Sync) -> bool:
        same = sync.account is None or self.same_account(call.account, sync.account)
        return (len(call.items) >= 10 and same) or super().matches(call, sync)


class MockTakesAnyAccount(NearMiss):
    """A sync of the provider `mock_provider` matches any account."""

    def matches(self, call: Call, sync: Sync) -> bool:
        mocked = call.provider == sync.provider == "mock_provider"
        return mocked or super().matches(call, sync)


class AccountInAscii(NearMiss):
    """Accounts are compared in a column of ASCII, where every other letter is a question mark."""

    def same_account(self, given: str, kept: str) -> bool:
        one, other = (name.encode("ascii", "replace") for name in (given, kept))
        return one == other or super().same_account(given, kept)


def _untagged(account: str) -> str:
    local, at, domain = account.partition("@")
    return local.partition("+")[0] + at + domain


def _undotted(account: str) -> str:
    local, at, domain = account.partition("@")
    return local.replace(".", "") + at + domain
