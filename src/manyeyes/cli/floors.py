"""Floors and what is known of people, on the command line: refused in words where a floor could never fire."""

from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.cli.command import CommandFailed
from manyeyes.roles.accuracy import PersonStanding, gold_options, person_standings, queue_people
from manyeyes.runtime.context import Context
from manyeyes.skills.floor import FloorRule, floor_fault
from manyeyes.tasks.rules import QueueTerms

GREATEST_GOLD = 0.5
HOW_GOLD_COMES = (
    "Gold comes from tasks with a `truth`: a column of that name in a job's file (/customer/jobs/new), or the member "
    "of POST /v1/tasks; and from what reviewers decide, which a queue that asks until it is sure brings by itself "
    "(`manyeyes queue set --wrong-at-most`)"
)


@Parameter(name="*")
@dataclass(kw_only=True)
class FloorOptions:
    """What a queue asks of its people, and how much of their work is gold."""

    floor: Annotated[
        float | None,
        Parameter(help="The share of answers that people must be right in to be given this queue, like 0.7; 0: none."),
    ] = None
    gold_share: Annotated[
        float | None,
        Parameter(help="The share of gold among newcomers' tasks, at most 0.5; it falls with trust. 0: no gold."),
    ] = None


async def floor_terms(context: Context, queue: QueueTerms, given: FloorOptions | None) -> dict[str, float | None]:
    """Return the terms that the options change. Raises `CommandFailed` for those that could never fire."""
    found = given or FloorOptions()
    await check_floor(context, queue, found.floor, found.gold_share)
    return {"floor": found.floor, "gold_share": found.gold_share}


async def check_floor(context: Context, queue: QueueTerms, floor: float | None, gold_share: float | None) -> None:
    """Refuse a floor that could never stop anybody, or would stop everybody. Raises `CommandFailed`.

    Gold comes from customers' truths and from what reviewers decide; of the latter there will be more where the queue
    asks for sure answers by default.
    """
    if gold_share is not None and not 0 <= gold_share <= GREATEST_GOLD:
        raise CommandFailed(f"the share of gold must be from 0 to {GREATEST_GOLD}")
    wanted = queue.floor if floor is None else floor
    if not wanted or (floor is None and gold_share is None):
        return
    if (gold_share if gold_share is not None else queue.gold_share) == 0:
        raise CommandFailed("a floor needs gold to be measured by: give a --gold-share above 0, or none")
    if not 0 < wanted < 1:
        raise CommandFailed("the floor must be a share between 0 and 1, such as 0.7; 0 takes it away")
    items, options = await gold_options(context, queue.queue_id)
    is_sure = queue.default_terms is not None and queue.default_terms.wrong_at_most is not None
    rule = FloorRule(floor=wanted, options=options)
    fault = floor_fault(rule, items, is_sure)
    if fault:
        raise CommandFailed(fault if floor_fault(rule, items, gold_from_audits=True) else f"{fault}. {HOW_GOLD_COMES}")


async def skill_rows_of(context: Context, worker_id: int) -> list[dict[str, Any]]:
    """Return where somebody stands in each of their queues, for a program."""
    return [{"queue_id": each.queue_id, **_row(each)} for each in await person_standings(context, worker_id)]


async def skill_rows(context: Context, queue_id: int) -> list[dict[str, Any]]:
    """Return what is known of each person in a queue, for a program."""
    return [_row(each) for each in await queue_people(context, queue_id)]


def _row(each: PersonStanding) -> dict[str, Any]:
    return {
        "worker_id": each.worker_id,
        "right": each.right,
        "checked": each.checked,
        "accuracy": round(each.accuracy, 4),
        "least": round(each.least, 4),
        "most": round(each.most, 4),
        "gold_asked": each.gold_asked,
        "gold_wrong": each.gold_wrong,
        "agreement": each.agreement and round(each.agreement, 4),
        "suspicion": round(each.suspicion, 4),
        "stopped_at": each.barred_at and each.barred_at.isoformat(),
        "why": each.barred_why,
        "has_appealed": each.is_appealing,
    }


def skill_table(found: dict[str, Any]) -> str:
    """Return the same for people, one line each."""
    lines = [f"{'worker':>8}  {'right':>11}  {'at least':>8}  {'at most':>8}  {'gold wrong':>10}  {'doubt':>5}"]
    for p in found["people"]:
        right, gold = f"{p['right']}/{p['checked']}", f"{p['gold_wrong']}/{p['gold_asked']}"
        said = f"  stopped {p['stopped_at'][:10]} ({p['why']})" if p["stopped_at"] else ""
        lines.append(
            f"{p['worker_id']:>8}  {right:>11}  {p['least']:>8.1%}  {p['most']:>8.1%}  {gold:>10}  "
            f"{p['suspicion']:>5.0%}{said}{', appeals' if p['has_appealed'] else ''}"
        )
    return "\n".join(lines) if found["people"] else "nobody's answers in this queue were checked yet"
