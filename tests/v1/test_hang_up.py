"""Whoever hangs up while they wait is handed nothing."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from manyeyes.v1.json_messages import while_there


def request_of(*messages) -> Request[Any]:
    """A request whose connection says these messages, then nothing more."""
    waiting = list(messages)

    async def receive():
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()

    return Request({"type": "http", "method": "GET", "path": "/", "headers": []}, receive)


BODY, GONE = {"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}


async def test_the_wait_ends_with_the_connection():
    ended = asyncio.Event()

    async def wait_for_ever() -> object:
        try:
            return await asyncio.Event().wait()
        finally:
            ended.set()

    async with asyncio.timeout(20):
        assert await while_there(request_of(BODY, GONE), wait_for_ever()) is None
        await ended.wait()


async def test_who_stays_gets_what_came():
    async def come() -> str:
        await asyncio.sleep(0)
        return "a complaint"

    assert await while_there(request_of(BODY), come()) == "a complaint"


async def test_a_fault_is_not_swallowed():
    async def fail() -> None:
        raise LookupError("no such thing")

    with pytest.raises(LookupError):
        await while_there(request_of(BODY), fail())
