"""manyeyes floor: people whom a queue's floor stopped, and their appeals."""

from typing import Any

from cyclopts import App

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import numbered, queue_numbered
from manyeyes.roles.accuracy import PersonStanding, bar_appeals, decide_bar
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal

app = App(name="floor", help="Appeals of people whom a queue's floor stopped (`queue skills` tells who is).")


@app.command(name="list")
def list_bars(*, common: Common | None = None) -> None:
    """List the appeals against floors that wait, the oldest first."""

    async def work(context: Context) -> dict[str, Any]:
        return {"appeals": [_row(each) for each in await bar_appeals(context)]}

    run(common, work, _show)


@app.command
def lift(queue_id: int, worker: int, *, answer: str = "", common: Common | None = None) -> None:
    """Give QUEUE-ID back to the worker of this number, with or without an appeal; the bet on them begins anew.

    Parameters
    ----------
    answer
        What the worker is told, where they appealed.
    """
    _decide(queue_id, worker, answer, common, is_lifted=True)


@app.command
def keep(queue_id: int, worker: int, *, answer: str = "", common: Common | None = None) -> None:
    """Turn down the appeal of the worker of this number: they do not get QUEUE-ID.

    Parameters
    ----------
    answer
        What the worker is told.
    """
    _decide(queue_id, worker, answer, common, is_lifted=False)


def _decide(queue_id: int, worker: int, answer: str, common: Common | None, *, is_lifted: bool) -> None:
    async def work(context: Context) -> dict[str, Any]:
        number, queue = numbered(worker, "worker"), await queue_numbered(context, queue_id)
        outcome = await decide_bar(
            context, number, queue.queue_id, is_lifted=is_lifted, answer=answer, actor=who_types()
        )
        if isinstance(outcome, Refusal):
            raise CommandFailed(outcome.detail)
        return {"queue_id": queue_id, "worker_id": worker, "lifted": outcome}

    said = "gets queue {queue_id} again when they next come" if is_lifted else "does not get queue {queue_id}"
    run(common, work, lambda r: f"worker {worker} {said.format(queue_id=r['queue_id'])}")


def _row(each: PersonStanding) -> dict[str, Any]:
    return {
        "cell": each.cell,
        "queue_id": each.queue_id,
        "worker_id": each.worker_id,
        "stopped_at": each.barred_at and each.barred_at.isoformat(),
        "why": each.barred_why,
        "right": each.right,
        "checked": each.checked,
        "words": each.appeal_words,
    }


def _show(found: dict[str, Any]) -> str:
    lines = [f"{'queue':>6}  {'worker':>8}  {'stopped':10}  {'right':>9}"]
    for a in found["appeals"]:
        right = f"{a['right']}/{a['checked']}"
        lines.append(f"{a['queue_id']:>6}  {a['worker_id']:>8}  {(a['stopped_at'] or '-')[:10]:10}  {right:>9}")
        lines.append(f"{'':8}words: {a['words']}")
    return "\n".join(lines) if found["appeals"] else "nobody waits for a word on a floor"
