"""Calls every verb of the client against MANYEYES_URL and prints what came of it: ``every_verb.py blocking|awaiting``.

It is written once: the blocking client's answers are handed on as they are, the awaiting one's are awaited.
"""

import asyncio
import inspect
import json
import sys
from decimal import Decimal
from pathlib import Path

import manyeyes_client as m

METER = m.NumberQuestion(words="What does the meter show?", unit="kWh", decimals=2)


async def now(found):
    """Return what a verb of either client gives."""
    return await found if inspect.isawaitable(found) else found


async def all_of(found):
    """Return everything that a verb of either client yields."""
    return [each async for each in found] if hasattr(found, "__aiter__") else list(found)


async def one_picture(client, said):
    said["ask"] = str(await now(client.ask(Path("one.png"), METER)))
    first = await now(client.create_task(Path("one.png"), METER, external_id="mine", key="k", wait=5))
    again = await now(client.create_task(Path("one.png"), METER, external_id="mine", key="k"))
    said["same_key_same_task"] = first.id == again.id
    ended = await now(client.wait(first))
    said["task_state"] = ended.state
    assert [task.id for task in await all_of(client.tasks(external_id="mine"))] == [first.id]
    said["report"] = (await now(client.report(first.id, key="r"))).kind
    waiting = await now(client.create_task(Path("one.png"), METER, queue=2))
    said["cancelled"] = [(await now(client.cancel(waiting.id))).state for _ in range(2)]


async def a_folder(client, said):
    job = await now(client.create_job("Meters", METER, key="job"))
    upload = await now(client.upload(job.id, "pictures"))
    said["uploaded"] = [upload.lines, upload.complete]
    said["uploaded_again"] = (await now(client.upload(job.id, "pictures"))).lines
    await now(client.start(job.id))
    said["events_end"] = (await all_of(client.events(job.id)))[-1].state
    said["state"] = (await now(client.wait_job(job.id))).state
    said["values"] = [str(row.value) for row in await all_of(client.results(job.id))]
    await now(client.save(job.id, "answers.csv"))


async def a_job_that_waits(client, said):
    """Nobody is at work in queue 2."""
    job = await now(client.create_job("Other", METER, queue=2))
    await now(client.upload(job.id, "pictures"))
    states = [job.state]
    for verb in (client.start, client.pause, client.resume):
        states.append((await now(verb(job.id))).state)
    changed = await now(client.change(job.id, name="Meters of March", budget=Decimal("0.5")))
    assert (changed.name, changed.budget) == ("Meters of March", Decimal("0.5"))
    said["states"] = [*states, (await now(client.cancel_job(job.id))).state]
    assert next(found.id for found in await all_of(client.jobs(order="newest"))) == job.id
    for _ in range(600):  # what was held for it is given back in portions
        if (await now(client.job(job.id))).ended_at is not None:
            break
        await asyncio.sleep(0.1)


async def money(client, said):
    job = (await all_of(client.jobs(order="oldest")))[0]
    tasks = [task for task in await all_of(client.tasks()) if task.job is None]
    balance, spending = await now(client.balance()), await now(client.spending())
    said["net"] = str(job.net + sum(task.cost - task.refunded for task in tasks))
    said["spent"] = str(spending.total.net)
    said["statement"] = str(-(await now(client.statement())).net)  # minus: out of what may be spent
    assert balance.available == 1 - spending.total.net, balance
    await asyncio.sleep(0.4)  # what has just ended is not told of yet
    changes = await now(client.changes())
    said["changes"] = len(changes.items)
    assert not (await now(client.changes(changes.next))).items


async def errors(client, said):
    async def is_raised(kind, call):
        try:
            await now(call())
        except kind:
            return True
        return False

    wrong = m.LabelQuestion(words="Which?", labels=())
    said["errors"] = {
        "no such task": await is_raised(m.NotFound, lambda: client.task(1)),
        "no such job": await is_raised(m.NotFound, lambda: client.upload(1, "pictures")),
        "key reused": await is_raised(m.KeyReused, lambda: client.create_task(Path("one.png"), METER, key="k")),
        "no picture": await is_raised(m.ProblemError, lambda: client.create_task(b"none", METER)),
        "no labels": await is_raised(m.ProblemError, lambda: client.create_task(Path("one.png"), wrong)),
        "no file": await is_raised(m.WrongSource, lambda: client.create_task(Path("nowhere.png"), METER)),
        "no folder": await is_raised(m.WrongSource, lambda: client.upload(1, "nowhere")),
        "not yet": await is_raised(m.NotYet, lambda: client.ask(Path("one.png"), METER, queue=2, timeout=1)),
    }


async def main(client):
    said: dict[str, object] = {}
    for part in (one_picture, a_folder, a_job_that_waits, money, errors):
        await part(client, said)
    print(json.dumps(said))


async def awaiting():
    async with m.AsyncClient() as client:
        await main(client)


if sys.argv[1] == "awaiting":
    asyncio.run(awaiting())
else:
    with m.Client() as blocking:
        asyncio.run(main(blocking))
