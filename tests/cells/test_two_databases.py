"""Two cells in two databases: whatever crosses cells fails here, long before there is a cluster."""

import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest

from manyeyes.actions.check_books import check_books
from manyeyes.actions.decide_appeals import AppealDecided
from manyeyes.actions.file_appeals import Appealed
from manyeyes.actions.forget_standings import ForgetStandings, forget_standings
from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from manyeyes.actions.report_tokens import ReportToken, TokenReported, report_tokens
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.actions.watch_reporters import WatchReporters, watch_reporters
from manyeyes.allow_list.rules import STANDING_SECONDS
from manyeyes.db.pool import DIRECTORY
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind
from manyeyes.ledger.seals.rules import BEGINNING
from manyeyes.reports.rules import ReportKind
from manyeyes.roles.operator import decide_appeal, open_appeals, reviewer_standings
from manyeyes.roles.practising import PracticeDesk
from manyeyes.roles.reviewer import ReviewDesk
from manyeyes.roles.worker import WorkerDesk
from manyeyes.roles.worker_reports import appeal
from manyeyes.runtime.context import Context
from manyeyes.server.application import JOBS, SWEEPS
from manyeyes.skills import evidence
from manyeyes.skills.counting import BELOW_FLOOR
from manyeyes.tasks.rules import RECAPTCHA_KINDS, RECAPTCHA_V3, wire_id
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.action_stage import PAY, PRICE, Stage, set_stage
from support.in_process_client import Client, client_of

CELLS = [1, 2]


@pytest.fixture
async def stages(two_databases: Context) -> dict[int, Stage]:
    return {cell: await set_stage(two_databases.cells.pool(cell), cell) for cell in CELLS}


@pytest.fixture
async def caller(two_databases: Context) -> AsyncIterator[Client]:
    """An HTTP client of the application on both databases, without its periodic jobs."""
    async with client_of(two_databases) as found:
        yield found


async def cells_in(db: asyncpg.Pool) -> set[int]:
    """Return which cells have left anything in a database."""
    tables = await db.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'cell' "
        "AND table_name NOT IN ('account_place', 'api_key', 'credential')"
    )
    found: set[int] = set()
    for row in tables:
        found |= {r["cell"] for r in await db.fetch(f"SELECT DISTINCT cell FROM {row['table_name']}")}
    return found


async def test_the_two_cells_live_in_two_databases(two_databases: Context):
    names = [await two_databases.cells.pool(cell).fetchval("SELECT current_database()") for cell in CELLS]
    assert len(set(names)) == 2


@pytest.mark.parametrize("cell", CELLS)
async def test_a_whole_life_in_each_cell_over_the_wire(two_databases: Context, caller: Client, cell: int):
    customer, hand = await factories.customer(two_databases, cell=cell), await factories.hand(two_databases)
    created = await factories.call(caller, "createTask", customer, task=factories.image_task(), softId=847)
    assert (await factories.call(caller, "getTaskResult", customer, taskId=created["taskId"]))["status"] == "processing"
    await two_databases.batcher.ask(measure_depths, MeasureDepths(cell))
    lease = await factories.taken(two_databases, hand)
    assert lease.lease.cell == cell
    answer = {"lease": str(lease.lease), "answer": {"text": "12345"}}
    assert (await caller.post("/v1/worker/answers", headers=hand.headers, json=answer)).json()["earned"] == 0.0005
    ready = await factories.call(caller, "getTaskResult", customer, taskId=created["taskId"])
    assert ready["solution"]["text"] == "12345"
    picture = await caller.get(ready["solution"]["url"].removeprefix("http://manyeyes.test"))
    assert picture.content == factories.picture_bytes()
    assert (await factories.call(caller, "getBalance", customer))["balance"] == 9.9993
    spent = await factories.call(caller, "getSpendingStats", customer, softId=847, date=int(time.time()) - 3_600)
    assert sum(window["volume"] for window in spent["data"]) == 1
    assert sum(window["money"] for window in spent["data"]) == pytest.approx(0.0007, abs=1e-9)


