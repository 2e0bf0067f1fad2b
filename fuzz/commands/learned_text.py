"""The text of `calfuzz learn`: the verdict, what it holds for, and a scenario for each difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from fuzz.automaton.wording import Wording
from fuzz.errors import ExitCode
from fuzz.failures.failure_event import expected_label, says
from fuzz.learning.learner import ConfirmedDifference, Learned
from fuzz.learning.variations import FailedVariation
from fuzz.oracle.scenario import kind_of
from fuzz.report.text import counted, visible
from fuzz.session.exchange import Exchange
from fuzz.session.session import Session

MAX_SHOWN = 8
WIDTH = 120
NOT_LEARNT = "payload rules such as those for dates, tokens, two requests at once: calfuzz run tries them"
IF_CREATE_RESETS = "If create does not reset the sync, earlier actions matter too: try calfuzz run"


def exit_code(learned: Learned) -> ExitCode:
    """0 equivalent, 1 different, 3 not known."""
    if learned.found or learned.varied or learned.nondeterministic is not None:
        return ExitCode.BROKEN
    return ExitCode.PASS if learned.complete else ExitCode.INCONCLUSIVE


def told(session: Session, learned: Learned) -> Iterator[str]:
    """The lines that the command prints."""
    yield _verdict(learned)
    if learned.nondeterministic is not None:
        yield from _two_answers(learned)
    yield f"      {_effort(learned)}"
    if learned.equivalent:
        yield from _limits(session, learned)
    for found, others in grouped(learned.found):
        yield ""
        yield from _difference(session, learned, found)
        if others:
            yield f"      the same in {_named(learned, others)}"
    for failed in learned.varied:
        yield ""
        yield from _scenario(session, failed.exchanges)
        if failed.others:
            yield f"      the same in {counted(failed.others, 'other scenario')}"
    if any(len(found.difference.word) == 1 for found in learned.found):
        yield ""
        yield f"      {IF_CREATE_RESETS}"


def _verdict(learned: Learned) -> str:
    if learned.nondeterministic is not None:
        return "FAIL  this input sequence gave two different answers, so the target has no machine to learn"
    if learned.found:
        return f"FAIL  the target's machine is not the documented one: {counted(len(learned.found), 'difference')}"
    if learned.varied:
        where = sorted({_beyond(learned, failed) for failed in learned.varied})
        told = f"{' and '.join(where)}: {counted(len(learned.varied), 'difference')}"
        return f"FAIL  the target's machine is the documented one, but not {told}"
    if not learned.complete:
        return f"INCONCLUSIVE  not known: {learned.why}"
    states = max(len(learned.documented.states), len(learned.machine.states) if learned.machine else 0)
    among = f"among all machines with at most {states} states over these inputs, names and bodies, if create resets"
    return f"PASS  equivalent to the documented machine {among}"


def _beyond(learned: Learned, failed: FailedVariation) -> str:
    """What the machine does not show of a scenario that fails."""
    if len({step.action.staff for step in failed.exchanges}) > 1:
        return "beside a second staff member"
    named = {name for step in failed.exchanges for name in (step.request.named.provider, step.request.named.account)}
    own = named <= {*learned.naming.providers, *learned.naming.accounts, None}
    return f"in what {kind_of(failed.exchanges[-1].action)} answers" if own else "with near names"


def _limits(session: Session, learned: Learned) -> Iterator[str]:
    """What the verdict holds for, and under which assumptions."""
    tried = learned.tried
    near = f"{tried.near_accounts} pairs of near accounts, {tried.near_providers} near providers"
    staff = f"two members, one changing while the other must not, in {tried.with_two_staff} scenarios"
    limits = {
        "inputs": Wording(learned.naming).inputs(learned.documented.inputs),
        "names": f"these, and in their places {near}; all others are taken to be treated alike",
        "staff": staff if tried.with_two_staff else "one member: the profile names no other",
        "bodies": "one item in one form",
        "left out": "; ".join(reason for _, reason in sorted(session.lifecycle.impossible.items())),
        "not learnt": NOT_LEARNT,
    }
    for name, text in limits.items():
        yield from wrap(text, WIDTH, initial_indent=f"      {name:<12}", subsequent_indent=" " * 18)


def grouped(found: Sequence[ConfirmedDifference]) -> list[tuple[ConfirmedDifference, list[ConfirmedDifference]]]:
    """The shortest scenario of each clause and answer, with the others of that clause and answer."""
    groups: dict[tuple[str, str], list[ConfirmedDifference]] = {}
    for confirmed in found:
        groups.setdefault((confirmed.exchanges[-1].verdict.clause, confirmed.difference.observed), []).append(confirmed)
    return [(first, others) for first, *others in groups.values()]


def _named(learned: Learned, others: Sequence[ConfirmedDifference]) -> str:
    wording = Wording(learned.naming)
    differences = [other.difference for other in others]
    places = [f"{wording.state(each.state)}: {wording.input(each.word[-1])}" for each in differences]
    more = f"; and {len(places) - MAX_SHOWN} more" if len(places) > MAX_SHOWN else ""
    return "; ".join(places[:MAX_SHOWN]) + more


def _effort(learned: Learned) -> str:
    machine = f"{len(learned.machine.states)} states" if learned.machine else "no machine yet"
    noise = f", {learned.outvoted} answers outvoted as noise" if learned.outvoted else ""
    documented = f"the documented one has {len(learned.documented.states)} states"
    return f"{machine} ({documented}) from {learned.words:,} words, {learned.requests:,} requests{noise}"


def _two_answers(learned: Learned) -> Iterator[str]:
    two = learned.nondeterministic
    if two is not None:
        yield f"      {Wording(learned.naming).word((learned.reset, *two.word))}"
        for answer, count in two.seen.most_common():
            yield f"      {count} × {answer}"
        yield "      either its answers are random, or create does not reset what was done before"


def _difference(session: Session, learned: Learned, found: ConfirmedDifference) -> Iterator[str]:
    difference, wording = found.difference, Wording(learned.naming)
    asked = f"in {wording.state(difference.state)}, {wording.input(difference.word[-1])}"
    yield f"      {asked}: {difference.observed}, documented {difference.documented}"
    yield from _scenario(session, found.exchanges)


def _scenario(session: Session, exchanges: Sequence[Exchange]) -> Iterator[str]:
    last = exchanges[-1]
    clause = session.contract.clause(last.verdict.clause)
    yield f"      {clause.id}  {clause.where}"
    yield f'      "{visible(clause.says)}"'
    several = any(exchange.action.staff for exchange in exchanges)
    for number, exchange in enumerate(exchanges, start=1):
        staff = f"staff {exchange.action.staff + 1}  " if several else ""
        yield f"      {number:>3}  {staff}{_step(session, exchange)}"
    yield f"           expected {expected_label(session, last)}"


def _step(session: Session, exchange: Exchange) -> str:
    seen = exchange.verdict.seen
    said = visible(says(session, exchange))
    return f"{kind_of(exchange.action):<11} {said:<50} {seen.label if seen else 'lost'}"


def legend(learned: Learned) -> tuple[str, ...]:
    """The lines below the picture: what it holds for, and what its marks mean."""
    wording, names = Wording(learned.naming), learned.naming
    return (
        f"providers {', '.join(names.providers)}; accounts {', '.join(names.accounts)}",
        f"after {wording.input(learned.reset)}, which resets; red and dashed: not as documented",
        f"not learnt: {NOT_LEARNT}",
    )
