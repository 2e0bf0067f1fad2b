"""The history on disk and in Redis: a line a run, whole or passed over, and no run ends because of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from fuzz.failures.keeping import history
from fuzz.failures.keeping.history import History, HistoryFile, HistoryInRedis, TargetHistory, history_of
from fuzz.failures.keeping.shared_store import DatabaseLocation
from fuzz.failures.keeping.store import load_bundle, mark_fixed
from fuzz.sandbox.launcher import Sandbox
from tests.cluster.processes import Redis, free_port
from tests.events.test_history import run
from tests.failures.bundling import FAULT, another_account, kept


@pytest.fixture(params=["file", "redis"])
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[History]:
    if request.param == "file":
        yield history_of(DatabaseLocation(tmp_path / "state"))
    else:
        with Redis() as redis:
            yield history_of(DatabaseLocation(redis=redis.url))


def on(history: History, target: str = "staging", base_url: str = "http://t") -> TargetHistory:
    return TargetHistory(history, target, base_url)


def fingerprints(past: TargetHistory, folder: Path = Path("nowhere")) -> list[str]:
    earlier = past.earlier(folder)
    assert earlier is not None
    return [each["fingerprint"] for each in earlier["known"]]


def test_a_run_knows_of_those_before_it_on_the_same_target(kept_in: History) -> None:
    assert [] == fingerprints(on(kept_in))
    on(kept_in).add(run(failing={"f": False}))
    on(kept_in).add(run(failing={"g": False}))
    on(kept_in, base_url="http://other").add(run(failing={"h": False}))
    assert ["f", "g"] == fingerprints(on(kept_in))
    assert ["h"] == fingerprints(on(kept_in, base_url="http://other"))
    assert [] == fingerprints(on(kept_in, target="production"))


def test_the_history_lies_beside_the_kept_failures(tmp_path: Path) -> None:
    on(history_of(DatabaseLocation(tmp_path))).add(run())
    assert ["history.ndjson"] == [path.name for path in tmp_path.iterdir()]
    assert HistoryFile(Path(".calfuzz/history.ndjson")) == history_of(DatabaseLocation(github=("owner", "repo")))


@pytest.mark.parametrize(
    "torn",
    [
        b'{"version": 1, "at": "2025-03-0',
        b"\xff\xfe\n",
        b"[]\n",
        b"{}\n",
        b"[" * 90_000,
        b"null\n",
        b'{"version": 2}\n',
        b"\n",
    ],
)
def test_a_line_that_is_no_run_hides_no_other(tmp_path: Path, torn: bytes) -> None:
    file = HistoryFile(tmp_path / "history.ndjson")
    on(file).add(run(failing={"f": False}))
    with file.path.open("ab") as end:
        end.write(torn)
    on(file).add(run(failing={"g": False}))
    assert ["f", "g"] == fingerprints(on(file))


@pytest.mark.parametrize(
    "change", [{"at": 3}, {"passed": [3]}, {"passed": None}, {"failures": [{}]}, {"failures": [3]}]
)
def test_a_line_with_other_values_is_no_run(tmp_path: Path, change: dict[str, Any]) -> None:
    file = HistoryFile(tmp_path / "history.ndjson")
    on(file).add(run(failing={"f": False}))
    file.append(json.dumps(json.loads(file.path.read_bytes()) | change).encode())
    assert ["f"] == fingerprints(on(file))


def test_only_the_latest_part_of_a_long_history_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = HistoryFile(tmp_path / "history.ndjson")
    for name in ("f", "g", "h"):
        on(file).add(run(failing={name: False}))
    monkeypatch.setattr(history, "READ", len(file.path.read_bytes()) - 10)
    assert ["g", "h"] == fingerprints(on(file))


def test_runs_that_end_at_once_leave_a_line_each(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path / "history.ndjson")
    lines = [b"%d" % number * 5_000 for number in range(8)]
    threads = [Thread(target=file.append, args=[line]) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lines) == sorted(file.lines())


def _a_folder_in_its_place(path: Path) -> None:
    path.mkdir()


def _read_only(path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    path.touch()
    path.chmod(0o400)


@pytest.mark.parametrize("spoil", [_a_folder_in_its_place, _read_only])
def test_a_history_that_cannot_be_used_is_told(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = tmp_path / "history.ndjson"
    spoil(path)
    past = on(HistoryFile(path))
    past.earlier(tmp_path)
    past.add(run())
    assert any(
        "the next run will not know of this one" in problem and str(path) in problem for problem in past.problems
    )


def test_a_redis_server_that_is_gone_is_told() -> None:
    past = on(HistoryInRedis(f"redis://127.0.0.1:{free_port()}/0"))
    assert past.earlier(Path("nowhere")) is None
    past.add(run())
    assert 2 == len(past.problems)


def test_where_there_is_no_history_the_kept_failures_of_the_target_are_known(tmp_path: Path) -> None:
    with Sandbox(fault=FAULT) as faulty:
        bundle = kept(faulty, tmp_path / "failures", another_account())
    target = load_bundle(bundle).profile
    assert target is not None
    there = on(HistoryFile(tmp_path / "history.ndjson"), target["name"], target["base_url"])
    assert [bundle.name] == fingerprints(there, bundle.parent)
    assert [] == fingerprints(on(there.history, target["name"], "http://other"), bundle.parent)
    mark_fixed(bundle, "2026-12-01", target=target["name"])
    assert [] == fingerprints(there, bundle.parent)
