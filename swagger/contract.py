"""The types of a contract: everything that the endpoint promises, each piece with the place where it was read. Frozen.

`workflow/` and `openapi/` read the files, and `load.py` merges them into one `Contract`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = Any
"""A JSON value: None, bool, int, float, str, list of them, or dict from str to them."""


ITEM = "external_items[]"
"""The path of one item of a request body, in either item form."""

ITEM_ID = "external_id"
"""The field by which the service tells items apart."""


def ids_of(items: Iterable[Mapping[str, Json]]) -> list[str]:
    """The ids of items, in their order; an item whose id is no text is left out."""
    return [item[ITEM_ID] for item in items if isinstance(item.get(ITEM_ID), str)]


def join_path(parent: str, name: str) -> str:
    """The path of a field in an object; `parent` is empty for the body itself."""
    return f"{parent}.{name}" if parent else name


class ContractError(Exception):
    """Raised for a document or swagger that cannot be used: `what` is wrong and where, what to do `next`."""

    def __init__(self, what: str, *, next: str) -> None:
        super().__init__(what)
        self.what = what
        self.next = next


@dataclass(frozen=True, slots=True)
class Source:
    """The place of a promise: a file name and a 1-based line, or a JSON pointer in a swagger."""

    file: str
    line: int | None = None
    pointer: str | None = None

    def __str__(self) -> str:
        if self.pointer is not None:
            return f"{self.file}#{self.pointer}"
        return self.file if self.line is None else f"{self.file}:{self.line}"


class ClauseKind(StrEnum):
    """What a clause is about."""

    STATE_ERROR = "state error"
    SUCCESS = "success"
    REQUIRED = "required"
    TYPE = "type"
    FORMAT = "format"
    LISTED = "listed values"
    ALTERNATIVE = "alternative"
    TOKEN = "token"
    CREATE = "create"
    ACCOUNT_STORED = "account stored"
    NO_SERVER_ERROR = "no server error"


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence that the service must keep.

    Ids: a state error's code (`missing`), `success`, `required:PATH`, `type:PATH`, `format:PATH`, `listed:PATH`,
    `alternative:PATH`, `token`, `create`, `account_stored`, `no_server_error`. A sibling's begin with its name:
    `connect.missing`, `disable.success`.
    """

    id: str
    kind: ClauseKind
    says: str
    where: Source

    @property
    def path(self) -> str:
        """The path of the field that the clause is about; empty for a clause that is about no field."""
        return self.id.partition(":")[2]


def field_clause_id(kind: ClauseKind, path: str) -> str:
    """The id of a clause about a field, such as `required:PATH` or `listed:PATH`."""
    return f"{'listed' if kind is ClauseKind.LISTED else kind.value}:{path}"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """The rule for one field of the request body.

    `path`: as the document spells it (`external_items[].start_date`). `type`: a JSON schema type name. `format`:
    `date-time` or None. `listed`: the listed values in their order. `alternative`: the name of the field that may be
    sent instead, at the same level. `promised` is False for a field that only the swagger has although the document
    describes the body: it is sent and observed, but not judged.
    """

    path: str
    type: str
    required: bool
    says: str
    where: Source
    format: str | None = None
    listed: tuple[str, ...] = ()
    alternative: str | None = None
    promised: bool = True
    parent: str = field(init=False, repr=False, compare=False)
    """Path of the object or array that holds the field; empty for a top-level one."""
    name: str = field(init=False, repr=False, compare=False)

    @property
    def alternative_path(self) -> str | None:
        """The path of the field that may be sent instead; None if there is no such field."""
        return join_path(self.parent, self.alternative) if self.alternative is not None else None

    def __post_init__(self) -> None:
        parent, _, name = self.path.rpartition(".")
        object.__setattr__(self, "parent", parent)
        object.__setattr__(self, "name", name)


@dataclass(frozen=True, slots=True)
class StateError:
    """One documented error: recognised by status, code and message together. `body` is the documented JSON body,
    `occurs_when` the sentence or else the title that says when it is due. `code` is empty for one in a flat envelope
    (`{"status": "Error", "error": "message"}`): its message alone is promised.
    """

    code: str
    status: int
    title: str
    message: str
    body: Json
    occurs_when: str
    where: Source

    @property
    def id(self) -> str:
        """The id of its clause: its code, or the words of its message where it has none."""
        return self.code or "_".join(re.findall(r"\w+", self.message.lower()))


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a workflow document, as written: templates (`{{name}}`) are not filled in."""

    id: str
    method: str
    path: str
    where: Source
    description: str = ""
    params: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    body: Json = None
    extract: Mapping[str, str] = field(default_factory=dict)
    expect_status: tuple[int, ...] = (200,)
    on_fail: str = "abort"
    use_fallback: bool = False
    sleep: float = 0.0
    """Seconds to wait around the request."""
    content_type: str | None = None
    form_fields: Mapping[str, Json] = field(default_factory=dict)
    """Sent as a form in place of a JSON body."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and a full path (base path included); `use_fallback` as in the workflow documents."""

    name: str
    method: str
    path: str
    use_fallback: bool = False


