"""The YAML steps of a workflow document, each as a `Step` with the line it begins on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from swagger.contract import Json, Source, Step, Unused
from swagger.markdown import CodeBlock
from swagger.reading import LocatedYaml, parse_yaml, refusal

ON_FAIL = ("abort", "skip", "continue")
KEYS = frozenset(
    (
        *("id", "description", "method", "path", "params", "headers", "token", "body", "extract", "expect"),
        *("onFail", "useFallbackApi"),
    )
)


def read_steps(blocks: Iterable[CodeBlock], file: str) -> tuple[list[Step], list[Unused]]:
    """The steps of the YAML blocks in their order, and what in the blocks could not be used."""
    steps: list[Step] = []
    unused: list[Unused] = []
    for block in blocks:
        start = Source(file, block.line)
        if block.language in ("yaml", "yml"):
            _read_block(parse_yaml(block.text, start), start, steps, unused)
        else:
            unused.append(Unused(f"a code block in {block.language or 'no language'} where steps are YAML", start))
    return steps, unused


def _read_block(block: LocatedYaml, start: Source, steps: list[Step], unused: list[Unused]) -> None:
    listed = block.value.get("steps") if isinstance(block.value, dict) else block.value
    prefix: tuple[str, ...] = ("steps",) if isinstance(block.value, dict) else ()
    if listed is None:
        unused.append(Unused("a YAML block without steps", start))
        return
    if not isinstance(listed, list):
        raise refusal(start, "`steps` is not a list", next="write it as `steps:` and one `- id:` for each step")
    for index, item in enumerate(listed):
        reader = _StepReader(start.file, block.lines, (*prefix, index), item)
        steps.append(reader.step(len(steps) + 1))
        unused += reader.unused()


class _StepReader:
    """Reads one step; every complaint names the line of the key that it is about."""

    def __init__(self, file: str, lines: Mapping[tuple[str | int, ...], int], at: tuple[str | int, ...], item: Json):
        self.file, self.lines, self.at = file, lines, at
        if not isinstance(item, dict):
            raise refusal(self.where(), "this step is not a mapping of keys", next="begin it with `- id: name`")
        self.item: dict[str, Json] = item

    def step(self, number: int) -> Step:
        return Step(
            id=self.text("id", f"step_{number}"),
            method=self.needed("method").upper(),
            path=self.path(),
            where=self.where(),
            description=self.text("description", ""),
            params=self.mapping("params"),
            headers={name: str(value) for name, value in self.mapping("headers").items()},
            token=self.text("token", "") or None,
            body=self.item.get("body"),
            extract={name: str(value) for name, value in self.mapping("extract").items()},
            expect_status=self.expect_status(),
            on_fail=self.on_fail(),
            use_fallback=self.flag("useFallbackApi"),
        )

    def unused(self) -> list[Unused]:
        return [Unused(f"step key `{key}`", self.where(key)) for key in self.item if key not in KEYS]

    def where(self, *keys: str) -> Source:
        return Source(self.file, self.lines[(*self.at, *keys)])

    def text(self, key: str, default: str) -> str:
        value = self.item.get(key)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        raise refusal(self.where(key), f"`{key}` of a step is not text", next="write a word, or quote it")

    def needed(self, key: str) -> str:
        value = self.text(key, "")
        if not value:
            raise refusal(self.where(), f"this step has no `{key}`", next=f"add `{key}:`")
        return value

    def path(self) -> str:
        path = self.needed("path")
        if not path.startswith("/"):
            raise refusal(
                self.where("path"), f"the path {path!r} does not begin with /", next="give the path without the host"
            )
        return path

    def mapping(self, key: str) -> dict[str, Json]:
        value = self.item.get(key)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        raise refusal(
            self.where(key), f"`{key}` of a step is not a mapping of keys", next="write it as `name: value` lines"
        )

    def flag(self, key: str) -> bool:
        value = self.item.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise refusal(self.where(key), f"`{key}` of a step is neither true nor false", next="write true or false")

    def on_fail(self) -> str:
        value = self.text("onFail", "abort")
        if value not in ON_FAIL:
            raise refusal(self.where("onFail"), f"unknown onFail {value!r}", next=f"write one of {', '.join(ON_FAIL)}")
        return value

    def expect_status(self) -> tuple[int, ...]:
        """One status or a list of them; 200 where the step expects nothing in particular."""
        status = self.mapping("expect").get("status", 200)
        statuses = status if isinstance(status, list) else [status]
        if not statuses or not all(type(one) is int and 100 <= one <= 599 for one in statuses):
            raise refusal(
                self.where("expect"), f"`expect.status` is {status!r}", next="write an HTTP status or a list of them"
            )
        return tuple(statuses)
