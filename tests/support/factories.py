"""Makes what tests are about: customers, workers, pictures, and tasks at each point of their life."""

import base64
import io
from typing import Any

import httpx
import msgspec
from PIL import Image, ImageDraw

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest, new_key, new_token
from manyeyes.accounts.store import AccountPlace, KeyOwner
from manyeyes.actions.file_complaints import FileComplaint, Filed, file_complaints
from manyeyes.actions.open_accounts import OpenAccount, open_accounts
from manyeyes.actions.submit_tasks import SubmitTask, Submitted, submit_tasks
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.allow_list import store as allow_list
from manyeyes.allow_list.rules import Standing
from manyeyes.reports.rules import Vote
from manyeyes.roles.reviewer import LeasedSlot, ReviewDesk, VoteTaken
from manyeyes.roles.wellbeing import say_marks
from manyeyes.roles.worker import LeasedTask, WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.store import SoftApp
from manyeyes.tasks import store as tasks
from manyeyes.tasks.pictures import Picture, inspect
from manyeyes.tasks.rules import ImageOptions, wire_id
from manyeyes.values import money
from manyeyes.values.actor import BY_ITSELF
from manyeyes.values.marks import ContentMark
from manyeyes.values.refusals import Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject, Worker


class Customer(msgspec.Struct, frozen=True):
    cell: int
    account_id: int
    key: str


class Hand(msgspec.Struct, frozen=True):
    """A worker with the token of their programs."""

    worker: Worker
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that sign the worker in to /v1."""
        return {"authorization": f"Bearer {self.token}"}


def picture_bytes(text: str = "12345", kind: str = "PNG", size: tuple[int, int] = (120, 40)) -> bytes:
    """Return a picture with ``text`` drawn on it."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((10, 10), text, fill="black")
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def picture(text: str = "12345") -> Picture:
    """Return a picture with ``text`` drawn on it, as an action takes it."""
    found = inspect(picture_bytes(text))
    assert isinstance(found, Picture)
    return found


def image_task(text: str = "12345", **options: Any) -> dict[str, Any]:
    """Return the `task` object of createTask."""
    return {"type": "ImageToTextTask", "body": base64.b64encode(picture_bytes(text)).decode(), **options}


async def customer(
    context: Context, balance: str = "10.00", *, cell: int = 1, addresses: tuple[str, ...] = ()
) -> Customer:
    """Open an account with this balance in USD and a client key."""
    key = new_key()
    async with context.cells.directory.acquire() as db:
        account_id = await accounts.take_numbers(db, "account", 1)
        await accounts.insert_place(db, AccountPlace(account_id, f"customer {account_id}", cell))
        await accounts.insert_key(db, digest(key), KeyOwner(cell, account_id, addresses))
    await context.batcher.ask(open_accounts, OpenAccount(cell, account_id, f"customer {account_id}"))
    if money.parse(balance):
        top_up = TopUp(cell, await context.id_blocks.take(cell), account_id, money.parse(balance))
        await context.batcher.ask(top_up_accounts, top_up)
    return Customer(cell, account_id, key)


async def soft_app(context: Context, owner: Customer, soft_id: int = 847) -> int:
    """Register an application of the owner's and return its softId."""
    async with context.cells.directory.acquire() as db:
        assert await soft_apps.insert_soft_app(db, SoftApp(soft_id, "Reader", owner.cell, owner.account_id))
    context.lookups.forget()
    return soft_id


async def hand(
    context: Context, *, queues: tuple[int, ...] = (1,), languages: tuple[str, ...] = ("en",), reviewer: bool = False
) -> Hand:
    """Register a worker with a token."""
    token = new_token()
    async with context.cells.directory.acquire() as db:
        worker_id = await accounts.take_numbers(db, "worker", 1)
        found = Worker(
            worker_id=worker_id, name=f"worker {worker_id}", languages=languages, queues=queues, reviewer=reviewer
        )
        await workers.insert_worker(db, found)
        await workers.insert_credential(db, digest(token), "token", Subject("worker", worker_id, 0), None)
    return Hand(found, token)


