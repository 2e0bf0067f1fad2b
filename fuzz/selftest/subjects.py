"""The subjects of a self-test: all faults and honest variants of the sandbox, some by name, or a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from fuzz.sandbox.faults import Fault
from fuzz.sandbox.settings import faults_of, variants_of
from fuzz.sandbox.variants import Variant

VARIANT = "variant"


@dataclass(frozen=True, slots=True)
class Subject:
    """One fault or variant with one seed. `kind` is the fault's kind, or `variant`. Frozen."""

    name: str
    kind: str
    seed: int
    deterministic: bool = True

    @property
    def honest(self) -> bool:
        """Whether it keeps the contract, so that a failure found on it is a false alarm."""
        return self.kind == VARIANT


def subjects(
    faults: Sequence[str], variants: Sequence[str], *, sample: int | None, seed: int, seeds: int
) -> tuple[Subject, ...]:
    """The subjects of these names, else a sample of so many, else all; each once for `seeds` seeds from `seed` on.

    UsageError for an unknown name.
    """
    named: list[Fault | Variant] = [*faults_of(faults), *variants_of(variants)]
    chosen: Sequence[Fault | Variant] = named or [*list(Fault), *list(Variant)]
    if sample is not None:
        chosen = in_turn_by_kind(chosen)[:sample]
    return tuple(_subject(behaviour, number) for number in range(seed, seed + seeds) for behaviour in chosen)


def in_turn_by_kind(behaviours: Sequence[Fault | Variant]) -> tuple[Fault | Variant, ...]:
    """The faults and variants, one of each kind in turn, so that a sample has as many kinds as possible."""
    kinds: dict[str, list[Fault | Variant]] = {}
    for behaviour in behaviours:
        kinds.setdefault(_kind(behaviour), []).append(behaviour)
    rounds = zip_longest(*(_neighbours_apart(members) for members in kinds.values()))
    return tuple(behaviour for members in rounds for behaviour in members if behaviour is not None)


def _neighbours_apart(members: list[Fault | Variant]) -> list[Fault | Variant]:
    """The members of a kind in another order: similar ones, which the catalogue lists side by side, are far apart."""
    stride = max(1, len(members) // 3)
    return [member for start in range(stride) for member in members[start::stride]]


def _kind(behaviour: Fault | Variant) -> str:
    return behaviour.kind.value if isinstance(behaviour, Fault) else VARIANT


def _subject(behaviour: Fault | Variant, seed: int) -> Subject:
    deterministic = behaviour.deterministic if isinstance(behaviour, Fault) else True
    return Subject(behaviour.value, _kind(behaviour), seed, deterministic)
