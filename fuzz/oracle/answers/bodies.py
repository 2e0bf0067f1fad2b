"""Compares the body of an answer with a documented one."""

from __future__ import annotations

from fuzz.oracle.actions import NOT_JSON
from swagger.contract import Json


def covers(body: Json, documented: Json) -> bool:
    """Whether a body holds all of the documented one. Objects may have more keys; lists must have the same length."""
    if isinstance(documented, dict):
        return isinstance(body, dict) and all(key in body and covers(body[key], documented[key]) for key in documented)
    if isinstance(documented, list):
        if not isinstance(body, list) or len(body) != len(documented):
            return False
        return all(covers(one, other) for one, other in zip(body, documented, strict=True))
    return type(body) is type(documented) and bool(body == documented)


def what_is_wrong(body: Json, documented: Json, path: str = "$") -> str:
    """The first place, as a JSONPath, where a body differs from the documented one; empty if it covers that."""
    if covers(body, documented):
        return ""
    if body is NOT_JSON:
        return "the body is not JSON"
    if isinstance(documented, dict) and isinstance(body, dict):
        for key, value in documented.items():
            if key not in body:
                return f"{path}.{key} is lacking"
            if not covers(body[key], value):
                return what_is_wrong(body[key], value, f"{path}.{key}")
    if isinstance(documented, list) and isinstance(body, list):
        if len(body) != len(documented):
            return f"{path} has {len(body)} entries, documented are {len(documented)}"
        pairs = enumerate(zip(body, documented, strict=True))
        return next(what_is_wrong(*pair, f"{path}[{place}]") for place, pair in pairs if not covers(*pair))
    return f"{path} is not as documented"
