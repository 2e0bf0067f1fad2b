"""The catalogue of faults: every way in which the sandbox can be told to break the contract, one line each.

The line leads to the code. A fault's docstring is the sentence that `--list-faults` prints.
"""

from __future__ import annotations

from fuzz.sandbox.choice import Choice
from fuzz.sandbox.faults import (
    body_shapes,
    crashes,
    dates,
    deep_sequences,
    encodings,
    gateway,
    intermittents,
    leaks,
    messages,
    near_misses,
    payload_errors,
    payloads,
    races,
    records,
    recreations,
    siblings,
    slow_burns,
    state_checks,
    storing,
    tokens,
)
from fuzz.sandbox.faults.kinds import Dishonesty, Kind


class Fault(Choice):
    """The faults. `mixin` is the code, `description` the sentence."""

    mixin: type[Dishonesty]

    @property
    def kind(self) -> Kind:
        """What sort of mistake it is."""
        return self.mixin.kind

    @property
    def deterministic(self) -> bool:
        """Whether it shows every time its conditions are met, in calls that come one after the other."""
        return self.mixin.deterministic

    MISSING_NEVER_SAID = state_checks.MissingNeverSaid
    MISMATCH_NEVER_SAID = state_checks.MismatchNeverSaid
    DISABLED_NEVER_SAID = state_checks.DisabledNeverSaid
    DISABLED_BEFORE_MISMATCH = state_checks.DisabledBeforeMismatch
    DISABLED_SAID_MISSING = state_checks.DisabledSaidMissing
    DISABLED_SAID_MISMATCH = state_checks.DisabledSaidMismatch
    FRESH_SAID_DISABLED = state_checks.FreshSaidDisabled
    FRESH_SAID_MISSING = state_checks.FreshSaidMissing
    FRESH_SAID_MISMATCH = state_checks.FreshSaidMismatch
    OTHER_PROVIDER_SAID_MISSING = state_checks.OtherProviderSaidMissing
    OTHER_ACCOUNT_SAID_MISSING = state_checks.OtherAccountSaidMissing
    MISMATCH_OF_BOTH_ACCEPTED = state_checks.MismatchOfBothAccepted
    EITHER_IS_ENOUGH = state_checks.EitherIsEnough
    FRESH_TAKES_ANY_PROVIDER = state_checks.FreshTakesAnyProvider
    FRESH_ADOPTS_PROVIDER = state_checks.FreshAdoptsProvider
    DISABLED_SAID_ONCE = state_checks.DisabledSaidOnce
    SINGLE_ITEM_INTO_DISABLED = state_checks.SingleItemIntoDisabled
    RECURRING_ITEM_INTO_DISABLED = state_checks.RecurringItemIntoDisabled
    CRASH_WHEN_DISABLED = state_checks.CrashWhenDisabled
    CRASH_WHEN_BOTH_DIFFER = state_checks.CrashWhenBothDiffer
    PROVIDER_NOT_COMPARED = near_misses.ProviderNotCompared
    PROVIDER_IGNORES_CASE = near_misses.ProviderIgnoresCase
    PROVIDER_TRIMMED = near_misses.ProviderTrimmed
    PROVIDER_BY_PREFIX = near_misses.ProviderByPrefix
    PROVIDER_CUT_SHORT = near_misses.ProviderCutShort
    PROVIDER_BY_FAMILY = near_misses.ProviderByFamily
    ACCOUNT_NOT_COMPARED = near_misses.AccountNotCompared
    ACCOUNT_BY_PREFIX = near_misses.AccountByPrefix
    ACCOUNT_BY_SUFFIX = near_misses.AccountBySuffix
    ACCOUNT_CUT_SHORT = near_misses.AccountCutShort
    ACCOUNT_WITHOUT_DOMAIN = near_misses.AccountWithoutDomain
    ACCOUNT_DOMAIN_ONLY = near_misses.AccountDomainOnly
    ACCOUNT_FIRST_20 = near_misses.AccountFirst20
    ACCOUNT_FIRST_32 = near_misses.AccountFirst32
    ACCOUNT_FIRST_64 = near_misses.AccountFirst64
    ACCOUNT_FIRST_255 = near_misses.AccountFirst255
    ACCOUNT_TAG_IGNORED = near_misses.AccountTagIgnored
    ACCOUNT_DOTS_IGNORED = near_misses.AccountDotsIgnored
    GOOGLEMAIL_IS_GMAIL = near_misses.GooglemailIsGmail
    ACCOUNT_UNDERSCORE_IS_ANY_LETTER = near_misses.AccountUnderscoreIsAnyLetter
    ACCOUNT_DOT_IS_ANY_LETTER = near_misses.AccountDotIsAnyLetter
    ACCOUNT_DASHES_ALIKE = near_misses.AccountDashesAlike
    ACCOUNT_QUOTES_DOUBLED = near_misses.AccountQuotesDoubled
    PROVIDER_BY_APP_NAME = near_misses.ProviderByAppName
    SINGLE_ITEM_FOR_ANY_PROVIDER = near_misses.SingleItemForAnyProvider
    MANY_ITEMS_FOR_ANY_PROVIDER = near_misses.ManyItemsForAnyProvider
    MOCK_TAKES_ANY_ACCOUNT = near_misses.MockTakesAnyAccount
    ACCOUNT_NOT_STORED = storing.AccountNotStored
    SINGLE_ITEM_STORES_NO_ACCOUNT = storing.SingleItemStoresNoAccount
    SEVERAL_ITEMS_STORE_NO_ACCOUNT = storing.SeveralItemsStoreNoAccount
    EMPTY_LIST_FORGETS_ACCOUNT = storing.EmptyListForgetsAccount
    MISMATCH_STORES_FIRST_ACCOUNT = storing.MismatchStoresFirstAccount
    MISMATCH_REPLACES_ACCOUNT = storing.MismatchReplacesAccount
    MISMATCH_REPLACES_PROVIDER = storing.MismatchReplacesProvider
    MISMATCH_FORGETS_ACCOUNT = storing.MismatchForgetsAccount
    DISABLED_MISMATCH_REPLACES_ACCOUNT = storing.DisabledMismatchReplacesAccount
    DISABLED_MISMATCH_ENABLES = storing.DisabledMismatchEnables
    DISABLED_FORGETS_ACCOUNT = storing.DisabledForgetsAccount
    ACCOUNT_STORED_IN_LOWER_CASE = storing.AccountStoredInLowerCase
    ACCOUNT_STORED_CUT = storing.AccountStoredCut
    LAST_ACCOUNT_WINS = storing.LastAccountWins
    RECREATION_KEEPS_ACCOUNT = recreations.RecreationKeepsAccount
    RECREATION_KEEPS_ACCOUNT_OF_SAME_PROVIDER = recreations.RecreationKeepsAccountOfSameProvider
    RECREATION_KEEPS_DISABLED = recreations.RecreationKeepsDisabled
    RECREATION_KEEPS_PROVIDER = recreations.RecreationKeepsProvider
    RECREATION_KEEPS_ENABLED_SYNC = recreations.RecreationKeepsEnabledSync
    RECREATION_ONLY_DESTROYS = recreations.RecreationOnlyDestroys
    RECREATION_REFUSED = recreations.RecreationRefused
    RECREATION_FORGETS_EVERYONE = recreations.RecreationForgetsEveryone
    RECREATION_REMEMBERS_DISABLED_ACCOUNT = recreations.RecreationRemembersDisabledAccount
    CREATION_IGNORES_APP = recreations.CreationIgnoresApp
    CREATION_WITHOUT_UID = recreations.CreationWithoutUid
    CREATION_WRAPS_RECORD = recreations.CreationWrapsRecord
    CREATION_ANSWERS_201 = recreations.CreationAnswers201
    CONNECT_REPLACES_ACCOUNT = siblings.ConnectReplacesAccount
    CONNECT_STORES_NO_ACCOUNT = siblings.ConnectStoresNoAccount
    DISABLE_WITHOUT_MATCHING = siblings.DisableWithoutMatching
    DISABLE_REFUSED_BUT_DONE = siblings.DisableRefusedButDone
    DISABLE_FORGETS_ACCOUNT = siblings.DisableForgetsAccount
    DISABLE_DOES_NOTHING = siblings.DisableDoesNothing
    DISABLE_DISCONNECTS = siblings.DisableDisconnects
    DISCONNECT_DOES_NOTHING = siblings.DisconnectDoesNothing
    DISCONNECT_DISABLES = siblings.DisconnectDisables
    DISCONNECT_WITHOUT_MATCHING = siblings.DisconnectWithoutMatching
    DISCONNECT_LEAVES_ACCOUNT = siblings.DisconnectLeavesAccount
    DISABLED_TWICE_STAYS_DISABLED = deep_sequences.DisabledTwiceStaysDisabled
    THIRD_CREATION_KEEPS_ACCOUNT = deep_sequences.ThirdCreationKeepsAccount
    FOURTH_ALTERNATION_KEEPS_PROVIDER = deep_sequences.FourthAlternationKeepsProvider
    CONNECT_RESURRECTS = deep_sequences.ConnectResurrects
    TWICE_DISCONNECTED_IS_GONE = deep_sequences.TwiceDisconnectedIsGone
    THREE_MISMATCHES_LOCK = deep_sequences.ThreeMismatchesLock
    SIXTH_CALL_TAKES_ANY_ACCOUNT = deep_sequences.SixthCallTakesAnyAccount
    THIRD_TRY_IS_ACCEPTED = deep_sequences.ThirdTryIsAccepted
    DISABLED_THRICE_ENABLES = deep_sequences.DisabledThriceEnables
    INVALID_MISMATCH_INVALID = deep_sequences.InvalidMismatchInvalid
    DISABLE_LOST_BETWEEN_CONNECTS = deep_sequences.DisableLostBetweenConnects
    ACCOUNT_SWAPS_AFTER_CONNECT = deep_sequences.AccountSwapsAfterConnect
    THIRTY_CALLS_TAKE_ANY_ACCOUNT = slow_burns.ThirtyCallsTakeAnyAccount
    TWENTY_CALLS_FORGET_ACCOUNT = slow_burns.TwentyCallsForgetAccount
    TWO_HUNDRED_ITEMS_FULL = slow_burns.TwoHundredItemsFull
    TEN_CREATIONS_KEEP_ACCOUNT = slow_burns.TenCreationsKeepAccount
    TWENTY_REFUSALS_DISABLE = slow_burns.TwentyRefusalsDisable
    RETURNING_ACCOUNT_REFUSED = slow_burns.ReturningAccountRefused
    DISABLE_LEAKS = leaks.DisableLeaks
    DISCONNECT_LEAKS = leaks.DisconnectLeaks
    FIRST_ACCOUNT_LEAKS = leaks.FirstAccountLeaks
    LAST_ACCOUNT_CACHED = leaks.LastAccountCached
    ACCOUNT_IS_UNIQUE = leaks.AccountIsUnique
    LOOKUP_BY_ACCOUNT = leaks.LookupByAccount
    DISABLED_ACCOUNT_IS_GLOBAL = leaks.DisabledAccountIsGlobal
    CREATION_ENABLES_OTHERS = leaks.CreationEnablesOthers
    MISMATCH_ACCEPTED_ONCE_IN_7 = intermittents.MismatchAcceptedOnceIn7
    DISABLED_ACCEPTED_ONCE_IN_20 = intermittents.DisabledAcceptedOnceIn20
    MATCH_SAID_MISSING_ONCE_IN_20 = intermittents.MatchSaidMissingOnceIn20
    CRASH_ONCE_IN_15 = intermittents.CrashOnceIn15
    ACCOUNT_LOST_ONCE_IN_7 = intermittents.AccountLostOnceIn7
    TWO_FIRST_ACCOUNTS_ACCEPTED = races.TwoFirstAccountsAccepted
    NO_TOKEN_WHILE_ANOTHER_CALLS = races.NoTokenWhileAnotherCalls
    TWO_DISABLES_CRASH = races.TwoDisablesCrash
    DISABLE_LOST_TO_SEND = races.DisableLostToSend
    CREATION_LOST_TO_SEND = races.CreationLostToSend
    DISCONNECT_LOST_TO_SEND = races.DisconnectLostToSend
    CREATION_LOST_TO_DISABLE = races.CreationLostToDisable
    CREATION_LOST_TO_DISCONNECT = races.CreationLostToDisconnect
    STAFF_MIXED_UP_AT_ONCE = races.StaffMixedUpAtOnce
    ACCOUNT_MIXED_UP_AT_ONCE = races.AccountMixedUpAtOnce
    MISSING_CODE_NOT_FOUND = messages.MissingCodeNotFound
    MISSING_MESSAGE_IS_SWAGGERS = messages.MissingMessageIsSwaggers
    MISSING_IS_404 = messages.MissingIs404
    MISMATCH_CODE_CONFLICT = messages.MismatchCodeConflict
    MISMATCH_MESSAGE_NAMES_ACCOUNT = messages.MismatchMessageNamesAccount
    MISMATCH_IS_409 = messages.MismatchIs409
    MISMATCH_SAYS_MISSING = messages.MismatchSaysMissing
    DISABLED_CODE_IS_DISABLED = messages.DisabledCodeIsDisabled
    DISABLED_MESSAGE_HAS_FULL_STOP = messages.DisabledMessageHasFullStop
    DISABLED_IS_403 = messages.DisabledIs403
    CODES_IN_CAPITALS = messages.CodesInCapitals
    STATE_ERRORS_ARE_200 = messages.StateErrorsAre200
    ERROR_SAYS_SUCCESS = body_shapes.ErrorSaysSuccess
    ERROR_WITHOUT_FLAG = body_shapes.ErrorWithoutFlag
    ERROR_AS_IN_SWAGGER = body_shapes.ErrorAsInSwagger
    TWO_ERRORS = body_shapes.TwoErrors
    ERRORS_ARE_NO_LIST = body_shapes.ErrorsAreNoList
    ERROR_PAGE = body_shapes.ErrorPage
    ERROR_WITHOUT_BODY = body_shapes.ErrorWithoutBody
    SUCCESS_AS_IN_SWAGGER = body_shapes.SuccessAsInSwagger
    SUCCESS_WITHOUT_DATA = body_shapes.SuccessWithoutData
    SUCCESS_SAYS_FALSE = body_shapes.SuccessSaysFalse
    SUCCESS_DATA_SAYS_FALSE = body_shapes.SuccessDataSaysFalse
    MISMATCH_CUT_SHORT = body_shapes.MismatchCutShort
    DISABLED_PAGE = body_shapes.DisabledPage
    SUCCESS_WITH_ERROR = body_shapes.SuccessWithError
    SUCCESS_IS_201 = body_shapes.SuccessIs201
    SUCCESS_IS_204 = body_shapes.SuccessIs204
    EXTERNAL_ID_OPTIONAL = payloads.ExternalIdOptional
    CALENDAR_UID_OPTIONAL = payloads.CalendarUidOptional
    START_DATE_OPTIONAL = payloads.StartDateOptional
    END_DATE_OPTIONAL = payloads.EndDateOptional
    LAST_MODIFICATION_OPTIONAL = payloads.LastModificationOptional
    FIRST_OF_SEVERAL_NOT_CHECKED = payloads.FirstOfSeveralNotChecked
    ONLY_FIRST_ITEM_CHECKED = payloads.OnlyFirstItemChecked
    SINGLE_ITEM_NOT_CHECKED = payloads.SingleItemNotChecked
    CALENDAR_UID_OPTIONAL_IN_SINGLE_ITEM = payloads.CalendarUidOptionalInSingleItem
    EXTERNAL_ID_MAY_BE_NUMBER = payloads.ExternalIdMayBeNumber
    TITLE_MAY_BE_ANYTHING = payloads.TitleMayBeAnything
    CALENDAR_UID_MAY_BE_NULL = payloads.CalendarUidMayBeNull
    DATES_MAY_BE_NUMBERS = payloads.DatesMayBeNumbers
    PROVIDER_OPTIONAL = payloads.ProviderOptional
    ACCOUNT_OPTIONAL = payloads.AccountOptional
    ITEMS_OPTIONAL = payloads.ItemsOptional
    ITEMS_MAY_BE_NO_LIST = payloads.ItemsMayBeNoList
    BROKEN_ITEMS_SKIPPED = payloads.BrokenItemsSkipped
    OUTLOOK_ITEMS_NOT_CHECKED = payloads.OutlookItemsNotChecked
    BROKEN_ITEM_SAID_DISABLED = payload_errors.BrokenItemSaidDisabled
    MISSING_FIELD_SAID_MISSING = payload_errors.MissingFieldSaidMissing
    WRONG_FORMAT_SAID_MISMATCH = payload_errors.WrongFormatSaidMismatch
    BROKEN_CALENDAR_SYNC_SAID_MISMATCH = payload_errors.BrokenCalendarSyncSaidMismatch
    REPEATED_ID_SAID_MISMATCH = payload_errors.RepeatedIdSaidMismatch
    EMPTY_LIST_SAID_MISSING = payload_errors.EmptyListSaidMissing
    STALE_CALENDAR_SAID_MISMATCH = payload_errors.StaleCalendarSaidMismatch
    CRASH_ON_MISSING_TITLE = crashes.CrashOnMissingTitle
    CRASH_ON_MISSING_ID = crashes.CrashOnMissingId
    CRASH_ON_BAD_DATE = crashes.CrashOnBadDate
    CRASH_ON_NULL = crashes.CrashOnNull
    CRASH_ON_NO_OBJECT = crashes.CrashOnNoObject
    CRASH_ON_SINGLE_ITEM = crashes.CrashOnSingleItem
    CRASH_ON_EMPTY_LIST = crashes.CrashOnEmptyList
    CRASH_ON_LONG_LIST = crashes.CrashOnLongList
    CRASH_ON_REPEATED_ID = crashes.CrashOnRepeatedId
    CRASH_ON_LONG_TITLE = crashes.CrashOnLongTitle
    CRASH_ON_MISSING_STAFF = crashes.CrashOnMissingStaff
    CRASH_ON_CALENDAR_SYNC_TEXT = crashes.CrashOnCalendarSyncText
    CRASH_ON_MOCK_CREATION = crashes.CrashOnMockCreation
    CRASH_ON_EMPTY_STAFF = crashes.CrashOnEmptyStaff
    REFUSED_TOKEN_REPLACES_ACCOUNT = tokens.RefusedTokenReplacesAccount
    REFUSED_TOKEN_FORGETS_ACCOUNT = tokens.RefusedTokenForgetsAccount
    REFUSED_TOKEN_ENABLES = tokens.RefusedTokenEnables
    BROKEN_MISMATCH_REPLACES_PROVIDER = storing.BrokenMismatchReplacesProvider
    REFUSED_DISCONNECT_DROPS_OWNER = leaks.RefusedDisconnectDropsOwner
    LOOKUP_BY_CALENDAR_UID = leaks.LookupByCalendarUid
    ACCOUNT_IN_ASCII = near_misses.AccountInAscii
    LEAP_DAY_REFUSED = dates.LeapDayRefused
    OFFSET_REFUSED = dates.OffsetRefused
    NEGATIVE_OFFSET_REFUSED = dates.NegativeOffsetRefused
    HALF_HOUR_OFFSET_REFUSED = dates.HalfHourOffsetRefused
    FRACTION_REFUSED = dates.FractionRefused
    CRASH_ON_FRACTION = dates.CrashOnFraction
    CRASH_ON_LEAP_DAY = dates.CrashOnLeapDay
    CRASH_ON_YEAR_END = dates.CrashOnYearEnd
    ANY_DATE_ACCEPTED = dates.AnyDateAccepted
    LAST_MODIFICATION_NOT_READ = dates.LastModificationNotRead
    NUMBERS_OF_DATES_NOT_READ = dates.NumbersOfDatesNotRead
    NON_ASCII_TITLE_REFUSED = encodings.NonAsciiTitleRefused
    ASTRAL_TITLE_CRASHES = encodings.AstralTitleCrashes
    APOSTROPHE_CRASHES = encodings.ApostropheCrashes
    PERCENT_IN_TITLE_CRASHES = encodings.PercentInTitleCrashes
    NUL_IN_TITLE_CRASHES = encodings.NulInTitleCrashes
    SLASH_IN_ID_REFUSED = encodings.SlashInIdRefused
    APOSTROPHE_IN_ACCOUNT_CRASHES = encodings.ApostropheInAccountCrashes
    MARKUP_REFUSED = encodings.MarkupRefused
    BODY_READ_AS_ASCII = encodings.BodyReadAsAscii
    NON_ASCII_ACCOUNT_MANGLED = encodings.NonAsciiAccountMangled
    PLUS_READ_AS_SPACE = encodings.PlusReadAsSpace
    ACCOUNT_STORED_COMPOSED = encodings.AccountStoredComposed
    ACCOUNT_STORED_DECOMPOSED = encodings.AccountStoredDecomposed
    ACCOUNT_STORED_WITHOUT_LAST_DOT = encodings.AccountStoredWithoutLastDot
    NO_TOKEN_ACCEPTED = tokens.NoTokenAccepted
    UNKNOWN_TOKEN_ACCEPTED = tokens.UnknownTokenAccepted
    TOKEN_BY_PREFIX = tokens.TokenByPrefix
    TOKEN_WITH_ANY_END = tokens.TokenWithAnyEnd
    TOKEN_BY_BOTH_ENDS = tokens.TokenByBothEnds
    TOKEN_IGNORES_CASE = tokens.TokenIgnoresCase
    EMPTY_TOKEN_ACCEPTED = tokens.EmptyTokenAccepted
    SIBLINGS_TAKE_ANY_TOKEN = tokens.SiblingsTakeAnyToken
    REFUSED_DISABLE_ACTS = tokens.RefusedDisableActs
    STATE_BEFORE_TOKEN = tokens.StateBeforeToken
    MISSING_BEFORE_TOKEN = tokens.MissingBeforeToken
    UNAUTHORIZED_SAID_DISABLED = tokens.UnauthorizedSaidDisabled
    CRASH_WITHOUT_TOKEN = tokens.CrashWithoutToken
    UNKNOWN_TOKEN_STORES_ACCOUNT = tokens.UnknownTokenStoresAccount
    PRETTY_JSON_REFUSED = gateway.PrettyJsonRefused
    KEY_ORDER_MATTERS = gateway.KeyOrderMatters
    ESCAPED_EMOJI_CRASHES = gateway.EscapedEmojiCrashes
    ANSWER_CACHED_BY_BODY = gateway.AnswerCachedByBody
    ONLY_FIRST_BATCH_CHECKED = records.OnlyFirstBatchChecked
    FORM_MUST_STAY = records.FormMustStay
    CRASH_ON_MIXED_ITEMS = records.CrashOnMixedItems
    CRASH_ON_RESENT_ID = records.CrashOnResentId
    CRASH_ON_LONG_ID = records.CrashOnLongId
    ITEM_IDS_ARE_GLOBAL = records.ItemIdsAreGlobal
    TOKEN_OWNER_IS_MEANT = records.TokenOwnerIsMeant
    ADMIN_SKIPS_STATE_CHECK = records.AdminSkipsStateCheck
    LONG_EVENT_REFUSED = records.LongEventRefused
    TWO_ZONES_REFUSED = records.TwoZonesRefused
    STALE_AFTER_DISABLE = records.StaleAfterDisable
    FIRST_CALL_SEES_OLD_SYNC = records.FirstCallSeesOldSync
    THIRD_CREATION_AFTER_DISCONNECTS_CRASHES = records.ThirdCreationAfterDisconnectsCrashes
    CONNECT_ELSEWHERE_DROPS = records.ConnectElsewhereDrops
    TENTH_REFUSAL_ENABLES = records.TenthRefusalEnables
