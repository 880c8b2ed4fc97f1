"""/v1/worker/work, /statement and /payouts: what a worker earned, told to them alone, and asked for once."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.payouts.rules import PayoutStep
from manyeyes.roles.payouts import move_request
from manyeyes.settings import Settings
from support import factories
from support.action_stage import PAY, Stage, set_stage
from support.factories import Hand
from support.in_process_client import Client
from support.paid_people import earn

BANK = "DE02 1203 4321"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, smallest_payout="0.0005")


@pytest.fixture
async def ada(client: Client) -> Hand:
    """Ada, who has the pay of three answers."""
    hand = await factories.hand(client.context)
    await earn(await set_stage(client.context.cells.directory), hand.worker.worker_id, 3)
    return hand


@pytest.fixture
async def stage(client: Client) -> Stage:
    """The cell in which Ada works."""
    return await set_stage(client.context.cells.directory)


async def get(client: Client, hand: Hand, path: str) -> Any:
    reply = await client.get(f"/v1/worker/{path}", headers=hand.headers)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def post(client: Client, hand: Hand, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
    headers = hand.headers | ({"idempotency-key": key} if key else {})
    reply = await client.post(f"/v1/worker/{path}", headers=headers, json=body)
    return reply.status_code, reply.json()


async def test_all_that_is_payable_is_asked_for_and_seen(client: Client, ada: Hand):
    status, asked = await post(client, ada, "payouts", {"to": BANK})
    assert status == 200
    assert (asked["amount"], asked["state"], asked["to"], asked["words"]) == (0.0015, "requested", "…4321", "")
    assert (await get(client, ada, "payouts"))["payouts"] == [asked]
    earnings = (await get(client, ada, "work"))["earnings"]
    assert earnings == {"pending": 0, "payable": 0, "requested": 0.0015, "paid": 0, "smallest_payout": 0.0005}


async def test_the_same_idempotency_key_is_the_same_request(client: Client, ada: Hand):
    first = await post(client, ada, "payouts", {"amount": "0.0005", "to": BANK}, "one")
    assert await post(client, ada, "payouts", {"amount": "0.0005", "to": BANK}, "one") == first
    _, other = await post(client, ada, "payouts", {"amount": "0.0005"}, "two")
    assert other["request"] != first[1]["request"]
    assert other["to"] == "…4321"
    assert (await get(client, ada, "work"))["earnings"]["payable"] == 0.0005


@pytest.mark.parametrize(
    ("body", "status", "refusal"),
    [
        ({"amount": "0.0004", "to": BANK}, 422, "payout_too_small"),
        ({"amount": "0.0016", "to": BANK}, 409, "payout_too_large"),
        ({"amount": "much", "to": BANK}, 400, "unreadable"),
        ({"amount": "-1", "to": BANK}, 400, "unreadable"),
        ({}, 400, "unreadable"),
        ({"to": "x" * 501}, 400, "unreadable"),
        ({"to": 7}, 400, "unreadable"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(client: Client, ada: Hand, body: Any, status: int, refusal: str):
    found, reply = await post(client, ada, "payouts", body)
    assert (found, reply["refusal"]) == (status, refusal)
    assert (await get(client, ada, "work"))["earnings"]["payable"] == 0.0015


async def test_a_request_is_withdrawn_by_whose_it_is_until_it_is_approved(client: Client, ada: Hand):
    stranger = await factories.hand(client.context)
    _, asked = await post(client, ada, "payouts", {"to": BANK})
    path = f"payouts/{asked['request']}/withdraw"
    assert (await post(client, stranger, path))[0] == 404
    status, withdrawn = await post(client, ada, path)
    assert (status, withdrawn["state"]) == (200, "withdrawn")
    assert (await post(client, ada, path))[0] == 200
    _, asked = await post(client, ada, "payouts", {})
    await move_request(client.context, asked["request"], PayoutStep.APPROVE)
    status, refused = await post(client, ada, f"payouts/{asked['request']}/withdraw")
    assert (status, refused["refusal"]) == (409, "already_decided")
    assert (await post(client, ada, "payouts/x/withdraw"))[0] == 404


async def test_who_was_disabled_asks_for_what_is_theirs_and_does_nothing_else(client: Client, ada: Hand):
    await client.context.batcher.ask(disable_workers, DisableWorker(ada.worker.worker_id))
    client.context.lookups.forget()
    assert (await client.get("/v1/worker/session", headers=ada.headers)).status_code == 401
    assert (await post(client, ada, "payouts", {"to": BANK}))[0] == 200
    assert (await get(client, ada, "statement"))["total"]["answers"] == 3
    assert (await get(client, ada, "work"))["earnings"]["requested"] == 0.0015


@pytest.mark.parametrize("path", ["work", "statement", "statement.csv", "payouts"])
async def test_nobody_sees_it_without_a_token(client: Client, path: str):
    assert (await client.get(f"/v1/worker/{path}")).status_code == 401
    headers = {"authorization": "Bearer nobody's"}
    assert (await client.get(f"/v1/worker/{path}", headers=headers)).status_code == 401


async def test_a_span_is_told_day_by_day_with_its_entries(client: Client, ada: Hand, stage: Stage):
    await post(client, ada, "payouts", {"to": BANK, "amount": "0.0010"}, "one")
    found = await get(client, ada, "statement?tz=Asia/Bangkok")
    assert found["tz"] == "Asia/Bangkok"
    assert (found["total"]["answers"], found["total"]["answers_pay"], found["total"]["earned"]) == (3, 0.0015, 0.0015)
    assert sum(row["answers"] for row in found["rows"]) == 3
    assert all(row["from"].endswith("T00:00:00+07:00") for row in found["rows"])
    assert [(e["kind"], e["amount"]) for e in found["entries"]] == [("answer", 0.0005)] * 3
    assert found["next"] is None
    payable = await get(client, ada, "statement?of=payable")
    moved = sorted((e["kind"], e["amount"]) for e in payable["entries"])
    assert moved == [*[("payable", 0.0005)] * 3, ("requested", -0.001)]
    assert [e["kind"] for e in (await get(client, ada, "statement?of=requested"))["entries"]] == ["requested"]


async def test_pages_of_entries_follow_each_other(client: Client, ada: Hand):
    seen: list[Any] = []
    path = "statement?limit=2"
    while path:
        page = await get(client, ada, path)
        seen += page["entries"]
        path = f"statement?limit=2&cursor={page['next']}" if page["next"] else ""
    assert seen == (await get(client, ada, "statement"))["entries"]
    assert len(seen) == 3


@pytest.mark.parametrize(
    "query", ["of=all", "cursor=x", "tz=Moon", "month=2026", "limit=0", "from=2026-01-02&to=2026-01-01"]
)
async def test_a_question_that_cannot_be_read_is_refused(client: Client, ada: Hand, query: str):
    reply = await client.get(f"/v1/worker/statement?{query}", headers=ada.headers)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")


async def test_files_have_a_line_for_each_day_or_entry(client: Client, ada: Hand):
    for accept in ({}, {"accept": "text/csv"}):
        path = "statement" if accept else "statement.csv"
        reply = await client.get(f"/v1/worker/{path}?by=day", headers=ada.headers | accept)
        days = list(csv.DictReader(reply.text.splitlines()))
        assert sum(int(day["answers"]) for day in days) == 3
        assert sum(float(day["earned"]) for day in days) == pytest.approx(0.0015)
    reply = await client.get("/v1/worker/statement.csv", headers=ada.headers)
    lines = list(csv.DictReader(reply.text.splitlines()))
    assert [(line["kind"], line["amount"]) for line in lines] == [("answer", "0.000500")] * 3
    reply = await client.get("/v1/worker/statement.csv?by=job", headers=ada.headers)
    assert reply.status_code == 400


async def test_what_became_of_the_last_answers_is_told(client: Client, stage: Stage):
    hand = await factories.hand(client.context)
    customer = await stage.account()
    await stage.come(hand.worker.worker_id)
    tasks = [await stage.solve(customer, hand.worker.worker_id) for _ in range(4)]
    for task_id, votes in zip(tasks, (("confirm", "confirm"), ("reject", "reject"), ()), strict=False):
        await stage.complain(customer, task_id)
        await stage.judge(*votes)
    found = await get(client, hand, "work")
    verdicts = [each["verdict"] for each in reversed(found["recent"])]
    assert sorted(verdicts) == ["complaint_rejected", "looked_at", "stands", "taken_back"]
    assert all(each["image_url"] and each["answer"] == "12345" and each["pay"] == 0.0005 for each in found["recent"])
    assert found["earnings"]["pending"] == pytest.approx(3 * PAY / 1_000_000)
    assert sum(each["due_at"] is None for each in found["pending"]) == 1
    assert (await get(client, hand, "statement"))["total"]["taken_back"] == -0.0005
    assert (await get(client, await factories.hand(client.context), "work"))["recent"] == []


async def test_an_answer_of_a_month_ago_is_no_recent_one(client: Client, ada: Hand, stage: Stage):
    assert len((await get(client, ada, "work"))["recent"]) == 3
    await stage.change("UPDATE transfer SET at = $2 WHERE cell = $1", stage.now - timedelta(days=40))
    assert (await get(client, ada, "work"))["recent"] == []
