"""JSON that people hand to a command: read strictly, refused with the place and one sentence. Free of Django."""

from __future__ import annotations

import json
from typing import Any


class InputError(ValueError):
    """Input that cannot be read or used; `path` is the place ("people[3].id")."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path, self.message = path, message


def load(text: str, error: type[InputError]) -> Any:
    """What a JSON text holds. `error`, at "input", for what is no JSON and for a name given twice in one object."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise error("input", "a name is given twice in one object")
        return found

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise error("input", f"not JSON ({fault.msg} at {where})") from None
    except InputError:
        raise
    except (RecursionError, ValueError):
        raise error("input", "not JSON that can be read") from None
