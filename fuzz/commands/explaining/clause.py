"""Explains a clause: its sentence and place, what breaks it, how it is tested, what was seen, and what to do next.

What is said comes from the contract, the predicates of the oracle, the mutations and the planned scenarios. The words
between are in a template, which has a part for each kind of clause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fuzz.cases.situations import ACCOUNT
from fuzz.commands.explaining.layout import documented, laid_out, step_rows
from fuzz.commands.explaining.past import Past
from fuzz.events.summary import Summary
from fuzz.oracle.actions import UNAUTHORISED, Token
from fuzz.oracle.state import PREDICATES
from fuzz.report import queries
from fuzz.run.setup.report_folder import LATEST
from fuzz.run.tested import Tests, tests_of
from fuzz.target.http.statuses import NOT_FROM_THE_SERVICE
from strategies.mutations.invalid import invalid_mutations
from strategies.mutations.mutation import Mutation
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import listed_providers
from swagger.contract import Clause, ClauseKind, Contract, Json, StateError


def explain_clause(contract: Contract, clause: Clause, past: Past, *, options: str = "") -> str:
    """The explanation as text. `options`: those that name the documents, for the command to type."""
    tests = tests_of(contract, clause.id)
    values = {
        "clause": clause,
        "contract": contract,
        "tests": tests,
        "phases": [phase for phase, met in tests.phases.items() if met],
        "steps": step_rows(contract, tests.example, _answers(contract, tests)) if tests.example else [],
        "kept": sum(kept.bundle.clause == clause.id for kept in past.kept),
        "folder": past.folder,
        "latest": LATEST,
        "run": _LastRun.of(past.run, clause) if past.run is not None else None,
        "told": past.under(clause.id),
        "options": options,
    }
    return laid_out("clause.txt.jinja", {**values, **rule_facts(contract, clause)})


def rule_facts(contract: Contract, clause: Clause) -> dict[str, Any]:
    """What the rule of a clause is made of, for its kind's part of the template."""
    sibling, _, name = clause.id.rpartition(".") if clause.path == "" else ("", "", clause.id)
    found = [mutation for mutation in invalid_mutations(contract) if clause.id in mutation.violations]
    alone = [mutation for mutation in found if mutation.violations == (clause.id,)]
    example = next(iter(alone or found), None)
    return {
        "promises": contract.promised_by(sibling) if sibling else None,
        "error": _error(contract, sibling, clause),
        "predicate": PREDICATES.get(name) if not sibling else None,
        "field": contract.field(clause.path),
        "alternative": next((rule for rule in contract.fields if rule.alternative_path == clause.path), None),
        "mutations": list(dict.fromkeys(mutation.label for mutation in found)),
        "example": example,
        "body": _changed(contract, example) if example is not None else None,
        "transient": sorted(NOT_FROM_THE_SERVICE),
        "tokens": sorted(str(token) for token in UNAUTHORISED if token is not Token.NONE),
    }


def _error(contract: Contract, sibling: str, clause: Clause) -> StateError | None:
    if clause.kind is not ClauseKind.STATE_ERROR:
        return None
    if sibling:
        return contract.promised_by(sibling).without_sync
    return next(error for error in contract.state_errors if error.id == clause.id)


def _changed(contract: Contract, mutation: Mutation) -> Json:
    """A valid body with the change of a mutation."""
    return mutation.apply(plain_payload(contract, provider=listed_providers(contract)[0], account=ACCOUNT))


def _answers(contract: Contract, tests: Tests) -> list[str]:
    return [documented(contract, step) for step in tests.example]


@dataclass(frozen=True, slots=True)
class _LastRun:
    """The last run's tallies of one clause: in all, and for each situation. Frozen. `row`: None without the clause."""

    summary: Summary
    row: queries.ClauseRow | None
    cases: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, summary: Summary, clause: Clause) -> _LastRun:
        row = next((row for row in queries.clause_rows(summary) if row.id == clause.id), None)
        cases = [(case[1], tally) for case, tally in summary.cases.items() if case[0] == clause.id and tally.due]
        return cls(summary, row, tuple(sorted(cases, key=lambda case: -case[1].due)))
