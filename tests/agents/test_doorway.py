"""`/mcp`: who may come in, and what others are told."""

from typing import Any

import httpx
import pytest

from manyeyes.accounts.rules import digest
from support import factories
from support.mcp_agents import over_http
from support.served_site import Site

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
JSON = {"accept": "application/json, text/event-stream"}


async def post(site: Site, key: str = "", body: Any = LIST, **headers: str) -> httpx.Response:
    sent = {**JSON, **({"authorization": f"Bearer {key}"} if key else {}), **headers}
    async with httpx.AsyncClient() as http:
        return await http.post(f"{site.url}/mcp", json=body, headers=sent)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_official_client_finds_the_tools(site: Site, customer: factories.Customer, mode: str):
    async with over_http(site, customer.key, mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert list(tools) == ["ask_people", "check", "wait", "cancel"]
    asked = tools["ask_people"]
    assert "picture_path" not in asked.input_schema["properties"]
    assert "a CAPTCHA" in asked.description
    assert all(tool.output_schema["properties"]["state"] for tool in tools.values())
    assert [tool.annotations.read_only_hint for tool in tools.values()] == [False, True, True, False]


@pytest.mark.parametrize("key", ["", "0123456789abcdef0123456789abcdef"])
async def test_without_a_valid_key_nobody_comes_in(site: Site, key: str):
    reply = await post(site, key)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert "client key" in reply.json()["error"]["message"]


async def test_a_session_of_the_console_is_no_key(site: Site, customer: factories.Customer):
    reply = await post(site, cookie="manyeyes_session=whatever")
    assert reply.status_code == 401


async def test_a_key_is_for_its_addresses(site: Site):
    elsewhere = await factories.customer(site.context, addresses=("203.0.113.99",))
    assert (await post(site, elsewhere.key)).status_code == 403


async def test_a_revoked_key_is_turned_away_at_the_next_call(site: Site, customer: factories.Customer):
    assert (await post(site, customer.key)).status_code == 200
    async with site.context.cells.directory.acquire() as db:
        await db.execute("DELETE FROM api_key WHERE key_hash = $1", digest(customer.key))
    site.context.lookups.forget()
    assert (await post(site, customer.key)).status_code == 401


@pytest.mark.parametrize(("origin", "status"), [("https://elsewhere.example", 403), ("null", 403), (None, 200)])
async def test_a_page_of_another_origin_is_turned_away(
    site: Site, customer: factories.Customer, origin: str | None, status: int
):
    headers = {"origin": origin} if origin else {"origin": site.url}
    assert (await post(site, customer.key, **headers)).status_code == status


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_there_are_no_streams_to_open_and_no_sessions_to_end(site: Site, method: str):
    async with httpx.AsyncClient() as http:
        reply = await http.request(method, f"{site.url}/mcp")
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


async def test_what_is_too_large_is_not_read(site: Site, customer: factories.Customer):
    reply = await post(site, customer.key, {**LIST, "params": {"cursor": "x" * 800_000}})
    assert reply.status_code == 413


async def test_what_is_no_json_rpc_is_told_so(site: Site, customer: factories.Customer):
    reply = await post(site, customer.key, ["nothing"])
    assert 400 <= reply.status_code < 500
