"""POST /v1/jobs/{id}/items: files in, whole or in parts; what is wrong is told by line and leaves nothing."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest

from manyeyes.roles.customer import item_intake
from support import factories
from support.in_process_client import Client
from support.item_files import CSV, ZIP, archive, bearer, cut_off, items_of, line, lines, open_draft, send, traces


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


@pytest.fixture
async def job_id(client: Client, customer: factories.Customer) -> int:
    return await open_draft(client, customer.key)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of three items: each test has several."""
    monkeypatch.setattr(item_intake, "PART_ITEMS", 3)


async def test_a_file_of_json_lines_becomes_items_in_its_order(
    client: Client, customer: factories.Customer, job_id: int
):
    body = (
        b"\xef\xbb\xbf"
        + lines(4)
        + b"\n \r\n"
        + line(picture_url="https://pictures.example/5.png", comment="\u202eleft \x07")
    )
    taken = await send(client, customer, job_id, body, upload_key="meters")
    assert (taken.status_code, taken.json()) == (
        200,
        {"key": "meters", "lines": 7, "complete": True, "items": 5, "skipped": []},
    )
    items = await items_of(client, job_id)
    assert [item["line"] for item in items] == [1, 2, 3, 4, 5]
    assert [item["external_id"] for item in items] == ["item 1", "item 2", "item 3", "item 4", ""]
    assert [item["media"] for item in items] == ["png"] * 4 + [""]
    assert items[4]["picture_url"] == "https://pictures.example/5.png"
    assert "What is on the picture?\\nleft" in items[4]["options"]
    assert await traces(client, job_id) == [5, 4, 0, 1, 5]


async def test_the_same_file_is_taken_once_by_whatever_name(client: Client, customer: factories.Customer, job_id: int):
    body = lines(5)
    first = await send(client, customer, job_id, body)
    assert "idempotent-replayed" not in first.headers
    before = await traces(client, job_id)
    for key in ("", "another", first.json()["key"]):
        again = await send(client, customer, job_id, body, upload_key=key)
        assert (again.status_code, again.json()) == (200, first.json())
        assert again.headers["idempotent-replayed"] == "true"
    spaced = await send(client, customer, job_id, body.replace(b'": "', b'":  "'), upload_key="spaced")
    assert spaced.json() == first.json()
    assert await traces(client, job_id) == before


async def test_a_body_that_is_packed_for_the_way_is_refused(client: Client, customer: factories.Customer, job_id: int):
    headers = {**bearer(customer.key), "content-type": CSV, "content-encoding": "gzip"}
    refused = await client.post(f"/v1/jobs/{job_id}/items", content=gzip.compress(b"url\n"), headers=headers)
    assert (refused.status_code, refused.json()["refusal"]) == (400, "unreadable")
    assert "Content-Encoding" in refused.json()["detail"]
    assert await traces(client, job_id) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("name", ["", "meters"])
async def test_one_file_that_comes_many_times_at_once_is_taken_once(
    client: Client, customer: factories.Customer, job_id: int, name: str
):
    body = lines(8)
    taken = await asyncio.gather(*[send(client, customer, job_id, body, upload_key=name) for _ in range(6)])
    first = next(each for each in taken if each.status_code == 200 and "idempotent-replayed" not in each.headers)
    for each in taken:
        if each.status_code == 409:  # the first one is under way: sent again, it is there
            assert each.json()["refusal"] == "upload_open"
            each = await send(client, customer, job_id, body, upload_key=name)
        assert (each.status_code, each.json()) == (200, first.json())
    assert await traces(client, job_id) == [8, 8, 0, 1, 8]


