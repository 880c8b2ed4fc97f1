"""Copies in an S3-compatible bucket of the operator's, by botocore's own client.

Credentials, region and endpoint are those of its standard variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3) or files. Unlike customers' buckets it may be in a private network: only who
starts the server can name it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from io import BufferedReader, BytesIO, RawIOBase
from typing import Any, BinaryIO

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from manyeyes.backups.places import FileMissing
from manyeyes.backups.rules import BackupFailed, KeptFile

PART_BYTES = 32 * 1024 * 1024  # of at most 10,000: 320 GB
MISSING = ("404", "NoSuchKey", "NotFound")


class BucketPlace:
    """A bucket, or the part of one whose names begin with a prefix."""

    def __init__(self, bucket: str, prefix: str) -> None:
        """Take their names; nothing is asked yet. Raises BackupFailed where botocore's settings do not do."""
        self._bucket, self._prefix = bucket, prefix.strip("/") + "/" if prefix.strip("/") else ""
        is_named = any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"))
        config = Config(
            connect_timeout=10,
            read_timeout=60,
            retries={"max_attempts": 4, "mode": "standard"},
            s3={"addressing_style": "path" if is_named else "auto"},  # few others than Amazon have a host per bucket
        )
        with self._told(""):
            self._client: Any = botocore.session.get_session().create_client("s3", config=config)

    def put(self, name: str, source: BinaryIO) -> int:
        """Keep what ``source`` gives under this name; it is there when the last part has come."""
        first = _read_part(source)
        with self._told(name):
            if len(first) < PART_BYTES:
                self._client.put_object(**self._at(name), Body=first)
                return len(first)
            return self._put_parts(name, first, source)

    def _put_parts(self, name: str, first: bytes, source: BinaryIO) -> int:
        upload = {**self._at(name), "UploadId": self._client.create_multipart_upload(**self._at(name))["UploadId"]}
        parts: list[dict[str, Any]] = []
        written, part = 0, first
        try:
            while part:
                number = len(parts) + 1
                tag = self._client.upload_part(**upload, PartNumber=number, Body=part)["ETag"]
                parts.append({"PartNumber": number, "ETag": tag})
                written += len(part)
                part = _read_part(source)
            self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        except BaseException:
            with suppress(BotoCoreError, ClientError):  # what went wrong first is told
                self._client.abort_multipart_upload(**upload)
            raise
        return written

    def open(self, name: str) -> BinaryIO:
        """Return what is kept under this name."""
        with self._told(name):
            body = self._client.get_object(**self._at(name))["Body"]
        return BufferedReader(_Body(body, lambda: self._told(name)))

    def files(self, folder: str) -> list[KeptFile]:
        """Return what is kept in a folder."""
        with self._told(folder):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{self._prefix}{folder}/"
            )
            return [
                KeptFile(found["Key"].removeprefix(self._prefix), found["Size"], found["LastModified"])
                for page in pages
                for found in page.get("Contents", ())
            ]

    def delete(self, name: str) -> None:
        """Remove what is kept under this name."""
        with self._told(name):
            self._client.delete_object(**self._at(name))

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        where = f"s3://{self._bucket}/{self._prefix}{name}"
        try:
            yield
        except ClientError as error:
            kind = FileMissing if error.response.get("Error", {}).get("Code") in MISSING else BackupFailed
            raise kind(f"{where}: {error}") from error
        except BotoCoreError as error:
            raise BackupFailed(f"{where}: {error}") from error


class _Body(RawIOBase):
    """An object's bytes as they come; a line that breaks is told as everything else is."""

    def __init__(self, body: Any, told: Callable[[], AbstractContextManager[None]]) -> None:
        self._body, self._told = body, told

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._told():
            found = self._body.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _read_part(source: BinaryIO) -> bytes:
    part = BytesIO()
    while part.tell() < PART_BYTES:
        found = source.read(PART_BYTES - part.tell())
        if not found:
            break
        part.write(found)
    return part.getvalue()
