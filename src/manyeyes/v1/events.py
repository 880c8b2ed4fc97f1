"""Events as /v1 tells them to the ``callback_url`` of a job or task: ``{"type": …, "timestamp": …, "data": …}``."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from manyeyes.accounts.store import KeyOwner
from manyeyes.accounts.top_ups import BALANCE_LOW
from manyeyes.jobs.rules import JOB_FINISHED, JOB_STUCK
from manyeyes.roles.customer.jobs import CustomerJobs
from manyeyes.roles.customer.spending import purse_of
from manyeyes.roles.customer.tasks import task_of
from manyeyes.roles.customer.top_ups import low_balance_of
from manyeyes.runtime.context import Context
from manyeyes.v1.job_views import job_view
from manyeyes.v1.json_messages import encoded
from manyeyes.v1.task_views import task_view
from manyeyes.values import money
from manyeyes.values.refusals import Refusal, Refused
from manyeyes.webhooks.rules import TASK_FINISHED
from manyeyes.webhooks.store import Claim

DataReader = Callable[[Context, int, Claim], Awaitable[object]]


class EventBody(msgspec.Struct, frozen=True):
    """``data``: the job, task or balance, as it is when it is told."""

    type: str
    timestamp: datetime
    data: object


class LowBalanceEvent(msgspec.Struct, frozen=True):
    """What of an account is told: what it may spend when it is told, and below what it wanted to know of it."""

    account_id: int
    available: str
    below: str


async def event_body(context: Context, cell: int, claim: Claim, at: datetime) -> bytes:
    """Return what is sent for an event. Raises `Refused` when what it is about is not there any more."""
    return encoded(EventBody(claim.event, at, await _SUBJECTS[claim.event](context, cell, claim)))


async def _job(context: Context, cell: int, claim: Claim) -> object:
    found = await CustomerJobs(context).get(KeyOwner(cell, claim.account_id, ()), claim.subject_id)
    if isinstance(found, Refusal):
        raise Refused(found)
    return job_view(found)


async def _task(context: Context, cell: int, claim: Claim) -> object:
    found = await task_of(context, KeyOwner(cell, claim.account_id, ()), claim.subject_id)
    if isinstance(found, Refusal):
        raise Refused(found)
    return task_view(context.pictures, found, claim.base_url)


async def _balance(context: Context, cell: int, claim: Claim) -> object:
    owner = KeyOwner(cell, claim.account_id, ())
    purse, low = await purse_of(context, owner), await low_balance_of(context, owner)
    return LowBalanceEvent(claim.account_id, money.text(purse.available_micros), money.text(low.low_micros))


_SUBJECTS: dict[str, DataReader] = {
    JOB_FINISHED: _job,
    JOB_STUCK: _job,
    TASK_FINISHED: _task,
    BALANCE_LOW: _balance,
}
