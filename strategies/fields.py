"""One Hypothesis strategy for each documented kind of field, simplest value first, and the reading of a field's rule
into the value it calls for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from strategies.accounts import ACCOUNT_BYTES, UNLISTED_PROVIDERS, UNUSUAL_ACCOUNTS, account
from strategies.dates import BROKEN_DATES, DATE_BYTES, UNUSUAL_DATES, date_time
from strategies.picks import Picks, picked
from strategies.texts import TEXT_BYTES, UNUSUAL_TEXTS, external_id, plain_text, title
from swagger.contract import Contract, FieldRule, Json

STAFF_ID = "{{staff_id}}"
CALENDAR_SYNC_UID = "{{calendar_sync_uid}}"
OTHER_CALENDAR_SYNC_UID = "{{other_calendar_sync_uid}}"
"""Of another staff member's calendar sync."""

PROVIDER_PATH = "calendar_sync.provider"

Value = Callable[[Picks], Json]

_BY_NAME: Mapping[str, Value] = {
    "staff_uid": lambda _: STAFF_ID,
    "external_calendar_uid": lambda _: CALENDAR_SYNC_UID,
    "account": account,
    "external_id": external_id,
    "external_title": title,
}
_BY_TYPE: Mapping[str, Value] = {
    "string": plain_text,
    "integer": lambda picks: picks.of((1, 0, 2, -1, 1000)),
    "number": lambda picks: picks.of((1, 0, 0.5, -1, 1000)),
    "boolean": lambda picks: picks.of((True, False)),
    "array": lambda picks: [plain_text(picks)],
    "object": lambda _: {},
}


def value_for(rule: FieldRule) -> Value:
    """How to choose a value that a rule allows: by its type, format, list of values or, for a text, its name."""
    if rule.type != "string":
        return _BY_TYPE.get(rule.type, plain_text)
    if rule.format == "date-time":
        return date_time
    if rule.listed:
        return lambda picks: picks.of(rule.listed)
    return _BY_NAME.get(rule.name, plain_text)


_DATE_TIMES = picked(date_time, size=DATE_BYTES)
_TITLES = picked(title, size=TEXT_BYTES)
_EXTERNAL_IDS = picked(lambda picks: external_id(picks, serial=picks.number(1 << 24)), size=8)
_ACCOUNTS = picked(account, size=ACCOUNT_BYTES)


def date_times() -> st.SearchStrategy[str]:
    """RFC 3339 date-times of the years 2000 to 2099."""
    return _DATE_TIMES


def titles() -> st.SearchStrategy[str]:
    """Titles of 1 to 255 characters, from every script."""
    return _TITLES


def external_ids() -> st.SearchStrategy[str]:
    """Symbolic ids: a prefix, the scenario's timestamp and a number."""
    return _EXTERNAL_IDS


def accounts() -> st.SearchStrategy[str]:
    """Plain e-mail addresses of up to 254 characters."""
    return _ACCOUNTS


def providers(contract: Contract) -> st.SearchStrategy[str]:
    """The listed providers, in the document's order."""
    return st.sampled_from(listed_providers(contract))


def listed_providers(contract: Contract) -> tuple[str, ...]:
    """The providers that the contract lists; the example's alone where it lists none."""
    rule = contract.field(PROVIDER_PATH)
    if rule is not None and rule.listed:
        return rule.listed
    return (contract.test_request.body["calendar_sync"]["provider"],)


def _second(pairs: tuple[tuple[str, str], ...]) -> st.SearchStrategy[str]:
    return st.sampled_from([text for _, text in pairs])


def unusual_texts() -> st.SearchStrategy[str]:
    """Texts with control characters, and very long ones."""
    return _second(UNUSUAL_TEXTS)


def unusual_dates() -> st.SearchStrategy[str]:
    """ISO 8601 in spellings on which the documents are silent."""
    return _second(UNUSUAL_DATES)


def broken_dates() -> st.SearchStrategy[str]:
    """Texts that are no date of ISO 8601 at all."""
    return _second(BROKEN_DATES)


def unusual_accounts() -> st.SearchStrategy[str]:
    """Accounts that are no plain e-mail address."""
    return _second(UNUSUAL_ACCOUNTS)


def unusual_providers(contract: Contract) -> st.SearchStrategy[str]:
    """Providers that the contract does not list."""
    return st.sampled_from(unlisted_providers(contract))


def unlisted_providers(contract: Contract) -> tuple[str, ...]:
    """Some providers that the contract does not list, a made-up one among them."""
    listed = listed_providers(contract)
    return (*(name for name in UNLISTED_PROVIDERS if name not in listed), f"{listed[0]}_other")
