"""What is said of two requests at once: which steps they were, and what each order of the two would have allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fuzz.oracle.expectations import says_allowed
from fuzz.oracle.judgement.concurrency import Refuted, refuted_orders
from fuzz.oracle.request import Request
from fuzz.oracle.verdict import Verdict, VerdictKind
from swagger.contract import Contract

Step = tuple[Request, Verdict]


def of_pairs(contract: Contract, steps: Sequence[Step], failing: int) -> Iterator[str]:
    """Sentences on the pairs of requests at once in a scenario whose step of the number `failing` failed."""
    staff, failed = steps[failing - 1][0].action.staff, steps[failing - 1][1].kind is VerdictKind.FAIL
    pairs = [first for first in firsts_of_pairs(steps) if first < failing]
    own = [first for first in pairs if failed and _staff_of(steps, first) == {staff}][-1:]
    others = [f"steps {first + 1} and {first + 2}{_for_whom(steps, first)}" for first in pairs if first not in own]
    if others:
        yield f"{'; '.join(others)} were sent at the same time.".capitalize()
    for first in own:
        neither = ", and neither order of the two explains both answers" if failing <= first + 2 else ""
        orders = _of_orders(contract, steps, first, failing)
        yield f"Steps {first + 1} and {first + 2} were sent at the same time{neither}{orders}."


def firsts_of_pairs(steps: Sequence[Step]) -> Iterator[int]:
    """The index of the first step of each pair."""
    place = 0
    while place + 1 < len(steps):
        if steps[place][1].at_once:
            yield place
            place += 1
        place += 1


def differ_by_order(steps: Sequence[Step], place: int) -> bool:
    """Whether a step is one of two at once for one staff member, and is allowed several answers."""
    pairs = [first for first in firsts_of_pairs(steps) if place in (first, first + 1)]
    return len(steps[place][1].allowed) > 1 and any(len(_staff_of(steps, first)) == 1 for first in pairs)


def _staff_of(steps: Sequence[Step], first: int) -> set[int]:
    return {request.action.staff for request, _ in steps[first : first + 2]}


def _for_whom(steps: Sequence[Step], first: int) -> str:
    return " (for two staff members)" if len(_staff_of(steps, first)) > 1 else ""


def _of_orders(contract: Contract, steps: Sequence[Step], first: int, failing: int) -> str:
    """What either order of a pair allows, and what was seen; empty if no order says anything of the failing step."""
    staff = steps[first][0].action.staff
    after = (place for place in range(first + 2, failing) if steps[place][0].action.staff == staff)
    places = [first, first + 1, *after]
    turns = [(steps[place][0], steps[place][1].seen) for place in places]
    found = refuted_orders(contract, steps[first][1].was, turns)
    if not any(places[refuted.place] == failing - 1 for refuted in found):
        return ""
    orders = [_of_order(contract, steps, places, refuted) for refuted in found]
    told = sorted({places[refuted.place] for refuted in found})
    return f": {'; '.join([*orders, _seen(steps, told, both=told == [first, first + 1])])}"


def _of_order(contract: Contract, steps: Sequence[Step], places: Sequence[int], refuted: Refuted) -> str:
    place = places[refuted.place]
    due = says_allowed(contract, steps[place][0], refuted.allowed)
    return f"if step {places[refuted.first] + 1} came first, step {place + 1} must be answered {due}"


def _seen(steps: Sequence[Step], places: Sequence[int], *, both: bool) -> str:
    """`seen: both 200`, `seen: 200 at step 2, 422 missing at step 3`. `both`: these are the steps of the pair."""
    labels = [seen.label if (seen := steps[place][1].seen) else "no answer" for place in places]
    if both and len(set(labels)) == 1:
        return f"seen: both {labels[0]}"
    return f"seen: {', '.join(f'{label} at step {place + 1}' for label, place in zip(labels, places, strict=True))}"
