"""Journals of scenarios on the sandbox's service, performed in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from fuzz.automaton.alphabet import read_word
from fuzz.automaton.concretise import Naming, concretise
from fuzz.automaton.wp_method import suite
from fuzz.cases.names import ScenarioNames
from fuzz.events.types import ExchangeEvent
from fuzz.learning.journalled_words import JournalledWords
from fuzz.oracle.actions import Action
from fuzz.selftest.in_process import InProcess
from fuzz.session.recording import ExchangeId, exchange_event
from swagger.load import load_contract
from tests.automaton.machines import documented

CONTRACT = load_contract()
NAMING = Naming(("google_v3", "outlook_v1.0"), ("a@example.com", "b@example.com"))


NAMES = ScenarioNames(CONTRACT, 0)


def actions(*word: str, staff: int = 0) -> tuple[Action, ...]:
    """The actions of a word, with new items in every body."""
    return concretise(read_word(list(word)), NAMING, NAMES.payload, staff=staff)


def journalled(scenarios: Iterable[Iterable[Action]], *, fault: str | None = None) -> Iterator[ExchangeEvent]:
    """The events of the exchanges of scenarios, each performed in its turn."""
    session = InProcess.of(CONTRACT, fault=fault).session
    for scenario in scenarios:
        run = session.start_scenario("conformance")
        for action in scenario:
            run.perform(action)
        for step, exchange in enumerate(run.exchanges, start=1):
            yield exchange_event(session.secrets, exchange, ExchangeId("conformance", run.number, step))


@cache
def journal_of_the_suite(fault: str | None = None) -> tuple[ExchangeEvent, ...]:
    """The exchanges of the whole suite of the documented machine."""
    return tuple(journalled((actions(*map(str, word)) for word in suite(documented())), fault=fault))


def words_of(events: Iterable[ExchangeEvent]) -> JournalledWords:
    words = JournalledWords(CONTRACT)
    for event in events:
        words.add(event)
    return words
