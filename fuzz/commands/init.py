"""`calfuzz init`: writes a target profile with a comment for every field, filled in as far as a token file tells."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from string import Template
from typing import TextIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fuzz.errors import UsageError
from fuzz.target.field_errors import field_error
from fuzz.target.user_files import MAX_BYTES, told_to_the_user
from swagger.contract import Source
from swagger.parsing.strict_json import parse_json, read_text
from swagger.parsing.strict_yaml import dotted

KIND = "token file"
NAME = "staging"

PROFILE = Template("""\
# A target profile: a deployment, and the staff members that a run may use there.
# A field behind a # is optional and shows an example: take the # away. Files are named relative to this one.

# What reports call the target.
name: $name

# The main address, such as https://gateway.example/apigw, and that of the fallback gateway, where documents that say
# useFallbackApi send their requests. [default: base_url]
base_url: ""
#fallback_url: https://gateway.example/api2

# Tokens are never written here. Each is {env: NAME}, a variable; {command: "…"}, which prints it; or {auth: NAME}, an
# entry of auth_file. The admin token is sent as `Authorization: Admin …`; `scheme: Bearer` beside it changes that.
tokens:
  admin: $admin

# One staff member is the usual set-up. With a second one, leaks from one to the other show. --workers 4 needs eight.
staff:
  - uid: $uid
    token: $staff
#  - uid: 0a1b2c3d4e5f6071
#    token: {env: CALFUZZ_OTHER_STAFF_TOKEN}

# A run destroys and re-creates the calendar syncs of these staff members. Say true if it may.
disposable_staff: false

# Fills in {{business_id}} in the steps of the workflow documents.
$business

# Requests a second at the most. [default: the swagger's x-throttling-tier, else 5/s]; none: at full speed.
#rate_limit: 8/s

# Seconds to wait for an answer.
#request_timeout: 30

# How long a change may take to show in what is read, where reads lag behind writes: 200ms, 0.5s.
#settle: 200ms

# Sent with every request. {env: NAME} in place of a text is a secret.
#headers: {X-On-Behalf-Of: 1a2b3c}

# The proxy, {env: NAME} if its address has a password. The environment's http_proxy is not used.
#proxy: http://proxy.example:3128

# TLS, all files in PEM: the authorities to trust; false in place of true to trust anybody; the client's certificate.
#ca_bundle: ca.pem
#verify_tls: true
#client_certificate: {cert: client.pem, key: client.key}

# Where the logs of one request are: reports link there from the request that failed. {request_id} is its X-Request-Id,
# {trace_id} the trace of its traceparent.
#logs: https://logs.example/search?q={request_id}

# A Web Fuzzing Commons auth file, for tokens that are {auth: NAME}.
#auth_file: auth.yaml

# Where the target says which build of it runs, for reports: one GET, without a token unless `token: admin` or
# `token: staff` stands beside it.
#build: {path: /version, extract: $$.sha}

# Steps that reach a sync state (none, fresh, bound, disabled), in the grammar of the workflow documents. [default: the
# documented operations] An empty list: this target cannot reach that state.
#lifecycle: {none: []}
""")

READ = "import json, pathlib, sys; print(json.loads(pathlib.Path(sys.argv[1]).read_bytes())[sys.argv[2]][sys.argv[3]])"
"""Prints an entry of a JSON file. Without quotes: it stands in a shell command in a YAML text."""


class _Part(BaseModel):
    """A part of a token file, which may hold more than what is read here. Frozen."""

    model_config = ConfigDict(frozen=True, strict=True)


class _Tokens(_Part):
    admin: str = Field(min_length=1)
    staff: str = Field(min_length=1)


class _Params(_Part):
    staff_id: str = Field(min_length=1)
    business_id: str = ""


class TokenFile(_Part):
    """The tokens of a business with one staff member, and their uids. Frozen."""

    tokens: _Tokens
    params: _Params


def init(tokens: Path | None, output: Path | None, *, stdout: TextIO, stderr: TextIO) -> None:
    """Writes the profile to a new file, or prints it; says what to do next."""
    text = profile_text(output.stem if output is not None else NAME, tokens)
    if output is None:
        stdout.write(text)
    else:
        _write_new(output, text)
    first = "" if output is not None else f"save it as {NAME}.yaml, "
    rest = "" if tokens is not None else ", the staff member's uid"
    path = shlex.quote(str(output or f"{NAME}.yaml"))
    stderr.write(f"next: {first}fill in base_url{rest} and disposable_staff, then `calfuzz check --target {path}`\n")


def profile_text(name: str, tokens: Path | None) -> str:
    """The profile, with the uids of a token file and commands that read its tokens. UsageError for an unusable file."""
    if tokens is None:
        params, sources = _Params.model_construct(staff_id=""), {}
    else:
        params = read_token_file(tokens).params
        sources = {token: f"{{command: {_quoted(_reading(tokens, token))}}}" for token in ("admin", "staff")}
    business = f"business_id: {_quoted(params.business_id)}"
    return PROFILE.substitute(
        name=_quoted(name),
        admin=sources.get("admin", "{env: CALFUZZ_ADMIN_TOKEN}"),
        staff=sources.get("staff", "{env: CALFUZZ_STAFF_TOKEN}"),
        uid=_quoted(params.staff_id),
        business=business if params.business_id else f"#{business}",
    )


def read_token_file(path: Path) -> TokenFile:
    """The tokens of a file, checked. UsageError, which quotes none of them, if it cannot be used."""
    with told_to_the_user(f"{KIND} "):
        value = parse_json(read_text(path, max_bytes=MAX_BYTES), Source(path.name, 1))
    try:
        return TokenFile.model_validate(value)
    except ValidationError as error:
        wrong = field_error(error, TokenFile, value, KIND)
    what = f"{dotted(wrong.field)}{wrong.says}" if wrong.field else f"the {KIND}{wrong.says}"
    raise UsageError(
        f"{KIND} {path.name}: {what}", next=wrong.next or "`calfuzz init` prints one with every field explained"
    )


def _reading(path: Path, token: str) -> str:
    """The shell command that prints a token of a file, wherever it is run."""
    return shlex.join(["python3", "-c", READ, str(path.absolute()), "tokens", token])


def _quoted(text: str) -> str:
    """A text as YAML takes it, whatever it looks like."""
    return json.dumps(text, ensure_ascii=False)


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already", next="name another file with --output, or move it away") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", next="name a file that can be written") from None
