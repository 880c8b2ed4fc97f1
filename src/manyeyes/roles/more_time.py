"""More time for what lies before a worker, alike for the JSON API and the screen."""

from manyeyes.actions.renew_leases import RenewLease, renew_leases
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.roles.worker import NO_LEASE
from manyeyes.runtime.context import Context
from manyeyes.values.lease_time import Renewed
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Worker


async def renew(context: Context, worker: Worker, lease: LeaseId | None) -> Renewed | Refusal:
    """Renew the lease of a task that the worker works at; refused with what became of one that is over."""
    if lease is None or lease.cell not in context.cells.numbers:
        return NO_LEASE
    outcome = await context.batcher.ask(renew_leases, RenewLease(lease.cell, worker.worker_id, lease))
    if isinstance(outcome, Renewed):
        context.presence.seen(worker.worker_id)
        context.notifier.notify([worker.worker_id])  # their other windows count the same time
    return outcome
