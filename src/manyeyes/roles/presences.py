"""A worker's presence and pay, with the queues that they no longer get, alike for the JSON API and the screen."""

import asyncpg
import msgspec

from manyeyes.ledger import store as ledger
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.skills import store as skills
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.rules import WorkerState, queues_for
from manyeyes.workers.store import Session, Worker, state_of

WORKER_DISABLED = Refusal(
    Reason.WORKER_DISABLED, "the operator has ended your access; what you have earned stays yours"
)
NOT_ONLINE = Refusal(Reason.NOT_ONLINE, "go online first")
NONE_LEFT = Refusal(
    Reason.BELOW_FLOOR,
    "you no longer get these queues, because of the answers that were checked; /worker/accuracy says which, and why",
)


class PaySlip(msgspec.Struct, frozen=True):
    """What somebody who is on a break answered and earned until it began."""

    answered: int = 0
    earned_micros: int = 0


class WorkerSession(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's presence and their pay; earned and answered count since they went online.

    ``lost``: queues that they were given and no longer get, since they are below the floor there; ``none_left``: these
    are all. ``practising``: whose training set they practise with now.
    """

    worker_id: int
    name: str
    state: WorkerState
    queues: list[QueueTerms]
    languages: tuple[str, ...]
    earned_micros: int
    answered: int
    pending_micros: int
    payable_micros: int
    lost: list[QueueTerms]
    none_left: bool
    practising: QueueTerms | None
    slip: PaySlip = PaySlip()


async def worker_session(context: Context, cell: int, worker: Worker) -> WorkerSession:
    """Return a worker's presence in a cell; offline when they never came."""
    terms = await context.lookups.queues()
    found, lost, pending, payable = await read_patiently(
        context.cells.pool(cell), lambda db: _presence(db, cell, worker.worker_id)
    )
    state = state_of(found)
    begun = None if state is WorkerState.OFFLINE else found
    languages = {q.queue_id: q.language for q in terms.values()}
    allowed = queues_for(None, None, worker.queues, worker.languages, languages)
    return WorkerSession(
        worker_id=worker.worker_id,
        name=worker.name,
        state=state,
        queues=[terms[q] for q in begun.queues if q in terms] if begun else [],
        languages=begun.languages if begun else (),
        earned_micros=begun.earned_micros if begun else 0,
        answered=begun.answered if begun else 0,
        pending_micros=pending,
        payable_micros=payable,
        lost=[terms[q] for q in worker.queues if q in lost and q in terms],
        none_left=not isinstance(allowed, Refusal) and lost.issuperset(allowed[0]),
        practising=terms.get(begun.practice_queue) if begun else None,
        slip=PaySlip(found.answered, found.earned_micros) if found and not begun else PaySlip(),
    )


async def _presence(db: asyncpg.Connection, cell: int, worker_id: int) -> tuple[Session | None, set[int], int, int]:
    """Return a worker's session, the queues that they lost, and their pending and payable micros."""
    found = await workers.session(db, cell, worker_id)
    lost = set(found.lost) if found else await skills.lost_queues(db, cell, worker_id)
    pending = await ledger.worker_pending(db, cell, worker_id)
    return found, lost, pending, await ledger.worker_payable(db, cell, worker_id)
