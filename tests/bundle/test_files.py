"""What stands in each file of a bundle, against the folders in `bundles`, where it is written down.

The parts that are the same in every file are cut out. That the files work is tested by running them (tests/engine).
`python -m tests.bundle.test_files` writes them down anew: read the difference.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fuzz.bundle.files import FAILURE, files_of
from fuzz.bundle.scripts import repro_library, test_library

LIBRARIES = (test_library.LIBRARY.strip("\n"), repro_library.LIBRARY.strip("\n"))
FOLDERS = sorted((Path(__file__).parent / "bundles").iterdir())


def files(folder: Path) -> dict[str, str]:
    """The files of the folder's description, by the names under which they are written down."""
    made = files_of(json.loads((folder / FAILURE).read_bytes()))
    return {name if name == FAILURE else f"{name}.txt": cut(text) for name, text in made.items()}


def cut(text: str) -> str:
    for library in LIBRARIES:
        text = text.replace(library, "<library>")
    return text


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_description_becomes_the_files_that_are_written_down(folder: Path) -> None:
    assert {path.name: path.read_bytes().decode() for path in folder.iterdir()} == files(folder)


if __name__ == "__main__":
    for each in FOLDERS:
        for name, text in files(each).items():
            (each / name).write_bytes(text.encode())
