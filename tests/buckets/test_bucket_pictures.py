"""Pictures in a bucket of a real S3-compatible server, which checks what is signed."""

import asyncio
import logging

import pytest
import structlog

from buckets.conftest import Shelf
from manyeyes.outbound import picture_fetcher
from manyeyes.outbound.door import Door
from manyeyes.roles.customer.buckets import keep_bucket, reader_of
from manyeyes.roles.customer.picture_sources import fetch_picture
from manyeyes.tasks.pictures import LARGEST_BYTES, Picture
from manyeyes.values.refusals import Reason
from support import factories
from support.in_process_client import Client
from support.loopback_servers import http, listening

PICTURE = factories.picture_bytes("one")
XML = b"<Error><Code>%s</Code><Message>%s</Message></Error>"


async def fetched(shelf: Shelf, key: str, bucket: str = ""):
    url = f"s3://{bucket or shelf.name}/{key}"
    return await fetch_picture(shelf.context, shelf.owner.cell, shelf.owner.account_id, url)


@pytest.mark.parametrize(
    "key",
    [
        "a.png",
        "folder/with blanks/b c.png",
        "图片/ảnh số 1.png",
        "plus+and&question?mark=1#x%20%2F.png",
        "a/../b.png",
        "./c.png",
        "..",
        "/leading.png",
        "twice//slashed.png",
        "quotes'\"()*!~;:@,$.png",
        "x" * 1020 + ".png",
    ],
    ids=lambda key: key[:20],
)
async def test_an_object_comes_whatever_its_name(shelf: Shelf, key: str):
    shelf.store.fill(shelf.name, {key: PICTURE, "b.png": b"another one", "c.png": b"another one"})
    found = await fetched(shelf, key)
    assert isinstance(found, Picture), found
    assert found.data == PICTURE


async def test_what_is_not_there_is_told_by_the_store_s_word(shelf: Shelf):
    missing = await fetched(shelf, "missing.png")
    assert (missing.reason, missing.detail) == (Reason.NO_PICTURE, "the store answered 404 NoSuchKey")
    unknown = await fetched(shelf, "a.png", "other-bucket")
    assert (unknown.reason, "other-bucket" in unknown.detail) == (Reason.NO_PICTURE, True)
    assert (await fetched(shelf, "")).reason is Reason.NO_PICTURE
    kept = await keep_bucket(shelf.context, shelf.owner, shelf.given(name="never-made"))
    assert kept.name == "never-made"
    nowhere = await fetched(shelf, "a.png", "never-made")
    assert (nowhere.reason, nowhere.detail) == (Reason.NO_PICTURE, "the store answered 404 NoSuchBucket")


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"secret": "not-the-secret"}, "SignatureDoesNotMatch"), ({"access_key": "AKNOBODY"}, "InvalidAccessKeyId")],
)
async def test_credentials_that_are_not_the_store_s_are_told(shelf: Shelf, changed: dict[str, str], code: str):
    shelf.store.fill(shelf.name, {"a.png": PICTURE})
    await shelf.keep(**changed)
    found = await fetched(shelf, "a.png")
    assert (found.reason, found.detail) == (Reason.NO_PICTURE, f"the store answered 403 {code}")
    await shelf.keep()
    assert isinstance(await fetched(shelf, "a.png"), Picture)


async def test_an_object_that_is_too_large_is_not_read(shelf: Shelf):
    objects = {"fits.png": PICTURE + b"\0" * (LARGEST_BYTES - len(PICTURE)), "big.png": b"\0" * 20_000_000}
    shelf.store.fill(shelf.name, objects)
    assert isinstance(await fetched(shelf, "fits.png"), Picture)
    big = await fetched(shelf, "big.png")
    assert (big.reason, big.detail) == (Reason.NO_PICTURE, f"it has more than {LARGEST_BYTES} bytes")


async def test_what_lies_there_is_judged_as_a_picture(shelf: Shelf):
    shelf.store.fill(shelf.name, {"cut.png": PICTURE[:-30], "page.png": b"<html>" * 50, "empty.png": b""})
    reasons = [(await fetched(shelf, key)).reason for key in ("cut.png", "page.png", "empty.png")]
    assert reasons == [Reason.PICTURE_NOT_SUPPORTED, Reason.PICTURE_NOT_SUPPORTED, Reason.PICTURE_TOO_SMALL]


async def test_a_store_that_is_not_to_be_called_is_not_called(shelf: Shelf):
    shelf.store.fill(shelf.name, {"a.png": PICTURE})
    shelf.context.door = Door()  # as where no private network is allowed
    found = await fetched(shelf, "a.png")
    assert (found.reason, "forbidden place" in found.detail) == (Reason.NO_PICTURE, True)


