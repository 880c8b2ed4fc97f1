"""manyeyes appeal: workers who say that reviewers were wrong about their answer."""

from typing import Any

from cyclopts import App

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.roles.operator import OpenAppeal, decide_appeal, open_appeals
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.refusals import Refusal

app = App(name="appeal", help="Workers' appeals against verdicts.")


@app.command(name="list")
def list_appeals(*, common: Common | None = None) -> None:
    """List the appeals that wait, the oldest first."""

    async def work(context: Context) -> dict[str, Any]:
        return {"appeals": [_row(each) for each in await open_appeals(context)]}

    run(common, work, _show)


@app.command
def accept(task: int, *, answer: str = "", cell: int = 0, common: Common | None = None) -> None:
    """Pay the worker from the house for the answer to TASK; the customer keeps the refund.

    Parameters
    ----------
    answer
        What the worker is told.
    cell
        Where the task is, when tasks of this number in several cells have appeals.
    """
    _decide(task, answer, cell, common, accepted=True)


@app.command
def reject(task: int, *, answer: str = "", cell: int = 0, common: Common | None = None) -> None:
    """Leave the verdict on TASK as it is.

    Parameters
    ----------
    answer
        What the worker is told.
    cell
        Where the task is, when tasks of this number in several cells have appeals.
    """
    _decide(task, answer, cell, common, accepted=False)


def _decide(task: int, answer: str, cell: int, common: Common | None, *, accepted: bool) -> None:
    async def work(context: Context) -> dict[str, Any]:
        outcome = await decide_appeal(context, task, accepted=accepted, answer=answer, cell=cell, actor=who_types())
        if isinstance(outcome, Refusal):
            raise CommandFailed(outcome.detail)
        return {
            "task_id": task,
            "worker_id": outcome.worker_id,
            "accepted": outcome.accepted,
            "paid": money.text(outcome.paid_micros),
        }

    run(common, work, lambda r: f"task {task}: {'accepted' if r['accepted'] else 'rejected'}, paid {r['paid']}")


def _row(appeal: OpenAppeal) -> dict[str, Any]:
    return {
        "cell": appeal.cell,
        "task_id": appeal.task_id,
        "worker_id": appeal.worker_id,
        "worker": appeal.worker_name,
        "filed_at": appeal.filed_at.isoformat(),
        "pay": money.text(appeal.pay_micros),
        "answer": appeal.answer,
        "votes": [{"verdict": str(vote.vote), "reason": vote.reason} for vote in appeal.votes],
        "words": appeal.words,
    }


def _show(result: dict[str, Any]) -> str:
    lines = [f"{'task':>10}  {'filed':19}  {'pay':>9}  worker"]
    for a in result["appeals"]:
        lines.append(f"{a['task_id']:>10}  {a['filed_at'][:19]}  {a['pay']:>9}  {a['worker']} ({a['worker_id']})")
        lines.append(f"{'':12}answer: {a['answer']}")
        lines += [f"{'':12}vote: {vote['verdict']} {vote['reason']}".rstrip() for vote in a["votes"]]
        lines.append(f"{'':12}words: {a['words']}")
    return "\n".join(lines)
