"""A path that leads nowhere: a page for a browser that looks, the contract's error for everything else."""

import pytest

from support.in_process_client import Client

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/nothing", "/nothing/there", "/worker/nothing"])
async def test_a_browser_gets_a_page(client: Client, path):
    page = await client.get(path, headers=BROWSER)
    assert page.status_code == 404
    assert "There is no such page" in page.text
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [("GET", "/nothing", {}), ("POST", "/nothing", BROWSER), ("GET", "/createTask", BROWSER), ("HEAD", "/x", BROWSER)],
)
async def test_a_call_gets_the_contracts_error(client: Client, method, path, headers):
    reply = await client.request(method, path, headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    if method != "HEAD":
        assert reply.json()["errorId"] == 14