@dataclass(frozen=True, slots=True)
class SiblingPromises:
    """What the documents of one sibling operation promise of it, and no more. Frozen.

    `success_body`: an example, whose keys and types are promised, and its booleans; None if nothing is promised of a
    success. `without_sync`: the error that is due where the staff member has no calendar sync. `providers`: those of
    which its document speaks.
    """

    name: str
    success_status: int = 200
    success_body: Json = None
    without_sync: StateError | None = None
    providers: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()

    def clause_of_kind(self, kind: ClauseKind) -> Clause | None:
        """Its clause of a kind; it has at most one of each."""
        return next((clause for clause in self.clauses if clause.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Drift:
    """One place where document and swagger disagree: what each says (None: nothing), and which one is followed."""

    what: str
    document: str | None
    document_where: Source | None
    swagger: str | None
    swagger_where: Source | None
    follows: str


@dataclass(frozen=True, slots=True)
class Unused:
    """A part of a document that was read and could not be used, and why. Not an error: it is named, and that is all.

    With a `doubt` something is promised that is not understood, and whoever judges by the rest might judge wrongly.
    """

    what: str
    where: Source
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract of one endpoint. `swagger_bodies` are the swagger's example bodies, by status.

    `prerequisites` are the document's own preparing steps (the first POST of them is the create step), `test_request`
    its example. `siblings` are the operations next to the endpoint, by name (`connect`, `disable`, `disconnect`), as
    far as the swagger lists them or a document describes them; `promises` says what each has promised; `clauses` holds
    the endpoint's and theirs. `rate_limit` is the swagger's `x-throttling-tier` as `8/s`, or None, and
    `rate_where` its place.
    """

    endpoint: Operation
    token: str
    prerequisites: tuple[Step, ...]
    test_request: Step
    fields: tuple[FieldRule, ...]
    success_status: int
    success_body: Json
    success_where: Source
    state_errors: tuple[StateError, ...]
    clauses: tuple[Clause, ...]
    siblings: Mapping[str, Operation]
    promises: Mapping[str, SiblingPromises] = field(default_factory=dict)
    rate_limit: str | None = None
    rate_where: Source | None = None
    drift: tuple[Drift, ...] = ()
    swagger_bodies: Mapping[int, Json] = field(default_factory=dict)
    unused: tuple[Unused, ...] = ()
    _promised: Mapping[str, Mapping[str, FieldRule]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        promised: dict[str, dict[str, FieldRule]] = {}
        for rule in self.fields:
            if rule.promised:
                promised.setdefault(rule.parent, {})[rule.name] = rule
        object.__setattr__(self, "_promised", promised)

    def promised_in(self, parent: str) -> Mapping[str, FieldRule]:
        """The promised rules for the fields of one object or item, by name, in their order."""
        return self._promised.get(parent, {})

    @property
    def create_step(self) -> Step:
        """The step that destroys and re-creates a calendar sync: the one prerequisite that is a POST."""
        return next(step for step in self.prerequisites if step.method == "POST")

    def promised_by(self, sibling: str) -> SiblingPromises:
        """What a sibling has promised; nothing if no document is there for it."""
        return self.promises.get(sibling) or SiblingPromises(sibling)

    def clause(self, clause_id: str) -> Clause:
        """The clause of an id; KeyError if there is none. A sibling without a document still promises no 5xx."""
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        sibling, _, rest = clause_id.partition(".")
        if sibling in self.siblings and sibling not in self.promises and rest == "no_server_error":
            says = f"no document describes `{sibling}`, and a 5xx is documented nowhere"
            return Clause(clause_id, ClauseKind.NO_SERVER_ERROR, says, self.success_where)
        raise KeyError(clause_id)

    def state_error(self, code: str) -> StateError:
        """The state error of a code; KeyError if there is none."""
        for error in self.state_errors:
            if error.code == code:
                return error
        raise KeyError(code)

    def field(self, path: str) -> FieldRule | None:
        """The rule for a path; None if there is none."""
        return next((rule for rule in self.fields if rule.path == path), None)

    def item_rules(self) -> Iterator[FieldRule]:
        """The rules for the fields of one item, in the document's order."""
        return (rule for rule in self.fields if rule.parent == ITEM)
