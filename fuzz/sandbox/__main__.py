"""The process that a `Sandbox` starts: `python -m fuzz.sandbox SETTINGS`. Users are served by `calfuzz serve`."""

from __future__ import annotations

import sys

from fuzz.sandbox.serving.server import serve_as_child
from fuzz.sandbox.settings import Settings

if __name__ == "__main__":
    serve_as_child(Settings.parse(sys.argv[1]))
