"""`manyeyes mcp`: an agent's own process, which may die at any moment."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client

from manyeyes.cli.mcp import RemoteInstallation
from manyeyes.mcp.installation import Problem
from manyeyes_client import AsyncClient
from support import factories
from support.answering_people import answering
from support.embedded_owners import LONG_ENOUGH_SECONDS
from support.forked_commands import run_forked
from support.mcp_agents import charged, over_http, picture, question, stdio_server, tasks_made, told, words_of
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


async def test_the_tasks_extension_works_over_stdio_with_a_handle_of_another_process(
    site: Site, customer: factories.Customer
):
    asked = {"picture": picture(), "question": question()}
    async with over_http(site, customer.key, extensions=[TasksExtension()]) as agent:
        handle = await begin(agent, **asked)
    async with Client(stdio_server(site.url, customer.key), extensions=[TasksExtension()]) as agent:
        assert (await state(agent, handle.task_id)).status == "working"
        async with answering(site, "done"):
            assert told(await agent.call_tool("ask_people", asked))["answer"] == "done"


@pytest.mark.faults
async def test_an_agent_that_is_killed_while_it_waits_and_asks_again_pays_once(
    site: Site, customer: factories.Customer
):
    asked = [{"picture": picture(), "question": question(), "key": key} for key in ("row 7", "")]
    calls = [("tools/call", {"name": "ask_people", "arguments": each}) for each in asked]
    agent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "manyeyes", "mcp"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment(MANYEYES_URL=site.url, MANYEYES_KEY=customer.key),
    )
    assert agent.stdin
    for number, (method, params) in enumerate([("initialize", INITIALIZE), *calls]):
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        agent.stdin.write(json.dumps(message).encode() + b"\n")
    while len(made := await tasks_made(site, customer)) < 2:  # noqa: ASYNC110 (the agent tells by no event)
        await asyncio.sleep(0.02)
    agent.kill()
    await agent.wait()
    async with Client(stdio_server(site.url, customer.key)) as again, answering(site, "41", "42", "43"):
        found = [told(await again.call_tool("ask_people", each)) for each in asked]
    assert sorted(each["id"] for each in found) == made == await tasks_made(site, customer)
    assert sorted(each["answer"] for each in found) == ["41", "42"]
    assert f"{await charged(site, customer) / 1_000_000:.6f}" == f"{2 * float(found[0]['cost']):.6f}"


async def test_what_the_installation_refuses_is_told_in_its_words(site: Site, customer: factories.Customer):
    away = "http://127.0.0.1:1"
    for url, key, reason in (
        (site.url, "0123456789abcdef0123456789abcdef", "unknown_key"),
        (site.url, customer.key, "unknown_task"),
        (away, customer.key, "not_reached"),
    ):
        async with AsyncClient(url, key, patience=0.1) as client:
            with pytest.raises(Problem) as refused:
                await RemoteInstallation(client).task(999_999, 0)
        assert (refused.value.reason, bool(refused.value.detail)) == (reason, True)
    async with AsyncClient(site.url, customer.key) as client:
        with pytest.raises(Problem, match="/question"):
            await RemoteInstallation(client).make(b'{"picture":"","question":{"kind":"no such kind"}}', "k")


def test_without_a_key_it_does_not_start():
    ended = run_forked(["mcp"], environment(), LONG_ENOUGH_SECONDS)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "manyeyes: there is no client key: give one, or set MANYEYES_KEY\n"
