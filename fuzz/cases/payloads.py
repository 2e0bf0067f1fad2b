"""The payload groups: every documented rule violated alone, every unspecified feature, every near name.

Deterministic. Many cases share one bound sync: its state stays the same whether a body is accepted or refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fuzz.cases.accounts import near_name_cases, provider_cases, stored_account_cases
from fuzz.cases.siblings import sibling_cases
from fuzz.cases.situations import (
    ACCOUNT,
    OTHER_ACCOUNT,
    CaseGroup,
    ErrorSituation,
    ErrorState,
    Situations,
    checked_groups,
    groups_checked_at_once,
    in_groups,
)
from fuzz.cases.tokens_and_staff import token_cases, two_staff_cases
from fuzz.oracle.actions import Action, Move, SendItems, Token
from fuzz.target.capabilities import Capabilities
from strategies.body_edits import drop
from strategies.body_layout import layout_of
from strategies.mutations.invalid import invalid_mutations, mutation_pairs
from strategies.mutations.mutation import Mutation
from strategies.mutations.rotation import choose_invalid, choose_unspecified, rotated, typical_mutations
from strategies.mutations.unspecified import unspecified_mutations
from strategies.valid.bodies import with_sync
from strategies.valid.edge_case_batches import edge_case_batches, mixed_batches
from strategies.valid.encodings import structures
from strategies.valid.fields import listed_providers, unlisted_providers
from strategies.valid.items import copy_with_own_id
from swagger.contract import Json

PAIRS_A_RUN = 2
ITEMS_AROUND = 150
STRUCTURES = 3
"""Number of item forms used: one item, two, three. A service may have other code for each."""
REFUSED_TOKENS = (Token.NONE, Token.UNKNOWN)
OTHERS_TOKENS = (Token.ADMIN, Token.OTHER_STAFF)


def payload_groups(capabilities: Capabilities, seed: int) -> list[list[CaseGroup]]:
    """Every group of cases, in a list for each kind of case, the likeliest finders first. The seed chooses the provider
    of their syncs, and where a list goes on after its first group.
    """
    kinds = [list(groups) for groups in _by_kind(capabilities, seed)]
    return [[*groups[:1], *rotated(groups[1:], seed)] for groups in kinds]


def _by_kind(capabilities: Capabilities, seed: int) -> Iterator[Iterable[CaseGroup]]:
    contract = capabilities.contract
    listed = listed_providers(contract)
    situations = Situations(capabilities, listed[seed % len(listed)])
    invalid, unspecified = invalid_mutations(contract), unspecified_mutations(contract)
    some_pairs = rotated(mutation_pairs(invalid), seed)[:PAIRS_A_RUN]
    wrong, unusual = (
        _sends(situations, chosen)
        for chosen in ([*choose_invalid(invalid, seed), *some_pairs], choose_unspecified(unspecified, seed))
    )
    yield _each_clause_once(situations.of(situations.other_provider))
    yield sibling_cases(situations)
    yield _allowed_forms(situations)
    yield checked_groups(situations, wrong)
    yield groups_checked_at_once(situations, unusual)
    yield near_name_cases(situations, seed)
    yield provider_cases(situations)
    yield stored_account_cases(situations, seed)
    yield token_cases(situations)
    yield _refused_where_a_state_error_is_due(situations, seed)
    yield _unspecified_where_a_state_error_is_due(situations, seed)
    yield _invalid_among_many_items(situations)
    yield two_staff_cases(situations)


def _sends(situations: Situations, mutations: Iterable[Mutation]) -> list[SendItems]:
    return [_send(situations.body(), mutation) for mutation in mutations]


def _send(body: Json, mutation: Mutation) -> SendItems:
    changed = mutation.apply(body)
    return SendItems(0, None, raw=changed) if mutation.raw else SendItems(0, changed)


def _each_clause_once(situations: Situations) -> Iterator[CaseGroup]:
    """Every clause that a payload or a token can violate, once, so that a short run has tested each.

    On a sync of another provider than the groups that follow.
    """
    single = next(structures(situations.contract, situations.body()))
    once = _first_of_each_clause(invalid_mutations(situations.contract))
    tokens = [SendItems(0, single, token) for token in REFUSED_TOKENS]
    yield CaseGroup(situations.matched, (SendItems(0, single), *tokens, *_sends(situations, once)))


def _first_of_each_clause(catalogue: Sequence[Mutation]) -> tuple[Mutation, ...]:
    """The first mutation that violates each clause, or set of clauses."""
    once: dict[tuple[str, ...], Mutation] = {}
    for mutation in catalogue:
        once.setdefault(mutation.violations, mutation)
    return tuple(once.values())


def _refused_where_a_state_error_is_due(situations: Situations, seed: int) -> Iterator[CaseGroup]:
    """Each rule violated where a state error is due, too: only a refusal or that error is allowed, and no change.

    Likewise requests without a good token, and those that name an unlisted provider. Each situation meets a quarter of
    the rules, the next one another quarter; a fresh sync meets half of them.
    """
    rules = _first_of_each_clause(invalid_mutations(situations.contract))
    for turn, situation in enumerate(situations.error_situations(), start=seed):
        refused = _refused_in(situations, situation, rules[turn % 4 :: 4])
        yield from in_groups(situation.beginning, [*refused, *_checks_after(situations, situation)])
    unnamed = SendItems(0, with_sync(situations.body(), situations.provider, ""))
    yield from in_groups(situations.fresh, [*_sends(situations, rules[seed % 2 :: 2]), unnamed])


def _refused_in(situations: Situations, situation: ErrorSituation, rules: Sequence[Mutation]) -> Iterator[Action]:
    """Requests that must be refused in a situation. Half of the bodies with a mismatched account name another provider
    in its place.
    """
    due = situations.body(account=situation.account)
    other = due if situation.account == ACCOUNT else situations.body(provider=situations.other_provider)
    yield from (_send(other if 2 * place > len(rules) else due, rule) for place, rule in enumerate(rules))
    yield from (SendItems(0, due, token) for token in REFUSED_TOKENS)
    if situation.state is not ErrorState.MISMATCHED:  # which meets it among the near ones
        unlisted = unlisted_providers(situations.contract)[1]
        yield SendItems(0, situations.body(provider=unlisted, account=situation.account))
    can_connect = Move.CONNECT in situations.capabilities.documented_moves
    if can_connect and situation.state in (ErrorState.NO_SYNC, ErrorState.DISABLED):
        yield situations.move(Move.CONNECT, Token.UNKNOWN)


def _checks_after(situations: Situations, situation: ErrorSituation) -> Iterator[Action]:
    """Bodies that show whether anything has changed, then one with each token of somebody else."""
    due, own = situations.body(account=situation.account), situations.body()
    bodies = {
        ErrorState.NO_SYNC: (own, situations.body(account=OTHER_ACCOUNT)),
        ErrorState.DISABLED: (own,),
    }.get(situation.state, (due, own))
    yield from (SendItems(0, body) for body in bodies)
    yield from (SendItems(0, due, token) for token in OTHERS_TOKENS)


def _unspecified_where_a_state_error_is_due(situations: Situations, seed: int) -> Iterator[CaseGroup]:
    """Unspecified bodies where a state error is due: they must not be accepted.

    A disabled sync meets all of them, each other situation a part.
    """
    unusual = typical_mutations(unspecified_mutations(situations.contract))
    for turn, situation in enumerate(situations.error_situations(), start=seed):
        body = situations.body(account=situation.account)
        some = unusual if situation.state is ErrorState.DISABLED else unusual[turn % 4 :: 4]
        yield from in_groups(situation.beginning, [_send(body, mutation) for mutation in some])


def _invalid_among_many_items(situations: Situations) -> Iterator[CaseGroup]:
    """Each required field absent from the first of many items, and from one in the middle or the last one."""
    body, layout = situations.body(), layout_of(situations.contract)
    name = layout.listing.name
    items = [copy_with_own_id(body[name][0], str(place)) for place in range(ITEMS_AROUND)]
    required = [rule.name for rule in situations.contract.item_rules() if rule.required]
    places = [(0, field) for field in required]
    places += [((ITEMS_AROUND // 2, ITEMS_AROUND - 1)[turn % 2], field) for turn, field in enumerate(required)]
    yield from checked_groups(
        situations, [SendItems(0, drop({**body, name: items}, (name, place, field))) for place, field in places]
    )


def _allowed_forms(situations: Situations) -> Iterator[CaseGroup]:
    """Valid bodies of every form and size, and with every unusual value; some of them in every situation. The suite's
    accepted requests combine form, spelling and values.
    """
    contract, body = situations.contract, situations.body()
    forms = list(structures(contract, body))
    bodies = (*forms, *edge_case_batches(contract, body))
    yield from checked_groups(situations, [SendItems(0, form) for form in bodies])
    mixed = list(mixed_batches(contract, body))
    for situation in situations.error_situations():
        few = [with_sync(form, situations.provider, situation.account) for form in (*forms[:STRUCTURES], *mixed)]
        yield from in_groups(situation.beginning, [SendItems(0, form) for form in few])
    for form in (*forms[:STRUCTURES], *mixed[:1]):
        yield CaseGroup(situations.fresh, (SendItems(0, form), situations.send(account=OTHER_ACCOUNT)))
