"""What is tried: the sandbox's faults and honest variants, all of them, those named, or a spread over all kinds."""

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
        """It keeps the contract: to find something is an alarm."""
        return self.kind == VARIANT


def subjects(
    faults: Sequence[str], variants: Sequence[str], *, sample: int | None, seed: int, seeds: int
) -> tuple[Subject, ...]:
    """Those named, else all; of all, a sample if one is asked for. UsageError for a name that is unknown."""
    named: list[Fault | Variant] = [*faults_of(faults), *variants_of(variants)]
    chosen: Sequence[Fault | Variant] = named or [*list(Fault), *list(Variant)]
    if sample is not None:
        chosen = spread(chosen)[:sample]
    return tuple(_subject(each, number) for number in range(seed, seed + seeds) for each in chosen)


def spread(every: Sequence[Fault | Variant]) -> tuple[Fault | Variant, ...]:
    """All, one of each kind in turn, so that any beginning of the list holds as many kinds as it can."""
    kinds: dict[str, list[Fault | Variant]] = {}
    for each in every:
        kinds.setdefault(_kind(each), []).append(each)
    rounds = zip_longest(*(_from_the_middle(members) for members in kinds.values()))
    return tuple(each for turn in rounds for each in turn if each is not None)


def _from_the_middle(members: list[Fault | Variant]) -> list[Fault | Variant]:
    """A catalogue lists what is most alike side by side, and the plainest first: neighbours come late."""
    stride = max(1, len(members) // 3)
    return [member for start in range(stride) for member in members[start::stride]]


def _kind(each: Fault | Variant) -> str:
    return each.kind.value if isinstance(each, Fault) else VARIANT


def _subject(each: Fault | Variant, seed: int) -> Subject:
    return Subject(each.value, _kind(each), seed, each.deterministic if isinstance(each, Fault) else True)
