"""Bodies near the allowed ones as Hypothesis strategies: the catalogues of breakages and silences, applied to bodies
drawn at random; and the doorway to the catalogues themselves and to near names.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from hypothesis import strategies as st

from strategies.breakages import Breakage, breakages, pairs
from strategies.near_names import (
    NearName,
    PairOfAccounts,
    account_pairs,
    accounts_near,
    long_account_pairs,
    near_accounts,
    near_providers,
)
from strategies.payloads import payloads
from strategies.silences import Silence, silences
from swagger.contract import Contract, Json

__all__ = [
    "Breakage",
    "NearName",
    "PairOfAccounts",
    "Silence",
    "account_pairs",
    "accounts_near",
    "breakages",
    "broken_payloads",
    "long_account_pairs",
    "near_accounts",
    "near_providers",
    "pairs",
    "raw_payloads",
    "silences",
    "silent_payloads",
]

_FEW_ITEMS = 3


def broken_payloads(contract: Contract, *, provider: str, account: str) -> st.SearchStrategy[Json]:
    """Bodies that break one rule, or two."""
    alone, both = _catalogues(breakages(contract))
    return st.builds(_applied, _either(alone, both), _allowed(contract, provider, account))


def raw_payloads(contract: Contract, *, provider: str, account: str) -> st.SearchStrategy[str]:
    """Texts that are no JSON, made of allowed bodies; symbolic, as bodies are."""
    raw = [each for each in breakages(contract) if each.raw]
    return st.builds(_applied, st.sampled_from(raw), _allowed(contract, provider, account))


def silent_payloads(contract: Contract, *, provider: str, account: str) -> st.SearchStrategy[Json]:
    """Bodies with one feature on which the documents are silent."""
    return st.builds(_applied, st.sampled_from(silences(contract)), _allowed(contract, provider, account))


@lru_cache(maxsize=8)
def _catalogues(catalogue: tuple[Breakage, ...]) -> tuple[tuple[Breakage, ...], tuple[Breakage, ...]]:
    return tuple(each for each in catalogue if not each.raw), pairs(catalogue)


def _either(alone: Sequence[Breakage], both: Sequence[Breakage]) -> st.SearchStrategy[Breakage]:
    """One rule broken four times in five."""
    return st.sampled_from((*alone, *both[: len(alone) // 4]))


def _applied(change: Breakage | Silence, body: Json) -> Json:
    return change.apply(body)


def _allowed(contract: Contract, provider: str, account: str) -> st.SearchStrategy[Json]:
    return payloads(contract, provider=provider, account=account, max_items=_FEW_ITEMS)
