"""docs/how-to/receive-callbacks.md: its example verifies what is really sent, its samples have the right members."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from manyeyes.v1.task_views import CustomerTaskView
from manyeyes.webhooks.rules import secret, shown_secret
from support.action_stage import Stage
from support.delivery_receivers import KEY, Post, address, body_of, ended, headers_of, json_of, only, receiver

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "receive-callbacks.md").read_text()


def blocks(language) -> list[Any]:
    return re.findall(rf"^```{language}\n(.*?)\n?```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def read_callback():
    """The example's function, as it stands on the page."""
    (source,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(source, "receive-callbacks.md", "exec"), names)
    return names["read_callback"]


@pytest.fixture
async def delivered(stage: Stage) -> tuple[bytes, str]:
    """A request as a receiver gets it, and the secret of its account."""
    post = Post(stage)
    async with receiver() as heard:
        await ended(stage, address(heard))
        await post.go()
    (request,) = heard.requests
    return request, shown_secret(secret(KEY, stage.cell, (await only(post))["account_id"], 0))


async def test_the_example_reads_what_is_sent(delivered, read_callback):
    request, known = delivered
    assert read_callback(headers_of(request), body_of(request), known) == json_of(request)


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp", "webhook-signature", "secret", "age"])
async def test_the_example_refuses_what_was_changed(delivered, read_callback, change):
    request, known = delivered
    headers, body = headers_of(request), body_of(request)
    if change == "body":
        body = body.replace(b"12345", b"54321")
    elif change == "secret":
        known = shown_secret(b"x" * 32)
    elif change == "age":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 301)
    else:
        headers[change] = headers[change][:-2] + "00"
    with pytest.raises(ValueError, match="sign"):
        read_callback(headers, body, known)


async def test_the_samples_have_the_members_that_are_sent(delivered):
    request, _ = delivered
    _, ready, failed, event = map(json.loads, blocks("json"))
    told = json_of(request)
    assert (list(ready), list(ready["solution"])) == (list(told), list(told["solution"]))
    assert list(failed) == ["errorId", "errorCode", "errorDescription", "taskId"]
    assert list(event) == ["type", "timestamp", "data"]
    assert set(event["data"]) < set(CustomerTaskView.__struct_fields__)
