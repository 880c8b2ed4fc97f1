"""Lists of a bucket by prefix: all pages, in order, pictures alone, and what a store may do to break them."""

import pytest

from buckets.conftest import Shelf
from manyeyes.buckets.rules import ObjectAddress
from manyeyes.outbound import bucket_reader, bucket_replies
from manyeyes.roles.customer import bucket_listing
from manyeyes.roles.customer.bucket_listing import ListingFailed, open_listing, read_bucket_query
from manyeyes.values.refusals import Reason
from support.loopback_servers import http, listening

CUT = "<IsTruncated>%s</IsTruncated><NextContinuationToken>%s</NextContinuationToken>"
PAGE = f"<ListBucketResult>{CUT}%s</ListBucketResult>"
OBJECT = "<Contents><Key>%s</Key><Size>%s</Size></Contents>"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_listing, "PAUSE_SECONDS", 0)


async def listed(shelf: Shelf, prefix: str = "", suffixes: tuple[str, ...] = ()):
    """Return (sizes of the pages, names, names that were passed over)."""
    query = read_bucket_query(f"s3://{shelf.name}/{prefix}", suffixes)
    listing = await open_listing(shelf.context, shelf.owner, query)
    pages = [page async for page in listing.pages()]
    assert all(each.bucket == shelf.name for page in pages for each in page)
    return [len(page) for page in pages], [each.key for page in pages for each in page], listing.passed_over


async def failed(shelf: Shelf, *replies: bytes):
    """Return the refusal that ends a list of a store that gives these replies, the last one again and again."""
    left = list(replies)

    async def reply(reader, writer) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    async with listening(reply) as heard:
        await shelf.keep(endpoint=f"http://127.0.0.1:{heard.port}")
        with pytest.raises(ListingFailed) as ended:
            await listed(shelf)
    return ended.value.refusal, len(heard.requests)


async def test_2_500_objects_come_page_by_page_in_the_order_of_their_names(shelf: Shelf):
    names = [f"folder/{n:04}.png" for n in range(2_500)]
    shelf.store.fill(shelf.name, dict.fromkeys([*names, "other.png"], b"x"))
    assert await listed(shelf, "folder/") == ([1000, 1000, 500], names, [])


async def test_names_come_as_they_are_whatever_they_hold(shelf: Shelf):
    names = ["a b+c.png", "a/../b.png", "a&<b>.png", "plus+%2B.png", "图片/ảnh.PNG", "~'();.png", " .png"]
    shelf.store.fill(shelf.name, dict.fromkeys(names, b"x"))
    _, found, _ = await listed(shelf)
    assert found == sorted(names, key=str.encode)
    assert str(ObjectAddress(shelf.name, "a b+c.png")) == f"s3://{shelf.name}/a b+c.png"


async def test_only_pictures_are_meant_unless_other_ends_are_said(shelf: Shelf):
    names = ["a.png", "b.JPG", "c.txt", "d.webp", "folder/", "png"]
    shelf.store.fill(shelf.name, dict.fromkeys(names, b"x"))
    assert await listed(shelf) == ([2], ["a.png", "b.JPG"], ["c.txt", "d.webp", "png"])
    assert await listed(shelf, suffixes=(".TXT",)) == ([1], ["c.txt"], ["a.png", "b.JPG", "d.webp", "png"])
    assert await listed(shelf, "nothing") == ([0], [], [])


async def test_who_may_not_list_is_told_so(shelf: Shelf):
    await shelf.keep(secret="not-the-secret")
    with pytest.raises(ListingFailed) as ended:
        await listed(shelf)
    assert (ended.value.refusal.reason, "403 SignatureDoesNotMatch" in ended.value.refusal.detail) == (
        Reason.NO_PICTURE,
        True,
    )
    unknown = await open_listing(shelf.context, shelf.owner, read_bucket_query("s3://other-bucket"))
    assert unknown.reason is Reason.UNKNOWN_BUCKET


def page(cut: str = "false", after: str = "", entries: str = "") -> bytes:
    return http((PAGE % (cut, after, entries)).encode())


@pytest.mark.parametrize(
    "reply",
    [
        http(b"<html>sign in</html>"),
        http(b"not even XML"),
        http(b"<ListBucketResult>"),
        http(b"<!DOCTYPE a [<!ENTITY b 'bbbb'>]><ListBucketResult>&b;</ListBucketResult>"),
        http("<?xml version='1.0' encoding='utf-16'?><ListBucketResult/>".encode("utf-16")),
        http(b"<ListBucketResult>" + b"<a/>" * bucket_replies.MOST_TAGS + b"</ListBucketResult>"),
        http(b"<ListBucketResult " + b"a='' " * 400 + b"/>"),
        http(b"<ListBucketResult>" + b"<a a=''/>" * 5_001 + b"</ListBucketResult>"),
        page("true"),
        page(entries=OBJECT % ("a.png", "-1")),
        page(entries=OBJECT % ("", "1")),
        page(entries="<Contents><Size>1</Size></Contents>"),
        http(status="301 Moved Permanently", location="http://127.0.0.1:1/"),
        http(b"x" * (bucket_reader.LARGEST_PAGE + 1)),
    ],
    ids=lambda reply: reply[60:100].decode(errors="replace"),
)
async def test_what_is_no_list_ends_it_at_once(shelf: Shelf, reply: bytes):
    refusal, asked = await failed(shelf, reply)
    assert (refusal.reason, asked) == (Reason.NO_PICTURE, 1)
    assert refusal.detail.startswith("the bucket could not be listed: ")


async def test_what_may_pass_is_tried_again(shelf: Shelf):
    refusal, asked = await failed(shelf, http(status="503 Slow Down"))
    assert (refusal.reason, asked) == (Reason.PICTURE_AWAY, bucket_listing.TRIES)
    refusal, asked = await failed(shelf, page("true", "one"), http(status="500 Oops"), page("true", "two"), http(b""))
    assert (refusal.reason, asked) == (Reason.NO_PICTURE, 4)


async def test_a_list_that_never_ends_is_left(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bucket_listing, "MOST_PAGES", 5)
    refusal, asked = await failed(shelf, page("true", "again", OBJECT % ("a.png", "1")))
    assert (refusal.reason, "longer prefix" in refusal.detail, asked) == (Reason.NO_PICTURE, True, 5)


@pytest.mark.parametrize(
    "place", ["", "bucket/a", "s3://", "s3://a", "s3://a..b/x", "s3:///x", "https://x/y", "s3://ảnh/x"]
)
def test_a_place_that_is_none_is_refused(place: str):
    with pytest.raises(ValueError, match=r"\w"):
        read_bucket_query(place)


def test_suffixes_are_few_and_short():
    assert read_bucket_query("s3://abc", [".PNG"]).suffixes == (".png",)
    for suffixes in ([""], ["x" * 51], [".a"] * 21):
        with pytest.raises(ValueError, match="suffixes"):
            read_bucket_query("s3://abc", suffixes)
