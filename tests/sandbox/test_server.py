"""The sandbox as a process: it starts, answers over HTTP under any prefix, remembers in a file, never stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from fuzz.errors import UsageError
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox, environment, greeting, profile_yaml
from fuzz.sandbox.requests import Operation
from fuzz.sandbox.serving.app import PATHS
from fuzz.sandbox.settings import Settings, behaviour_of, faults_of, variants_of
from fuzz.sandbox.variants import Variant
from tests.sandbox.scenarios import BOB, Step, create, disable, label, send

ORPHAN = """
import os
from fuzz.sandbox.launcher import Sandbox
sandbox = Sandbox()
sandbox.start()
print(sandbox.pid, flush=True)
{then}
"""


def ask(sandbox: Sandbox, step: Step, *, base: str | None = None) -> str:
    method, path = PATHS[step.operation]
    uid, own = sandbox.staff[step.who]
    token = sandbox.admin_token if step.token == "admin" else own
    headers = {"Authorization": f"Bearer {token}"}
    response = httpx.request(
        method, (base or sandbox.base_url) + path, headers=headers, json={"staff_uid": uid} | step.body
    )
    return label(step.operation, response)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def ends(pid: int, *, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


def test_the_table_holds_over_real_http() -> None:
    steps = [send(), create(), send(), send(BOB), disable(), send(), send(BOB), create(), send(BOB)]
    with Sandbox() as sandbox:
        answers = [ask(sandbox, step) for step in steps]
    assert answers == ["missing", "200", "200", "already_exists", "200", "invalid", "already_exists", "200", "200"]


def test_both_gateways_and_any_other_prefix_lead_to_one_state() -> None:
    with Sandbox() as sandbox:
        assert ask(sandbox, create()) == "200"
        for base in (sandbox.base_url, sandbox.fallback_url, sandbox.address, f"{sandbox.address}/a/b"):
            assert ask(sandbox, send(), base=base) == "200"


def test_an_unknown_path_and_an_unknown_method_are_refused() -> None:
    with Sandbox() as sandbox:
        assert httpx.put(f"{sandbox.base_url}/business/scheduling/v1/nothing").status_code == 404
        assert httpx.get(sandbox.base_url + PATHS[Operation.SEND][1]).status_code == 405


def test_faults_and_variants_travel_to_the_process() -> None:
    with Sandbox(
        fault=[Fault.MISSING_NEVER_SAID, Fault.ACCOUNT_NOT_COMPARED], variant=Variant.EMPTY_LIST_REFUSED
    ) as sandbox:
        steps = [send(), create(), send(), send(BOB), send(external_items=[])]
        assert [ask(sandbox, step) for step in steps] == ["200", "200", "200", "200", "refused 422"]


def test_a_body_beyond_the_limit_is_refused_with_413() -> None:
    with Sandbox() as sandbox:
        url = sandbox.base_url + PATHS[Operation.SEND][1]
        headers = {"Authorization": f"Bearer {sandbox.staff[0].token}"}
        assert httpx.put(url, headers=headers, content=b" " * (9 * 1024 * 1024)).status_code == 413


def test_latency_delays_every_answer() -> None:
    with Sandbox(latency=0.2) as sandbox:
        begun = time.monotonic()
        ask(sandbox, send())
        assert time.monotonic() - begun >= 0.2


def test_a_file_remembers_from_one_sandbox_to_the_next(tmp_path: Path) -> None:
    with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
        assert [ask(sandbox, step) for step in (create(), send())] == ["200", "200"]
    with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
        assert [ask(sandbox, step) for step in (send(BOB), send())] == ["already_exists", "200"]


def test_memory_forgets() -> None:
    for _ in range(2):
        with Sandbox() as sandbox:
            assert [ask(sandbox, step) for step in (send(), create())] == ["missing", "200"]


def test_the_process_ends_with_the_block_and_also_when_the_block_fails() -> None:
    pids: list[int] = []

    def fail_inside() -> None:
        with Sandbox() as sandbox:
            assert sandbox.pid is not None
            pids.append(sandbox.pid)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert not is_running(pids[0])


def test_stopping_twice_is_no_error() -> None:
    with Sandbox() as sandbox:
        sandbox.stop()
        assert sandbox.pid is None


def test_it_starts_and_ends_fast() -> None:
    begun = time.monotonic()
    with Sandbox():
        started = time.monotonic() - begun
    # Alone on a machine it takes a third of this.
    assert started < 3
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("then", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_the_process_does_not_outlive_its_parent(then: str) -> None:
    parent = subprocess.run([sys.executable, "-c", ORPHAN.format(then=then)], stdout=subprocess.PIPE, check=False)
    assert ends(int(parent.stdout))


def test_the_process_ends_although_a_fork_of_the_parent_lives_on() -> None:
    then = "import time\nif os.fork() == 0:\n    os.close(1); time.sleep(30)\nos._exit(0)"
    parent = subprocess.run([sys.executable, "-c", ORPHAN.format(then=then)], stdout=subprocess.PIPE, check=False)
    assert ends(int(parent.stdout))


def test_an_interrupt_of_the_terminal_is_left_to_the_parent() -> None:
    with Sandbox() as sandbox:
        assert sandbox.pid is not None
        assert os.getpgid(sandbox.pid) != os.getpgid(0)
        assert ask(sandbox, send()) == "missing"


def test_a_process_that_was_killed_is_no_trouble_to_stop() -> None:
    with Sandbox() as sandbox:
        assert sandbox.pid is not None
        os.kill(sandbox.pid, signal.SIGKILL)


def test_a_taken_port_is_the_users_to_change() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot be used"):
            Sandbox(port=taken.getsockname()[1]).start()


@pytest.mark.parametrize("wrong", [{"fault": "no-such-fault"}, {"variant": "no-such-variant"}, {"staff": 0}])
def test_what_does_not_exist_is_said_with_what_to_do_next(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="next:"):
        Sandbox(**wrong)  # type: ignore[arg-type]


def test_settings_are_the_same_after_the_journey() -> None:
    settings = Settings(faults=faults_of(["two-errors"]), variants=variants_of("extra-keys"), staff=2, latency=0.5)
    assert Settings.parse(settings.text()) == settings


def test_the_order_in_which_faults_are_given_does_not_matter() -> None:
    one, other = (behaviour_of(Settings(faults=faults_of(names))) for names in (FAULTS, FAULTS[::-1]))
    assert type(one).__mro__[1:] == type(other).__mro__[1:]
    one.store.close()
    other.store.close()


FAULTS = ["two-errors", "missing-is-404", "leap-day-refused"]


def test_the_profile_names_its_tokens_and_never_shows_them() -> None:
    sandbox = Sandbox(staff=2, port=4711)
    text = profile_yaml(sandbox)
    assert "base_url: http://127.0.0.1:4711/apigw\n" in text
    assert all(uid in text for uid, _ in sandbox.staff)
    assert all(name in text and value not in text for name, value in sandbox.env.items())
    assert sandbox.env == environment(sandbox.people)


def test_the_same_staff_is_there_each_time_with_different_tokens_each() -> None:
    assert Sandbox().staff == Sandbox().staff
    assert len({*Sandbox(staff=50).env.values()}) == 51


def test_the_greeting_is_one_line_and_names_the_faults() -> None:
    line = greeting(Settings(faults=(Fault.TWO_ERRORS,)), 4711)
    assert "\n" not in line
    assert "two-errors" in line
    assert "http://127.0.0.1:4711/apigw" in line


def test_serving_in_the_foreground_prints_its_line_and_ends_on_an_interrupt() -> None:
    command = [sys.executable, "-c", "from fuzz.sandbox.launcher import serve; serve(variant='extra-keys')"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
    assert line.startswith("sandbox (extra-keys) on http://127.0.0.1:")
