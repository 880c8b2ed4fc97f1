"""What a process does for jobs: it tries slow pictures again, in their order, and goes on at once when money comes.

Where the feeder is to be woken its own looks are an hour apart: only a bell can wake it.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from manyeyes.runtime import job_feeder
from manyeyes.runtime.context import Context
from manyeyes.runtime.job_feeder import Fetched, JobFeeder
from manyeyes.settings import Settings
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.action_stage import PICTURE, PRICE, Stage
from support.in_process_client import Client
from support.job_calls import JobCustomer, items
from support.job_lives import find, running
from support.real_server import run

AWAY = Refusal(Reason.PICTURE_AWAY, "the server is away")
GONE = Refusal(Reason.NO_PICTURE, "404")
HOUR = 3600.0


def url(n: int) -> str:
    return f"https://pictures.example/{n}.png"


class Shelf:
    """Addresses whose pictures come at a later try, or never; ``tried`` tells who asked for what, in order."""

    def __init__(self, away: dict[str, int], gone: tuple[str, ...] = ()) -> None:
        self.away, self.gone, self.tried = away, gone, list[str]()

    async def fetch(self, _cell: int, _account_id: int, address: str) -> Fetched:
        self.tried.append(address)
        if address in self.gone:
            return GONE
        return AWAY if self.tried.count(address) <= self.away.get(address, 0) else PICTURE


async def ended_and_waiting(stage: Stage) -> tuple[list[int], list[int]]:
    """Return the lines that ended without a picture, and those that wait in their queue's order."""
    lines = {row["task_id"]: row["line"] for row in await stage.rows("task", "task_id, line")}
    ended = await stage.rows("result", "task_id")
    work = sorted(await stage.rows("work", "turn, task_id"), key=lambda row: row["turn"])
    return sorted(lines[row["task_id"]] for row in ended), [lines[row["task_id"]] for row in work]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(2_000):
        if await condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to pass")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_feeder, "TRY_AGAIN_SECONDS", (0.0, 0.0))


async def feed(context: Context, stage: Stage, shelf: Shelf, job_id: int) -> None:
    """Let a feeder look until nothing of the job is held back."""
    feeder = JobFeeder(context, shelf.fetch, lambda refusal: refusal.reason is Reason.PICTURE_AWAY)

    async def is_fed() -> bool:
        await feeder.look(stage.cell)
        return not (await find(stage, job_id)).held_back

    await until(is_fed)
    await feeder.stop()


@pytest.mark.usefixtures("quick")
async def test_slow_pictures_are_tried_again_and_lines_enter_in_their_order(context: Context, stage: Stage):
    account_id = await stage.account()
    job_id = await draft_of_addresses(stage, account_id, 5)
    shelf = Shelf({url(1): 1, url(2): 2, url(4): 99}, gone=(url(3),))
    await feed(context, stage, shelf, job_id)
    assert await ended_and_waiting(stage) == ([3, 4], [1, 2, 5])
    assert {address: shelf.tried.count(address) for address in shelf.tried} == {
        url(1): 2,
        url(2): 3,
        url(3): 1,
        url(4): 3,
        url(5): 1,
    }, "what came, or cannot come, is not asked for again"
    job = await find(stage, job_id)
    assert (job.failed, job.open, job.held_micros, job.waits_for) == (2, 3, 3 * PRICE, "")
    assert sorted(row["why"] for row in await stage.rows("result", "why")) == ["404", "the server is away"]
    assert (await stage.books()).findings == []


@pytest.mark.usefixtures("quick")
async def test_lines_before_a_slow_picture_do_not_wait_for_it(context: Context, stage: Stage):
    account_id = await stage.account()
    job_id = await draft_of_addresses(stage, account_id, 3)
    seen: list[tuple[list[int], str]] = []
    shelf = Shelf({url(2): 2})

    async def fetch(cell: int, account_id: int, address: str) -> Fetched:
        if address == url(2):
            seen.append(((await ended_and_waiting(stage))[1], (await find(stage, job_id)).waits_for))
        return await shelf.fetch(cell, account_id, address)

    feeder = JobFeeder(context, fetch, lambda refusal: refusal.reason is Reason.PICTURE_AWAY)
    await feeder.look(stage.cell)
    await until(lambda: all_entered(stage, job_id))
    await feeder.stop()
    assert seen == [([], ""), ([1], "pictures"), ([1], "pictures")]


async def all_entered(stage: Stage, job_id: int) -> bool:
    return not (await find(stage, job_id)).held_back


async def draft_of_addresses(stage: Stage, account_id: int, count: int) -> int:
    """Start a job whose lines have an address each."""
    job_id = await running(stage, account_id, count, picture_url="https://pictures.example/")
    await stage.change("UPDATE task SET picture_url = picture_url || line || '.png' WHERE cell = $1")
    return job_id


@pytest.fixture
async def waiting(client: Client, monkeypatch: pytest.MonkeyPatch) -> tuple[JobCustomer, int]:
    """Return a customer and their job of three items that waits for money, since there was some for two.

    The feeder has looked, and will not look again by itself.
    """
    customer = JobCustomer(client, await factories.customer(client.context, f"0.{2 * PRICE:06d}"))
    job_id = await customer.draft(items(3))
    await customer.ask("POST", f"/{job_id}/start")
    job = await customer.until(job_id, lambda job: job["waits_for"] == "balance")
    assert (job["counts"]["open"], job["counts"]["held_back"]) == (2, 1)
    looks, look = list[int](), JobFeeder.look

    async def counted(feeder: JobFeeder, cell: int) -> int:
        monkeypatch.setattr(job_feeder, "LOOK_SECONDS", HOUR)
        looks.append(await look(feeder, cell))
        return looks[-1]

    async def has_looked() -> bool:
        return len(looks) > 1  # the pause behind the first one was chosen before it

    monkeypatch.setattr(JobFeeder, "look", counted)
    client.context.job_bell.ring()
    await until(has_looked)
    return customer, job_id


async def test_a_top_up_wakes_the_feeder(waiting: tuple[JobCustomer, int], settings: Settings, dsn: str):
    customer, job_id = waiting
    account = str(customer.owner.account_id)
    done = await asyncio.to_thread(run, settings.data, "account", "top-up", account, "1", MANYEYES_DATABASE_URL=dsn)
    assert done.returncode == 0, done.stderr
    job = await customer.until(job_id, lambda job: not job["counts"]["held_back"])
    assert (job["counts"]["open"], job["waits_for"]) == (3, None)


async def test_what_a_cancelled_task_gives_back_wakes_the_feeder(waiting: tuple[JobCustomer, int]):
    customer, job_id = waiting
    await customer.cancel_first(job_id)
    job = await customer.until(job_id, lambda job: not job["counts"]["held_back"])
    assert job["counts"] | {"open": 2, "cancelled": 1} == job["counts"]


async def test_what_an_overdue_task_gives_back_wakes_the_feeder(waiting: tuple[JobCustomer, int]):
    customer, job_id = waiting
    pool = customer.client.context.cells.directory
    await pool.execute("UPDATE work SET expires_at = now() WHERE task_id = (SELECT min(task_id) FROM work)")
    job = await customer.until(job_id, lambda job: not job["counts"]["held_back"])
    assert job["counts"] | {"open": 2, "failed": 1} == job["counts"]
