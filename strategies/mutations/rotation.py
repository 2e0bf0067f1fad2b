"""Chooses the mutations that one run tries: one of each group, by the run's seed.

A catalogue holds every wrong value and every unusual text for each field, in each form of item. A run of five minutes
cannot send all of these, and a service that treats fields of one type differently is rare. A few runs with different
seeds send all. Absent and empty values are sent in every field in every run.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from strategies.mutations.mutation import Kind, Mutation
from strategies.valid.fields import ACCOUNT_PATH, ID_PATH, TITLE_PATH
from strategies.values.samples import Group

T = TypeVar("T")


def choose_invalid(catalogue: Sequence[Mutation], seed: int) -> Iterator[Mutation]:
    """Each wrong value once for each field, in one form of item; each wrong date in one field.

    The wrong dates are spread so that each date field has some in each form.
    """
    groups = _grouped(catalogue, _invalid_group)
    yield from (
        group[(seed + place) % len(group)] for place, group in enumerate(groups) if not _is_wrong_format(group[0])
    )
    tried: Counter[Hashable] = Counter()
    drawn = random.Random(seed)
    for group in groups:
        if _is_wrong_format(group[0]):
            chosen = min(drawn.sample(group, len(group)), key=lambda mutation: tried[mutation.path, mutation.form])
            tried[chosen.path, chosen.form] += 1
            yield chosen


def choose_unspecified(catalogue: Sequence[Mutation], seed: int) -> Iterator[Mutation]:
    """First the mutations of the structure; then each unusual value in one of the fields that are alike: those that are
    typical or tried everywhere, and two of three others.
    """
    chosen = []
    for place, group in enumerate(_grouped(catalogue, _unspecified_group)):
        mutation = group[(seed + place) % len(group)]
        always = mutation.kind is Kind.STRUCTURE or mutation.typical or mutation.group is Group.EVERYWHERE
        if always or (seed // len(group) + place) % 3:
            chosen.append(mutation)
    yield from sorted(chosen, key=lambda mutation: mutation.kind is not Kind.STRUCTURE)


def typical_mutations(catalogue: Sequence[Mutation]) -> tuple[Mutation, ...]:
    """Each unusual structure once, and each typical unusual value of an item once."""
    found: dict[str, Mutation] = {}
    for mutation in catalogue:
        if mutation.kind is Kind.STRUCTURE or (mutation.typical and mutation.form is not None):
            found.setdefault(mutation.label, mutation)
    return tuple(found.values())


def rotated(every: Sequence[T], seed: int) -> Sequence[T]:
    """The sequence from a place that the seed decides, then its beginning, so that short runs try different parts."""
    start = random.Random(seed).randrange(max(1, len(every)))
    return (*every[start:], *every[:start])


def _grouped(catalogue: Sequence[Mutation], key: Callable[[Mutation], Hashable]) -> list[list[Mutation]]:
    groups: defaultdict[Hashable, list[Mutation]] = defaultdict(list)
    for mutation in catalogue:
        groups[key(mutation)].append(mutation)
    return list(groups.values())


def _invalid_group(mutation: Mutation) -> Hashable:
    if mutation.group in (Group.ZERO_LIKE, Group.EMPTY_LIKE):
        return mutation.path, mutation.group
    if mutation.form is None or mutation.group is Group.EVERYWHERE:
        return mutation.name
    if _is_wrong_format(mutation):
        return mutation.kind, mutation.group or mutation.label
    return mutation.path, mutation.label


def _is_wrong_format(mutation: Mutation) -> bool:
    return mutation.kind is Kind.WRONG_FORMAT and mutation.form is not None


def _unspecified_group(mutation: Mutation) -> Hashable:
    """The group of a mutation. Titles, which are free text, get every unusual text in every run; other fields some."""
    always = mutation.kind is Kind.STRUCTURE or mutation.group is Group.EVERYWHERE
    if always or mutation.path == TITLE_PATH:
        return mutation.name
    if mutation.group is not None and mutation.path in (ID_PATH, ACCOUNT_PATH):
        return mutation.path, mutation.group
    return mutation.form is None and mutation.group is None, mutation.label
