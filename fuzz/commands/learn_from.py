"""`calfuzz learn --from`: what a run's journal says of the target's machine, without a request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TextIO

from fuzz.automaton.concretise import Naming
from fuzz.automaton.diagram import draw
from fuzz.automaton.wording import Wording
from fuzz.commands.learned_text import NOT_LEARNT, WIDTH
from fuzz.errors import ExitCode, UsageError
from fuzz.events.summary import SHRINKING
from fuzz.events.types import VERSION
from fuzz.learning.journalled_words import JournalledWords, RecordedFailure
from fuzz.learning.passive import LearnedPassively, learn_passively
from fuzz.report.diagrams.machine_drawing import write_machine, writer_for
from fuzz.report.journal_reader import NAME, Journal
from fuzz.report.text import counted, visible
from fuzz.run.setup.documents import read_contract
from strategies.valid.fields import listed_providers
from swagger.contract import Contract

NAME_A_JOURNAL = f"name the {NAME} of a run's report folder"
ACCOUNTS = ("the account", "the other account")
LEFT_OUT = (
    "left out: payload cases, other tokens, two requests at once, further accounts, lost answers, and what follows one"
    " of these before the next create"
)
HOLDS_FOR = (
    "only what was tried: other machines may give these answers, too. Each word counts with the two providers and the"
    " two accounts exchanged as well, since the documents treat names alike"
)


def learn_from_journal(path: Path, *, output: Path | None, stdout: TextIO) -> int:
    """Learns from a journal, prints what it shows, draws the machine if asked to, and returns the exit code."""
    if output is not None:
        writer_for(output)
    contract = read_contract(None, None)
    words = read_words(path, contract)
    learned = learn_passively(words)
    wording = Wording(Naming(listed_providers(contract)[:2], ACCOUNTS))
    stdout.writelines(f"{line}\n" for line in told(words, learned, wording))
    if output is not None and learned.machine is not None:
        legend = (
            *wrap(f"from {path}: {HOLDS_FOR}", WIDTH),
            "red and dashed: not as documented",
            f"not learnt: {NOT_LEARNT}",
        )
        write_machine(draw(learned.documented, learned.machine, wording, legend), output)
        stdout.write(f"picture: {output}\n")
    return exit_code(words, learned)


def read_words(path: Path, contract: Contract) -> JournalledWords:
    """The words of a journal, or of the one in a report folder. UsageError if there are none."""
    journal, words = Journal(path / NAME if path.is_dir() else path), JournalledWords(contract)
    if not journal.path.is_file():
        raise UsageError(f"{journal.path} is no file", next=NAME_A_JOURNAL)
    try:
        for event in journal.events():
            if event["event"] == "run_started" and event["version"] != VERSION:
                what = f"{journal.path} has version {event['version']}, not {VERSION}"
                raise UsageError(what, next="use the calfuzz that wrote it")
            if event["event"] == "exchange" and event["phase"] != SHRINKING:
                words.add(event)
    except OSError as error:
        raise UsageError(f"{journal.path}: {error.strerror}", next=NAME_A_JOURNAL) from None
    if not words.used:
        raise UsageError(f"{journal.path} holds no exchange to learn from", next=NAME_A_JOURNAL)
    return words


def exit_code(words: JournalledWords, learned: LearnedPassively) -> ExitCode:
    """0 equivalent as far as was tried, 1 different, 3 not known."""
    if words.failures:
        return ExitCode.BROKEN
    return ExitCode.PASS if learned.machine is not None else ExitCode.INCONCLUSIVE


def told(words: JournalledWords, learned: LearnedPassively, wording: Wording) -> Iterator[str]:
    """The lines that the command prints."""
    states = f"the documented one has {len(learned.documented.states)}"
    machine = f"none is told: {learned.why}"
    if learned.machine is not None:
        machine = f"one of {len(learned.machine.states)} states gives all of these answers ({states})"
    facts = {
        "exchanges": f"{words.used:,} of {words.exchanges:,}; {LEFT_OUT}",
        "machine": machine,
        "two answers": _two_answers(words, learned, wording),
        "holds for": HOLDS_FOR,
        "not learnt": NOT_LEARNT,
    }
    yield _verdict(words, learned)
    for name, text in facts.items():
        yield from wrap(text, WIDTH, initial_indent=f"      {name:<13}", subsequent_indent=" " * 19)
    for failure in words.failures.values():
        yield from _failure(words.contract, failure, wording)


def _verdict(words: JournalledWords, learned: LearnedPassively) -> str:
    if words.failures:
        return f"FAIL  recorded answers are not as documented: {counted(len(words.failures), 'difference')}"
    if learned.machine is None:
        return "INCONCLUSIVE  every recorded answer is allowed, but together they determine no machine"
    return (
        "PASS  every recorded answer is allowed, and a machine that gives them all is equivalent to the documented one"
    )


def _two_answers(words: JournalledWords, learned: LearnedPassively, wording: Wording) -> str:
    """The shortest word with two answers, and what may be the reason."""
    if not learned.twice:
        return ""
    given = ", ".join(f"{count} × {answer}" for answer, count in words.in_every_naming()[learned.twice].most_common())
    why = "names, bodies, other staff members or chance make a difference"
    return f"{wording.word(learned.twice)}: {given}; {why}"


def _failure(contract: Contract, failure: RecordedFailure, wording: Wording) -> Iterator[str]:
    event = failure.event
    clauses = {clause.id: clause for clause in contract.clauses}
    where = f"scenario {event['scenario']} of {event['phase']}, request {event['request']['id']}"
    yield ""
    if clause := clauses.get(event["clause"]):
        yield f"      {clause.id}  {clause.where}"
        yield f'      "{visible(clause.says)}"'
    yield f"      {wording.word(failure.word)}"
    yield f"      answered {visible(event['seen'])}, allowed {visible(' or '.join(event['allowed']))}"
    yield f"      {counted(failure.count, 'time')}; the shortest in {visible(where)}"
