"""`calfuzz explain`: what a clause means and how it is tested, or what a failure is. Sends nothing."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from fuzz.commands.explaining.clause import explain_clause
from fuzz.commands.explaining.failure import explain_failure
from fuzz.commands.explaining.past import Past
from fuzz.errors import UsageError
from fuzz.failures.keeping.shared_store import location_of
from fuzz.report.text import visible
from fuzz.run.setup.documents import read_contract
from swagger.contract import Clause, Contract

NEAR = 3
"""Names that are offered for one that is unknown."""


def explain(name: str, documents: Mapping[str, Path | None], database: str | None, *, stdout: TextIO) -> None:
    """Prints the explanation of a clause, by its id, or of a failure, by its fingerprint. UsageError for another name.

    `documents`: the paths that `--workflow`, `--swagger` and `--documents` name.
    """
    contract = read_contract(**documents)
    past = Past.read(location_of(database).failures)
    named = "".join(f" --{option} {shlex.quote(str(path))}" for option, path in documents.items() if path)
    clause = _clause_of(contract, name)
    if clause is not None:
        stdout.write(explain_clause(contract, clause, past, options=named))
    elif name in past.fingerprints:
        stdout.write(explain_failure(contract, name, past))
    else:
        raise _unknown(name, [*(clause.id for clause in contract.clauses), *past.fingerprints])


def _clause_of(contract: Contract, name: str) -> Clause | None:
    try:
        return contract.clause(name)
    except KeyError:
        return None


def _unknown(name: str, known: Collection[str]) -> UsageError:
    near = get_close_matches(name, known, NEAR) or [each for each in known if name and name in each][:NEAR]
    meant = f"did you mean {' or '.join(map(visible, near))}? " if near else ""
    listed = "`calfuzz contract` lists the clauses; the replay line of a failure ends in its fingerprint"
    return UsageError(f"{visible(name)!r} is no clause and no failure that is kept", next=f"{meant}{listed}")
