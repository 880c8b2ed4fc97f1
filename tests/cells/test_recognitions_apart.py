"""Recognition for a customer in another cell: its rows lie there alone, and its days are the app's all the same."""

import hashlib
from typing import Any

from manyeyes.actions.check_books import check_books
from manyeyes.actions.import_results import ImportResults, import_results
from manyeyes.actions.record_recognitions import Recorded, record_recognitions
from manyeyes.actions.sweep_calls import SweepCalls, sweep_calls
from manyeyes.apps import store as apps
from manyeyes.apps.rules import zone
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.csv_import import COLUMNS, read_history
from manyeyes.runtime.context import Context
from support import factories
from support.action_stage import set_stage
from support.recognition_calls import Calls, app_of


async def test_calls_and_history_of_another_cell_stay_there(two_databases: Context):
    context = two_databases
    customer = await factories.customer(context, cell=2)
    stage = await set_stage(context.cells.pool(2), 2)
    stage._number = 1_000_000
    app = app_of(customer.account_id, cell=2)
    calls = Calls(stage, app)
    async with context.cells.directory.acquire() as db:
        await apps.insert_app(db, app)
        await recognitions.insert_recognition(db, calls.recognitions[0])
    call = calls.call(calls.found(), calls.found(rate=0.1), nonce="0.5")
    assert isinstance(await context.batcher.ask(record_recognitions, call), Recorded)
    (again,) = [await context.batcher.read(recognitions.replay, 2, (*call.key, call.digest))]
    assert again == call.answer
    text = ",".join(COLUMNS) + "\n2022-12-05,1,true,0.2,a"
    history = read_history(text, calls.recognitions[0], zone(app.time_zone), stage.now)
    digest = hashlib.sha256(text.encode()).digest()
    given: dict[str, Any] = {
        "call_id": stage.number(),
        "first_result_id": 5_000_000,
        "recognition": calls.recognitions[0],
    }
    assert await context.batcher.ask(import_results, ImportResults(cell=2, digest=digest, history=history, **given))
    assert await context.batcher.ask(sweep_calls, SweepCalls(2, 600)) == 0
    counts = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            assert (await check_books(db, cell, await context.lookups.time_zones())).findings == []
            counts.append(await db.fetchval("SELECT count(*) FROM recognition_result"))
    assert counts == [0, 3]
