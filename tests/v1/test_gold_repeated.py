"""What is sent again, too late or after the end is answered for gold as for any other task (docs/decisions/0066)."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from manyeyes.actions.lay_gold import LayGold, lay_gold
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.runtime.aside_sweep import settle_what_is_aside
from manyeyes.runtime.context import Context
from manyeyes.settings import Settings
from support import factories
from support.browser_visits import link, worker_subject

TRUTH, OTHER = "12345", "99"
OWN = {"origin": "http://manyeyes.test"}
FORMS = (
    (re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z"), "INSTANT"),
    (re.compile(r"/pictures/[A-Za-z0-9_-]{48}\."), "/pictures/SIGNED."),
    (re.compile(r"\b1-\d+-1\b"), "LEASE"),
)
MOST_TASKS = 60


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which what is sent with `undo` can be taken back."""
    return Settings(data=tmp_path, undo_seconds=10)


class Hand:
    """Somebody at work over /v1/worker, whose every reply is kept but for ids and instants."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers
        self.said: list[str] = []

    async def task(self) -> dict[str, Any]:
        """Return what lies before them."""
        found: dict[str, Any] = (await self.client.get("/v1/worker/next?wait=5", headers=self.headers)).json()
        return found

    async def answer(self, lease: str, text: str = TRUTH) -> None:
        """Answer, and keep what was said."""
        body = {"lease": lease, "answer": {"text": text}}
        self._keep(await self.client.post("/v1/worker/answers", headers=self.headers, json=body))

    async def skip(self, lease: str) -> None:
        """Pass on, and keep what was said."""
        body = {"lease": lease, "reason": "unreadable"}
        self._keep(await self.client.post("/v1/worker/skips", headers=self.headers, json=body))

    async def ask(self, call: str, lease: str, **more: object) -> None:
        """Call something that no form does, and keep what was said."""
        body = {"lease": lease, **more}
        self._keep(await self.client.post(f"/v1/worker/{call}", headers=self.headers, json=body))

    async def look(self, url: str) -> None:
        """Open the picture's address, and keep whether it is there."""
        reply = await self.client.get(url)
        self.said.append(f"{reply.status_code} {reply.headers.get('content-type')}")

    def _keep(self, reply: httpx.Response) -> None:
        text = reply.text
        for found, name in FORMS:
            text = found.sub(name, text)
        self.said.append(f"{reply.status_code} {text}")


