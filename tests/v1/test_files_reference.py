"""docs/reference/v1/files.md: its examples are sent, and what comes back is what it says."""

import json
import re
from typing import Any

import pytest

from manyeyes.job_files import items
from manyeyes.job_files.result_rows import ANSWERS, column_names
from manyeyes.jobs.upload_rules import MOST_FILES, MOST_ITEMS
from manyeyes.tasks import item_texts
from manyeyes.tasks.seen.store import PEOPLE
from manyeyes.v1.job_files import FORMS
from support import factories, repository
from support.in_process_client import Client
from support.item_files import CSV, line, open_draft, send

PAGE = (repository.ROOT / "docs" / "reference" / "v1" / "files.md").read_text("utf-8")
NUMBER = {"kind": "number", "words": "What does the meter say?", "decimals": 2}


def examples(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


async def test_the_files_of_the_page_are_taken(client: Client, customer: factories.Customer):
    reply = json.loads(examples("json")[0])
    picture = json.loads(line())["picture"]
    job_id = await open_draft(client, customer.key, question=NUMBER)
    body = examples("jsonl")[0].replace("<base64>", picture).encode()
    taken = await send(client, customer, job_id, body, upload_key="meters")
    assert (taken.status_code, taken.json()) == (200, reply)
    job_id = await open_draft(client, customer.key)
    table = await send(client, customer, job_id, examples("csv")[0].encode(), CSV)
    assert (table.status_code, table.json()["items"], table.json()["lines"]) == (200, 2, 4)


async def test_the_problem_of_the_page_is_what_comes(client: Client, customer: factories.Customer):
    job_id = await open_draft(client, customer.key)
    body = line() + b'{"external_id":"x"}\n' + b'{"picture":"AAAA"}\n'
    refused = await send(client, customer, job_id, body)
    said: dict[str, Any] = json.loads(examples("json")[1])
    assert refused.json() == said


def test_the_page_names_every_limit_type_and_column():
    for number in (
        MOST_ITEMS,
        MOST_FILES,
        items.LARGEST_UPLOAD,
        items.LONGEST_LINE,
        items.MOST_LINES,
        item_texts.LONGEST_COMMENT,
        item_texts.LONGEST_ADDRESS,
        item_texts.LONGEST_ID,
    ):
        assert f"{number:,}" in PAGE
    assert {"application/jsonl", "application/x-ndjson", "text/csv", "application/zip", "multipart/form-data"} <= set(
        FORMS
    )
    row = json.loads(examples("jsonl")[1])
    assert list(row) == [*column_names(["value"]), "given"]
    assert list(json.loads(examples("jsonl")[2])) == column_names(["value"], ANSWERS)
    assert row["from"] == PEOPLE
