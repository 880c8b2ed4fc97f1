"""A job from an empty draft to its last answer, over the wire, with the feeder of the running application."""

import asyncio

import msgspec
import pytest

from manyeyes.jobs.rules import FEWEST_FOR_ETA
from manyeyes.roles.customer.jobs import SPEED_MINUTES
from manyeyes.roles.worker import LeasedTask, WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.action_stage import PRICE
from support.in_process_client import Client
from support.job_calls import JobCustomer, items


@pytest.fixture
async def customer(client: Client) -> JobCustomer:
    return JobCustomer(client, await factories.customer(client.context))


@pytest.fixture
async def hand(client: Client) -> factories.Hand:
    found = await factories.hand(client.context)
    await WorkerDesk(client.context).online(found.worker)
    return found


async def answer_all(context: Context, hand: factories.Hand, count: int) -> None:
    """Answer so many tasks as a worker."""
    desk = WorkerDesk(context)
    for n in range(count):
        lease = await desk.next(hand.worker, 20)
        assert isinstance(lease, LeasedTask), lease
        answered = await desk.answer(hand.worker, lease.lease, f"answer {n}")
        assert not isinstance(answered, Refusal), answered


async def test_a_job_is_done(client: Client, customer: JobCustomer, hand: factories.Hand):
    job_id = await customer.draft(items(5))
    told = await customer.ask("GET", f"/{job_id}")
    assert told["price"] == {"per_answer": "0.000700", "task": "0.000700", "total": "0.003500"}
    assert told["counts"]["held_back"] == 5
    started = await asyncio.gather(*[customer.ask("POST", f"/{job_id}/start") for _ in range(2)])
    assert {each["state"] for each in started} == {"running"}
    heard = asyncio.ensure_future(
        client.get(f"/v1/jobs/{job_id}/events", headers={"authorization": f"Bearer {customer.owner.key}"}, timeout=60)
    )
    await answer_all(client.context, hand, 5)
    job = await customer.until(job_id, lambda job: job["ended_at"])
    assert (job["state"], job["counts"]["done"], job["charged"], job["held"]) == ("finished", 5, "0.003500", "0.000000")
    lines = (await heard).text.strip().split("\n\n")
    names = [line.partition("\n")[0] for line in lines if line.startswith("event")]
    assert names[-1] == "event: finished"
    assert set(names[:-1]) == {"event: progress"}
    assert msgspec.json.decode(lines[-1].partition("data: ")[2])["counts"]["done"] == 5


async def test_when_it_may_be_done_is_told_from_what_its_queue_did_lately(
    client: Client, customer: JobCustomer, hand: factories.Hand, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("manyeyes.roles.customer.jobs.SPEED_FRESH_SECONDS", -1.0)
    job_id = await customer.draft(items(FEWEST_FOR_ETA + 2))
    assert (await customer.ask("POST", f"/{job_id}/start"))["eta_seconds"] is None
    await answer_all(client.context, hand, FEWEST_FOR_ETA - 1)
    assert (await customer.ask("GET", f"/{job_id}"))["eta_seconds"] is None
    await answer_all(client.context, hand, 1)
    assert (await customer.ask("GET", f"/{job_id}"))["eta_seconds"] == 2 * SPEED_MINUTES * 60 / FEWEST_FOR_ETA
    assert (await customer.ask("PATCH", f"/{job_id}", {"state": "paused"}))["eta_seconds"] is None


async def test_a_pause_and_a_cancellation_are_carried_out(client: Client, customer: JobCustomer, hand: factories.Hand):
    job_id = await customer.draft(items(3))
    await customer.ask("POST", f"/{job_id}/start")
    await answer_all(client.context, hand, 1)
    await customer.ask("PATCH", f"/{job_id}", {"state": "paused"})
    tasks = await client.get(f"/v1/tasks?job={job_id}", headers={"authorization": f"Bearer {customer.owner.key}"})
    assert len(tasks.json()["items"]) == 3
    await customer.ask("DELETE", f"/{job_id}")
    desk = WorkerDesk(client.context)
    while isinstance(lease := await desk.next(hand.worker, 0.1), LeasedTask):
        await desk.answer(hand.worker, lease.lease, "in hand")
    job = await customer.until(job_id, lambda job: job["ended_at"])
    assert job["state"] == "cancelled"
    assert job["counts"]["done"] + job["counts"]["cancelled"] == 3
    assert job["held"] == "0.000000"


async def test_a_job_goes_on_by_itself_when_its_budget_is_raised(
    client: Client, customer: JobCustomer, hand: factories.Hand
):
    job_id = await customer.draft(items(3), budget=f"0.{2 * PRICE:06d}")
    await customer.ask("POST", f"/{job_id}/start")
    job = await customer.until(job_id, lambda job: job["waits_for"] == "budget")
    assert (job["counts"]["open"], job["counts"]["held_back"]) == (2, 1)
    await customer.ask("PATCH", f"/{job_id}", {"budget": None})
    await answer_all(client.context, hand, 3)
    job = await customer.until(job_id, lambda job: job["ended_at"])
    assert (job["counts"]["done"], job["waits_for"]) == (3, None)


async def test_pictures_that_cannot_be_had_cost_nothing(client: Client, customer: JobCustomer, hand: factories.Hand):
    addresses = [{"external_id": str(n), "picture_url": "https://nobody.invalid/1.png"} for n in range(2)]
    job_id = await customer.draft([*addresses, *items(1)])
    await customer.ask("POST", f"/{job_id}/start")
    await answer_all(client.context, hand, 1)
    job = await customer.until(job_id, lambda job: job["ended_at"])
    assert (job["counts"]["failed"], job["counts"]["done"], job["charged"]) == (2, 1, "0.000700")


async def test_somebody_elses_events_are_not_heard(client: Client, customer: JobCustomer):
    job_id = await customer.draft(items(1))
    stranger = await factories.customer(client.context)
    reply = await client.get(f"/v1/jobs/{job_id}/events", headers={"authorization": f"Bearer {stranger.key}"})
    assert (reply.status_code, reply.json()["refusal"]) == (404, Reason.UNKNOWN_JOB)
