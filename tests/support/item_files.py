"""Files of items as customers send them, and a draft to send them to."""

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from manyeyes.server.application import Application
from support import factories
from support.in_process_client import Client

QUESTION = {"kind": "text", "words": "What is on the picture?"}
JSONL, CSV, ZIP = "application/jsonl", "text/csv", "application/zip"


async def open_draft(client: httpx.AsyncClient, key: str, **given: Any) -> int:
    """Open a draft and return its number."""
    body = {"name": "meters", "question": QUESTION, **given}
    made = await client.post("/v1/jobs", json=body, headers=bearer(key))
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def bearer(key: str) -> dict[str, str]:
    """Return the header that signs a customer in."""
    return {"authorization": f"Bearer {key}"}


async def send(
    client: Client,
    customer: factories.Customer,
    job_id: int,
    content: Any,
    media: str = JSONL,
    *,
    upload_key: str = "",
    from_line: int = 1,
) -> httpx.Response:
    """Send a file of items."""
    headers = {**bearer(customer.key), "content-type": media}
    if upload_key:
        headers["upload-key"] = upload_key
    query = {"from_line": from_line} if from_line != 1 else {}
    return await client.post(f"/v1/jobs/{job_id}/items", content=content, headers=headers, params=query)


async def cut_off(client: Client, customer: factories.Customer, job_id: int, content: bytes, upload_key: str) -> None:
    """Send the beginning of a file, and hang up."""
    messages = [{"type": "http.request", "body": content, "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0) if len(messages) > 1 else messages[0]

    async def send_nothing(message: object) -> None:
        pass

    headers = {**bearer(customer.key), "content-type": JSONL, "upload-key": upload_key, "host": "manyeyes.test"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/v1/jobs/{job_id}/items",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.7", 1234),
        "server": ("manyeyes.test", 80),
        "scheme": "http",
    }
    await Application(client.context)(scope, receive, send_nothing)


def line(external_id: str = "", *, text: str = "12345", **given: Any) -> bytes:
    """Return one line of JSONL with a picture, or with what is given instead."""
    if not given.keys() & {"picture", "picture_url"}:
        given["picture"] = base64.b64encode(factories.picture_bytes(text)).decode()
    named = {"external_id": external_id} if external_id else {}
    return json.dumps({**named, **given}).encode() + b"\n"


def lines(count: int, first: int = 1) -> bytes:
    """Return so many lines with names of their own."""
    return b"".join(line(f"item {n}", text=str(n)) for n in range(first, first + count))


def archive(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]], **given: Any) -> bytes:
    """Return a ZIP archive of files by their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **given) as packed:
        for name, data in files.items() if isinstance(files, Mapping) else files:
            packed.writestr(name, data)
    return out.getvalue()


async def items_of(client: Client, job_id: int) -> list[dict[str, Any]]:
    """Return the tasks of a job as they lie in the database, by line."""
    rows = await client.context.cells.directory.fetch("SELECT * FROM task WHERE job_id = $1 ORDER BY line", job_id)
    return [dict(row) for row in rows]


async def traces(client: Client, job_id: int) -> list[int]:
    """Return how many tasks, pictures, truths and files of a job there are, and how many items it has."""
    query = """SELECT (SELECT count(*) FROM task WHERE job_id = $1),
        (SELECT count(*) FROM blob WHERE task_id IN (SELECT task_id FROM task WHERE job_id = $1)),
        (SELECT count(*) FROM truth), (SELECT count(*) FROM job_upload WHERE job_id = $1),
        (SELECT items FROM job WHERE job_id = $1)"""
    row = await client.context.cells.directory.fetchrow(query, job_id)
    return list(row.values()) if row else []
