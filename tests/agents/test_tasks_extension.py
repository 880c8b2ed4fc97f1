"""Clients that declare the Tasks extension get a handle, which follows the real task through restarts."""

from pathlib import Path

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, METHOD_NOT_FOUND, MISSING_REQUIRED_CLIENT_CAPABILITY

from manyeyes.roles.taking_back import UndoableDesk
from manyeyes.roles.worker import WorkerDesk
from manyeyes.settings import Settings
from manyeyes.values.refusals import Refusal
from support import factories
from support.answering_people import answering
from support.mcp_agents import charged, over_http, picture, question, tasks_made, told
from support.mcp_tasks_client import TasksExtension, begin, cancel, state, update
from support.served_site import Site, serving

ASKED = {"picture": picture(), "question": question()}


async def test_a_handle_is_given_at_once_and_becomes_the_result(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent:
        handle = await begin(agent, **ASKED)
        assert (handle.status, handle.ttl_ms, handle.poll_interval_ms) == ("working", None, 3000)
        assert (await state(agent, handle.task_id)).status == "working"
        async with answering(site, "hello"):
            found = told(await agent.call_tool("ask_people", ASKED))
        finished = await state(agent, handle.task_id)
    assert found["answer"] == "hello"
    assert finished.status == "completed"
    assert finished.result is not None
    assert finished.result["structuredContent"] == found
    assert not finished.result["isError"]
    assert handle.task_id.startswith(f"{found['id']}-")
    assert len(await tasks_made(site, customer)) == 1


async def test_a_handle_outlives_the_server(dsn: str, settings: Settings):
    async with serving(dsn, settings) as site:
        customer = await factories.customer(site.context)
        async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent:
            handle = await begin(agent, **ASKED)
    async with serving(dsn, settings) as site:
        async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent, answering(site, "after"):
            assert (await state(agent, handle.task_id)).status in ("working", "completed")
            assert told(await agent.call_tool("ask_people", ASKED))["answer"] == "after"
        assert len(await tasks_made(site, customer)) == 1


async def test_what_is_cancelled_is_taken_back_and_what_is_answered_goes_on(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent:
        handle = (await begin(agent, **ASKED)).task_id
        await update(agent, handle)
        await cancel(agent, handle)
        assert (await state(agent, handle)).status == "cancelled"
        assert await charged(site, customer) == 0
        second = (await begin(agent, **ASKED)).task_id
        assert second != handle
        await factories.taken(site.context, await factories.hand(site.context))
        await cancel(agent, second)
        assert (await state(agent, second)).status == "working"


async def test_what_its_worker_may_still_take_back_is_worked_at_and_then_the_result(dsn: str, tmp_path: Path):
    async with serving(dsn, Settings(data=tmp_path, undo_seconds=60)) as site:
        customer, hand = await factories.customer(site.context), await factories.hand(site.context)
        async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent:
            handle = await begin(agent, **ASKED)
            desk = WorkerDesk(site.context)
            lease = (await factories.taken(site.context, hand)).lease
            laid = await UndoableDesk(site.context, desk).answer(hand.worker, lease, "hello")
            assert not isinstance(laid, Refusal), laid
            assert (await state(agent, handle.task_id)).status == "working"
            assert await charged(site, customer) == 0
            async with site.context.cells.pool(1).acquire() as db:
                await db.execute("UPDATE work SET aside_until = now() WHERE cell = 1 AND state = 4")
            assert told(await agent.call_tool("ask_people", ASKED))["answer"] == "hello"
            assert (await state(agent, handle.task_id)).status == "completed"


async def test_an_answer_that_was_given_before_comes_without_a_handle(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key) as agent, answering(site, "known"):
        first = told(await agent.call_tool("ask_people", ASKED))
    async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent:
        assert told(await agent.session.call_tool("ask_people", ASKED)) == first


async def test_a_handle_is_good_with_its_own_key_alone(site: Site, customer: factories.Customer):
    stranger = await factories.customer(site.context)
    async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent:
        handle = (await begin(agent, **ASKED)).task_id
    number = handle.partition("-")[0]
    async with over_http(site, stranger.key, extensions=[TasksExtension()]) as other:
        for wrong in (handle, number, f"{number}-{'0' * 32}", "no-number", "", "²-3"):
            for call in (state, cancel, update):
                with pytest.raises(MCPError) as refused:
                    await call(other, wrong)
                assert refused.value.error.code == INVALID_PARAMS


async def test_only_who_declares_the_extension_is_served_it(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent:
        handle = (await begin(agent, **ASKED)).task_id
    for mode, code in (("auto", MISSING_REQUIRED_CLIENT_CAPABILITY), ("legacy", METHOD_NOT_FOUND)):
        async with over_http(site, customer.key, mode=mode) as agent:
            assert told(await agent.call_tool("ask_people", {**ASKED, "patience": 0}))["state"] == "waiting"
            for call in (state, cancel, update):
                with pytest.raises(MCPError) as refused:
                    await call(agent, handle)
                assert refused.value.error.code == code
