"""POST /v1/jobs/{id}/items with a bucket: one item for each picture below a prefix, made once."""

import pytest

from buckets.conftest import Shelf
from manyeyes.roles.customer import bucket_listing, item_intake
from support import factories
from support.in_process_client import Client
from support.item_files import bearer, items_of, lines, open_draft, send
from support.loopback_servers import http, listening

PICTURE = factories.picture_bytes("one")


@pytest.fixture
async def job_id(client: Client, customer: factories.Customer) -> int:
    return await open_draft(client, customer.key)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_listing, "PAUSE_SECONDS", 0)


async def ask(client: Client, customer: factories.Customer, job_id: int, body: object, query: str = "", **headers: str):
    return await client.post(f"/v1/jobs/{job_id}/items{query}", json=body, headers=bearer(customer.key) | headers)


async def test_every_picture_below_a_prefix_is_an_item_once(client: Client, customer, job_id: int, shelf: Shelf):
    names = ["in/a b+c.png", "in/a/../b.png", "in/图片.JPG", *(f"in/z{n:04}.png" for n in range(1_500))]
    shelf.store.fill(shelf.name, dict.fromkeys([*names, "in/notes.txt", "out/x.png"], PICTURE))
    body = {"bucket": f"s3://{shelf.name}/in/"}
    taken = await ask(client, customer, job_id, body)
    assert taken.status_code == 200, taken.text
    told = taken.json()
    assert (told["items"], told["lines"], told["complete"]) == (1_503, 1_503, True)
    assert told["skipped"] == ["in/notes.txt"]
    items = await items_of(client, job_id)
    assert [item["external_id"] for item in items] == sorted(names, key=str.encode)
    assert [item["picture_url"] for item in items] == [f"s3://{shelf.name}/{item['external_id']}" for item in items]
    again = await ask(client, customer, job_id, body)
    assert (again.json(), again.headers["idempotent-replayed"]) == (told, "true")
    assert len(await items_of(client, job_id)) == 1_503


async def test_a_bucket_that_has_changed_is_another_file(client: Client, customer, job_id: int, shelf: Shelf):
    shelf.store.fill(shelf.name, {"a.png": PICTURE})
    body = {"bucket": f"s3://{shelf.name}", "suffixes": [".png", ".dat"]}
    await ask(client, customer, job_id, body, **{"upload-key": "monday"})
    shelf.store.fill(shelf.name, {"b.dat": PICTURE})
    changed = await ask(client, customer, job_id, body, **{"upload-key": "monday"})
    assert (changed.status_code, changed.json()["refusal"]) == (409, "key_reused")
    both = await ask(client, customer, job_id, body, **{"upload-key": "tuesday"})
    assert (both.status_code, both.json()["refusal"]) == (422, "bad_items")  # a.png is an item already
    assert len(await items_of(client, job_id)) == 1


async def test_a_list_that_breaks_off_goes_on_when_it_is_asked_again(
    client: Client, customer, job_id: int, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(item_intake, "PART_ITEMS", 100)
    shelf.store.fill(shelf.name, {f"{n:04}.png": PICTURE for n in range(1_200)})
    body = {"bucket": f"s3://{shelf.name}"}
    whole = bucket_listing.BucketListing._page

    async def page(self: bucket_listing.BucketListing, after: str):
        if after:
            async with listening(http(status="503 Slow Down")) as heard:
                await shelf.keep(endpoint=f"http://127.0.0.1:{heard.port}")
                self._reader = (await bucket_listing.open_listing(shelf.context, shelf.owner, self._query))._reader
                return await whole(self, after)
        return await whole(self, after)

    with monkeypatch.context() as broken:
        broken.setattr(bucket_listing.BucketListing, "_page", page)
        cut = await ask(client, customer, job_id, body)
    assert (cut.status_code, cut.json()["refusal"]) == (503, "picture_away")
    assert cut.headers["retry-after"]
    there = len(await items_of(client, job_id))
    assert 0 < there <= 1_000
    await shelf.keep()
    whole_now = await ask(client, customer, job_id, body)
    assert (whole_now.status_code, whole_now.json()["items"]) == (200, 1_200)
    assert len({item["external_id"] for item in await items_of(client, job_id)}) == 1_200


@pytest.mark.parametrize(
    ("body", "status", "refusal"),
    [
        ({"bucket": "s3://never-given/x"}, 404, "unknown_bucket"),
        ({"bucket": "https://x.example/y"}, 400, "unreadable"),
        ({"bucket": "s3://a"}, 400, "unreadable"),
        ({"bucket": "s3://receipts", "suffixes": [""]}, 400, "unreadable"),
        ({"bucket": "s3://receipts", "suffixes": ".png"}, 400, "unreadable"),
        ({}, 400, "unreadable"),
        ([], 400, "unreadable"),
    ],
)
async def test_what_is_no_bucket_is_refused(client: Client, customer, job_id: int, body, status: int, refusal: str):
    refused = await ask(client, customer, job_id, body)
    assert (refused.status_code, refused.json()["refusal"]) == (status, refusal)
    assert await items_of(client, job_id) == []


async def test_nothing_is_left_of_what_cannot_be_a_job(client: Client, customer, job_id: int, shelf: Shelf):
    body = {"bucket": f"s3://{shelf.name}/"}
    empty = await ask(client, customer, job_id, body)
    assert (empty.status_code, empty.json()["refusal"]) == (422, "bad_items")
    part = await ask(client, customer, job_id, body, "?from_line=2")
    assert (part.status_code, part.json()["refusal"]) == (400, "unreadable")
    stranger = await factories.customer(client.context)
    foreign = await ask(client, stranger, job_id, body)
    assert foreign.status_code == 404
    await shelf.keep(secret="not-the-secret")
    shelf.store.fill(shelf.name, {"a.png": PICTURE})
    wrong = await ask(client, customer, job_id, body)
    assert (wrong.status_code, wrong.json()["refusal"]) == (422, "no_picture")
    assert "403 SignatureDoesNotMatch" in wrong.json()["detail"]
    assert await items_of(client, job_id) == []


async def test_lines_of_a_file_name_objects_as_they_are(client: Client, customer, job_id: int):
    body = b'{"external_id":"1","picture_url":"s3://receipts/a b?.png"}\n' + lines(1, first=2)
    taken = await send(client, customer, job_id, body)
    assert taken.json()["items"] == 2
    assert (await items_of(client, job_id))[0]["picture_url"] == "s3://receipts/a b?.png"
    for address in ("s3://receipts/", "s3://r/a.png", "s3://receipts/" + "x" * 1025):
        bad = await send(client, customer, job_id, b'{"picture_url":"%s"}\n' % address.encode(), upload_key="bad")
        assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/picture_url"), bad.text