async def test_a_wrong_body_does_not_take_away_what_another_one_of_its_name_brought(
    client: Client, customer: factories.Customer, job_id: int
):
    """It began before the good one, and came to its wrong line behind it: what was acknowledged stays."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield lines(1)
        begun.set()
        await go_on.wait()
        yield b"{bad\n"

    wrong = asyncio.create_task(send(client, customer, job_id, slow(), upload_key="meters"))
    await begun.wait()
    good = await send(client, customer, job_id, lines(5), upload_key="meters")
    assert (good.status_code, good.json()["items"]) == (200, 5)
    go_on.set()
    assert (await wrong).status_code in (409, 422)
    assert await traces(client, job_id) == [5, 5, 0, 1, 5]


async def test_another_file_under_the_same_name_is_refused(client: Client, customer: factories.Customer, job_id: int):
    await send(client, customer, job_id, lines(5), upload_key="meters")
    for body in (lines(4), lines(6), lines(5, first=2), b"{bad\n"):
        other = await send(client, customer, job_id, body, upload_key="meters")
        assert (other.status_code, other.json()["refusal"]) == (409, "key_reused")
    assert await traces(client, job_id) == [5, 5, 0, 1, 5]


async def test_wrong_lines_are_told_by_number_and_nothing_is_left(
    client: Client, customer: factories.Customer, job_id: int
):
    bad = [
        lines(4),
        b"{bad\n",
        line("item 2"),
        line(picture=""),
        line(picture="AAAA"),
        line(picture="no base64!"),
        line(picture_url="ftp://x/y"),
        line(what="is this"),
        line("both", picture_url="https://x/y", picture="AAAA"),
        line(text="8"),
    ]
    refused = await send(client, customer, job_id, b"".join(bad), upload_key="meters")
    told = refused.json()
    assert (refused.status_code, told["refusal"]) == (422, "bad_items")
    assert [(error["line"], error.get("pointer", "")) for error in told["errors"]] == [
        (5, ""),
        (6, "/external_id"),
        (7, ""),
        (8, "/picture"),
        (9, "/picture"),
        (10, "/picture_url"),
        (11, ""),
        (12, ""),
    ]
    assert await traces(client, job_id) == [0, 0, 0, 0, 0]


async def test_a_file_goes_on_where_it_stopped(client: Client, customer: factories.Customer, job_id: int):
    await cut_off(client, customer, job_id, lines(7), "meters")
    at = f"/v1/jobs/{job_id}/uploads/meters"
    assert (await client.get(at, headers=bearer(customer.key))).json() == {
        "key": "meters",
        "lines": 6,
        "complete": False,
    }
    other = await send(client, customer, job_id, lines(1), upload_key="other")
    assert (other.status_code, other.json()["refusal"]) == (409, "upload_open")
    wrong = await send(client, customer, job_id, lines(3, first=8), upload_key="meters", from_line=8)
    assert (wrong.status_code, wrong.json()["refusal"]) == (409, "upload_open")
    rest = await send(client, customer, job_id, lines(4, first=7), upload_key="meters", from_line=7)
    assert rest.json() == {"key": "meters", "lines": 10, "complete": True, "items": 10, "skipped": []}
    assert [item["external_id"] for item in await items_of(client, job_id)] == [f"item {n}" for n in range(1, 11)]
    again = await send(client, customer, job_id, lines(10))
    assert (again.headers["idempotent-replayed"], again.json()["key"]) == ("true", "meters")


async def test_a_table_and_an_archive_are_taken_as_well(client: Client, customer: factories.Customer, job_id: int):
    table = 'external_id;url;comment\r\n1;https://x.example/1.png;"two\r\nlines"\r\n2;s3://bkt/2.png;\r\n'.encode(
        "utf-16"
    )
    taken = await send(client, customer, job_id, table, CSV)
    assert (taken.status_code, taken.json()["items"], taken.json()["lines"]) == (200, 2, 4)
    packed = archive(
        {"a/1.png": factories.picture_bytes("1"), "a/Thumbs.db": b"x", "a/2.png": factories.picture_bytes("2")}
    )
    taken = await send(client, customer, job_id, packed, ZIP)
    assert (taken.json()["items"], taken.json()["skipped"]) == (4, ["a/Thumbs.db"])
    assert [item["external_id"] for item in await items_of(client, job_id)] == ["1", "2", "a/1.png", "a/2.png"]
