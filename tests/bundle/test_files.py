"""What stands in each file of a bundle, against the folders in `bundles`, where it is written down.

That the files work is tested by running them (tests/failures). `python -m tests.bundle.test_files` writes them down
anew: read the difference.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuzz.bundle.description import Description
from fuzz.bundle.failure_json import read_bundle
from fuzz.bundle.files import FAILURE, files_of
from swagger.workflow.document import parse_document
from tests.bundle.described import EVERY, account
from tests.bundle.hurl import entries

FOLDER = Path(__file__).parent / "bundles"
needs_shellcheck = pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
needs_hurl = pytest.mark.skipif(shutil.which("hurlfmt") is None, reason="hurlfmt, which comes with Hurl, is not there")
every = pytest.mark.parametrize("description", EVERY.values(), ids=EVERY)


def files(name: str) -> dict[str, str]:
    """The files of a description, by the names under which they are written down."""
    return {f"{file}.txt": text for file, text in files_of(EVERY[name]).items() if file != FAILURE}


def written(folder: Path, description: Description) -> Path:
    for name, text in files_of(description).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", EVERY)
def test_a_description_becomes_the_files_that_are_written_down(name: str) -> None:
    assert {path.name: path.read_bytes().decode() for path in (FOLDER / name).iterdir()} == files(name)


@pytest.mark.parametrize("found", [{}, {"sandbox": {"faults": ["crash-once-in-15"], "variants": []}}])
def test_a_failure_of_three_steps_can_be_read_on_a_screen(found: dict[str, Any]) -> None:
    made = {name: len(text.splitlines()) for name, text in files_of(account(**found)).items()}
    assert made["repro.sh"] <= 40
    assert made["test_failure.py"] <= 60
    assert made["failure.hurl"] <= 60


def test_so_can_one_whose_sentence_is_long_and_whose_argument_says_what_may_be_anything() -> None:
    plain = account()
    says = (
        "This error occurs when `calendar_sync.provider` or `calendar_sync.account` differs from what the staff"
        " member's calendar sync record holds."
    )
    argument = (
        "After step 2 the provider is google_v3 and the account is a@example.com; step 3 names outlook_v1.0 and"
        " b@example.com. It failed too with 2 other accounts, another provider and 2 different titles."
    )
    long = replace(plain, file={**plain.file, "says": says, "argument": argument})
    texts = files_of(long)
    before = len(files_of(plain)["repro.sh"].splitlines())
    assert before + 1 == len(texts["repro.sh"].splitlines())
    for name in ("repro.sh", "test_failure.py", "failure.hurl"):
        assert f"{says} {argument}" in " ".join(texts[name].replace("\n# ", " ").split()).replace('holds."', "holds.")


@every
def test_what_a_bundle_says_of_itself_can_be_read_again(description: Description) -> None:
    assert description.file == read_bundle(description.file).file


@every
@needs_shellcheck
def test_shellcheck_finds_nothing_in_the_script(description: Description, tmp_path: Path) -> None:
    script = written(tmp_path, description) / "repro.sh"
    done = subprocess.run(["shellcheck", script], capture_output=True, text=True, check=False, timeout=60)
    assert ("", "", 0) == (done.stdout, done.stderr, done.returncode)


@every
def test_ruff_finds_nothing_in_the_test(description: Description, tmp_path: Path) -> None:
    test = written(tmp_path, description) / "test_failure.py"
    rules = ["--isolated", "--no-cache", "--select", "E,F,W,B,I,UP,SIM,RET,PT,C4", "--ignore", "E501"]
    command = [sys.executable, "-m", "ruff", "check", "--quiet", *rules, str(test)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ("", "", 0) == (done.stdout, done.stderr, done.returncode)


@every
def test_the_hurl_file_is_in_the_part_of_the_grammar_that_is_performed_here(description: Description) -> None:
    hurl = files_of(description).get("failure.hurl")
    assert hurl is None or len(description.steps) == len(entries(hurl))


@every
@needs_hurl
def test_hurl_can_read_the_file(description: Description, tmp_path: Path) -> None:
    hurl = written(tmp_path, description) / "failure.hurl"
    if hurl.exists():
        done = subprocess.run(["hurlfmt", "--out", "json", hurl], capture_output=True, check=False, timeout=60)
        assert (b"", 0) == (done.stderr, done.returncode)


@every
def test_the_document_holds_only_what_the_documents_of_the_family_hold(description: Description) -> None:
    document = parse_document(files_of(description)["workflow.md"], "workflow.md")
    assert () == document.unused
    assert len(description.prepared + description.tested) == len(document.prerequisites) + len(document.test_steps)
    assert (document.front.skipped is None) == (description.beyond_documents == "")


if __name__ == "__main__":
    for each in EVERY:
        (FOLDER / each).mkdir(parents=True, exist_ok=True)
        for old in (FOLDER / each).iterdir():
            old.unlink()
        for file, content in files(each).items():
            (FOLDER / each / file).write_bytes(content.encode())
