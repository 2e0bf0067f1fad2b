"""A description read back, what a bundle says of itself, and the edges of the small rules."""

from __future__ import annotations

from typing import Any

import pytest

from fuzz.bundle.failure_json import BundleError, read_bundle, times_of
from fuzz.bundle.formats import in_hurl
from fuzz.bundle.formats.in_shell import common_options
from fuzz.bundle.promises import Promise, Value, allowed_at_the_end, allowed_on_the_way
from fuzz.bundle.texts import broken, filled, pieces, shown, variable
from fuzz.oracle.actions import AtOnce, Create, Move, MoveSync
from fuzz.oracle.expectations import matches
from swagger.contract import Json
from tests.bundle.described import ANY, BELOW, CREATED, OK, REFUSED, account, created, described, sent, state_error

TEXTS = ("fingerprint", "clause", "says", "where", "situation", "expected", "observed")
CREATE = {"do": "create", "staff": 0, "provider": "google_v3"}


def file(**changes: Json) -> dict[str, Any]:
    return {"version": 2, **{name: f"its {name}" for name in TEXTS}, "actions": [CREATE], **changes}


def test_a_bundle_says_what_its_file_says() -> None:
    bundle = read_bundle(file(target={"name": "staging"}, gateways={"send": "main"}, reproduced="1/2"))
    assert ("its fingerprint", "its clause", "its observed") == (bundle.fingerprint, bundle.clause, bundle.observed)
    assert ("staging", 10, {"send": "main"}) == (bundle.target, bundle.times, bundle.gateways)
    assert {"name": "staging"} == bundle.profile
    assert (Create(0, "google_v3"),) == bundle.actions


def test_a_bundle_of_the_first_version_is_read_without_its_target() -> None:
    bundle = read_bundle(file(version=1, target={"name": "staging"}))
    assert ("staging", None, {}) == (bundle.target, bundle.profile, bundle.gateways)


def test_actions_are_read_in_their_order() -> None:
    move = {"do": "disable", "staff": 1, "provider": "p", "account": "a"}
    bundle = read_bundle(file(actions=[move, {"do": "at_once", "first": CREATE, "second": move}]))
    moved = MoveSync(1, Move.DISABLE, "p", "a")
    assert (moved, AtOnce(Create(0, "google_v3"), moved)) == bundle.actions


@pytest.mark.parametrize("target", [{}, {"name": ""}])
def test_a_target_without_a_name_has_an_empty_one(target: Json) -> None:
    assert "" == read_bundle(file(target=target)).target


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([], "is not a JSON object"),
        ({}, "has no version: it is no bundle"),
        (file(version=True), "has no version: it is no bundle"),
        (file(version=3), "is of the newer version 3; this calfuzz reads versions 1 and 2"),
        (file(version=0), "is of the unknown version 0; this calfuzz reads versions 1 and 2"),
        (file(clause=3), "clause is not a text"),
        ({name: value for name, value in file().items() if name != "says"}, "says is missing"),
        (file(actions="create"), "actions is not a list"),
        (file(target=None), "target is not an object"),
        (file(target="a text"), "target is not an object"),
        (file(needs_past="yes"), "needs_past is not true or false"),
        (file(sandbox={"faults": [1], "variants": []}), "sandbox.faults[0] is not a text"),
        (file(gateways={"send": "third"}), "gateways[send] is not main or fallback"),
        (file(actions=[]), "actions is not a list of actions"),
        (file(actions=[{}]), "actions hold not an action: KeyError('do') in {}"),
    ],
)
def test_what_is_no_bundle_is_refused_with_the_reason(value: Json, why: str) -> None:
    with pytest.raises(BundleError) as error:
        read_bundle(value)
    assert why == str(error.value)


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_must_be_there(name: str) -> None:
    with pytest.raises(BundleError, match=f"^{name} is not a text$"):
        read_bundle(file(**{name: None}))


