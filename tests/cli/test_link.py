"""manyeyes link requests, make, dismiss."""

import asyncio
import threading
from pathlib import Path

import pytest

from manyeyes.roles.house.link_requests import ask_for_link
from manyeyes.runtime.context import open_context
from manyeyes.settings import Settings
from manyeyes.values.actor import Actor
from support.removals_meanwhile import remove_first_owner


@pytest.fixture
def asked(dsn: str, tmp_path: Path, manyeyes) -> int:
    """Two workers of one name, an account, and who asks for a link; return the number of one of the workers."""
    numbers = [manyeyes("worker", "create", "Lan", "--json").json["worker_id"] for _ in range(2)]
    manyeyes("account", "create", "Acme")

    async def ask() -> None:
        context = await open_context(Settings(data=tmp_path), dsn)
        try:
            for name in ("lan", "ACME", "Nobody"):
                assert await ask_for_link(context, name, "0123", Actor(role="nobody", address="192.0.2.7"))
        finally:
            await context.close()

    asyncio.run(ask())
    return numbers[1]


def test_nobody_asks(manyeyes):
    assert manyeyes("link", "requests").out == "nobody asks for a link\n"
    assert "no request 1" in manyeyes("link", "make", "1").complaint
    assert "no request 1" in manyeyes("link", "dismiss", "1").complaint


def test_a_link_is_made_for_one_of_those_whom_it_may_be(manyeyes, asked: int):
    first, second, third = manyeyes("link", "requests", "--json").json["requests"]
    assert (first["name"], first["reach"], first["address"]) == ("lan", "0123", "192.0.2.7")
    assert [len(each["possible"]) for each in (first, second, third)] == [2, 1, 0]
    assert "lan: 0123" in manyeyes("link", "requests").out
    assert "say which of worker:" in manyeyes("link", "make", first["request_id"]).complaint
    assert "cannot be worker:99" in manyeyes("link", "make", first["request_id"], "worker:99").complaint
    assert "/login/" in manyeyes("link", "make", first["request_id"], f"worker:{asked}").out
    assert "/login/" in manyeyes("link", "make", second["request_id"], "--json").json["login_url"]
    assert "nobody has this name" in manyeyes("link", "make", third["request_id"]).complaint
    assert manyeyes("link", "dismiss", third["request_id"]).code == 0
    assert manyeyes("link", "requests", "--json").json == {"requests": []}
    deeds = [each["what"] for each in manyeyes("audit", "list", "--json").json["entries"]]
    assert [deeds.count(deed) for deed in ("link.ask", "link.close", "link.make")] == [3, 3, 4]


def test_who_was_removed_meanwhile_is_named_though_nobody_typed_them(manyeyes, asked: int, dsn: str):
    """The only one whom it may be is left out of the command; their request stays."""
    request = manyeyes("link", "requests", "--json").json["requests"][1]
    (one,) = request["possible"]
    began, account_id = threading.Event(), int(one["person"].split(":")[1])
    removing = threading.Thread(target=lambda: asyncio.run(remove_first_owner(dsn, account_id, began.set)))
    removing.start()
    assert began.wait(20)
    complaint = manyeyes("link", "make", request["request_id"]).complaint
    removing.join()
    assert f"it cannot be {one['person']}; see" in complaint
    assert len(manyeyes("link", "requests", "--json").json["requests"]) == 3
