"""A request's path as the log may show it: known words and numbers stay, a star stands for all else.

A login link's path is a secret, and so is a signed address; whoever mistypes a call may have put a key there.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from manyeyes.anticaptcha.methods import METHODS
from manyeyes.console import routes as console
from manyeyes.mcp import doorway
from manyeyes.tupu.operations import OPERATIONS, VERSIONS
from manyeyes.v1.openapi import OPERATIONS as V1_OPERATIONS

LONGEST_NUMBER = 18  # digits of a task, job or account
MOST_PARTS = 12
_OTHERS = ("docs", "problems", "pictures", "examples", "openapi.json", "public-key")


def shown_path(scope: Mapping[str, Any]) -> str:
    """Return the path of a request; of a page its route's parts, whatever stands for its parameters left out."""
    path: str = scope["path"]
    parameters = scope.get("path_params")
    if parameters is None:
        return shown(path)
    values = {part for value in parameters.values() for part in str(value).split("/")}
    return "/".join("*" if part in values and not _is_number(part) else part for part in path.split("/"))


def shown(path: str) -> str:
    """Return a path of which no route is known."""
    known = _words()
    parts = path.split("/")[:MOST_PARTS]
    return "/".join(part if part in known or part.lower() in known or _is_number(part) else "*" for part in parts)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= LONGEST_NUMBER


@cache
def _words() -> frozenset[str]:
    """Return the words of which the paths of all contracts are made, and the first ones of the pages'."""
    paths = [*(each.path for each in V1_OPERATIONS), *OPERATIONS, doorway.PATH]
    words = {part for path in paths for part in re.split(r"[/.]|{\w+}", path)}
    words |= {name.lower() for name in METHODS}
    return frozenset({*words, *VERSIONS, *console.OWN_PATHS, *_OTHERS, ""})
