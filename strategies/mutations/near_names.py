"""Near names: accounts and providers that a careless comparison takes for the stored one.

Also pairs of long accounts that differ only after as many characters as a column may hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from hypothesis import strategies as st

from strategies.valid.fields import listed_providers, unlisted_providers
from strategies.values.accounts import LONGEST_ACCOUNT, long_account
from swagger.contract import Contract

WILDCARD = "%"


@dataclass(frozen=True, slots=True)
class NearName:
    """A name close to another one, and how it differs. Frozen.

    `match_unspecified`: the names differ only in case, white space or Unicode form, and it is not specified whether
    they match. `any_original`: this name does not depend on the one that it is near to.
    """

    name: str
    value: str
    match_unspecified: bool = False
    any_original: bool = False


@dataclass(frozen=True, slots=True)
class PairOfAccounts:
    """Two accounts that agree in their first or last characters. Frozen."""

    name: str
    one: str
    other: str


def near_accounts(account: str) -> tuple[NearName, ...]:
    """The near accounts of an account, clearly different ones first; all different, and none the account itself."""
    return _near_accounts(account)


@lru_cache(maxsize=256)
def _near_accounts(account: str) -> tuple[NearName, ...]:
    different = [
        NearName(name, value) for name, value in (*_of_domain(account), *_of_local(account), *_by_edit(account))
    ]
    longest = max(len(account), LONGEST_ACCOUNT)
    return _distinct(
        account, [near for near in (*different, *_same_but_for_spelling(account)) if len(near.value) <= longest]
    )


def _distinct(original: str, names: Sequence[NearName]) -> tuple[NearName, ...]:
    """The names in their order, each value once. Of two with one value, the one with `match_unspecified` stays."""
    unspecified = {near.value for near in names if near.match_unspecified}
    found: dict[str, NearName] = {}
    for near in names:
        if near.value not in (original, "") and (near.match_unspecified or near.value not in unspecified):
            found.setdefault(near.value, near)
    return tuple(found.values())


def _of_domain(account: str) -> Iterator[tuple[str, str]]:
    """The same local part at other domains."""
    local, _, domain = account.partition("@")
    host, _, top = domain.rpartition(".")
    yield "another domain", f"{local}@another.example"
    yield "another top-level domain", f"{local}@{host}.{'net' if top.lower() != 'net' else 'org'}"
    yield "a sub-domain", f"{local}@mail.{domain}"
    yield "a domain further", f"{local}@{domain}.example"
    yield "domain and its parent swapped", f"{local}@{top}.{host}"
    twins = {"gmail.com": "googlemail.com", "googlemail.com": "gmail.com"}
    if domain.lower() in twins:
        yield "the domain's other name", f"{local}@{twins[domain.lower()]}"


def _of_local(account: str) -> Iterator[tuple[str, str]]:
    """Other local parts at the same domain."""
    local, _, domain = account.partition("@")
    yield "another local part", f"somebody.else@{domain}"
    yield "plus tag added", f"{local}+tag@{domain}"
    yield "plus tag removed", f"{local.partition('+')[0]}@{domain}"
    yield "plus tag changed", f"{local.partition('+')[0]}+other@{domain}"
    yield "dots removed", f"{local.replace('.', '')}@{domain}"
    yield "dot added", f"{local[:1]}.{local[1:] or 'a'}@{domain}"
    yield "digit added", f"{local}1@{domain}"
    yield "digits changed", f"{local.translate(str.maketrans('0123456789', '1234567890'))}@{domain}"
    yield "letters reversed", f"{local[::-1]}@{domain}"
    if local[:1].isdigit():
        yield "zero before", f"0{local}@{domain}"
    yield "dot for a letter", f"{local[:1]}.{local[2:]}@{domain}"
    yield "letter for a dot of the domain", f"{local}@{domain.replace('.', 'q', domain.count('.') - 1)}"
    for name, char in _MARKS:
        yield f"letter for {name}", f"{local.replace(char, 'q')}@{domain}"
        yield f"{name} left out", f"{local.replace(char, '')}@{domain}"
        yield f"{name} doubled", f"{local.replace(char, 2 * char)}@{domain}"
    for (name, char), (other, instead) in permutations(_MARKS[:3], 2):
        yield f"{other} for {name}", f"{local.replace(char, instead)}@{domain}"


def _by_edit(account: str) -> Iterator[tuple[str, str]]:
    """One character added, dropped or replaced, or two swapped, at the start, in the middle and at the end."""
    local = account.partition("@")[0]
    for where, at in (("start", 0), ("middle", len(local) // 2), ("end", len(account) - 1)):
        before, char, after = account[:at], account[at : at + 1], account[at + 1 :]
        yield f"character added at the {where}", f"{before}q{char}{after}"
        yield f"character dropped at the {where}", f"{before}{after}"
        yield f"character replaced at the {where}", f"{before}{_other(char)}{after}"
        yield f"wildcard _ at the {where}", f"{before}_{after}"
        yield f"wildcard % at the {where}", f"{before}%{after}"
    yield "characters changed about at the start", f"{account[1:2]}{account[:1]}{account[2:]}"
    yield "characters changed about at the end", f"{account[:-2]}{account[-1:]}{account[-2:-1]}"
    yield "character appended", f"{account}q"
    yield "dot appended", f"{account}."
    yield "letter for the domain's dots", account.partition("@")[0] + "@" + account.partition("@")[2].replace(".", "q")
    yield "percent code for the at sign", account.replace("@", "%40")
    yield "space for a plus", account.replace("+", " ")
    yield "with a name", f"Somebody <{account}>"
    yield "with a scheme", f"mailto:{account}"
    yield "and another one", f"{account},somebody.else@example.com"
    yield "only a wildcard", WILDCARD
    yield "wildcard for the local part", f"%@{account.partition('@')[2]}"
    yield "accented letter", _accented(account)
    yield "look-alike letter", account.translate(_LOOK_ALIKES)
    yield "NUL and more", f"{account}\x00x"


_MARKS = (("dot", "."), ("underscore", "_"), ("hyphen", "-"), ("plus", "+"), ("percent sign", "%"), ("apostrophe", "'"))
"""Marks in local parts. In a pattern they may match any letter, and a clean-up may replace one by another."""
_LOOK_ALIKES = str.maketrans("aeopcx", "\u0430\u0435\u043e\u0440\u0441\u0445")
_ACCENTS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")


def _other(char: str) -> str:
    """A character that stays different under any folding."""
    return "q" if char.lower() != "q" else "w"


def _accented(account: str) -> str:
    for place, char in enumerate(account):
        if (accented := char.translate(_ACCENTS)) != char:
            return account[:place] + accented + account[place + 1 :]
    return f"{account}é"


def _same_but_for_spelling(account: str) -> Iterator[NearName]:
    """Names that differ only in case, white space or Unicode form."""
    local, at, domain = account.partition("@")
    values = (
        ("upper case", account.upper()),
        ("lower case", account.lower()),
        ("case swapped", account.swapcase()),
        ("first letter in the other case", account[:1].swapcase() + account[1:]),
        ("space before", f" {account}"),
        ("space after", f"{account} "),
        ("line feed after", f"{account}\n"),
        ("no-break space after", f"{account}\u00a0"),
        ("full-width letters", "".join(map(_full_width, local)) + at + domain),
        ("full-width at sign", account.replace("@", "\uff20")),
        ("domain in upper case", local + at + domain.upper()),
        ("space around the at sign", account.replace("@", " @ ")),
    )
    return (NearName(name, value, match_unspecified=True) for name, value in values)


def _full_width(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


_STRETCHES = (16, 20, 30, 32, 40, 50, 60, 64, 100, 127, 128, 191, 200, 250, LONGEST_ACCOUNT - 1)
_TOO_LONG = (255, 320)


def long_account_pairs() -> st.SearchStrategy[tuple[str, str]]:
    """A strategy for two accounts that agree in many of their first or last characters."""
    return st.sampled_from([(pair.one, pair.other) for pair in account_pairs()])


@lru_cache(maxsize=1)
def account_pairs() -> tuple[PairOfAccounts, ...]:
    """Pairs that agree in many first characters, then in many last ones; then pairs of accounts that are too long."""
    starts = [_agreeing_from_start(length) for length in _STRETCHES]
    ends = [_agreeing_from_end(length) for length in _STRETCHES]
    too_long = [_agreeing_from_start(length) for length in _TOO_LONG]
    return (*starts, *ends, *too_long)


def _agreeing_from_start(length: int) -> PairOfAccounts:
    one, other = (_first_characters(length, letter) for letter in "xy")
    return PairOfAccounts(f"the first {length} characters agree", one, other)


def _first_characters(length: int, letter: str) -> str:
    """An address with the letter after `length` characters: in the local part, the domain, or at the end."""
    if length <= 50:
        return f"{'a' * length}{letter}@example.com"
    if length <= 100:
        return f"{'a' * 40}@{'a' * (length - 41)}{letter}.example"
    return long_account(length + 1)[:-1] + letter


def _agreeing_from_end(length: int) -> PairOfAccounts:
    tail = "@example.com".rjust(length, "a") if length <= 64 else long_account(length + 1)[1:]
    return PairOfAccounts(f"the last {length} characters agree", f"x{tail}", f"y{tail}")


def near_providers(contract: Contract, provider: str) -> tuple[NearName, ...]:
    """Other listed providers, then unlisted ones, made up or one edit away; all different."""
    names = [
        *(NearName("another listed one", value, any_original=True) for value in listed_providers(contract)),
        *(NearName("unlisted", value, any_original=True) for value in unlisted_providers(contract)),
        *(NearName(name, value, any_original=value == WILDCARD) for name, value in _edited_providers(provider)),
        *(NearName("its app's name", value) for value in _app_names(contract)),
    ]
    return _distinct(provider, names)


def _app_names(contract: Contract) -> Iterator[str]:
    """The app names that a create sends for the provider."""
    body = contract.create_step.body
    if isinstance(body, dict) and isinstance(body.get("app_code_name"), str):
        yield body["app_code_name"]


def _edited_providers(provider: str) -> Iterator[tuple[str, str]]:
    yield "without its end", provider.rpartition("_")[0]
    yield "last character dropped", provider[:-1]
    yield "last character replaced", provider[:-1] + _other(provider[-1:])
    yield "character appended", f"{provider}0"
    yield "first character dropped", provider[1:]
    yield "hyphen for underscore", provider.replace("_", "-")
    yield "letter for a dot", provider.replace(".", "x")
    yield "without what follows its dot", provider.partition(".")[0]
    yield "wildcard", WILDCARD
    yield "upper case", provider.upper()
    yield "capital", provider.capitalize()
    yield "space before", f" {provider}"
    yield "space after", f"{provider} "
    yield "NUL and more", f"{provider}\x00x"
