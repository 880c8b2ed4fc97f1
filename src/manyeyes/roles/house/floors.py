"""Floors of queues, refused in words where one could never stop anybody, or would stop everybody."""

from manyeyes.roles.accuracy import gold_options
from manyeyes.roles.house.faults import FieldFault
from manyeyes.runtime.context import Context
from manyeyes.skills.floor import FloorRule, floor_fault
from manyeyes.tasks.rules import QueueTerms

GREATEST_GOLD = 0.5
HOW_GOLD_COMES = (
    "Gold comes from tasks with a `truth`: a column of that name in a job's file (/customer/jobs/new), or the member "
    "of POST /v1/tasks; and from what reviewers decide, which a queue that asks until it is sure brings by itself "
    "(`manyeyes queue set --wrong-at-most`)"
)


async def check_floor(
    context: Context, queue: QueueTerms, floor: float | None, gold_share: float | None
) -> FieldFault | None:
    """Return what is wrong with a floor and a share of gold; None in either leaves the queue's own.

    Gold comes from customers' truths and from what reviewers decide; of the latter there will be more where the queue
    asks for sure answers by default.
    """
    if gold_share is not None and not 0 <= gold_share <= GREATEST_GOLD:
        return FieldFault("gold_share", "the share of gold must be from 0 to %(most)s", {"most": str(GREATEST_GOLD)})
    wanted = queue.floor if floor is None else floor
    if not wanted or (floor is None and gold_share is None):
        return None
    if (gold_share if gold_share is not None else queue.gold_share) == 0:
        return FieldFault("floor", "a floor needs gold to be measured by: give a --gold-share above 0, or none")
    if not 0 < wanted < 1:
        return FieldFault("floor", "the floor must be a share between 0 and 1, such as 0.7; 0 takes it away")
    items, options = await gold_options(context, queue.queue_id)
    is_sure = queue.default_terms is not None and queue.default_terms.wrong_at_most is not None
    rule = FloorRule(floor=wanted, options=options)
    fault = floor_fault(rule, items, is_sure)
    if not fault:
        return None
    is_for_want_of_gold = not floor_fault(rule, items, gold_from_audits=True)
    return FieldFault("floor", "%(why)s", {"why": f"{fault}. {HOW_GOLD_COMES}" if is_for_want_of_gold else fault})
