"""docs/reference/v1: what a page shows as the reply of a call has the members that the reply has, all of them."""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from manyeyes.v1.openapi import OPERATIONS
from manyeyes.v1.operations import JSON
from support import repository

PAGES = repository.ROOT / "docs" / "reference" / "v1"
REPLIES = {f"{each.method} {each.path}": each.reply for each in OPERATIONS if JSON in each.gives and each.reply}
BLOCK = re.compile(r"^```json\n(.*?)```", re.MULTILINE | re.DOTALL)
REPLY = re.compile(r"^20\d:(?:\s+```json\n(.*?)```| `(\{.*?\})`)", re.MULTILINE | re.DOTALL)


def shown() -> list[Any]:
    """Return each reply that a page shows under the heading of its call."""
    found = []
    for page in sorted(PAGES.glob("*.md")):
        for section in re.split(r"^## ", page.read_text("utf-8"), flags=re.MULTILINE):
            called = re.split(r"[?\n]", section, maxsplit=1)[0]
            if called in REPLIES:
                asked = BLOCK.findall(section) if called.startswith("GET ") else []  # nothing else is sent with a GET
                replies = {*asked, *(block or inline for block, inline in REPLY.findall(section))}
                found += [pytest.param(json.loads(each), REPLIES[called], id=called) for each in sorted(replies)]
    return found


def members(value: Any) -> Any:
    """Return the names of a value's members, and of theirs, without the values."""
    if isinstance(value, Mapping):
        return {name: members(each) for name, each in value.items()}
    return [members(each) for each in value] if isinstance(value, list) else None


@pytest.mark.parametrize(("found", "reply"), shown())
def test_a_reply_has_the_members_that_are_shown(found: Any, reply: Any):
    taken = msgspec.convert(found, reply)
    assert members(msgspec.to_builtins(taken)) == members(found)
