"""`ask_people` over HTTP, with people who answer: what comes back, what is refused, and how long it waits."""

import asyncio
from typing import Any

import msgspec
import pytest

from manyeyes.accounts.rules import digest
from manyeyes.mcp import waiting
from support import factories
from support.answering_people import answering
from support.mcp_agents import charged, over_http, picture, question, tasks_made, told, words_of
from support.served_site import Site

NUMBER = question("What does the meter read?", "number", unit="kWh", decimals=2, min=0, max=99999, tolerance="0.5")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_person_answers_while_the_agent_waits(site: Site, customer: factories.Customer, mode: str):
    async with over_http(site, customer.key, mode=mode) as agent, answering(site, "hello"):
        result = await agent.call_tool("ask_people", {"picture": picture(), "question": question()})
    found = told(result)
    assert (found["state"], found["ended"], found["answer"], found["text"]) == ("done", True, "hello", "hello")
    assert found["cost"] == found["price"] != "0.000000"
    assert found["failure"] is None
    assert words_of(result).startswith("People answered: hello\n")
    assert [found["id"]] == await tasks_made(site, customer)


@pytest.mark.parametrize(
    ("asked", "typed", "answer", "text"),
    [
        (NUMBER, "12.50", 12.5, "12.50"),
        (question("Which?", "label", labels=["cat", "dog"]), "dog", "dog", "dog"),
        (question("Which?", "labels", labels=["red", "blue", "green"]), '["red","green"]', ["red", "green"], None),
        (
            question(
                "The receipt",
                "fields",
                fields=[
                    {"name": "total", "kind": "number", "words": "Total", "decimals": 2},
                    {"name": "currency", "kind": "label", "words": "Currency", "labels": ["EUR", "USD"]},
                    {"name": "note", "kind": "text", "words": "Note"},
                ],
                optional=["note"],
            ),
            '{"total":"12.50","currency":"EUR"}',
            {"total": 12.5, "currency": "EUR", "note": None},
            None,
        ),
    ],
    ids=["number", "label", "labels", "fields"],
)
async def test_every_kind_of_question_has_its_form_of_answer(
    site: Site, customer: factories.Customer, asked: dict[str, Any], typed: str, answer: object, text: str | None
):
    async with over_http(site, customer.key) as agent, answering(site, typed):
        found = told(await agent.call_tool("ask_people", {"picture": picture(), "question": asked}))
    assert found["answer"] == answer
    assert text in (None, found["text"])


async def test_three_people_answer_where_an_agent_asks_for_three(site: Site, customer: factories.Customer):
    asked = {
        "picture": picture(),
        "question": question(),
        "answers": 3,
        "answers_at_most": 3,
        "price_at_most": "0.0021",
    }
    async with over_http(site, customer.key) as agent:
        refused = await agent.call_tool("ask_people", asked)
        assert "no people take tasks of this queue" in words_of(refused)
        async with answering(site, "hello"), answering(site, "hello"), answering(site, "hallo"):
            found = told(result := await agent.call_tool("ask_people", asked))
    assert (found["answer"], found["answers"], found["uncertain"], found["cost"]) == ("hello", 3, False, "0.002100")
    assert 0.5 < found["confidence"] < 1
    assert words_of(result).startswith("3 people answered, ")


async def test_when_patience_ends_the_question_stays_and_wait_brings_the_answer(
    site: Site, customer: factories.Customer
):
    async with over_http(site, customer.key) as agent:
        result = await agent.call_tool("ask_people", {"picture": picture(), "question": question(), "patience": 0})
        found = told(result)
        assert (found["state"], found["ended"], found["answer"]) == ("waiting", False, None)
        assert found["next"] == f"still waiting: call `wait` with id {found['id']} until `ended` is true"
        assert found["next"] in words_of(result)
        assert told(await agent.call_tool("check", {"id": found["id"]}))["state"] == "waiting"
        async with answering(site, "late"):
            answered = told(await agent.call_tool("wait", {"id": found["id"]}))
        assert (answered["id"], answered["answer"]) == (found["id"], "late")
        assert told(await agent.call_tool("check", {"id": found["id"]})) == answered


async def test_no_call_waits_longer_than_the_installation_lets_it(
    site: Site, customer: factories.Customer, monkeypatch: pytest.MonkeyPatch
):
    heard: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, total, message))

    monkeypatch.setattr(waiting, "STEP_SECONDS", 1.0)
    site.context.settings = msgspec.structs.replace(site.context.settings, mcp_wait_seconds=2.0)
    async with over_http(site, customer.key) as agent:
        asked = {"picture": picture(), "question": question(), "patience": 500}
        found = told(await agent.call_tool("ask_people", asked, progress_callback=hear))
        again = told(await agent.call_tool("wait", {"id": found["id"]}))
    assert not found["ended"]
    assert not again["ended"]
    assert {total for _, total, _ in heard} == {2.0}
    assert heard[0][2] == f"task {found['id']}: waiting for somebody"


async def test_who_stops_listening_ends_the_wait_and_not_the_task(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key) as agent:
        call = asyncio.create_task(agent.call_tool("ask_people", {"picture": picture(), "question": question()}))
        while not (made := await tasks_made(site, customer)):  # noqa: ASYNC110 (it tells by no event)
            await asyncio.sleep(0.02)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        async with answering(site, "later"):
            assert told(await agent.call_tool("wait", {"id": made[0]}))["answer"] == "later"


