"""manyeyes queue training: the pictures that somebody below a queue's floor may practise with."""

from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.actions.set_trainings import SetTraining
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import queue_numbered
from manyeyes.roles.practising import QueueTraining, queue_training, set_training
from manyeyes.runtime.context import Context
from manyeyes.skills.training import MOST_PICTURES, MOST_UNPAID, Practice
from manyeyes.values import money
from manyeyes.values.refusals import Refusal

ITEMS_HELP = f"How many pictures, at most {MOST_PICTURES}: of the queue's gold those that were asked least."
TASK_HELP = "A task of the queue's gold that is to be in it, in place of --items; repeat for more, in the order asked."
PAID_HELP = f"Whether each picture is paid as the queue's are. Unpaid: at most {MOST_UNPAID} pictures."
PASS_MARK = 0.8
MARK_HELP = f"The share of them to be right; above what guessing reaches. Default: {PASS_MARK}."
CLEAR_HELP = "Take the queue's training set away; who has begun may finish."


def train(
    queue_id: int,
    *,
    items: Annotated[int | None, Parameter(help=ITEMS_HELP)] = None,
    task: Annotated[list[int] | None, Parameter(help=TASK_HELP)] = None,
    paid: Annotated[bool | None, Parameter(help=PAID_HELP, negative="--unpaid")] = None,
    pass_mark: Annotated[float | None, Parameter(help=MARK_HELP)] = None,
    clear: Annotated[bool, Parameter(help=CLEAR_HELP, negative=())] = False,
    common: Common | None = None,
) -> None:
    """Show a queue's training set and who practised; with --items or --task make it, with --clear take it away."""

    async def work(context: Context) -> dict[str, Any]:
        await queue_numbered(context, queue_id)
        if sum((items is not None, bool(task), clear)) > 1:
            raise CommandFailed("give one of --items, --task and --clear")
        if items is not None and items < 1:
            raise CommandFailed("--items must be at least 1; --clear takes the set away")
        if (paid is not None or pass_mark is not None) and (clear or (items is None and not task)):
            raise CommandFailed("--paid, --unpaid and --pass-mark go with --items or --task: a set is made whole")
        if items is not None or task or clear:
            command = SetTraining(
                cell=0,
                queue_id=queue_id,
                task_ids=tuple(task or ()),
                items=items or 0,
                is_paid=bool(paid),
                pass_mark=PASS_MARK if pass_mark is None else pass_mark,
                actor=who_types(),
            )
            await _set(context, command)
        return {"queue_id": queue_id, "sets": [_row(each) for each in await queue_training(context, queue_id)]}

    run(common, work, _show)


async def _set(context: Context, command: SetTraining) -> None:
    """Set it in every cell that has the gold for it. Raises `CommandFailed` where none has."""
    found = [await set_training(context, command.within(cell)) for cell in context.cells.numbers]
    refused = [each for each in found if isinstance(each, Refusal)]
    if len(refused) == len(found):
        raise CommandFailed(refused[0].detail)


def _row(each: QueueTraining) -> dict[str, Any]:
    training = each.training
    return {
        "cell": each.cell,
        "tasks": list(training.task_ids) if training else [],
        "paid": training.is_paid if training else None,
        "pay": money.text(training.pay_micros) if training else None,
        "pass_mark": training.pass_mark if training else None,
        "right_needed": each.right_needed,
        "fault": each.fault,
        "practised": [_try(one) for one in each.tries],
    }


def _try(one: Practice) -> dict[str, Any]:
    return {
        "worker_id": one.worker_id,
        "tries": one.tries,
        "right": one.correct,
        "answered": one.given,
        "pictures": one.pictures,
        "begun_at": one.begun_at.isoformat(),
        "ended_at": one.ended_at and one.ended_at.isoformat(),
        "passed": one.is_passed,
        "broken_off": one.is_broken_off,
    }


def _show(found: dict[str, Any]) -> str:
    lines = []
    for each in found["sets"]:
        where = f"cell {each['cell']}: " if len(found["sets"]) > 1 else ""
        if each["tasks"]:
            pay = f"paid {each['pay']} each" if each["paid"] else "unpaid"
            count = len(each["tasks"])
            lines.append(f"{where}{count} pictures, {pay}, {each['right_needed']} must be right")
            lines.append(f"tasks {', '.join(map(str, each['tasks']))}")
            if each["fault"]:
                lines.append(f"nobody may begin it any more, make it anew: {each['fault']}")
        else:
            lines.append(f"{where}no training set; `manyeyes queue training {found['queue_id']} --items 10` makes one")
        lines += [_line(one) for one in each["practised"]]
    return "\n".join(lines)


def _line(one: dict[str, Any]) -> str:
    how = "passed" if one["passed"] else "not passed" if one["ended_at"] else "under way"
    how = "broken off" if one["broken_off"] else how
    right, of = one["right"], one["answered"] if one["ended_at"] or one["broken_off"] else one["pictures"]
    return f"worker {one['worker_id']}: try {one['tries']}, {right} right of {of}, {how}"
