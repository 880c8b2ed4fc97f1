"""A call that is sent again makes nothing twice, written once for every action that makes something.

The key is taken first of all in the action's own transaction, so that of any number of equal calls, wherever they
arrive, one goes on and the others wait for what it made (docs/decisions/0048).
"""

from collections.abc import Iterable
from datetime import datetime

import asyncpg

from manyeyes.accounts import repeated_calls
from manyeyes.accounts.repeated_calls import CallKey, Name, NamedCall
from manyeyes.values.refusals import Reason, Refusal


class RepeatedCalls:
    """The named calls of a batch: `before` tells what came of one, `keep` that one is taken, `save` ends it.

    What `keep` was not told of is refused, and leaves nothing: its key is free again.
    """

    def __init__(self, done: dict[Name, NamedCall], ours: dict[Name, NamedCall]) -> None:
        self._done = done
        self._ours = ours
        self._kept: dict[Name, NamedCall] = {}

    def before(self, account_id: int, key: CallKey | None) -> int | Refusal | None:
        """Return what a call before this one made, KEY_REUSED when that was another call, None when it is the first."""
        found = self._done.get((account_id, key.key_hash)) if key else None
        if key is None or found is None:
            return None
        return found.subject_id if found.body_hash == key.body_hash else KEY_REUSED

    def keep(self, account_id: int, key: CallKey | None, subject_id: int) -> None:
        """Note what a call makes that is taken."""
        if key is not None:
            call = NamedCall(account_id, key.key_hash, key.body_hash, subject_id)
            self._kept[call.name] = self._done[call.name] = call

    def drop(self, account_id: int, key: CallKey | None) -> None:
        """Note that a call is refused after all, which `keep` was told of."""
        if key is not None and (account_id, key.key_hash) in self._kept:
            del self._kept[account_id, key.key_hash], self._done[account_id, key.key_hash]

    async def save(self, tx: asyncpg.Connection, cell: int) -> None:
        """Keep what the calls made, and give back the keys of those that were refused."""
        await repeated_calls.release(tx, cell, sorted(set(self._ours) - set(self._kept)))
        changed = [call for name, call in sorted(self._kept.items()) if self._ours.get(name) != call]
        await repeated_calls.settle(tx, cell, changed)


async def open_calls(
    tx: asyncpg.Connection, now: datetime, cell: int, calls: Iterable[tuple[int, CallKey | None, int]]
) -> RepeatedCalls:
    """Take the keys of a batch's calls, before anything else is locked; nothing is asked when none has a key.

    ``calls``: account, key, and the id of what the call makes when it is taken.
    """
    ours: dict[Name, NamedCall] = {}
    for account_id, key, subject_id in calls:
        if key is not None:
            call = NamedCall(account_id, key.key_hash, key.body_hash, subject_id)
            ours.setdefault(call.name, call)
    if not ours:
        return RepeatedCalls({}, {})
    free = await repeated_calls.claim(tx, now, cell, list(ours.values()))
    others = sorted(set(ours) - free)
    done = await repeated_calls.known(tx, cell, others) if others else {}
    return RepeatedCalls(done, {name: ours[name] for name in free})


KEY_REUSED = Refusal(Reason.KEY_REUSED, "this Idempotency-Key came with another call before; take a new one")
