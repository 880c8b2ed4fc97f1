"""`Idempotency-Key`: a POST that is sent again makes nothing twice (docs/decisions/0048)."""

import hashlib
from collections.abc import Iterable, Sequence

import asyncpg
from starlette.requests import Request

from manyeyes.accounts import repeated_calls
from manyeyes.accounts.repeated_calls import CallKey, Name, NamedCall
from manyeyes.accounts.store import Owner
from manyeyes.actions.shared.repeated_calls import KEY_REUSED
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal, Refused

HEADER = "idempotency-key"
REPLAYED = {"idempotent-replayed": "true"}
LONGEST_KEY = 255


def sent_key(request: Request) -> str:
    """Return the key that a POST came with, empty without one. Raises `Refused` for one that is none, and for two."""
    if request.method != "POST":
        return ""
    sent = request.headers.getlist(HEADER)
    if not sent:
        return ""
    key = sent[0]
    if len(sent) > 1 or not 0 < len(key) <= LONGEST_KEY or not all("!" <= each <= "~" for each in key):
        raise Refused(
            Refusal(Reason.UNREADABLE, f"Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters")
        )
    return key


def call_key(request: Request, *parts: bytes) -> CallKey | None:
    """Return how the caller names this call; None when they do not. Raises `Refused` as `sent_key` does.

    ``parts``: what the body says; a form's are its members, since each try draws another boundary between them.
    """
    key = sent_key(request)
    if not key:
        return None
    target = f"{request.method} {request.url.path}?{request.url.query}".encode("utf-8", "surrogatepass")
    return CallKey(hashlib.sha256(key.encode()).digest(), _digest([target, *parts]))


async def earlier(context: Context, owner: Owner, key: CallKey | None) -> int | None:
    """Return what a call before this one made, so that a repeated one need do nothing again; None when it is new.

    Raises `Refused` when the key was used for another call. The action looks once more: two may come at once.
    """
    if key is None:
        return None
    found = await context.batcher.read(_known, owner.cell, (owner.account_id, key.key_hash))
    if found is None:
        return None
    if found.body_hash != key.body_hash:
        raise Refused(KEY_REUSED)
    return found.subject_id


async def _known(db: asyncpg.Connection, cell: int, names: Sequence[Name]) -> list[NamedCall | None]:
    found = await repeated_calls.known(db, cell, names)
    return [found.get(name) for name in names]


def _digest(parts: Iterable[bytes]) -> bytes:
    """Return one hash of several parts; where one ends and the next begins is hashed too."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.digest()
