"""What may be anything: other values of the failing request with which the smallest scenario fails, too.

Only what was tried is said. Each part of the request gets other values, all parts at once first; a part that matters
is then left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from fuzz.oracle.actions import SendItems
from fuzz.oracle.validity.violations import named_by
from fuzz.oracle.verdict import Verdict
from fuzz.shrinking.candidate import Actions, all_singles
from fuzz.shrinking.canonical_body import differences_from_canonical
from fuzz.shrinking.simplify.names import rename
from strategies.body_edits import Form, put
from strategies.body_layout import layout_of
from strategies.mutations.invalid import invalid_mutations
from strategies.valid.fields import ACCOUNT_PATH, PROVIDER_PATH, TITLE_PATH, listed_providers
from swagger.contract import Contract, Json

TIMES = 2
"""Other values tried of each part."""

MOST_RUNS = 8
"""Runs for one failure, whatever is left of its budget."""

TITLES = ("Lunch with Zoë", "a")
DOMAINS = ("calendar.example.net", "123.example", "another.example")
LOCALS = ("first.last", "1234567890", "somebody.else")

IN_PLACE = (None, Form.FIRST)
"""The forms of a mutation that leave the other items, and their form, as they are."""

Edit = Callable[[Json], Json]
Change = Callable[[Actions], Actions]
"""The scenario with another value in its failing request."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the failing request. Frozen. `says`: its other values in words; `changes`: the scenario with each."""

    says: str
    changes: tuple[Change, ...]


def others_that_fail(
    contract: Contract, actions: Actions, verdict: Verdict, fails: Callable[[Actions], bool | None]
) -> tuple[str, ...]:
    """The parts that may be anything, as far as was tried: `2 other titles`, `2 other accounts with this local part`.

    `verdict`: that of the failing request, the last one. `fails` runs a scenario; None: no request is left for it.
    """
    last = actions[-1]
    if not isinstance(last, SendItems) or not isinstance(last.body, dict):
        return ()
    groups = [group for group in _groups(contract, actions, last, verdict) if group]
    return _Trial(actions, fails).of(groups)


@dataclass(slots=True)
class _Trial:
    """Tries other values of the parts. Mutable: it counts its runs."""

    actions: Actions
    fails: Callable[[Actions], bool | None]
    runs: int = 0

    def of(self, groups: Sequence[Sequence[Part]]) -> tuple[str, ...]:
        """What of each group of parts may be anything: the first part of which all values fail."""
        together = [group[0] for group in groups]
        if together and self._all_fail(together):
            return tuple(part.says for part in together)
        if len(together) < 2 and all(len(group) < 2 for group in groups):
            return ()
        found = (next((part for part in group if self._all_fail([part])), None) for group in groups)
        return tuple(part.says for part in found if part is not None)

    def _all_fail(self, parts: Sequence[Part]) -> bool:
        for number in range(max(len(part.changes) for part in parts)):
            changed = self.actions
            for part in parts:
                changed = part.changes[number](changed) if number < len(part.changes) else changed
            self.runs += 1
            if self.runs > MOST_RUNS or changed == self.actions or not self.fails(changed):
                return False
        return True


def _groups(contract: Contract, actions: Actions, last: SendItems, verdict: Verdict) -> Iterator[list[Part]]:
    """The parts of the failing request, in groups of which one can be told: of an account, the most general first."""
    broken = {clause.partition(":")[2] for clause in verdict.violations}
    unusual = {difference.path[-1] for difference in differences_from_canonical(contract, last.body)}
    named = named_by(last.body)
    yield _values(contract, last, verdict)
    if named.complete and not broken & {ACCOUNT_PATH, PROVIDER_PATH, "calendar_sync"}:
        yield list(_accounts(actions, str(named.account)))
        yield list(_providers(contract, str(named.provider)))
    if TITLE_PATH not in broken and TITLE_PATH.rpartition(".")[2] not in unusual:
        yield list(_titles(contract, last))


def _values(contract: Contract, last: SendItems, verdict: Verdict) -> list[Part]:
    """Other values that break the rule which the request breaks alone."""
    if len(verdict.violations) != 1:
        return []
    (clause,) = verdict.violations
    found = [
        mutation.apply
        for mutation in invalid_mutations(contract)
        if mutation.violations == (clause,) and mutation.path == clause.partition(":")[2] and mutation.form in IN_PLACE
    ]
    edits = [edit for edit in found if _with(edit, last.body) != last.body]
    if len(edits) < TIMES:
        return []
    changes = tuple(partial(_edited, edit) for edit in (edits[0], edits[-1]))  # those side by side are alike
    return [Part(f"{TIMES} other values that break {clause}", changes)]


def _accounts(actions: Actions, account: str) -> Iterator[Part]:
    taken = [named_by(single.body).account for single in all_singles(actions) if isinstance(single, SendItems)]
    local, _, domain = account.partition("@")
    for says, values in (
        ("other accounts", [f"{other}@{another}" for other, another in zip(LOCALS, DOMAINS, strict=True)]),
        ("other accounts with this local part", [f"{local}@{other}" for other in DOMAINS]),
        ("other accounts of this domain", [f"{other}@{domain}" for other in LOCALS]),
    ):
        free = [value for value in values if value not in taken][:TIMES]
        changes = tuple(partial(rename, accounts={account: value}, providers={}) for value in free)
        yield Part(f"{len(changes)} {says}", changes)


def _providers(contract: Contract, provider: str) -> Iterator[Part]:
    """The provider and another listed one, each in the other's place."""
    other = next((name for name in listed_providers(contract) if name != provider), None)
    if other is not None and provider in listed_providers(contract):
        swapped = {provider: other, other: provider}
        yield Part("another provider", (partial(rename, accounts={}, providers=swapped),))


def _titles(contract: Contract, last: SendItems) -> Iterator[Part]:
    listing = layout_of(contract).listing.name
    items, rule = last.body.get(listing), contract.field(TITLE_PATH)
    if rule is not None and isinstance(items, list) and len(items) == 1 and isinstance(items[0], dict):
        path = (listing, 0, rule.name)
        changes = tuple(partial(_edited, partial(put, path=path, value=title)) for title in TITLES)
        yield Part(f"{TIMES} {'other' if rule.name in items[0] else 'different'} titles", changes)


def _edited(edit: Edit, actions: Actions) -> Actions:
    """The scenario with its last body edited, whatever else was changed in it."""
    last = actions[-1]
    assert isinstance(last, SendItems)
    return (*actions[:-1], replace(last, body=_with(edit, last.body)))


def _with(edit: Edit, body: Json) -> Json:
    """The body edited; as it is where it lacks what the edit changes, as a body that breaks a rule may."""
    try:
        return edit(body)
    except (KeyError, TypeError, IndexError, AttributeError):
        return body