@pytest.mark.parametrize("cell", CELLS)
async def test_a_complaint_in_each_cell_from_report_to_appeal(two_databases: Context, caller: Client, cell: int):
    customer, hand = await factories.customer(two_databases, cell=cell), await factories.hand(two_databases)
    await factories.submit(two_databases, customer)
    await two_databases.batcher.ask(measure_depths, MeasureDepths(cell))
    lease = (await factories.taken(two_databases, hand)).lease
    answer = {"lease": str(lease), "answer": {"text": "wr0ng"}}
    await caller.post("/v1/worker/answers", headers=hand.headers, json=answer)
    task_id = lease.task_id
    assert (await factories.call(caller, "reportIncorrectImageCaptcha", customer, taskId=task_id))[
        "status"
    ] == "success"
    await factories.judge(two_databases, "reject", "confirm", "confirm")
    assert (await factories.call(caller, "getBalance", customer))["balance"] == 10.0
    key = {"authorization": f"Bearer {customer.key}"}
    assert (await caller.get(f"/v1/reports/{task_id}", headers=key)).json()["state"] == "confirmed"
    body = {"task_id": task_id, "words": "It was right."}
    assert (await caller.post("/v1/worker/appeals", headers=hand.headers, json=body)).json()["pay"] == 0.0005
    assert [waiting.cell for waiting in await open_appeals(two_databases)] == [cell]
    decided = await decide_appeal(two_databases, task_id, accepted=True)
    assert isinstance(decided, AppealDecided), decided
    [report] = (await caller.get("/v1/worker/reports", headers=hand.headers)).json()["reports"]
    assert report["appeal"]["accepted"] is True
    assert sum(standing.votes for standing in await reviewer_standings(two_databases)) == 3
    for number in CELLS:
        async with two_databases.cells.pool(number).acquire() as db:
            assert (await check_books(db, number)).findings == []


async def test_appeals_of_two_cells_about_one_number_are_decided_each_for_itself(two_databases: Context):
    """Cells number their tasks each for itself: what is paid is what was looked at."""
    hand, numbers = await factories.hand(two_databases), set()
    for cell in CELLS:
        customer = await factories.customer(two_databases, cell=cell)
        await WorkerDesk(two_databases).offline(hand.worker)
        numbers.add(wire_id((await factories.submit(two_databases, customer)).task_id))
        for each in CELLS:
            await two_databases.batcher.ask(measure_depths, MeasureDepths(each))
        lease = (await factories.taken(two_databases, hand)).lease
        await WorkerDesk(two_databases).answer(hand.worker, lease, "wr0ng")
        await factories.complain(two_databases, customer, *numbers)
        await factories.judge(two_databases, "confirm", "confirm")
    [number] = numbers
    for words in ("one", "the other"):
        assert isinstance(await appeal(two_databases, hand.worker, number, words), Appealed)
    assert sorted(waiting.cell for waiting in await open_appeals(two_databases)) == CELLS
    unclear = await decide_appeal(two_databases, number, accepted=True)
    assert isinstance(unclear, Refusal)
    assert "in the cells 1, 2" in unclear.detail
    decided = await decide_appeal(two_databases, number, accepted=True, cell=2)
    assert isinstance(decided, AppealDecided)
    assert [waiting.cell for waiting in await open_appeals(two_databases)] == [1]
    assert isinstance(await decide_appeal(two_databases, number, accepted=False), AppealDecided), "one is left"
    for cell, paid in ((1, 0), (2, PAY)):
        async with two_databases.cells.pool(cell).acquire() as db:
            booked = await ledger.workers_sums(db, cell, TransferKind.APPEAL_PAY, BEGINNING)
            assert booked.get(hand.worker.worker_id, 0) == paid
    assert isinstance(await decide_appeal(two_databases, number, accepted=True, cell=3), Refusal)


async def test_a_reviewer_has_one_complaint_before_them_whichever_cell_it_is_of(two_databases: Context):
    for cell in CELLS:
        customer, hand = await factories.customer(two_databases, cell=cell), await factories.hand(two_databases)
        await two_databases.batcher.ask(measure_depths, MeasureDepths(3 - cell))
        submitted = await factories.submit(two_databases, customer)
        await two_databases.batcher.ask(measure_depths, MeasureDepths(cell))
        lease = (await factories.taken(two_databases, hand)).lease
        await WorkerDesk(two_databases).answer(hand.worker, lease, "wr0ng")
        await factories.complain(two_databases, customer, submitted.task_id)
    desk, reviewer = ReviewDesk(two_databases), (await factories.hand(two_databases, reviewer=True)).worker
    slots = [await desk.next(reviewer, 0) for _ in range(8)]
    assert len({slot.slot for slot in slots}) == 1


async def test_getqueuestats_sums_over_the_cells(two_databases: Context, caller: Client):
    for cell in CELLS:
        hand = await factories.hand(two_databases)
        await factories.submit(two_databases, await factories.customer(two_databases, cell=cell))
        for other in CELLS:
            await two_databases.batcher.ask(measure_depths, MeasureDepths(other))
        await factories.taken(two_databases, hand)
    stats = await factories.call(caller, "getQueueStats", queueId=1)
    assert (stats["total"], stats["waiting"], stats["load"]) == (2, 0, 100.0)


