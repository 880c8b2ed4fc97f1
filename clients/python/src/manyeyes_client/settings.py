"""Which server, and who calls: as given, else from MANYEYES_URL and MANYEYES_KEY."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from manyeyes_client.errors import WrongSettings

USUAL_URL = "http://127.0.0.1:8080"


class Caller(NamedTuple):
    """``url`` without a slash at its end, and the client key."""

    url: str
    key: str


def caller(url: str | None, key: str | None, environment: Mapping[str, str] = os.environ) -> Caller:
    """Return whom to call as whom. Raises `WrongSettings` without a key, and for what is no address."""
    found = (url or environment.get("MANYEYES_URL") or USUAL_URL).strip().rstrip("/")
    if not found.startswith(("http://", "https://")):
        raise WrongSettings(f"{found!r} is no address of a server; it begins with http:// or https://")
    spoken = (key or environment.get("MANYEYES_KEY") or "").strip()
    if not spoken:
        raise WrongSettings("there is no client key: give one, or set MANYEYES_KEY")
    if not (spoken.isascii() and spoken.isprintable() and " " not in spoken):
        raise WrongSettings("the client key has characters that no key has")
    return Caller(found, spoken)
