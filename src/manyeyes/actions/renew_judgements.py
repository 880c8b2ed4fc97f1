"""Give reviewers more time for the result that they are looking at, up to three leases (docs/decisions/0074)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.judgement_effects import JudgementId, held_by, why_lost
from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.certainty import judgements
from manyeyes.values.lease_time import Renewed
from manyeyes.values.refusals import Refusal


class RenewJudgement(msgspec.Struct, frozen=True):
    cell: int
    reviewer_id: int
    judgement: JudgementId


async def renew_judgements(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[RenewJudgement]
) -> list[Renewed | Refusal]:
    """Return until when each result lies before its reviewer now, or why it does not any more."""
    cell = commands[0].cell
    found = await judgements.lock(tx, cell, sorted({c.judgement.task_id for c in commands}))
    looks = MarkedLooks()
    await load_looks(tx, cell, looks, {each.reviewer_id for each in found.values() if each.marks and each.reviewer_id})
    outcomes: list[Renewed | Refusal] = []
    longer = {}
    for command in commands:
        judgement = held_by(found.values(), command.judgement, command.reviewer_id, now)
        if judgement is None:
            outcomes.append(why_lost(found.values(), command.judgement, command.reviewer_id))
            continue
        key = judgement.key
        until = looks.lengthen(judgement, judgement.renewed(now).ends_at, now)
        found[key] = longer[key] = msgspec.structs.replace(judgement, lease_until=until)
        outcomes.append(Renewed(longer[key].ends_at, judgement.latest_end))
    await judgements.renew(tx, cell, [longer[key] for key in sorted(longer)])
    await save_looks(tx, cell, looks)
    return outcomes
