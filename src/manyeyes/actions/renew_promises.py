"""The operator begins a question anew that was refused: its people, or what they read, are others now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.certainty import store as certainty
from manyeyes.certainty.proving import Certainty, anew
from manyeyes.certainty.store import Scope
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class RenewPromise(msgspec.Struct, frozen=True, kw_only=True):
    """Whose promise it is; ``question_id`` 0: of tasks without a question of their own."""

    cell: int
    account_id: int
    queue_id: int
    question_id: int
    target: float
    actor: Actor = BY_ITSELF

    @property
    def scope(self) -> Scope:
        """Return its key, as `Certainty.scope`."""
        return self.account_id, self.queue_id, self.question_id, round(self.target, 4)


class PromiseRenewed(msgspec.Struct, frozen=True):
    """``needed``: audits until its first look."""

    needed: int


async def renew_promises(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[RenewPromise]
) -> list[PromiseRenewed | Refusal]:
    """Return after how many audits each is looked at, or NOT_REFUSED; the same in one batch is renewed once.

    All that was counted is put aside: the strict score accepts again, people are asked to the cap, and audits are drawn
    by lot, as of a question that nobody asked before (docs/decisions/0067).
    """
    # 1. Load: what is known of them, locked.
    cell = commands[0].cell
    known = await certainty.lock_known(tx, cell, {command.scope for command in commands})
    # 2. Decide.
    renewed: dict[Scope, Certainty] = {}
    outcomes = [_decide(command, known, renewed, now) for command in commands]
    # 3. Save.
    await certainty.save(tx, cell, [renewed[scope] for scope in sorted(renewed)])
    done = [c for c, outcome in zip(commands, outcomes, strict=True) if not isinstance(outcome, Refusal)]
    await trail.record(tx, now, cell, [_told(c) for c in done])
    return outcomes


def _told(command: RenewPromise) -> TrailEntry | None:
    which = {"queue_id": command.queue_id, "question_id": command.question_id, "target": command.target}
    sides = {"is_refused": True}, {"is_refused": False, **which}
    return change_of(command.actor, Deed.PROMISE_RENEW, f"account:{command.account_id}", *sides)


def _decide(
    command: RenewPromise, known: Mapping[Scope, Certainty], renewed: dict[Scope, Certainty], now: datetime
) -> PromiseRenewed | Refusal:
    found = renewed.get(command.scope) or known.get(command.scope)
    if found is None or not found.is_refused:
        return Refusal(Reason.NOT_REFUSED, "this question is not refused: there is nothing to begin anew")
    renewed[command.scope] = anew(found, now)
    return PromiseRenewed(renewed[command.scope].needed)
