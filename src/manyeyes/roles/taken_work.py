"""Which queues and languages a worker takes when they come, by what they ask for or chose (docs/decisions/0085)."""

from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal
from manyeyes.workers.choices import store as choices
from manyeyes.workers.rules import WorkChoice, queues_for, taken_of
from manyeyes.workers.store import Worker


async def taken_work(
    context: Context, worker: Worker, queues: list[int] | None, languages: list[str] | None
) -> tuple[list[int], list[str]] | Refusal:
    """Return what a presence takes, or why it cannot begin. What is asked for wins over what was chosen."""
    spoken = await spoken_in(context)
    if queues is not None:
        return queues_for(queues, languages, worker.queues, worker.languages, spoken)
    choice = await choice_of(context, worker.worker_id)
    return taken_of(choice, languages, worker.queues, worker.languages, spoken)


async def choice_of(context: Context, worker_id: int) -> WorkChoice:
    """Return what a worker does not take now."""
    async with context.cells.directory.acquire() as db:
        return await choices.choice(db, worker_id)


async def spoken_in(context: Context) -> dict[int, str]:
    """Return each queue's language."""
    return {queue.queue_id: queue.language for queue in (await context.lookups.queues()).values()}
