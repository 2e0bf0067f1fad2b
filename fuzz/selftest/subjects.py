"""The subjects of a self-test: all faults, honest variants and staging deployments, some by name, or a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from fuzz.sandbox.deployments.staging import Staging, staging_of
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.settings import faults_of, variants_of
from fuzz.sandbox.variants import Variant

VARIANT = "variant"
STAGING = "staging"
Tried = Fault | Variant | Staging


@dataclass(frozen=True, slots=True)
class Subject:
    """One fault, variant or deployment with one seed. `kind` is the fault's kind, or `variant` or `staging`. Frozen."""

    name: str
    kind: str
    seed: int
    deterministic: bool = True

    @property
    def honest(self) -> bool:
        """Whether it keeps the contract, so that a failure found on it is a false alarm."""
        return self.kind in (VARIANT, STAGING)

    @property
    def staging(self) -> Staging | None:
        """The staging deployment, if it is one."""
        return staging_of(self.name) if self.kind == STAGING else None


def subjects(
    faults: Sequence[str], variants: Sequence[str], *, sample: int | None, seed: int, seeds: int
) -> tuple[Subject, ...]:
    """The subjects of these names, else a sample of so many, else all; each once for `seeds` seeds from `seed` on.

    The names of variants may be those of staging deployments. UsageError for an unknown name.
    """
    deployments = [staging_of(name) for name in variants if name in set(Staging)]
    others = [name for name in variants if name not in deployments]
    named: list[Tried] = [*faults_of(faults), *variants_of(others), *deployments]
    chosen: Sequence[Tried] = named or [*list(Fault), *list(Variant), *list(Staging)]
    if sample is not None:
        chosen = in_turn_by_kind(chosen)[:sample]
    return tuple(_subject(behaviour, number) for number in range(seed, seed + seeds) for behaviour in chosen)


def in_turn_by_kind(behaviours: Sequence[Tried]) -> tuple[Tried, ...]:
    """Faults, variants and deployments, one of each kind in turn, so that a sample has as many kinds as possible."""
    kinds: dict[str, list[Tried]] = {}
    for behaviour in behaviours:
        kinds.setdefault(_kind(behaviour), []).append(behaviour)
    rounds = zip_longest(*(_neighbours_apart(members) for members in kinds.values()))
    return tuple(behaviour for members in rounds for behaviour in members if behaviour is not None)


def _neighbours_apart(members: list[Tried]) -> list[Tried]:
    """The members of a kind in another order: similar ones, which the catalogue lists side by side, are far apart."""
    stride = max(1, len(members) // 3)
    return [member for start in range(stride) for member in members[start::stride]]


def _kind(behaviour: Tried) -> str:
    if isinstance(behaviour, Fault):
        return behaviour.kind.value
    return VARIANT if isinstance(behaviour, Variant) else STAGING


def _subject(behaviour: Tried, seed: int) -> Subject:
    deterministic = behaviour.deterministic if isinstance(behaviour, Fault) else True
    return Subject(behaviour.value, _kind(behaviour), seed, deterministic)
