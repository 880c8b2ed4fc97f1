"""Whatever breaks inside, and wherever: each contract answers in its own words, and so does a page."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.server.application import Application
from manyeyes.server.guard import Guard
from manyeyes.server.trouble_answers import answers_of
from support.in_process_client import Client
from support.v1_problems import PROBLEM, PROBLEM_MEDIA

BROWSER = {"accept": "text/html"}
FAULTS: list[Callable[[], BaseException]] = [
    lambda: RuntimeError("boom"),
    MemoryError,
    RecursionError,
    lambda: ConnectionResetError("the database went"),
    lambda: Unavailable("the database is away"),
    asyncio.CancelledError,
]
# A call of each edge: how it is made, and the members of its error.
CALLS = [
    ("POST", "/getBalance", {"errorId", "errorCode", "errorDescription"}),
    ("POST", "/createTask", {"errorId", "errorCode", "errorDescription"}),
    ("POST", "/v3/recognition/any", {"json", "signature"}),
    ("POST", "/v3/management/statistics/secret-task/any", {"json", "signature"}),
    ("GET", "/v1/reports", PROBLEM),
    ("POST", "/v1/worker/online", PROBLEM),
]


def guarded(context: Context, application: Any) -> Client:
    return Client(context, Guard(application, answers_of(context.signer)))


@pytest.fixture(params=FAULTS, ids=["error", "memory", "recursion", "lost", "away", "cancelled"])
def fault(request: pytest.FixtureRequest) -> BaseException:
    found: BaseException = request.param()
    return found


def status_of(fault: BaseException) -> int:
    return 503 if isinstance(fault, (OSError, Unavailable, asyncio.CancelledError)) else 500


@pytest.mark.parametrize(("method", "path", "members"), CALLS)
async def test_a_fault_of_the_application_itself_is_told_in_the_contracts_words(
    context: Context, fault, method, path, members
):
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise fault

    reply = await guarded(context, broken).request(method, path, json={})
    assert (reply.status_code, set(reply.json())) == (status_of(fault), members)
    assert reply.headers["content-type"] == (PROBLEM_MEDIA if members == PROBLEM else "application/json")
    assert reply.headers["retry-after"] == "5"


@pytest.mark.parametrize(("method", "path", "members"), CALLS)
async def test_a_fault_inside_an_edge_is_told_in_the_contracts_words(
    context: Context, monkeypatch, fault, method, path, members
):
    async def broken(*_: object) -> None:
        raise fault

    for name in ("owner", "app", "subject"):
        monkeypatch.setattr(context.lookups, name, broken)
    headers = {"authorization": "Bearer any"}
    body = {"clientKey": "0" * 32}
    reply = await guarded(context, Application(context)).request(method, path, headers=headers, json=body)
    assert (reply.status_code in (status_of(fault), 200), set(reply.json())) == (True, members)
    if "json" in members:
        assert json.loads(reply.json()["json"])["code"] == 100


async def test_a_page_that_breaks_is_a_page(context: Context, monkeypatch, fault):
    async def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr(context.lookups, "session", broken)
    client = guarded(context, Application(context))
    client.cookies.set("manyeyes_session", "any")
    page = await client.get("/operator", headers=BROWSER)
    assert page.status_code == status_of(fault)
    if not isinstance(fault, asyncio.CancelledError):  # the process is ending: a sentence is enough
        assert page.headers["content-type"].startswith("text/html")
        assert "Something went wrong" in page.text or "cannot answer right now" in page.text
        page = await client.get("/operator", headers={"accept-language": "vi", **BROWSER})
        assert "phía chúng tôi" in page.text or "chưa thể trả lời" in page.text


async def test_an_application_that_says_nothing_is_a_fault(context: Context):
    async def mute(scope: Any, receive: Any, send: Any) -> None:
        pass

    reply = await guarded(context, mute).post("/getBalance")
    assert (reply.status_code, reply.json()["errorId"]) == (500, 2)


async def test_a_reply_that_has_begun_is_cut_off_and_one_that_is_whole_is_left_alone(context: Context):
    async def late(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok", "more_body": scope["path"] == "/half"})
        raise RuntimeError("afterwards")

    assert (await guarded(context, late).post("/whole")).text == "ok"
    with pytest.raises(RuntimeError):
        await guarded(context, late).post("/half")


@pytest.mark.parametrize("head", [{"cookie": "a=b; " * 300}, {"query": "a=b&" * 300}])
async def test_more_pairs_than_anybody_needs_are_not_looked_at(context: Context, head):
    client = guarded(context, Application(context))
    reply = await client.get(f"/help?{head.get('query', '')}", headers={"cookie": head.get("cookie", "")})
    assert reply.status_code == 431
