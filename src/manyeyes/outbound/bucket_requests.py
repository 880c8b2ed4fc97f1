"""Requests to S3-compatible stores, signed by botocore (Signature Version 4) and sent by the door like all others.

Of botocore only the signing is taken: its own connections are guarded by nobody (docs/decisions/0051). What is asked:
GetObject and ListObjectsV2 of the Amazon S3 API Reference.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

import msgspec
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest

from manyeyes.outbound.rules import destination
from manyeyes.values.web_address import WebAddress

SERVICE = "s3"
AMAZON = (".amazonaws.com", ".amazonaws.com.cn")


class BucketAccess(msgspec.Struct, frozen=True, kw_only=True):
    """Where a bucket is and what its requests are signed with; the secret is in the clear."""

    bucket: str
    endpoint: str
    region: str
    access_key: str
    secret: str

    def __repr__(self) -> str:
        return f"BucketAccess({self.bucket!r} at {self.endpoint!r})"  # a log may show it


class SignedRequest(msgspec.Struct, frozen=True):
    """A GET request as the door takes it. ``target``: what was signed, which ``url`` is not where a name has dots.

    An object may have the name "a/../b", and is another one than "b".
    """

    url: str
    target: str
    headers: dict[str, str]


class _Credentials(msgspec.Struct, frozen=True):
    """What botocore's signers read of credentials."""

    access_key: str
    secret_key: str
    token: str | None = None


def request_for_object(access: BucketAccess, key: str) -> SignedRequest:
    """Return the request for an object's bytes. Raises `DoorRefused` for an endpoint that is no address."""
    return _signed(access, key, {})


def request_for_list(access: BucketAccess, prefix: str, after: str, most: int) -> SignedRequest:
    """Return the request for ``most`` objects whose names begin so; ``after``: where the list before ended, or empty.

    Raises `DoorRefused` for an endpoint that is no address.
    """
    query = {"encoding-type": "url", "list-type": "2", "max-keys": str(most), "prefix": prefix}
    return _signed(access, "", {**query, "continuation-token": after} if after else query)


def _signed(access: BucketAccess, key: str, query: Mapping[str, str]) -> SignedRequest:
    at = destination(access.endpoint)
    path, host = _place(at, access.bucket)
    origin = f"{at.scheme}://{host}" if at.is_default_port else f"{at.scheme}://{host}:{at.port}"
    asked = "?" + urlencode(sorted(query.items()), quote_via=quote, safe="-_.~") if query else ""
    target = f"{path}/{quote(key, safe='/-_.~')}{asked}"
    request = AWSRequest(method="GET", url=origin + target)
    S3SigV4Auth(_Credentials(access.access_key, access.secret), SERVICE, access.region).add_auth(request)
    return SignedRequest(origin + target, target, dict(request.headers.items()))


def _place(at: WebAddress, bucket: str) -> tuple[str, str]:
    """Return path and host of a bucket. Amazon's buckets have hosts of their own, other stores' a part of the path.

    A bucket with a dot has none that a certificate of Amazon's would name.
    """
    host = f"[{at.host}]" if ":" in at.host else at.host
    prefix = at.target.partition("?")[0].rstrip("/")
    if host.endswith(AMAZON) and bucket == bucket.lower() and not set("._") & set(bucket):
        return prefix, f"{bucket}.{host}"
    return f"{prefix}/{bucket}", host
