"""What `repro.sh` and `test_failure.py` take for a sibling's record, against what the oracle takes for one."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass

import pytest

from fuzz.bundle.formats.in_python import asserts
from fuzz.bundle.formats.in_shell import json_test
from fuzz.bundle.promises import Promise, allowed_at_the_end
from fuzz.oracle.answers.bodies import contrasts_with_example
from fuzz.oracle.siblings import record_in
from swagger.contract import Json

RECORD = {"uid": "0d7f", "account": "x", "size": 1, "tags": ["x"], "note": None, "is on": True, "enabled": False}
ANOTHER = {
    "uid": "1e80",
    "account": None,
    "size": 2.5,
    "tags": [],
    "note": {"more": 1},
    "is on": True,
    "enabled": False,
}

GOOD = [RECORD, ANOTHER, {**RECORD, "more": 1}, {"data": ANOTHER}, {"uid": 5, "data": RECORD}]
BAD = [
    *({key: value for key, value in RECORD.items() if key != lacking} for lacking in RECORD),
    *({**RECORD, key: wrong} for key, wrong in (("uid", 5), ("account", True), ("size", "1"), ("tags", {}))),
    {**RECORD, "size": True},
    {**RECORD, "enabled": True},
    {**RECORD, "enabled": None},
    {**RECORD, "is on": False},
    {"data": {**RECORD, "uid": 5}},
    {"data": [RECORD]},
    {"data": "a text"},
    {"items": RECORD},
    [RECORD],
    "a text",
    None,
    {},
]
BODIES = [*((body, True) for body in GOOD), *((body, False) for body in BAD)]
every = pytest.mark.parametrize(("body", "is_record"), BODIES, ids=range(len(BODIES)))


def promised(record: Json = RECORD) -> Promise:
    (promise,) = allowed_at_the_end(
        [{"outcome": "success", "says": "200", "status": ["200"], "record": record}],
    )
    return promise


@dataclass(frozen=True)
class Answer:
    """An answer of httpx, as far as the test looks at it."""

    body: Json
    status_code: int = 200

    def json(self) -> Json:
        return self.body


@every
def test_the_oracle_takes_these_for_a_record_and_no_others(body: Json, is_record: bool) -> None:
    assert is_record is not any(True for _ in contrasts_with_example(record_in(body, RECORD), RECORD))


@every
def test_the_test_takes_these_for_a_record_and_no_others(body: Json, is_record: bool) -> None:
    lines = "\n".join(asserts([promised()]))
    try:
        exec(lines, {"answer": Answer(body)})
        passed = True
    except (AssertionError, AttributeError):
        passed = False
    assert is_record is passed


@every
@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not there")
def test_the_script_takes_these_for_a_record_and_no_others(body: Json, is_record: bool) -> None:
    command = ["jq", "-ne", f"[inputs] | length == 2 and (.[0] | {json_test(promised())})"]
    done = subprocess.run(command, input=f"{json.dumps(body)}\n200\n", capture_output=True, text=True, check=False)
    assert is_record is (done.returncode == 0)


@pytest.mark.parametrize("record", [None, {**RECORD, "inner": {"uid": "x"}}, []])
def test_of_a_nested_record_only_the_replay_can_tell(record: Json) -> None:
    assert not promised(record).reads_the_body
    assert "" == json_test(promised(record))
