"""`/mcp` over several serving processes: nothing of a conversation lies in one of them."""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from support.answering_people import answering_at
from support.mcp_agents import picture, question, told
from support.mcp_tasks_client import TasksExtension, begin, cancel, state
from support.real_server import ServeProcess, ask_json

pytestmark = pytest.mark.faults

ONE_CONNECTION = httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=600)
LOADED = "pydantic_core"  # a part of what is behind /mcp alone: a process loads it with its first call


class InTurns(httpx2.AsyncBaseTransport):
    """Sends each request to the next of the serving processes; ``sent`` counts them for each."""

    def __init__(self, lines: Sequence[httpx2.AsyncBaseTransport]) -> None:
        self._lines = itertools.cycle(enumerate(lines))
        self.sent = [0] * len(lines)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request on."""
        number, line = next(self._lines)
        self.sent[number] += 1
        return await line.handle_async_request(request)


@contextmanager
def stopped(pids: Sequence[int]) -> Iterator[None]:
    """Let processes stand still for as long as the block lasts."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def a_line_to_each(server: ServeProcess, key: str) -> AsyncIterator[InTurns]:
    """Yield a way to all serving processes: to each one connection, which it takes while the others stand still."""
    pids, lines = server.serving_pids(), []
    for pid in pids:
        line = httpx2.AsyncHTTPTransport(limits=ONE_CONNECTION)
        lines.append(line)
        with stopped([each for each in pids if each != pid]):
            request = httpx2.Request("GET", f"{server.url}/mcp", headers={"authorization": f"Bearer {key}"})
            reply = await line.handle_async_request(request)
            assert reply.status_code == 405
            await reply.aread()
            await reply.aclose()
    yield InTurns(lines)
    for line in lines:
        await line.aclose()


def who_have_loaded(server: ServeProcess) -> list[bool]:
    """Tell of each serving process whether it ever served a call of /mcp."""
    return [LOADED in Path(f"/proc/{pid}/maps").read_text() for pid in server.serving_pids()]


async def test_calls_that_land_on_different_processes_are_one_conversation(data: Path) -> None:
    server = await asyncio.to_thread(ServeProcess, data, processes=2)
    try:
        customer = await asyncio.to_thread(ask_json, data, "account", "create", "customer", "--balance", "1.00")
        worker = await asyncio.to_thread(ask_json, data, "worker", "create", "Ada", "--language", "en", "--queue", "1")
        assert who_have_loaded(server) == [False, False]
        headers = {"authorization": f"Bearer {customer['client_key']}"}
        async with (
            a_line_to_each(server, customer["client_key"]) as lines,
            httpx2.AsyncClient(transport=lines, headers=headers, timeout=60) as http,
        ):
            for mode in ("auto", "legacy"):
                async with Client(streamable_http_client(f"{server.url}/mcp", http_client=http), mode=mode) as agent:
                    await talk(agent, mode, server.url, worker["token"])
            way = streamable_http_client(f"{server.url}/mcp", http_client=http)
            async with Client(way, extensions=[TasksExtension()]) as agent:
                await follow(agent)
        assert min(lines.sent) >= 10
        assert who_have_loaded(server) == [True, True]
        assert (await asyncio.to_thread(ask_json, data, "db", "check"))["difference"] == 0
    finally:
        await asyncio.to_thread(server.stop)


async def talk(agent: Client, mode: str, url: str, token: str) -> None:
    """Ask, look, ask again, wait, take back: each call finds what those before it did."""
    asked = {"picture": picture(), "question": question(), "key": mode, "patience": 0}
    found = [told(await agent.call_tool("ask_people", asked)) for _ in range(3)]
    number = found[0]["id"]
    assert {each["id"] for each in found} == {number}, "asked again elsewhere, it is the same task"
    for _ in range(2):
        assert told(await agent.call_tool("check", {"id": number}))["state"] == "waiting"
    async with answering_at(url, token, "one"):
        for _ in range(2):
            assert told(await agent.call_tool("wait", {"id": number}))["answer"] == "one"
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"}) as http:
        assert (await http.post(f"{url}/v1/worker/offline", json={})).is_success
    other = told(await agent.call_tool("ask_people", {**asked, "key": f"{mode}, taken back"}))["id"]
    assert told(await agent.call_tool("cancel", {"id": other}))["id"] == other
    first, second = [told(await agent.call_tool("check", {"id": other}))["state"] for _ in range(2)]
    assert first == second == "cancelled"


async def follow(agent: Client) -> None:
    """Hold a handle of the Tasks extension: whoever is asked about it knows it."""
    handle = (await begin(agent, picture=picture("678"), question=question())).task_id
    assert [(await state(agent, handle)).status for _ in range(3)] == ["working"] * 3
    await cancel(agent, handle)
    assert [(await state(agent, handle)).status for _ in range(2)] == ["cancelled"] * 2
