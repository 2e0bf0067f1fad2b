"""Valid values for each documented field, simplest first; listed and unlisted providers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from strategies.byte_choices import Picks, picked
from strategies.values.accounts import ACCOUNT_BYTES, UNLISTED_PROVIDERS, account
from strategies.values.dates import date_time
from strategies.values.texts import external_id, plain_text, title
from swagger.contract import Contract, FieldRule, Json

STAFF_ID = "{{staff_id}}"
CALENDAR_SYNC_UID = "{{calendar_sync_uid}}"
OTHER_CALENDAR_SYNC_UID = "{{other_calendar_sync_uid}}"
"""Template for the uid of another staff member's calendar sync."""

PROVIDER_PATH, ACCOUNT_PATH = "calendar_sync.provider", "calendar_sync.account"
TITLE_PATH, ID_PATH = "external_items[].external_title", "external_items[].external_id"

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
    """A function that picks a valid value for a rule: by its type, format, listed values or, for a text, its name."""
    if rule.type != "string":
        return _BY_TYPE.get(rule.type, plain_text)
    if rule.format == "date-time":
        return date_time
    if rule.listed:
        return lambda picks: picks.of(rule.listed)
    return _BY_NAME.get(rule.name, plain_text)


_ACCOUNTS = picked(account, size=ACCOUNT_BYTES)


def accounts() -> st.SearchStrategy[str]:
    """A strategy for plain e-mail addresses of up to 254 characters."""
    return _ACCOUNTS


def listed_providers(contract: Contract) -> tuple[str, ...]:
    """The providers that the contract lists; if it lists none, the provider of the example."""
    rule = contract.field(PROVIDER_PATH)
    if rule is not None and rule.listed:
        return rule.listed
    return (contract.test_request.body["calendar_sync"]["provider"],)


def unlisted_providers(contract: Contract) -> tuple[str, ...]:
    """Some providers that the contract does not list, a made-up one among them."""
    listed = listed_providers(contract)
    return (*(name for name in UNLISTED_PROVIDERS if name not in listed), f"{listed[0]}_other")
