"""The log of a real server as a program reads it: one JSON object a line, and nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.embedded_owners import wait_until

FIRST_LINK = "first start: sign in as the operator"  # an hour's link, given once to who starts the installation
REQUESTS = ("request_refused", "request_failed")


def written(data: Path) -> str:
    """Return all that a `ServeProcess` on the directory wrote."""
    return (data.parent / f"{data.name}.stderr").read_text()


def lines(data: Path) -> list[dict[str, Any]]:
    """Return its lines, but for the one for a person, at the first start. Raises ValueError when one is no JSON."""
    return [json.loads(line) for line in written(data).splitlines() if not line.startswith(FIRST_LINK)]


def told(data: Path, request_id: str) -> list[dict[str, Any]]:
    """Return the lines about a request."""
    return [line for line in lines(data) if line.get("request_id") == request_id]


def one_told(data: Path, reply_headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the one line about a request, by its reply's headers, waiting for it."""
    request_id = reply_headers["x-request-id"]
    wait_until(lambda: bool(told(data, request_id)))
    (found,) = told(data, request_id)
    return found