async def test_who_waits_too_often_is_told_to_wait_again_and_keeps_the_task(site: Site, customer: factories.Customer):
    site.context.waits.most = 1
    async with over_http(site, customer.key) as agent:
        calls = [
            asyncio.create_task(agent.call_tool("ask_people", {"picture": picture(), "question": question(words)}))
            for words in ("First?", "Second?", "Third?")
        ]
        done, waiting_still = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        found = told(done.pop().result())
        assert (found["state"], found["ended"]) == ("waiting", False)
        assert found["id"] in await tasks_made(site, customer)
        for call in waiting_still:
            call.cancel()
        await asyncio.gather(*waiting_still, return_exceptions=True)


async def test_what_nobody_has_begun_is_taken_back_with_its_money(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key) as agent:
        asked = {"picture": picture(), "question": question(), "patience": 0}
        task_id = told(await agent.call_tool("ask_people", asked))["id"]
        found = told(await agent.call_tool("cancel", {"id": task_id}))
        assert (found["state"], found["cost"]) == ("cancelled", "0.000000")
        assert told(await agent.call_tool("cancel", {"id": task_id})) == found
    assert await charged(site, customer) == 0


async def test_what_was_answered_cannot_be_taken_back(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key) as agent, answering(site, "done"):
        found = told(await agent.call_tool("ask_people", {"picture": picture(), "question": question()}))
        refused = await agent.call_tool("cancel", {"id": found["id"]})
    assert words_of(refused).startswith("not_cancellable: ")


@pytest.mark.parametrize("price", ["0.000001", 0.000001])
async def test_a_queue_that_is_dearer_than_the_cap_is_refused(site: Site, customer: factories.Customer, price: object):
    async with over_http(site, customer.key) as agent:
        asked = {"picture": picture(), "question": question(), "price_at_most": price}
        refused = await agent.call_tool("ask_people", asked)
    assert refused.is_error
    assert words_of(refused).startswith("price_too_high: ")
    assert await tasks_made(site, customer) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "unreadable: give the picture by exactly one of picture, picture_url"),
        ({"picture": "a", "picture_url": "https://x.example/a.png"}, "unreadable: give the picture by exactly one"),
        ({"picture_path": "/etc/passwd"}, "unreadable: picture_path is for agents that start `manyeyes mcp`"),
        ({"picture": "bm8gcGljdHVyZQ=="}, "picture_"),
        ({"picture": picture(), "prize_at_most": "1"}, "unreadable: Object contains unknown field `prize_at_most`"),
        ({"picture": picture(), "queue": "no such queue"}, "unknown_queue: "),
        ({"picture": picture(), "question": question("Which?", "label")}, ""),
        (
            {"picture": picture(), "question": {"words": "of no kind"}},
            "unreadable: Object missing required field `kind`",
        ),
        ({"picture": picture(), "patience": -1}, "unreadable: Expected `float` >= 0"),
    ],
)
async def test_what_does_not_fit_is_told_in_words_and_makes_nothing(
    site: Site, customer: factories.Customer, given: dict[str, Any], says: str
):
    async with over_http(site, customer.key) as agent:
        refused = await agent.call_tool("ask_people", {"question": question(), "patience": 0, **given})
    assert refused.is_error
    assert words_of(refused).startswith(says), words_of(refused)
    assert await tasks_made(site, customer) == []


async def test_an_account_without_money_is_told_so(site: Site):
    poor = await factories.customer(site.context, "0.00")
    async with over_http(site, poor.key) as agent:
        refused = await agent.call_tool("ask_people", {"picture": picture(), "question": question()})
    assert words_of(refused).startswith("balance_too_low: ")


@pytest.mark.parametrize(
    ("scopes", "tool", "missing"),
    [
        (["tasks:read"], "ask_people", "tasks:write"),
        (["tasks:read"], "cancel", "tasks:write"),
        (["tasks:write"], "check", "tasks:read"),
        (["tasks:write"], "wait", "tasks:read"),
    ],
)
async def test_a_key_opens_what_its_scopes_open(
    site: Site, customer: factories.Customer, scopes: list[str], tool: str, missing: str
):
    async with site.context.cells.directory.acquire() as db:
        await db.execute("UPDATE api_key SET scopes = $2 WHERE key_hash = $1", digest(customer.key), scopes)
    site.context.lookups.forget()
    asked = {"picture": picture(), "question": question()} if tool == "ask_people" else {"id": 1}
    async with over_http(site, customer.key) as agent:
        refused = await agent.call_tool(tool, asked)
    assert refused.is_error
    assert words_of(refused).startswith("scope_missing: ")
    assert missing in words_of(refused)


async def test_tasks_of_others_are_not_there(site: Site, customer: factories.Customer):
    stranger = await factories.customer(site.context)
    async with over_http(site, customer.key) as agent, over_http(site, stranger.key) as other:
        asked = {"picture": picture(), "question": question(), "patience": 0}
        task_id = told(await agent.call_tool("ask_people", asked))["id"]
        for tool in ("check", "wait", "cancel"):
            assert words_of(await other.call_tool(tool, {"id": task_id})).startswith("unknown_task: ")
