"""Tasks of several answers at every point of their life, for batches of any action to meet (support/batch_world.py)."""

from manyeyes.consensus.terms import PeopleTerms
from support.action_stage import Stage

TWO = PeopleTerms(answers=2, answers_at_most=3)


async def make_ended_panels(stage: Stage, *account_ids: int) -> None:
    """Make results of two people: one that may be complained about, one that is, one refused and appealed against."""
    people = [await stage.worker(), await stage.worker()]
    for n, account_id in enumerate(account_ids):
        task_id = await stage.submit(account_id, terms=TWO, callback_url="https://receiver0.example/several")
        await stage.hand_out()
        for worker_id in people:
            await stage.answer(worker_id, await stage.lease(worker_id), "12345")
        if n:
            await stage.complain(account_id, task_id)
    for worker_id in people:
        await stage.go(worker_id)


async def make_open_panels(stage: Stage, account_id: int, *queues: int) -> None:
    """Make tasks whose two seats both lie on desks, whose second one does, and one that four failed at."""
    people = [stage.number() for _ in range(4)]
    for worker_id in people[:2]:
        await stage.come(worker_id, *queues)
    await stage.submit(account_id, terms=TWO, life_seconds=90)
    await stage.hand_out()
    await stage.answer(people[0], await stage.lease(people[0]), "12345")
    await stage.submit(account_id, terms=TWO, life_seconds=90)
    for worker_id in people[2:]:
        await stage.come(worker_id, *queues)
    for _ in range(2):
        await stage.hand_out()
    await stage.submit(account_id, terms=TWO, life_seconds=50)
    await stage.change(
        "UPDATE work SET failures = 4 WHERE cell = $1 AND task_id = "
        "(SELECT max(task_id) FROM work WHERE cell = $1 AND of_task <> 0 AND state <> 0)"
    )
