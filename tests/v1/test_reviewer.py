"""/v1/reviewer: a reviewer's program from asking to being paid, and everybody who is no reviewer."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from manyeyes.runtime.context import open_context
from manyeyes.runtime.notifier import EVERY_REVIEWER
from manyeyes.settings import Settings
from manyeyes.v1.openapi import document
from manyeyes.workers import store as workers
from support import factories
from support.in_process_client import Client
from support.reviewer_calls import complain, next_of, vote

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "v1" / "reviewer.md"


def members(value) -> set[Any]:
    """The names of all members, all the way down."""
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in members(inner)}
    return {name for inner in value for name in members(inner)} if isinstance(value, list) else set()


async def test_from_asking_to_being_paid(client: Client, solved):
    reviewer = await factories.hand(client.context, reviewer=True)
    assert (await next_of(client, reviewer)).status_code == 204
    await complain(client, solved)
    reply = await next_of(client, reviewer)
    slot = reply.json()
    assert (reply.status_code, slot["pay"], slot["answer"]) == (200, 0.0001, {"text": "wr0ng"})
    assert slot["task"]["queue"] == {"id": 1, "name": "English ImageToText", "marks": []}
    assert (await client.get(slot["task"]["image_url"])).content == factories.picture_bytes()
    assert (await next_of(client, reviewer)).json() == slot, "asking again gives the same"
    voted = await vote(client, reviewer, slot["slot"], reason="wrong")
    assert (voted.status_code, voted.json()) == (200, {"earned": 0.0001, "next": None})
    again = await vote(client, reviewer, slot["slot"], reason="wrong")
    assert (again.status_code, again.json()["earned"]) == (200, 0.0001)
    session = (await client.get("/v1/reviewer/session", headers=reviewer.headers)).json()
    name = reviewer.worker.name
    assert session == {
        **{"worker_id": reviewer.worker.worker_id, "name": name, "votes": 1, "earned": 0.0001, "payable": 0.0001}
    }


async def test_nothing_tells_who_answered_who_complained_or_how_others_voted(client: Client, solved):
    await complain(client, solved)
    for _ in range(2):
        reviewer = await factories.hand(client.context, reviewer=True)
        slot = (await next_of(client, reviewer)).json()
        options = {"phrase", "case", "numeric", "math", "min_length", "max_length", "comment"}
        own = {
            "slot",
            "expires_at",
            "renewable_until",
            "pay",
            "task",
            "kind",
            "options",
            "image_url",
            "queue",
            "id",
            "name",
            "marks",
        }
        assert members(slot) == own | options | {"answer", "text"}
        await vote(client, reviewer, slot["slot"])


@pytest.mark.parametrize("path", ["/v1/reviewer/next", "/v1/worker/next"])
@pytest.mark.parametrize("wait", ["nan", "-nan", "-1", "soon", ""])
async def test_a_wait_that_is_no_time_is_none(client: Client, path, wait):
    reviewer = await factories.hand(client.context, reviewer=True)
    await client.post("/v1/worker/online", headers=reviewer.headers)
    async with asyncio.timeout(20):  # one that never ended would ask for ever
        assert (await client.get(path, params={"wait": wait}, headers=reviewer.headers)).status_code == 204


async def test_the_next_complaint_comes_with_the_vote(client: Client, solved):
    await complain(client, solved)
    customer, author, _ = solved
    second = await factories.solve(client.context, customer, author, "other")
    await complain(client, (customer, author, second))
    reviewer = await factories.hand(client.context, reviewer=True)
    slot = (await next_of(client, reviewer)).json()
    upcoming = (await vote(client, reviewer, slot["slot"])).json()["next"]
    assert upcoming["answer"] == {"text": "other"}
    assert (await next_of(client, reviewer)).json() == upcoming


async def test_a_waiting_reviewer_is_called_when_a_complaint_comes(client: Client, solved, monkeypatch):
    """By a notification, not by looking again: that is put off for as long as the test may take."""
    monkeypatch.setattr("manyeyes.roles.reviewer_desk.LOOK_AGAIN_SECONDS", 60.0)
    reviewer = await factories.hand(client.context, reviewer=True)
    waiting = asyncio.create_task(next_of(client, reviewer, wait=60))
    async with asyncio.timeout(30):
        while EVERY_REVIEWER not in client.context.notifier._waiting:  # noqa: ASYNC110 (it tells by no event)
            await asyncio.sleep(0.01)
        await complain(client, solved)
        assert (await waiting).status_code == 200


async def test_reviewers_who_wait_at_another_process_are_called_too(
    client: Client, solved, dsn, settings: Settings, monkeypatch
):
    monkeypatch.setattr("manyeyes.roles.reviewer_desk.LOOK_AGAIN_SECONDS", 60.0)
    other = await open_context(settings, dsn)
    other.notifier.start()
    other.notifier.alone = False
    reviewer = await factories.hand(client.context, reviewer=True)
    waiting = asyncio.create_task(next_of(client, reviewer, wait=60))
    try:
        async with asyncio.timeout(30):
            while EVERY_REVIEWER not in client.context.notifier._waiting:  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.01)
            await factories.complain(other, solved[0], solved[2])
            while not waiting.done():  # that process may not listen yet: a hint is not kept
                other.notifier.notify([EVERY_REVIEWER])
                await asyncio.sleep(0.05)
        assert (await waiting).status_code == 200
    finally:
        await other.close()


async def test_a_lost_call_is_made_up_for_by_looking_again(client: Client, solved, monkeypatch):
    monkeypatch.setattr(client.context.notifier, "notify", lambda ids: None)
    reviewer = await factories.hand(client.context, reviewer=True)
    waiting = asyncio.create_task(next_of(client, reviewer, wait=60))
    await asyncio.sleep(0)
    await complain(client, solved)
    async with asyncio.timeout(30):
        assert (await waiting).status_code == 200


async def test_who_leaves_gives_their_complaint_to_others_at_once(client: Client, solved):
    await complain(client, solved)
    hands = [await factories.hand(client.context, reviewer=True) for _ in range(4)]
    slots = [(await next_of(client, hand)).json() for hand in hands[:3]]
    assert (await next_of(client, hands[3])).status_code == 204
    assert (await client.post("/v1/reviewer/leave", headers=hands[0].headers)).json() == {}
    assert (await next_of(client, hands[3])).status_code == 200
    lost = await vote(client, hands[0], slots[0]["slot"])
    assert (lost.status_code, lost.json()["refusal"]) == (409, "slot_lost")


async def test_what_lay_before_a_reviewer_who_disappears_goes_to_another(client: Client, solved):
    """Their time is over: the periodic job opens the slot and wakes who waits; their late vote changes nothing."""
    await complain(client, solved)
    hands = [await factories.hand(client.context, reviewer=True) for _ in range(4)]
    slots = [(await next_of(client, hand)).json() for hand in hands[:3]]
    waiting = asyncio.create_task(next_of(client, hands[3], wait=60))
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE vote_slot SET lease_until = now() WHERE n = 1")
    async with asyncio.timeout(30):
        taken = (await waiting).json()
    gone = next(i for i, slot in enumerate(slots) if slot["slot"].split("-")[2] == "1")
    assert taken["slot"] == slots[gone]["slot"][:-1] + "2"
    assert (await vote(client, hands[gone], slots[gone]["slot"])).status_code == 409
    assert (await vote(client, hands[3], taken["slot"])).status_code == 200


@pytest.mark.parametrize("slot", ["", "1-2-3", "1-2-3-4-5", "9-1-0-1", "1-99-0-1", "x", "1-99999999999999999999-0-1"])
async def test_a_slot_that_is_not_theirs(client: Client, slot):
    reviewer = await factories.hand(client.context, reviewer=True)
    reply = await vote(client, reviewer, slot)
    assert (reply.status_code, reply.json()["refusal"]) == (409, "slot_lost")


async def test_another_reviewer_s_slot(client: Client, solved):
    await complain(client, solved)
    mine, other = [await factories.hand(client.context, reviewer=True) for _ in range(2)]
    slot = (await next_of(client, mine)).json()["slot"]
    assert (await vote(client, other, slot)).status_code == 409
    assert (await vote(client, mine, slot)).status_code == 200


@pytest.mark.parametrize("body", [{}, {"slot": "1-1-0-1"}, {"slot": "1-1-0-1", "verdict": "maybe"}, {"slot": 1}])
async def test_an_unreadable_vote(client: Client, body):
    reviewer = await factories.hand(client.context, reviewer=True)
    reply = await client.post("/v1/reviewer/votes", headers=reviewer.headers, json=body)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")


async def test_reasons_that_no_database_takes_are_cleaned_and_long_ones_refused(client: Client, solved):
    await complain(client, solved)
    reviewer = await factories.hand(client.context, reviewer=True)
    slot = (await next_of(client, reviewer)).json()["slot"]
    assert (await vote(client, reviewer, slot, reason="x" * 501)).status_code == 400
    assert (await vote(client, reviewer, slot, reason=" wr\x00ong \n")).status_code == 200
    async with client.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT reason FROM vote_slot WHERE state = 2") == "wrong"


async def test_workers_without_the_mark_are_told_so(client: Client, solved):
    await complain(client, solved)
    worker = await factories.hand(client.context)
    calls = [await next_of(client, worker, wait=5), await vote(client, worker, "1-1-0-1")]
    calls.append(await client.get("/v1/reviewer/session", headers=worker.headers))
    assert [(reply.status_code, reply.json()["refusal"]) for reply in calls] == [(403, "not_reviewer")] * 3
    assert (await client.get("/v1/reviewer/next")).status_code == 401


async def test_a_reviewer_who_is_disabled_gets_and_decides_nothing(client: Client, solved):
    await complain(client, solved)
    reviewer = await factories.hand(client.context, reviewer=True)
    slot = (await next_of(client, reviewer)).json()["slot"]
    async with client.context.cells.directory.acquire() as db:
        await workers.disable_worker(db, reviewer.worker.worker_id)
    client.context.lookups.forget()
    assert (await next_of(client, reviewer)).status_code == 401
    assert (await vote(client, reviewer, slot)).status_code == 401


@pytest.mark.parametrize(
    ("languages", "marks", "agrees", "status"),
    [
        (("en",), 0, False, 200),
        (("ru",), 0, False, 204),
        (("en",), 64, True, 200),
        (("en",), 64, False, 204),
    ],
)
async def test_a_language_they_do_not_know_and_pictures_they_did_not_choose(
    client: Client, solved, languages, marks, agrees, status
):
    await complain(client, solved)
    reviewer = await factories.hand(client.context, languages=languages, queues=(), reviewer=True)
    await factories.mark_queue(client.context, *([reviewer] if agrees else []), marks=marks)
    assert (await next_of(client, reviewer)).status_code == status


async def test_the_author_is_never_shown_their_own_answer(client: Client):
    customer, author = await factories.customer(client.context), await factories.hand(client.context, reviewer=True)
    await complain(client, (customer, author, await factories.solve(client.context, customer, author)))
    assert (await next_of(client, author)).status_code == 204


async def test_the_page_s_examples_have_the_members_that_there_are(client: Client, solved):
    await complain(client, solved)
    reviewer = await factories.hand(client.context, reviewer=True)
    votes, _ = PAGE.read_text().split("## GET /v1/reviewer/results/next")  # of results: test_judging_api.py
    examples = [block.splitlines()[1] for block in votes.split("```")[1::2] if block.startswith("json")]
    for name, example in zip(("next", "history", "session"), examples, strict=True):
        reply = await client.get(f"/v1/reviewer/{name}", headers=reviewer.headers)
        assert members(json.loads(example)) == members(reply.json())
        if name == "next":
            await vote(client, reviewer, reply.json()["slot"])


def test_the_description_tells_of_every_call_and_of_the_verdicts():
    described = document()
    paths = {path for path in described["paths"] if path.startswith("/v1/reviewer/")}
    shared = ("next", "session", "leave", "renewals", "questions/{question}", "ahead", "undos", "skips")
    calls = (*shared, "votes", "corrections", "history", *(f"results/{name}" for name in (*shared, "decisions")))
    assert paths == {f"/v1/reviewer/{name}" for name in calls}
    assert all(
        f"## {verb} {path}" in PAGE.read_text() for path in paths for verb in map(str.upper, described["paths"][path])
    )
    assert described["components"]["schemas"]["Vote"]["enum"] == ["confirm", "reject"]
    operations = [op for path in described["paths"].values() for op in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