async def test_a_worker_comes_where_the_longest_queue_is(two_databases: Context, stages: dict[int, Stage]):
    for cell, count in ((1, 1), (2, 3)):
        account_id = await stages[cell].account()
        for _ in range(count):
            await stages[cell].submit(account_id)
        await stages[cell].act(measure_depths, MeasureDepths(cell))
    hand = await factories.hand(two_databases)
    assert await WorkerDesk(two_databases).cell(hand.worker.worker_id) == 2


async def test_nothing_of_one_cell_is_found_in_the_other(stages: dict[int, Stage]):
    for stage in stages.values():
        account_id, worker_id = await stage.account(PRICE * 3), await stage.worker()
        await stage.solve(account_id, worker_id)
        stage.later(PENDING_SECONDS)
        await stage.act(vest_pay, VestPay(stage.cell))
        await stage.submit(account_id)
    assert await cells_in(stages[1].pool) <= {DIRECTORY, 1}
    assert await cells_in(stages[2].pool) == {2}


async def test_the_books_of_each_cell_balance_by_themselves(stages: dict[int, Stage]):
    for cell, stage in stages.items():
        account_id, worker_id = await stage.account(), await stage.worker()
        for _ in range(cell):
            await stage.solve(account_id, worker_id)
    for cell, stage in stages.items():
        books: Any = await stage.books()
        assert (books.difference_micros, books.accounts, books.transfers) == (0, 1, 1 + 3 * cell)
        assert sum(row["amount_micros"] for row in await stage.rows("pending_pay", "amount_micros")) == cell * PAY
    await stages[2].change("UPDATE balance SET available_micros = available_micros + 1 WHERE cell = $1")
    assert [(await stage.books()).difference_micros for stage in stages.values()] == [0, 1]


async def test_the_same_ids_in_both_cells_are_different_things(two_databases: Context, stages: dict[int, Stage]):
    for stage in stages.values():
        account_id, worker_id = await stage.account(PRICE), await stage.worker()
        assert (account_id, worker_id) == (1, 3)
        await stage.solve(account_id, worker_id)
    for cell in CELLS:
        async with two_databases.cells.pool(cell).acquire() as db:
            assert (await check_books(db, cell)).difference_micros == 0


@pytest.mark.parametrize("cell", CELLS)
async def test_every_periodic_job_runs_in_every_cell(two_databases: Context, cell: int):
    for _, job in [*JOBS, *SWEEPS]:
        await job(two_databases, cell)


async def test_a_list_and_a_filter_hold_in_their_own_cell(stages: dict[int, Stage]):
    for stage in stages.values():
        account_id, listed, filtered = await stage.account(), await stage.worker(), await stage.worker()
        for _ in range(2):
            await stage.submit(account_id, kind=RECAPTCHA_V3)
        await stage.hand_out()
        for worker_id in (listed, filtered):
            await stage.answer(worker_id, await stage.lease(worker_id))
        kinds = {listed: ReportKind.TOKEN_CORRECT, filtered: ReportKind.TOKEN_INCORRECT}
        words = [
            ReportToken(
                cell=stage.cell,
                account_id=account_id,
                task_id=row["task_id"],
                kind=kinds[row["worker_id"]],
                takes=RECAPTCHA_KINDS,
            )
            for row in await stage.rows("result", "task_id, worker_id")
        ]
        assert all(isinstance(told, TokenReported) for told in await stage.act(report_tokens, *words))
        await stage.submit(account_id, kind=RECAPTCHA_V3)
        assert await stage.hand_out() == (listed,)
        await stage.submit(account_id, kind=RECAPTCHA_V3)
        assert await stage.hand_out() == (listed,), "queued on their desk rather than given to the filtered one"
        stage.later(STANDING_SECONDS)
        assert await stage.act(forget_standings, ForgetStandings(stage.cell)) == [2]
        assert await stage.act(watch_reporters, WatchReporters(stage.cell)) == [()]
    assert await cells_in(stages[1].pool) <= {DIRECTORY, 1}
    assert await cells_in(stages[2].pool) == {2}


async def test_where_nobody_can_practise_the_cell_of_the_bar_says_why(two_databases: Context):
    hand = await factories.hand(two_databases)
    own = await WorkerDesk(two_databases).cell(hand.worker.worker_id)
    async with two_databases.cells.pool(own).acquire() as tx, tx.transaction():
        now = await tx.fetchval("SELECT now()")
        (row,) = (await evidence.lock_skills(tx, now, own, [(1, hand.worker.worker_id)])).values()
        await evidence.save_skills(tx, own, [msgspec.structs.replace(row, barred_at=now, barred_why=BELOW_FLOOR)])
    refused = await PracticeDesk(two_databases).begin(hand.worker, 1)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.NO_TRAINING
