"""Buckets of an account's: S3-compatible stores whose objects its tasks may name as ``s3://BUCKET/KEY``. Pure.

docs/decisions/0051 says what is taken; what an object's name may be is Amazon S3's User Guide, "Naming Amazon S3
objects", and a bucket's its "General purpose bucket naming rules" with what older and other stores allow besides.
"""

import re
from datetime import datetime

import msgspec

SCHEME = "s3://"
MOST_BUCKETS = 100  # of an account
LONGEST_KEY = 1024  # bytes of an object's name in UTF-8
LONGEST_SECRET = 200  # characters; Amazon's have 40
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ACCESS_KEY = re.compile(
    r"[\x21-\x2e\x30-\x7e]{1,128}"
)  # what is visible, without the slash that ends it in a signature
_SECRET = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_SECRET}}}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")  # no list in XML can tell of them
_SURROGATES = re.compile(r"[\ud800-\udfff]")


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """How to get at a bucket. ``name``: the bucket's own; ``endpoint``: the store's http or https address.

    ``secret``: sealed; empty when it was given up with the installation's keys.
    """

    account_id: int
    name: str
    endpoint: str
    region: str
    access_key: str
    secret: bytes
    created_at: datetime


class ObjectAddress(msgspec.Struct, frozen=True):
    """An object's bucket and its name there, as it is, never encoded."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"


def read_object_address(text: str) -> ObjectAddress:
    """Return what ``s3://BUCKET/KEY`` names. Raises ValueError with a sentence.

    The key is everything behind the bucket's slash, blanks, question marks and percent signs among it.
    """
    found = read_place(text)
    if not found.key:
        raise ValueError("an object's name is wanted behind the bucket: s3://BUCKET/KEY")
    why = why_no_key(found.key)
    if why:
        raise ValueError(why)
    return found


def read_place(text: str) -> ObjectAddress:
    """Return what ``s3://BUCKET/PREFIX`` or ``s3://BUCKET`` names: objects whose names begin with the prefix.

    Raises ValueError with a sentence.
    """
    if not text.startswith(SCHEME):
        raise ValueError(f"it must begin with {SCHEME}")
    bucket, _, key = text.removeprefix(SCHEME).partition("/")
    return ObjectAddress(read_bucket_name(bucket), key)


def why_no_key(key: str) -> str:
    """Return why no object that we could ask for has this name; empty when one may."""
    if _SURROGATES.search(key) or len(key.encode()) > LONGEST_KEY:
        return f"an object's name has at most {LONGEST_KEY} bytes in UTF-8"
    return "an object's name must not hold control characters" if _CONTROLS.search(key) else ""


def read_bucket_name(text: str) -> str:
    """Return a bucket's name. Raises ValueError for what is none."""
    if not _NAME.fullmatch(text) or ".." in text:
        raise ValueError(
            "a bucket's name has 3 to 63 letters, digits, dots, hyphens or underscores, and a letter or digit at"
            " either end"
        )
    return text


def read_region(text: str) -> str:
    """Return a region, such as eu-central-1. Raises ValueError."""
    if not _REGION.fullmatch(text):
        raise ValueError("a region has 1 to 40 small letters, digits or hyphens; stores without regions take us-east-1")
    return text


def read_access_key(text: str) -> str:
    """Return an access key's name. Raises ValueError."""
    if not _ACCESS_KEY.fullmatch(text):
        raise ValueError("an access key has 1 to 128 visible ASCII characters and no slash")
    return text


def read_secret(text: str) -> str:
    """Return an access key's secret. Raises ValueError, which does not quote it."""
    if not _SECRET.fullmatch(text):
        raise ValueError(f"a secret has 1 to {LONGEST_SECRET} visible ASCII characters")
    return text


def usual_endpoint(region: str) -> str:
    """Return the address of Amazon's own store in a region."""
    return f"https://s3.{region}.amazonaws.com"


def sealed_as(cell: int, account_id: int, name: str) -> str:
    """Return what a bucket's secret is sealed for, so that it opens in no other row."""
    return f"bucket {cell} {account_id} {name}"
