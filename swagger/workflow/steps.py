"""Reads the YAML steps of a workflow document, each as a `Step` with its first line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from swagger.contract import Json, Source, Step, Unused
from swagger.parsing.markdown import CodeBlock
from swagger.parsing.strict_json import refusal
from swagger.parsing.strict_yaml import FieldPath, LocatedYaml, parse_yaml
from swagger.workflow.keys import KeyReader

ON_FAIL = ("abort", "skip", "continue")
FALLBACK_KEYS = ("useFallbackApi", "useFallback")
"""One meaning, two spellings."""
KEYS = frozenset(
    (
        *("id", "description", "method", "path", "params", "headers", "token", "body", "extract", "expect"),
        *("onFail", *FALLBACK_KEYS, "x_on_behalf_of", "sleep", "content_type", "form_fields"),
    )
)
ON_BEHALF_OF = "X-On-Behalf-Of"
"""The header by which a directory token acts for a business. Source: the API facts, "Tokens"."""
MAX_SLEEP = 300.0
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def read_steps(blocks: Iterable[CodeBlock], file: str) -> tuple[list[Step], list[Unused]]:
    """The steps of the YAML blocks in their order, and the parts of the blocks that are not used."""
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
    prefix: FieldPath = ("steps",) if isinstance(block.value, dict) else ()
    if listed is None:
        unused.append(Unused("a YAML block without steps", start))
        return
    if not isinstance(listed, list):
        raise refusal(start, "`steps` is not a list", next="write it as `steps:` and one `- id:` for each step")
    for index, item in enumerate(listed):
        step, unused_keys = read_step(item, start.file, block.lines, (*prefix, index), number=len(steps) + 1)
        steps.append(step)
        unused += unused_keys


def read_step(
    item: Json, file: str, lines: Mapping[FieldPath, int], path: FieldPath = (), *, number: int
) -> tuple[Step, list[Unused]]:
    """One step and its unknown keys. ContractError for a step with a missing or wrong key.

    `lines`: the lines of the YAML that holds the step at `path`; a place without a known line is named without one.
    """
    if not isinstance(item, dict):
        where = Source(file, lines.get(path))
        raise refusal(where, "this step is not a mapping of keys", next="begin it with `- id: name`")
    keys = KeyReader(item, file, lines, path, " of a step")
    step = Step(
        id=keys.text("id", f"step_{number}"),
        method=_needed(keys, "method").upper(),
        path=_path(keys),
        where=keys.where(),
        description=keys.text("description"),
        params=keys.mapping("params"),
        headers=_headers(keys),
        token=keys.text("token") or None,
        body=item.get("body"),
        extract={name: str(value) for name, value in keys.mapping("extract").items()},
        expect_status=_expect_status(keys),
        on_fail=_on_fail(keys),
        use_fallback=any(keys.flag(key) for key in FALLBACK_KEYS),
        sleep=_sleep(keys),
        content_type=_content_type(keys),
        form_fields=keys.mapping("form_fields"),
    )
    unused = [Unused(f"step key `{key}`", keys.where(key)) for key in item if key not in KEYS]
    expected = keys.mapping("expect")
    return step, unused + [Unused(f"step key `expect.{k}`", keys.where("expect")) for k in expected if k != "status"]


def _headers(keys: KeyReader) -> dict[str, str]:
    headers = {name: str(value) for name, value in keys.mapping("headers").items()}
    business = keys.text("x_on_behalf_of")
    return {**headers, ON_BEHALF_OF: business} if business else headers


def _sleep(keys: KeyReader) -> float:
    seconds = keys.number("sleep")
    if not 0 <= seconds <= MAX_SLEEP:
        todo = f"write seconds, {MAX_SLEEP:g} at most"
        raise keys.refusal("sleep", f"is {seconds:g} seconds", next=todo)
    return seconds


def _content_type(keys: KeyReader) -> str | None:
    """The content type of the body. The body of a form is in `form_fields`, and that of a step with those is a form."""
    named = keys.text("content_type") or None
    is_form = named is not None and named.partition(";")[0].strip().lower() in FORM_TYPES
    has_fields = bool(keys.mapping("form_fields"))
    if has_fields and keys.values.get("body") is not None:
        raise keys.refusal("form_fields", "stand beside a `body`", next="write one of the two")
    if is_form and not has_fields:
        raise keys.refusal("content_type", "is that of a form", next="write the form's fields as `form_fields`")
    if has_fields and named is not None and not is_form:
        raise keys.refusal("content_type", "is not that of a form", next=f"write one of {', '.join(FORM_TYPES)}")
    return named


def _needed(keys: KeyReader, key: str) -> str:
    value = keys.text(key)
    if not value:
        raise refusal(keys.where(), f"this step has no `{key}`", next=f"add `{key}:`")
    return value


def _path(keys: KeyReader) -> str:
    path = _needed(keys, "path")
    if not path.startswith("/"):
        where = keys.where("path")
        raise refusal(where, f"the path {path!r} does not begin with /", next="give the path without the host")
    return path


def _on_fail(keys: KeyReader) -> str:
    value = keys.text("onFail", "abort")
    if value not in ON_FAIL:
        raise refusal(keys.where("onFail"), f"unknown onFail {value!r}", next=f"write one of {', '.join(ON_FAIL)}")
    return value


def _expect_status(keys: KeyReader) -> tuple[int, ...]:
    """The expected statuses, from one status or a list; 200 if the step names none."""
    status = keys.mapping("expect").get("status", 200)
    statuses = status if isinstance(status, list) else [status]
    if not statuses or not all(type(code) is int and 100 <= code <= 599 for code in statuses):
        where = keys.where("expect")
        raise refusal(where, f"`expect.status` is {status!r}", next="write an HTTP status or a list of them")
    return tuple(statuses)