async def test_a_store_that_sends_on_elsewhere_is_not_followed(shelf: Shelf):
    async with listening(http(PICTURE)) as elsewhere:
        there = http(status="307 Temporary Redirect", location=f"http://127.0.0.1:{elsewhere.port}/a.png")
        async with listening(there) as sender:
            await shelf.keep(endpoint=f"http://127.0.0.1:{sender.port}")
            found = await fetched(shelf, "a.png")
    assert (found.reason, found.detail.partition(":")[0]) == (Reason.NO_PICTURE, "the store answered 307")
    assert elsewhere.requests == []
    (heard,) = sender.requests
    assert shelf.store.secret.encode() not in heard


@pytest.mark.parametrize(
    ("reply", "reason", "detail"),
    [
        (http(b"", "503 Slow Down"), Reason.PICTURE_AWAY, "the store answered 503"),
        (http(XML % (b"SlowDown", b""), "400 Bad"), Reason.PICTURE_AWAY, "the store answered 400 SlowDown"),
        (http(XML % (b"RequestTimeTooSkewed", b""), "403 No"), Reason.PICTURE_AWAY, "403 RequestTimeTooSkewed"),
        (http(XML % (b"AccessDenied", b"AKIA is not allowed"), "403 No"), Reason.NO_PICTURE, "403 AccessDenied"),
        (http(XML % (b"</Code>", b""), "403 No"), Reason.NO_PICTURE, "the store answered 403"),
        (http(XML % (b"<script>x</script>", b""), "403 No"), Reason.NO_PICTURE, "the store answered 403"),
    ],
)
async def test_what_a_store_answers_says_whether_it_may_come_later(shelf: Shelf, reply: bytes, reason, detail: str):
    async with listening(reply) as heard:
        await shelf.keep(endpoint=f"http://127.0.0.1:{heard.port}")
        found = await fetched(shelf, "a.png")
    assert found.reason is reason
    assert found.detail.endswith(detail)


async def test_a_store_that_never_answers_is_given_up_for_now(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(picture_fetcher, "LONGEST_SECONDS", 0.2)
    released = asyncio.Event()

    async def hang(reader, writer) -> None:
        await released.wait()

    async with listening(hang) as heard:
        await shelf.keep(endpoint=f"http://127.0.0.1:{heard.port}")
        found = await fetched(shelf, "a.png")
        released.set()
    assert (found.reason, "took more than" in found.detail) == (Reason.PICTURE_AWAY, True)


async def test_nobody_reads_with_another_account_s_credentials(shelf: Shelf):
    shelf.store.fill(shelf.name, {"a.png": PICTURE})
    stranger = await factories.customer(shelf.context)
    found = await fetch_picture(shelf.context, 1, stranger.account_id, f"s3://{shelf.name}/a.png")
    assert (found.reason, "there is no bucket" in found.detail) == (Reason.NO_PICTURE, True)
    # Nor does a row that was moved in the database open there.
    async with shelf.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE bucket SET account_id = $1", stranger.account_id)
    moved = await reader_of(shelf.context, 1, stranger.account_id, shelf.name)
    assert (moved.reason, "cannot be read any more" in moved.detail) == (Reason.UNKNOWN_BUCKET, True)


async def test_no_log_says_a_secret(shelf: Shelf, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)  # botocore then tells all that it signs
    shelf.store.fill(shelf.name, {"a.png": PICTURE})
    with structlog.testing.capture_logs() as logged:
        assert isinstance(await fetched(shelf, "a.png"), Picture)
        await shelf.keep(secret="another-secret")
        assert (await fetched(shelf, "a.png")).reason is Reason.NO_PICTURE
    assert "AWS4-HMAC-SHA256" in caplog.text
    for secret in (shelf.store.secret, "another-secret"):
        assert secret not in f"{caplog.text}{logged}"


async def test_a_task_is_made_of_a_picture_in_a_bucket(client: Client, customer: factories.Customer, shelf: Shelf):
    shelf.store.fill(shelf.name, {"in/a b.png": PICTURE})
    question = {"kind": "text", "words": "What is on the picture?"}

    async def make(key: str):
        body = {"picture_url": f"s3://{shelf.name}/{key}", "question": question}
        return await client.post("/v1/tasks", json=body, headers={"authorization": f"Bearer {customer.key}"})

    made = await make("in/a b.png")
    assert (made.status_code, made.json()["state"]) == (201, "waiting"), made.text
    shown = await client.get(made.json()["picture_url"])
    assert shown.content == PICTURE
    missing = await make("in/b.png")
    assert (missing.status_code, missing.json()["refusal"]) == (422, "no_picture")
    assert missing.json()["detail"] == "the store answered 404 NoSuchKey"