class FormHand(Hand):
    """The same by the forms of the work screen, as a browser without script sends them; signed in by a cookie."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        super().__init__(client, headers)
        self.headers = OWN  # what no form does, a page's script does with the cookie

    async def answer(self, lease: str, text: str = TRUTH) -> None:
        """Answer by the form."""
        await self._send("/worker/answer", {"lease": lease, "text": text})

    async def skip(self, lease: str) -> None:
        """Pass on by the form."""
        await self._send("/worker/skip", {"lease": lease, "reason": "unreadable"})

    async def _send(self, path: str, form: dict[str, str]) -> None:
        reply = await self.client.post(path, data=form, headers=OWN)
        self.said.append(f"{reply.status_code} {reply.headers.get('location')}")


Play = Callable[[Context, Hand, str, str], Awaitable[None]]


async def answered(_: Context, hand: Hand, lease: str, url: str) -> None:
    """Ask for time, answer, answer again, answer otherwise, pass it on, ask for time, look again."""
    await hand.ask("renewals", lease)
    await hand.answer(lease)
    await hand.answer(lease)
    await hand.answer(lease, OTHER)
    await hand.skip(lease)
    await hand.ask("renewals", lease)
    await hand.look(url)


async def skipped(_: Context, hand: Hand, lease: str, url: str) -> None:
    """Pass it on, once more, on a lease that never was, answer, look again."""
    await hand.skip(lease)
    await hand.skip(lease)
    await hand.skip(lease.rpartition("-")[0] + "-2")
    await hand.answer(lease)
    await hand.skip(lease)
    await hand.ask("renewals", lease)
    await hand.look(url)


async def over(context: Context, hand: Hand, lease: str, url: str) -> None:
    """Let the time run out; answer and pass on before it was noticed and after."""
    statement = "UPDATE work SET lease_until = now() - interval '1 second' WHERE cell = 1 AND task_id = $1"
    async with context.cells.pool(1).acquire() as db:
        await db.execute(statement, int(lease.split("-")[1]))
    for _ in range(2):
        await hand.ask("renewals", lease)
        await hand.answer(lease)
        await hand.skip(lease)
        await hand.look(url)
        await context.batcher.ask(return_lapsed_leases, ReturnLapsedLeases(1))
    await hand.client.post("/v1/worker/online", headers=hand.headers)


async def taken_back(context: Context, hand: Hand, lease: str, url: str) -> None:
    """Answer so that it can be taken back, again, otherwise; take it back; pass it on so, take that back too late.

    What is aside is sent without `undo` too.
    """
    answer, other = {"undo": True, "answer": {"text": TRUTH}}, {"undo": True, "answer": {"text": OTHER}}
    for more in (answer, answer, other):
        await hand.ask("answers", lease, **more)
    await hand.answer(lease)
    await hand.ask("renewals", lease)
    await hand.skip(lease)
    for _ in range(2):
        await hand.ask("undos", lease)
    await hand.ask("skips", lease, undo=True)
    await hand.skip(lease)
    await hand.ask("answers", lease, **answer)
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET aside_until = now() WHERE cell = 1 AND state = 4")
    await hand.ask("undos", lease)
    await settle_what_is_aside(context, 1)
    for call in ("undos", "skips", "renewals"):
        await hand.ask(call, lease)
    await hand.look(url)
    assert [each for each in hand.said if "undo_until" in each], "it can be taken back"


async def is_gold(context: Context, lease: str) -> bool:
    """Tell whether what lies there is gold."""
    async with context.cells.pool(1).acquire() as db:
        found = await db.fetchval("SELECT purpose FROM work WHERE cell = 1 AND task_id = $1", int(lease.split("-")[1]))
    return bool(found == 2)


async def filled(context: Context, lease: str) -> None:
    """Wait until something lies behind the task at hand, so that each reply has what comes next."""
    behind = "SELECT count(*) FROM work WHERE cell = 1 AND worker_id = (SELECT worker_id FROM work WHERE task_id = $1)"
    async with asyncio.timeout(20), context.cells.pool(1).acquire() as db:
        while await db.fetchval(behind, int(lease.split("-")[1])) < 2:  # noqa: ASYNC110 (it tells by no event)
            await asyncio.sleep(0.02)


async def until(context: Context, hand: Hand, *, gold: bool) -> dict[str, Any]:
    """Return a task of the wanted sort; what lies before it is answered, and gold laid by new lots."""
    for n in range(MOST_TASKS):
        task = await hand.task()
        if await is_gold(context, task["lease"]) is gold:
            await filled(context, task["lease"])
            return task
        await hand.answer(task["lease"])
        await context.batcher.ask(lay_gold, LayGold(1, b"%d" % n))
        await asyncio.sleep(0)
    raise AssertionError("no such task came")


@pytest.mark.parametrize("edge", [Hand, FormHand])
@pytest.mark.parametrize("play", [answered, skipped, over, taken_back])
async def test_gold_answers_repeated_and_late_calls_as_any_task_does(client, play: Play, edge: type[Hand]):
    context: Context = client.context
    customer = await factories.customer(context)
    author, hand = await factories.hand(context), await factories.hand(context)
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE queue SET gold_share = 0.5 WHERE queue_id = 1")
    writer = Hand(client, author.headers)
    await client.post("/v1/worker/online", headers=author.headers)
    for _ in range(3):
        await factories.submit(context, customer, truth=TRUTH)
        await writer.answer((await writer.task())["lease"])
    await client.post("/v1/worker/offline", headers=author.headers)
    await client.post("/v1/worker/online", headers=hand.headers)
    for _ in range(MOST_TASKS):
        await factories.submit(context, customer)
    if edge is FormHand:
        await client.post(await link(context, worker_subject(hand)), headers=OWN)
    said = {}
    for gold in (True, False):
        task = await until(context, Hand(client, hand.headers), gold=gold)
        worker = edge(client, hand.headers)
        await play(context, worker, task["lease"], task["task"]["image_url"])
        said[gold] = worker.said
    assert said[True] == said[False]
    assert [each for each in said[True] if "lease_lost" in each or "already_" in each], said