@pytest.mark.parametrize(
    ("reproduced", "race", "times"),
    [
        ("3/3", False, 1),
        ("3/3", True, 30),
        ("not run again yet", False, 1),
        ("not run again yet", True, 30),
        ("10/20", False, 10),
        ("10/20", True, 30),
        ("1/20", False, 100),
        ("0/20", False, 100),
        ("1/3/3", False, 1),
        ("1/", False, 1),
        ("/3", False, 1),
        ("1/1", False, 1),
        ("1/0", False, 1),
        ("99/100", False, 2),
        ("1/15", False, 100),
    ],
)
def test_a_failure_is_repeated_until_missing_it_is_unlikely(reproduced: str, race: bool, times: int) -> None:
    assert times == times_of({"actions": [{"do": "at_once" if race else "create"}], "reproduced": reproduced})


def test_a_bundle_needs_its_past_only_where_it_says_so() -> None:
    assert read_bundle(file(needs_past=True)).needs_history
    assert not read_bundle(file(needs_past=False)).needs_history
    assert not read_bundle({name: value for name, value in file().items() if name != "needs_past"}).needs_history


def test_only_the_templates_of_known_names_are_cut_out() -> None:
    text = "a{{staff_id}}{{unknown}}{{{staff_id}}}{{ staff_id }}"
    cut = [
        ("a", False),
        ("staff_id", True),
        ("{{unknown}}{", False),
        ("staff_id", True),
        ("}", False),
        ("staff_id", True),
    ]
    assert cut == list(pieces(text, ("staff_id",)))
    assert "a{{staff}}{{unknown}}{{{staff}}}{{staff}}" == filled(text, ("staff_id",))


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("staff_id", "staff"),
        ("staff_id_2", "staff_2"),
        ("calendar_sync_uid_3", "calendar_3"),
        ("now_timestamp", "now"),
        ("data.ticket_2", "data_ticket_2"),
    ],
)
def test_a_template_has_a_short_name_in_a_script(template: str, name: str) -> None:
    assert name == variable(template)


def test_a_hostile_text_stays_on_its_line_of_a_comment() -> None:
    assert "a rm -rf / \N{REPLACEMENT CHARACTER} x" == shown("a\nrm -rf /\r\u2028\x1b x")


def test_a_long_text_is_cut() -> None:
    assert ("x" * 400, "x" * 399 + "…") == (shown("x" * 400), shown("x" * 401))
    assert ("abc", "ab…") == (shown("abc", longest=3), shown("abcd", longest=3))


def test_json_is_broken_after_commas_and_inside_an_object_only_if_that_is_too_long() -> None:
    assert ['{"a":1,"b":{"c":2,"d":3},', '"e,f":"\\",{"}'] == broken('{"a":1,"b":{"c":2,"d":3},"e,f":"\\",{"}', 26)
    assert ['{"a":1,', '"b":{"c":2,"d":3}}'] == broken('{"a":1,"b":{"c":2,"d":3}}', 20)
    assert ['{"a":1,', '"b":{"c":2,', '"d":3}}'] == broken('{"a":1,"b":{"c":2,"d":3}}', 12)
    assert [""] == broken("", 10)


def test_a_status_matches_itself_and_the_pattern_of_its_hundred() -> None:
    assert [True, True, False, False] == [matches(each, 422) for each in ("422", "4xx", "2xx", "421")]


SUCCESS = (Value(("success",), True), Value(("data", "a"), 1))
ERROR = (Value(("success",), False), Value(("errors",), [["invalid", "is disabled"]], ("code", "message")))
AT_THE_END = [
    ([OK], [Promise(("200",), SUCCESS)]),
    ([state_error("invalid")], [Promise(("422",), ERROR)]),
    ([CREATED], [Promise(("200",), there=(("data", "uid"),))]),
    ([ANY], [Promise(("1xx", "2xx", "3xx", "4xx"))]),
    ([REFUSED], [Promise(("4xx",), never=("is disabled", "it's another sync"))]),
    # What may be refused need not be answered with one error, and what may be anything need not be a success.
    ([state_error("missing"), REFUSED], [Promise(("4xx",), never=("is disabled", "it's another sync"))]),
    (
        [OK, REFUSED, BELOW],
        [Promise(("4xx", "1xx", "2xx", "3xx"), never=("is disabled", "it's another sync"))],
    ),
    ([OK, state_error("invalid")], [Promise(("200",), SUCCESS), Promise(("422",), ERROR)]),
]


