"""`manyeyes mcp`: an agent's own process, which may die at any moment."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client

from support import factories
from support.answering_people import answering
from support.mcp_agents import charged, picture, question, stdio_server, tasks_made, told, words_of
from support.mcp_tasks_client import TasksExtension, begin, state
from support.real_server import environment
from support.served_site import Site

INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "an agent", "version": "1"},
}


async def test_each_tool_works_over_stdio(site: Site, customer: factories.Customer, tmp_path: Path):
    shown = tmp_path / "meter.png"
    shown.write_bytes(factories.picture_bytes())
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody's business")
    async with Client(stdio_server(site.url, customer.key)) as agent:
        tools = {tool.name: tool for tool in (await agent.list_tools()).tools}
        assert "picture_path" in tools["ask_people"].input_schema["properties"]
        asked = {"picture_path": str(shown), "question": question(), "patience": 0}
        first = told(await agent.call_tool("ask_people", asked))
        assert told(await agent.call_tool("check", {"id": first["id"]}))["state"] == "waiting"
        assert told(await agent.call_tool("cancel", {"id": first["id"]}))["state"] == "cancelled"
        async with answering(site, "from a file"):
            second = told(await agent.call_tool("ask_people", asked))
            assert told(await agent.call_tool("wait", {"id": second["id"]}))["answer"] == "from a file"
        for path, says in (
            (secret, "picture_not_supported: "),
            (tmp_path / "none.png", "no_picture: "),
            (tmp_path, "no_picture: "),
        ):
            refused = await agent.call_tool("ask_people", {**asked, "picture_path": str(path)})
            assert words_of(refused).startswith(f"{says}{path}")
        refused = await agent.call_tool("check", {"id": 999_999})
        assert words_of(refused).startswith("unknown_task: ")


async def test_the_tasks_extension_works_over_stdio_and_outlives_the_process(site: Site, customer: factories.Customer):
    asked = {"picture": picture(), "question": question()}
    async with Client(stdio_server(site.url, customer.key), extensions=[TasksExtension()]) as agent:
        handle = await begin(agent, **asked)
    async with Client(stdio_server(site.url, customer.key), extensions=[TasksExtension()]) as agent:
        assert (await state(agent, handle.task_id)).status == "working"
        async with answering(site, "done"):
            assert told(await agent.call_tool("ask_people", asked))["answer"] == "done"


@pytest.mark.faults
@pytest.mark.parametrize("key", ["row 7", ""])
async def test_an_agent_that_is_killed_while_it_waits_and_asks_again_pays_once(
    site: Site, customer: factories.Customer, key: str
):
    asked = {"picture": picture(), "question": question(), "key": key}
    settings = {"MANYEYES_URL": site.url, "MANYEYES_KEY": customer.key}
    for _ in range(2):
        agent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "manyeyes", "mcp"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(**settings),
        )
        assert agent.stdin
        assert agent.stdout
        for number, (method, params) in enumerate(
            [("initialize", INITIALIZE), ("tools/call", {"name": "ask_people", "arguments": asked})]
        ):
            agent.stdin.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode())
            agent.stdin.write(b"\n")
            await agent.stdin.drain()
            if method == "initialize":
                await agent.stdout.readline()
                agent.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        while not await tasks_made(site, customer):  # noqa: ASYNC110 (the agent tells by no event)
            await asyncio.sleep(0.02)
        agent.kill()
        await agent.wait()
    async with Client(stdio_server(site.url, customer.key)) as again, answering(site, "42", "another"):
        found = told(await again.call_tool("ask_people", asked))
    assert [found["id"]] == await tasks_made(site, customer)
    assert found["answer"] == "42"
    assert f"{await charged(site, customer) / 1_000_000:.6f}" == found["cost"]


async def test_a_key_that_is_not_valid_is_told_by_the_tool(site: Site):
    async with Client(stdio_server(site.url, "0123456789abcdef0123456789abcdef")) as agent:
        refused = await agent.call_tool("check", {"id": 1})
    assert refused.is_error
    assert words_of(refused).startswith("unknown_key: ")


async def test_an_installation_that_is_away_is_told_by_the_tool(customer: factories.Customer):
    nobody = stdio_server("http://127.0.0.1:1", customer.key, MANYEYES_MCP_WAIT_SECONDS="1")
    async with Client(nobody) as agent:
        refused = await agent.call_tool("check", {"id": 1})
    assert refused.is_error
    assert words_of(refused).startswith("not_reached: ")


def test_without_a_key_it_does_not_start():
    ended = subprocess.run(
        [sys.executable, "-m", "manyeyes", "mcp"], capture_output=True, text=True, env=environment(), check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "manyeyes: there is no client key: give one, or set MANYEYES_KEY\n"
