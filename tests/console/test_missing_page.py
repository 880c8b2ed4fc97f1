"""A path that leads nowhere: a 404 for whoever looks, a page for a browser; the contract's error for every call."""

import pytest

from support.in_process_client import Client

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/nothing", "/nothing/there", "/worker/nothing"])
async def test_a_browser_gets_a_page(client: Client, path):
    page = await client.get(path, headers=BROWSER)
    assert page.status_code == 404
    assert "There is no such page" in page.text
    assert page.headers["content-type"].startswith("text/html")


PROBES = ["/nothing", "/readyz", "/health", "/healthz", "/metrics", "/favicon.ico", "/wp-login.php", "/getbalance/x"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", PROBES)
async def test_every_other_look_is_a_404_even_while_the_database_is_down(client: Client, monkeypatch, method, path):
    monkeypatch.setattr(client.context.cells, "directory", None)  # whoever asked it would fail
    reply = await client.request(method, path)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/nothing", BROWSER),
        ("POST", "/healthz", {}),
        ("PUT", "/nothing", {}),
        ("GET", "/createTask", BROWSER),
        ("GET", "/GETBALANCE/", {}),
        ("HEAD", "/createTask", {}),
    ],
)
async def test_a_call_gets_the_contracts_error(client: Client, method, path, headers):
    reply = await client.request(method, path, headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    if method != "HEAD":
        assert reply.json()["errorId"] == 14
