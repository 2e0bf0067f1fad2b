"""The worst files that are known, read in a process of their own: the memory that it takes is bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzzed.damage import EXAMPLES

MOST = 300
"""Megabytes, of which a process that has only imported everything takes some 100."""

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
WORST: dict[str, tuple[str, list[str]]] = {
    "a profile without end": ("", ["check", "--target", "/dev/zero"]),
    "a profile of brackets": ("[" * 1_000_000, ["check", "--target", "it"]),
    "a profile that multiplies": (BOMB, ["check", "--target", "it"]),
    "a pin without end": ("", ["run", "--pin", "/dev/zero"]),
    "a baseline of brackets": ("- " * 500_000, ["run", "--baseline", "it"]),
    "a workflow document without end": ("", ["contract", "--workflow", "/dev/zero"]),
    "a swagger of brackets": ("[" * 30_000_000, ["contract", "--swagger", "it"]),
    "a bundle of brackets": ("[" * 9_000_000, ["replay", "it"]),
    "a bundle that is too large": ("[0" + ",0" * 6_000_000 + "]", ["replay", "it"]),
    "a journal of one line": ('{"event": "trouble", "what": "' + "x" * 20_000_000 + '"}\n', ["report", "."]),
}
PROGRAM = """
import sys
from pathlib import Path
from fuzz.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ending:
    most = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    print(ending.code, int(most) // 1024)
"""
"""It reads the peak that Linux counts from the program's start on: `ru_maxrss` of a child may be that of its parent."""


FEW = ("a profile that multiplies", "a swagger of brackets", "a bundle of brackets", "a journal of one line")


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the peak of the memory is read from Linux's /proc")
@pytest.mark.parametrize("name", WORST if EXAMPLES else FEW)
def test_no_file_takes_more_memory_than_it_may(name: str, tmp_path: Path) -> None:
    content, arguments = WORST[name]
    for file in ("it", "events.ndjson"):
        (tmp_path / file).write_text(content, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr
    code, megabytes = done.stdout.split()[-2:]
    assert "2" == code
    assert int(megabytes) < MOST
