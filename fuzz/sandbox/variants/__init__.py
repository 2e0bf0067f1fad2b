"""The catalogue of honest variants: services that decide otherwise where the documents leave it open.

None of them breaks the contract, so a fuzzer that fails one of them raises a false alarm.
"""

from __future__ import annotations

from fuzz.sandbox.choice import Choice
from fuzz.sandbox.variants import manners, payloads


class Variant(Choice):
    """The honest variants. `mixin` is the code, `description` the sentence."""

    PAYLOAD_FIRST = manners.PayloadFirst
    ACCOUNT_STORED_AT_THE_CHECK = manners.AccountStoredAtTheCheck
    DISABLE_STORES_NO_ACCOUNT = manners.DisableStoresNoAccount
    IDLE_SIBLINGS_REFUSED = manners.IdleSiblingsRefused
    SIBLINGS_ARE_IDEMPOTENT = manners.SiblingsAreIdempotent
    REFUSALS_ARE_400 = manners.RefusalsAre400
    REFUSALS_ARE_422 = manners.RefusalsAre422
    OTHER_REFUSAL_OF_TOKENS = manners.OtherRefusalOfTokens
    EXTRA_KEYS = manners.ExtraKeys
    ACCOUNTS_COMPARE_LOOSELY = manners.AccountsCompareLoosely
    STATE_BEFORE_OWNER = manners.StateBeforeOwner
    ANY_STAFF_TOKEN = manners.AnyStaffToken
    ADMIN_MAY_SEND = manners.AdminMaySend
    REPEATED_IDS_REFUSED = payloads.RepeatedIdsRefused
    RESENT_IDS_REFUSED = payloads.ResentIdsRefused
    EMPTY_LIST_REFUSED = payloads.EmptyListRefused
    BOTH_FORMS_REFUSED = payloads.BothFormsRefused
    UNKNOWN_FIELDS_REFUSED = payloads.UnknownFieldsRefused
    STALE_CALENDAR_REFUSED = payloads.StaleCalendarRefused
    UNLISTED_PROVIDER_REFUSED = payloads.UnlistedProviderRefused
    STRICT_DATES = payloads.StrictDates
    FAR_YEARS_REFUSED = payloads.FarYearsRefused
    END_BEFORE_START_REFUSED = payloads.EndBeforeStartRefused
    LONG_TEXTS_REFUSED = payloads.LongTextsRefused
    CONTROL_CHARACTERS_REFUSED = payloads.ControlCharactersRefused
    LARGE_BODIES_REFUSED = payloads.LargeBodiesRefused
    EMPTY_TEXTS_REFUSED = payloads.EmptyTextsRefused