async def mark_queue(
    context: Context, *agreeing: Hand, marks: int = ContentMark.DISTRESSING, queue_id: int = 1
) -> None:
    """Mark a queue; these people say yes to it."""
    async with context.cells.directory.acquire() as db:
        await tasks.set_queue(db, queue_id, marks=marks)
    context.lookups.forget()
    for one in agreeing:
        assert await say_marks(context, one.worker, BY_ITSELF, queue_id=queue_id, agreed=marks) is None


async def filter_a_crowd(context: Context, customer: Customer, queue_id: int = 1) -> None:
    """Bring six workers online in a queue, all of whom the customer filters: too many for them to come last."""
    crowd = [await hand(context, queues=(queue_id,)) for _ in range(6)]
    for one in crowd:
        await WorkerDesk(context).online(one.worker)
    async with context.cells.pool(customer.cell).acquire() as db:
        now = await db.fetchval("SELECT now()")
        words = [Standing(customer.account_id, one.worker.worker_id, True) for one in crowd]
        await allow_list.save_standings(db, now, customer.cell, words)


async def submit(context: Context, customer: Customer, *, queue_id: int = 1, **given: Any) -> Submitted | Refusal:
    """Submit one task straight through the action."""
    command = SubmitTask(
        cell=customer.cell,
        task_id=await context.id_blocks.take(customer.cell),
        account_id=customer.account_id,
        queue=(await context.lookups.queues())[queue_id],
        options=given.pop("options", ImageOptions()),
        picture=given.pop("picture", picture()),
        life_seconds=given.pop("life_seconds", 600),
        **given,
    )
    return await context.batcher.ask(submit_tasks, command)


async def taken(context: Context, hand: Hand) -> LeasedTask:
    """Bring the worker online and return the task they are given."""
    desk = WorkerDesk(context)
    await desk.online(hand.worker)
    lease = await desk.next(hand.worker, 5)
    assert isinstance(lease, LeasedTask), lease
    return lease


async def solve(context: Context, customer: Customer, hand: Hand, text: str = "12345", **given: Any) -> int:
    """Run one whole task life and return its wire id."""
    submitted = await submit(context, customer, **given)
    assert isinstance(submitted, Submitted), submitted
    lease = await taken(context, hand)
    answered = await WorkerDesk(context).answer(hand.worker, lease.lease, text)
    assert not isinstance(answered, Refusal), answered
    return wire_id(submitted.task_id)


async def complain(context: Context, customer: Customer, task_id: int) -> None:
    """Complain about the task with this wire id; it must be taken."""
    serial = await context.id_blocks.of_wire(customer.cell, task_id)
    queues = await context.lookups.queues()
    complaint = FileComplaint(cell=customer.cell, account_id=customer.account_id, task_id=serial, queues=queues)
    outcome = await context.batcher.ask(file_complaints, complaint)
    assert isinstance(outcome, Filed), outcome


async def judge(context: Context, *votes: str) -> None:
    """Let so many new reviewers judge the oldest open complaint, one after the other."""
    desk = ReviewDesk(context)
    for vote in votes:
        reviewer = (await hand(context, reviewer=True)).worker
        slot = await desk.next(reviewer, 0)
        assert isinstance(slot, LeasedSlot), slot
        assert isinstance(await desk.vote(reviewer, slot.slot, Vote(vote), f"I say {vote}"), VoteTaken)


async def refunded(context: Context, customer: Customer, hand: Hand, text: str = "wr0ng") -> int:
    """Run a task life whose answer reviewers refuse, and return its wire id."""
    task_id = await solve(context, customer, hand, text)
    await complain(context, customer, task_id)
    await judge(context, "confirm", "confirm")
    return task_id


async def call(client: httpx.AsyncClient, method: str, customer: Customer | None = None, **body: Any) -> dict[str, Any]:
    """Call an Anti-Captcha method and return its reply, which is always a 200 with a JSON object."""
    if customer is not None:
        body = {"clientKey": customer.key, **body}
    reply = await client.post(f"/{method}", json=body)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    found: dict[str, Any] = reply.json()
    return found