@pytest.mark.parametrize(("promised", "promises"), AT_THE_END, ids=range(len(AT_THE_END)))
def test_what_is_promised_is_checked_as_far_as_it_tells_answers_apart(promised: Json, promises: list[Promise]) -> None:
    assert tuple(promises) == allowed_at_the_end(promised)


def test_an_earlier_step_must_go_as_it_went_where_several_answers_are_allowed() -> None:
    assert (Promise(("200",)),) == allowed_on_the_way([OK], [0])
    several = [state_error("invalid"), state_error("missing"), OK]
    assert (Promise(("422",), words=('has no "sync"',)),) == allowed_on_the_way(several, [1])
    assert (Promise(("422",)), Promise(("422",)), Promise(("200",))) == allowed_on_the_way(several, [])


BEYOND = [
    (described(created(), sent(2, fails=True)), "", ""),
    (described(created(), sent(2, at_once=True), sent(3, at_once=True)), "two requests at once", ""),
    (described(created(), sent(2, status=None)), "an answer that does not come", ""),
    (described(created(), sent(2, body="x" * 4_001)), "a body of 4,001 characters", ""),
    (described(created(), sent(2, body="\0")), "a body with the character NUL", ""),
    (described(created(extract={"a": "$..a"}), sent(2)), "a search in an answer", ""),
    (
        described(created(), sent(2, promised=({"outcome": "success", "says": "200", "status": ["200"]},))),
        "a comparison with what the documents show of the answer",
        "",
    ),
    (described(created(), created(2, staff="staff_2")), "", "two staff members"),
    (described(created(), sent(2, token="unknown")), "", "a token that is unknown"),
    (described(created(), sent(2, body="{", is_json=False)), "", "a body in a spelling of its own"),
    (described(created(), sent(2, body='"{{a}}"')), "", "a body in a spelling of its own"),
    (
        described(created(), sent(2, promised=(OK, state_error("invalid"))), sent(3)),
        "",
        "",
    ),
    (
        described(created(), sent(2, promised=(OK, state_error("invalid")), kept=(1,)), sent(3)),
        "",
        "an answer that only its body tells from others",
    ),
    (
        described(created(), sent(2, promised=(REFUSED,), status=422)),
        "",
        "a look at what a body must not say",
    ),
    (described(created(), reproduced="1/20"), "", "repetition (it came 1 of 20 times)"),
    (described(created(), needs_past=True), "", "repetition (these steps alone passed once when it was found, too)"),
]


@pytest.mark.parametrize(("description", "scripts", "documents"), BEYOND, ids=range(len(BEYOND)))
def test_what_cannot_be_said_simply_is_named(description: Any, scripts: str, documents: str) -> None:
    assert (scripts, scripts or documents) == (description.beyond_scripts, description.beyond_documents)


NOT_IN_HURL = [
    described(created(), sent(2, token="staff cut short")),
    described(created(), sent(2, body="{", is_json=False)),
    described(created(), sent(2, body='"{{a}}"')),
    described(created(promised=(OK, state_error("invalid")), kept=()), sent(2)),
    described(created(), reproduced="1/20"),
]


@pytest.mark.parametrize("description", NOT_IN_HURL, ids=range(len(NOT_IN_HURL)))
def test_what_hurl_cannot_say_is_not_said_in_hurl(description: Any) -> None:
    assert not in_hurl.can_say(description)
    assert in_hurl.can_say(account())


def test_the_steps_end_with_the_one_that_failed() -> None:
    assert [1, 2] == [step.number for step in described(created(), sent(2, fails=True), sent(3)).steps]


def test_statuses_without_a_result_are_none_that_was_found_or_promised() -> None:
    assert ["000", "401", "429", "502", "503", "504"] == sent(2).without_result
    assert ["000", "401", "429", "502", "504"] == sent(2, status=503).without_result
    assert ["000", "429", "502", "503", "504"] == sent(2, promised=(REFUSED,)).without_result


def test_a_proxy_that_the_profile_names_is_used_and_no_other() -> None:
    target = account().file["target"]
    assert "--noproxy '*'" in common_options(account())
    with_proxy = common_options(account(target={**target, "proxy": "http://p:1"}))
    assert ["--proxy", "http://p:1", "--noproxy", "''"] == with_proxy[-4:]
