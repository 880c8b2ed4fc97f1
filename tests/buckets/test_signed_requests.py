"""What is signed is what botocore's own client would send: address, path, query and signature."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import botocore.auth
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from manyeyes.outbound.bucket_requests import BucketAccess, request_for_list, request_for_object

KEYS = ("a.png", "a b+c/d.png", "图片/ảnh.png", "a/../b", "//x", "~'()*!.png", "%20?#&=")
AMAZON = "https://s3.eu-central-1.amazonaws.com"


def access(endpoint: str, bucket: str) -> BucketAccess:
    return BucketAccess(bucket=bucket, endpoint=endpoint, region="eu-central-1", access_key="AK", secret="secret")


class Theirs:
    """botocore's client, which sends nothing: ``sent`` is the last request that it would have sent."""

    def __init__(self, endpoint: str) -> None:
        # Given an address, their client writes buckets into the path; Amazon's own it must find by itself.
        self.client = botocore.session.Session().create_client(
            "s3",
            region_name="eu-central-1",
            endpoint_url=None if endpoint == AMAZON else endpoint,
            aws_access_key_id="AK",
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}),
        )
        self.client.meta.events.register("before-send.s3", self._keep)

    def _keep(self, request, **_) -> AWSResponse:
        self.sent = request
        return AWSResponse(request.url, 200, {}, _Empty())


class _Empty:
    def stream(self, *_):
        yield b"<ListBucketResult/>"

    def read(self, *_) -> bytes:
        return b""


@pytest.fixture(autouse=True)
def one_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **_: datetime(2026, 11, 29, tzinfo=UTC))


def parts(url: str) -> tuple[str, str, str, list[str]]:
    found = urlsplit(url)
    return found.scheme, found.netloc, found.path, sorted(found.query.split("&"))


@pytest.mark.parametrize(
    ("endpoint", "bucket"),
    [
        ("http://127.0.0.1:9000", "pictures"),
        ("https://store.example", "with.dots"),
        ("https://store.example/base/path", "pictures"),
        (AMAZON, "pictures"),
        (AMAZON, "with.dots"),
    ],
)
def test_the_requests_are_those_of_botocore_s_own_client(endpoint: str, bucket: str):
    theirs, ours = Theirs(endpoint), access(endpoint, bucket)
    for key in KEYS:
        theirs.client.get_object(Bucket=bucket, Key=key)
        signed = request_for_object(ours, key)
        assert parts(signed.url) == parts(theirs.sent.url)
        assert signed.url.endswith(signed.target)
        plain = {name.lower(): value for name, value in signed.headers.items()}
        sent = {
            name.lower(): str(value, "ascii") if isinstance(value, bytes) else value
            for name, value in theirs.sent.headers.items()
        }
        assert plain["x-amz-date"] == sent["x-amz-date"]
        assert plain["x-amz-content-sha256"] == sent["x-amz-content-sha256"]


def test_a_list_asks_what_botocore_s_own_client_asks():
    theirs = Theirs("http://127.0.0.1:9000")
    theirs.client.list_objects_v2(Bucket="pictures", Prefix="a b/&图", MaxKeys=10, ContinuationToken="x+/=")
    signed = request_for_list(access("http://127.0.0.1:9000", "pictures"), "a b/&图", "x+/=", 10)
    ours, their = parts(signed.url), parts(theirs.sent.url)
    assert (ours[0], ours[1], ours[2].rstrip("/"), ours[3]) == (their[0], their[1], their[2].rstrip("/"), their[3])


def test_a_secret_is_in_no_text_of_what_holds_it():
    held = access("https://store.example", "pictures")
    assert "secret" not in f"{held!r}{held!s}{request_for_object(held, 'a.png')}"
