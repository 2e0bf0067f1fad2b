"""How a target is reached, as options of curl and as settings of a test with httpx: headers, proxy, certificates.

Files are named as in the target profile, which they are relative to. Secrets stand in environment variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from fuzz.bundle.failure_json import DescribedReach
from fuzz.bundle.shell import quoted, token_word

_VARIABLE = re.compile(r"\{env:(.*)\}", re.DOTALL)
PROFILE_FOLDER = '"$profile_folder"/'


def curl_options(reach: DescribedReach, *, folder: str = "") -> list[str]:
    """The options of curl, as shell words, without the headers. `folder`: what stands before a relative path."""
    words = []
    if "proxy" in reach:
        words += ["--proxy", shell_word(reach["proxy"]), "--noproxy", "''"]
    for option, name in (("--cacert", authorities(reach)), *_certificate(reach)):
        if name:
            words += [option, quoted(name) if PurePath(name).is_absolute() else f"{folder}{quoted(name)}"]
    return [*words, "--insecure"] if reach.get("verify_tls") is False else words


def _certificate(reach: DescribedReach) -> Iterator[tuple[str, str | None]]:
    given = reach.get("client_certificate")
    if given is not None:
        yield "--cert", given["cert"]
        yield "--key", given["key"]


def authorities(reach: DescribedReach) -> str | None:
    """The file of the authorities that are trusted; None for the usual ones."""
    verify = reach.get("verify_tls", True)
    return reach.get("ca_bundle") or (verify if isinstance(verify, str) else None)


def settings_of_repro_sh(reach: DescribedReach) -> list[str]:
    """Lines of shell that put the options of curl for every request into the array `reach`."""
    options = curl_options(reach, folder=PROFILE_FOLDER)
    headers = reach.get("headers", {}).items()
    words = [word for name, value in headers for word in ("-H", _header_word(name, value))]
    words += options if "proxy" in reach else ["--noproxy", "'*'", *options]
    lines = []
    if any(word.startswith(PROFILE_FOLDER) for word in options):
        lines.append("profile_folder=${CALFUZZ_PROFILE_FOLDER:-.} # the files below are relative to it")
    return [*lines, f"reach=({' '.join(words)})"]


def variables(reach: DescribedReach) -> list[str]:
    """The environment variables that hold secrets of the way to the target."""
    values = [*reach.get("headers", {}).values(), reach.get("proxy", "")]
    return [found[1] for found in map(_VARIABLE.fullmatch, values) if found]


def shell_word(value: str) -> str:
    """The shell word for a text or for `{env:NAME}`."""
    found = _VARIABLE.fullmatch(value)
    return f'"{token_word("env", found[1])}"' if found else quoted(value)


def _header_word(name: str, value: str) -> str:
    found = _VARIABLE.fullmatch(value)
    return f'"{name}: {token_word("env", found[1])}"' if found else quoted(f"{name}: {value}")


def settings_of_test(reach: DescribedReach) -> list[str]:
    """Lines of Python that say the same to the emitted test."""
    headers = {name: _pair(value) for name, value in reach.get("headers", {}).items()}
    certificate = reach.get("client_certificate")
    return [
        f"HEADERS = {headers!r}",
        f"PROXY = {_pair(reach['proxy']) if 'proxy' in reach else None!r}",
        f"VERIFY_TLS = {reach.get('verify_tls') is not False!r}",
        f"AUTHORITIES = {authorities(reach)!r}",
        f"CERTIFICATE = {(certificate['cert'], certificate['key']) if certificate else None!r}",
    ]


def _pair(value: str) -> tuple[str, str]:
    found = _VARIABLE.fullmatch(value)
    return ("env", found[1]) if found else ("text", value)
