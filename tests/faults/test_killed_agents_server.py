"""kill -9 of the server while an agent waits for people: it asks again with its key, and has one task, paid once."""

import asyncio
import contextlib
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from support.answering_people import answering_at
from support.mcp_agents import at_address, picture, question, told
from support.mcp_tasks_client import TasksExtension, begin, state
from support.real_server import ServeProcess, ask_json

pytestmark = pytest.mark.faults

ASKED = {"picture": picture(), "question": question()}


async def test_an_agent_whose_server_dies_asks_again_and_pays_once(data: Path) -> None:
    server = await asyncio.to_thread(ServeProcess, data)
    try:
        customer = await asyncio.to_thread(ask_json, data, "account", "create", "customer", "--balance", "1.00")
        worker = await asyncio.to_thread(ask_json, data, "worker", "create", "Ada", "--language", "en", "--queue", "1")
        key = customer["client_key"]
        # 1. One agent has a handle, another one waits; then the whole server dies.
        async with at_address(server.url, key, extensions=[TasksExtension()]) as agent:
            handle = (await begin(agent, **ASKED)).task_id
        with contextlib.suppress(BaseExceptionGroup, Exception):
            async with at_address(server.url, key) as agent, asyncio.timeout(30):
                call = asyncio.create_task(agent.call_tool("ask_people", {**ASKED, "key": "mine"}))
                number = told(await agent.call_tool("ask_people", {**ASKED, "key": "mine", "patience": 0}))["id"]
                await asyncio.to_thread(server.kill, "supervisor")
                call.cancel()
        # 2. It is started again: the handle is good, and the key names the task that there was.
        server = await asyncio.to_thread(ServeProcess, data, server.port)
        async with (
            at_address(server.url, key, extensions=[TasksExtension()]) as agent,
            answering_at(server.url, worker["token"], "one", "two"),
        ):
            assert (await state(agent, handle)).status in ("working", "completed")
            found = [told(await agent.call_tool("ask_people", each)) for each in (ASKED, {**ASKED, "key": "mine"})]
        assert [each["id"] for each in found] == [int(handle.partition("-")[0]), number]
        assert [each["answer"] for each in found] == ["one", "two"]
        async with httpx.AsyncClient(base_url=server.url, headers={"authorization": f"Bearer {key}"}) as client:
            left = (await client.get("/v1/balance")).json()["available"]
        assert Decimal(left) == 1 - sum(Decimal(each["cost"]) for each in found)
        assert (await asyncio.to_thread(ask_json, data, "db", "check"))["difference"] == 0
    finally:
        await asyncio.to_thread(server.stop)
