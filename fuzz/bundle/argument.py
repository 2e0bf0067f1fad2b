"""Why an answer breaks the contract, in a few sentences that refer to the numbered steps of the scenario.

Of the state of a sync only that is said which answers have shown; else what was done.
"""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.bundle.at_once import Step, of_pairs
from fuzz.bundle.texts import side_by_side
from fuzz.oracle.actions import NOT_JSON, UNAUTHORISED, Create, MoveSync, Token
from fuzz.oracle.answers.bodies import Contrast
from fuzz.oracle.request import Request
from fuzz.oracle.siblings import moved
from fuzz.oracle.state import PREDICATES, CalendarSync, Situation, SyncState, bind, describe, legible
from fuzz.oracle.verdict import REFUSAL, SUCCESS, Verdict, VerdictKind
from swagger.contract import Contract


def argue(contract: Contract, steps: Sequence[Step], contrast: Contrast | None = None) -> str:
    """The argument for the verdict that failed first, from the steps that led to it: one entry a request, in order.

    `contrast`: where its answer differs from the one that was due.
    """
    failed = [place for place, (_, verdict) in enumerate(steps, start=1) if verdict.kind is VerdictKind.FAIL]
    whole, steps = steps, steps[: failed[0]] if failed else steps
    request, verdict = steps[-1]
    sentences = [
        _of_state(steps),
        _of_request(len(steps), request, verdict),
        _of_refused(steps),
        *of_pairs(contract, whole, len(steps)),
        _of_answer(verdict, contrast),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _since(steps: Sequence[Step]) -> int:
    """The number of the step after which the last one's staff member was in the state that the last one met."""
    staff, was = steps[-1][0].action.staff, steps[-1][1].was
    since = 0
    for number, (request, verdict) in enumerate(steps[:-1], start=1):
        if request.action.staff == staff and verdict.belief == was and (verdict.was != was or not since):
            since = number
    return since


def _of_state(steps: Sequence[Step]) -> str:
    request, verdict = steps[-1]
    number, since = len(steps), _since(steps)
    if all(earlier.action.staff != request.action.staff for earlier, _ in steps[:-1]):
        return _of_first(number, request)
    after = f"After step {since}" if since else f"Before step {number}"
    if since and not steps[since - 1][0].is_judged:
        after = f"{after}, by the target profile's word,"
    if len(verdict.was) != 1:
        states = sorted(map(describe, verdict.was))
        if len(states) == 2:
            return f"{after} the sync is {' or '.join(states)}, and neither explains the answer."
        return f"{after} the sync may be in {len(states)} states, and none of them explains the answer."
    (state,) = verdict.was
    if state is None:
        return f"{after} the staff member has no calendar sync."
    return _of_sync(after, number, state, request, verdict)


def _of_first(number: int, request: Request) -> str:
    """Of the first request for a staff member: no answer has shown what was there before."""
    if isinstance(request.action, Create):
        return f"Step {number} creates a fresh sync, whatever was there before."
    return f"No answer before step {number} shows the state of the sync."


def _of_sync(after: str, number: int, state: CalendarSync, request: Request, verdict: Verdict) -> str:
    named = request.named
    if isinstance(request.action, Create):
        return f"{after} the sync is {describe(state)}; step {number} creates a fresh one in its place."
    if verdict.situation is Situation.FRESH:
        return f"{after} the {state.provider} sync is fresh, so any account may be named."
    if verdict.situation is Situation.DISABLED:
        return f"{after} the sync is disabled; step {number} names its provider and account."
    if verdict.situation is Situation.MATCHED:
        held = f"{legible(state.provider)} and {legible(state.account)}"
        return f"{after} the sync holds {held}; step {number} names the same."
    differing = [
        (what, held, said)
        for what, held, said in (
            ("provider", state.provider, named.provider),
            ("account", state.account, named.account),
        )
        if held is not None and held != said
    ]
    held = " and ".join(f"the {what} is {legible(value)}" for what, value, _ in differing)
    said = " and ".join(legible(value) for _, _, value in differing)
    return f"{after} {held}; step {number} names {said}."


def _of_request(number: int, request: Request, verdict: Verdict) -> str:
    parts = []
    if request.token in (Token.NONE, Token.UNKNOWN):
        parts.append(f"Step {number} carries {token_says(request.token)}.")
    if verdict.violations:
        parts.append(f"Step {number} breaks {', '.join(verdict.violations)}.")
    if verdict.unspecified:
        allowed = " or ".join(outcome for outcome in verdict.allowed if outcome != REFUSAL)
        also = f" ({allowed} and a refusal are both fine)" if allowed else ""
        parts.append(f"The documents do not specify {', '.join(map(str, verdict.unspecified))}{also}.")
    return " ".join(parts)


def token_says(token: Token) -> str:
    """A token that is not the staff member's own, in words."""
    return {Token.NONE: "no token", Token.UNKNOWN: "an unknown token"}.get(token, f"a token that is {token}")


def _of_refused(steps: Sequence[Step]) -> str:
    """An earlier request that was refused for its token, if the answer is the one due had it been carried out."""
    last, failed = steps[-1]
    for number, (request, verdict) in reversed([*enumerate(steps[:-1], start=1)]):
        same = request.action.staff == last.action.staff and verdict.belief == failed.was
        if same and request.token in UNAUTHORISED and _is_explained(failed, last, request):
            token = token_says(request.token)
            says = f"Step {number} carries {token}: refused, it must have changed nothing"
            return f"{says}, and the answer to step {len(steps)} is the one due if it was carried out."
    return ""


def _is_explained(failed: Verdict, last: Request, refused: Request) -> bool:
    """The answer that failed is the one due in a state that the refused request would have led to."""
    left = [(state, after) for state in failed.was if state is not None for after in _had_it_passed(state, refused)]
    return any(after != state and _due(after, last) == (failed.seen and failed.seen.outcome) for state, after in left)


def _had_it_passed(state: CalendarSync, refused: Request) -> frozenset[SyncState]:
    move = refused.action if isinstance(refused.action, MoveSync) else None
    return frozenset({bind(state, refused.named) if move is None else moved(state, move)})


def _due(state: SyncState, request: Request) -> str:
    return next((code for code, is_due in PREDICATES.items() if is_due(state, request.named)), SUCCESS)


def _of_answer(verdict: Verdict, contrast: Contrast | None) -> str:
    why = verdict.seen.why if verdict.seen else ""
    if contrast is None or contrast.seen is NOT_JSON:
        return f"In the answer, {why}." if why else ""
    # What is wrong may be told of the error that the answer names; the contrast is with the one that was due.
    form = f"{why}: " if why and not why.startswith("$") else ""
    return f"In the answer, {form}{side_by_side(contrast)}."
