"""The payloads phase: every documented rule broken alone, every silent feature alone, every near miss of an account.

Deterministic. One bound sync serves many cases as long as belief stays single: a refused or accepted body leaves it as
it was. A case that fails is a scenario of its own, and the next ones begin on a sync created anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fuzz.engine.allowed_forms import numbered, spelt_otherwise, structures, unusual_forms
from fuzz.engine.campaign import Campaign
from fuzz.engine.name_cases import near_misses, providers_against_each_other, stored_accounts
from fuzz.engine.people_cases import token_cases, two_people
from fuzz.engine.session import Play, Session
from fuzz.engine.shard import WHOLE, Shard
from fuzz.engine.situations import Cases, Situations, in_groups, looked_at, looked_at_often, with_ids_of_their_own
from fuzz.engine.turns import breakages_in_turn, from_a_place_on, one_of_each_kind, silences_in_turn
from fuzz.engine.watch import Watch
from fuzz.model.exchange import Action, Move, SendItems, Token
from strategies.breakages import Breakage, breakages, pairs
from strategies.crowds import mixed_crowds
from strategies.fields import listed_providers, unlisted_providers
from strategies.payloads import with_sync
from strategies.silences import silences
from swagger.contract import Json

PHASE = "payloads"
FIRST = 3
"""Groups of cases that every run begins with: they find most."""
PAIRS_A_RUN = 2
ITEMS_AROUND = 150
STRUCTURES = 3
"""The first allowed forms: a single item, two, three. A service may handle each on a path of its own."""


def run(campaign: Campaign, *, number: int, shard: Shard = WHOLE) -> bool:
    """Runs a shard of the cases, as long as the campaign has time. False if some were left out for want of it."""
    session, situations = campaign.session, Situations(campaign.session)
    first = [with_ids_of_their_own(cases) for cases in shard.of(all_cases(session, number))]
    several = len(session.staff) > 1
    watch = Watch(campaign, situations, PHASE) if several and shard.index == 0 else None
    for part in (first[: len(first) // 2], first[len(first) // 2 :]):
        if not _run_all(campaign, part):
            return False
        if watch is not None:
            watch.go_on()
    return _run_all(campaign, map(with_ids_of_their_own, shard.of(two_people(situations) if several else ())))


def _run_all(campaign: Campaign, every: Iterable[Cases]) -> bool:
    for cases in every:
        if campaign.time_left() <= 0:
            return False
        _run_cases(campaign, cases)
    return True


def all_cases(session: Session, number: int) -> Iterator[Cases]:
    """Every group of cases for one staff member: each clause once and the first of the allowed forms, then the rest
    from where the seed says.
    """
    every = list(_in_order(session, number))
    yield from (*every[:FIRST], *from_a_place_on(every[FIRST:], number))


def _in_order(session: Session, number: int) -> Iterator[Cases]:
    """Allowed forms, what breaks, near misses, tokens, what is silent, pairs: on syncs of one provider, and of the next
    with the next seed.
    """
    contract = session.contract
    listed = listed_providers(contract)
    situations = Situations(session, provider=listed[number % len(listed)])
    yield from _each_clause_once(situations.of(situations.other_provider))
    yield from _plain_forms(situations, number)
    broken = breakages_in_turn(breakages(contract), number)
    yield from looked_at(situations, [_broken(situations.body(), each) for each in broken])
    yield from near_misses(situations, number)
    yield from providers_against_each_other(situations)
    yield from stored_accounts(situations, number)
    yield from token_cases(situations)
    yield from _refused_in_unhappy_situations(situations, number)
    yield from _silent_in_unhappy_situations(situations, number)
    yield from _broken_deep_within(situations)
    silent = silences_in_turn(silences(contract), number)
    yield from looked_at_often(situations, [SendItems(0, each.apply(situations.body())) for each in silent])
    chosen = pairs(breakages(contract))
    some = from_a_place_on(chosen, number)[:PAIRS_A_RUN]
    yield from looked_at(situations, [_broken(situations.body(), each) for each in some])


def _each_clause_once(situations: Situations) -> Iterator[Cases]:
    """Every clause that a payload or a token can break, once: a run that is short of time has then witnessed them
    all. On a sync of another provider than all that follows.
    """
    single = next(structures(situations.contract, situations.body()))
    once = _one_of_each(breakages(situations.contract))
    tokens = [SendItems(0, single, token) for token in (Token.NONE, Token.UNKNOWN)]
    actions = [SendItems(0, single), *tokens, *(_broken(situations.body(), each) for each in once)]
    yield Cases(situations.matched, tuple(actions))


def _one_of_each(catalogue: Sequence[Breakage]) -> tuple[Breakage, ...]:
    """The first way to break each clause, or set of clauses."""
    once: dict[tuple[str, ...], Breakage] = {}
    for breakage in catalogue:
        once.setdefault(breakage.breaks, breakage)
    return tuple(once.values())


def _broken(body: Json, breakage: Breakage) -> SendItems:
    changed = breakage.apply(body)
    return SendItems(0, None, raw=changed) if breakage.raw else SendItems(0, changed)


def _refused_in_unhappy_situations(situations: Situations, number: int) -> Iterator[Cases]:
    """Each rule broken where a state error is due as well: a refusal or that error, nothing else, and no change. So are
    requests refused that carry no good token, or name a provider that nobody knows.

    The situations take turns: each meets every other rule, and the next one the rest.
    """
    rules = _one_of_each(breakages(situations.contract))
    for turn, (name, beginning, account) in enumerate(situations.unhappy(), start=number):
        due, own = situations.body(account=account), situations.body()
        other = due if account == situations.account else situations.body(provider=situations.other_provider)
        some = rules[turn % 2 :: 2]
        broken = [_broken(other if 2 * place > len(some) else due, each) for place, each in enumerate(some)]
        refused: list[Action] = [*broken, *(SendItems(0, due, token) for token in (Token.NONE, Token.UNKNOWN))]
        if name != "mismatched":  # which meets it among the near ones
            unlisted = unlisted_providers(situations.contract)[1]
            refused.append(SendItems(0, situations.body(provider=unlisted, account=account)))
        if name in ("none", "disabled") and Move.CONNECT in situations.documented:
            refused.append(situations.move(Move.CONNECT, Token.UNKNOWN))
        bodies = {"none": (own, situations.body(account="b@example.com")), "disabled": (own,)}.get(name, (due, own))
        looks = [SendItems(0, each) for each in bodies]
        others = [SendItems(0, due, token) for token in (Token.ADMIN, Token.OTHER_STAFF)]
        yield from in_groups(beginning, [*refused, *looks, *others])
    unnamed = SendItems(0, with_sync(situations.body(), situations.provider, ""))
    yield from in_groups(situations.fresh, [*(_broken(situations.body(), each) for each in rules), unnamed])


def _silent_in_unhappy_situations(situations: Situations, number: int) -> Iterator[Cases]:
    """Unusual bodies where a state error is due: what is not looked into must not pass for accepted.

    A disabled sync, which has most to lose, meets all of them, the other situations a part each, in turn.
    """
    unusual = one_of_each_kind(silences(situations.contract))
    for turn, (name, beginning, account) in enumerate(situations.unhappy(), start=number):
        body, some = situations.body(account=account), unusual if name == "disabled" else unusual[turn % 4 :: 4]
        yield from in_groups(beginning, [SendItems(0, each.apply(body)) for each in some])


def _broken_deep_within(situations: Situations) -> Iterator[Cases]:
    """Each required field of an item absent from the first of many, and in turn from one in the middle and the last."""
    body = situations.body()
    rule = next(rule for rule in situations.contract.fields if rule.type == "array" and not rule.parent)
    items = [numbered(body[rule.name][0], place) for place in range(ITEMS_AROUND)]
    required = [each.name for each in situations.contract.item_rules() if each.required]
    places = [(0, name) for name in required]
    places += [((ITEMS_AROUND // 2, ITEMS_AROUND - 1)[turn % 2], name) for turn, name in enumerate(required)]
    broken = [
        SendItems(0, {**body, rule.name: [*items[:place], _without(items[place], name), *items[place + 1 :]]})
        for place, name in places
    ]
    yield from looked_at(situations, broken)


def _without(item: dict[str, Json], name: str) -> dict[str, Json]:
    return {key: value for key, value in item.items() if key != name}


def _plain_forms(situations: Situations, number: int) -> Iterator[Cases]:
    """Allowed bodies of every form and size, and everything unusual in them; some of them in every situation."""
    contract, body = situations.contract, situations.body()
    forms = list(structures(contract, body))
    spelt = [SendItems(0, None, raw=text) for text in spelt_otherwise(contract, body)]
    every = (*forms, *unusual_forms(contract, body, number))
    yield from looked_at(situations, [*(SendItems(0, each) for each in every), *spelt])
    mixed = list(mixed_crowds(contract, body))
    few = (*forms[:STRUCTURES], *mixed)
    for _, beginning, account in situations.unhappy():
        bodies = [with_sync(each, situations.provider, account) for each in few]
        yield from in_groups(beginning, [SendItems(0, each) for each in bodies])
    for each in (*forms[:STRUCTURES], *mixed[:1]):
        yield Cases(situations.fresh, (SendItems(0, each), situations.send(account="b@example.com")))


def _run_cases(campaign: Campaign, cases: Cases) -> None:
    """Performs the cases one after the other; after a failure the rest begin anew."""
    left = list(cases.actions)
    while left and campaign.time_left() > 0:
        play = campaign.session.play(PHASE)
        if _begin(campaign, play, cases.beginning):
            return
        while left:
            action = left.pop(0)
            if campaign.attend(play, play.perform(action)):
                break
        campaign.remember(play)


def _begin(campaign: Campaign, play: Play, beginning: tuple[Action, ...]) -> bool:
    """Brings the staff member into the situation; True if that failed already."""
    return any(campaign.attend(play, play.perform(action)) for action in beginning)
