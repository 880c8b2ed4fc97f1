"""GET /v1/jobs/{id}/results.*: every line in its order, in three forms, while the job runs and after."""

import csv
import io
import json
import re
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from manyeyes.dispatch.rules import Purpose
from manyeyes.roles.customer import results
from manyeyes.runtime.periodic import forget_past_keep
from manyeyes.tasks.rules import Assurance
from support import factories
from support.in_process_client import Client
from support.item_files import bearer, line, open_draft, send

RECEIPT = {
    "kind": "fields",
    "words": "Read the receipt",
    "fields": [
        {"name": "total", "kind": "number", "words": "Total", "decimals": 2},
        {"name": "line", "kind": "text", "words": "First line"},
        {"name": "paid", "kind": "labels", "words": "Paid by", "labels": ["cash", "card"]},
    ],
    "optional": ["line"],
}


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


async def ended(client: Client, job_id: int, item: int, *, ending: int = 0, answer: str = "", name: str = "") -> None:
    """Let the item on a line end; the job is not asked about it."""
    answered = json.dumps({"text": answer, **({"name": name} if name else {})}) if ending == 0 else None
    await client.context.cells.directory.execute(
        """INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending, answer,
            media, worker_id, lease, solve_count, charged_micros, pay_micros, job_id)
        SELECT cell, task_id, account_id, queue_id, 0, '', created_at, now(), $3, $4::text::jsonb, media, 1, 1, 1,
            700, 500, job_id FROM task WHERE job_id = $1 AND line = $2""",
        job_id,
        item,
        ending,
        answered,
    )


async def results_of(client: Client, customer: factories.Customer, job_id: int, ending: str) -> bytes:
    got = await client.get(f"/v1/jobs/{job_id}/results.{ending}", headers=bearer(customer.key))
    assert got.status_code == 200, got.text
    assert got.headers["content-disposition"] == f'attachment; filename="job-{job_id}.{ending}"'
    return got.content


async def job_of(client: Client, customer: factories.Customer, count: int, **given: Any) -> int:
    job_id = await open_draft(client, customer.key, **given)
    body = b"".join(line(f"=item {n}", picture_url=f"https://x.example/{n}.png") for n in range(1, count + 1))
    assert (await send(client, customer, job_id, body)).status_code == 200
    return job_id


async def test_lines_come_in_their_order_with_what_became_of_them(
    client: Client, customer: factories.Customer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(results, "PORTION", 2)
    job_id = await job_of(client, customer, 5)
    await ended(client, job_id, 4, answer="-12.50")
    await ended(client, job_id, 2, answer="=1+1")
    await ended(client, job_id, 3, ending=1)
    lines = [json.loads(each) for each in (await results_of(client, customer, job_id, "jsonl")).splitlines()]
    assert [(each["line"], each["state"], each["value"], each["failure"]) for each in lines] == [
        (1, "draft", None, None),
        (2, "done", "=1+1", None),
        (3, "failed", None, "unsolvable"),
        (4, "done", "-12.50", None),
        (5, "draft", None, None),
    ]
    assert list(lines[0]) == [
        *("line", "external_id", "state", "value", "text", "answers", "confidence", "proven", "uncertain", "from"),
        *("failure", "cost", "refunded", "ended_at", "task_id", "given"),
    ]
    assert (lines[1]["answers"], lines[1]["from"], lines[1]["cost"], lines[0]["ended_at"]) == (
        1,
        "people",
        "0.000700",
        None,
    )
    table = await results_of(client, customer, job_id, "csv")
    assert table.startswith(b"\xef\xbb\xbfline,external_id,state,value,text,")
    assert table.count(b"\r\n") == 6
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [row["value"] for row in rows] == ["", "'=1+1", "", "-12.50", ""]
    assert rows[0]["external_id"] == "'=item 1"


async def test_fields_have_a_column_each_with_types(client: Client, customer: factories.Customer):
    job_id = await job_of(client, customer, 3, question=RECEIPT)
    answer = '{"total":12.50,"line":null,"paid":["cash","card"]}'
    await ended(client, job_id, 2, answer=answer, name="total: 12.50; line: –; paid: cash, card")
    raw = (await results_of(client, customer, job_id, "jsonl")).splitlines()
    assert b'"value":{"total":12.50,"line":null,"paid":["cash","card"]}' in raw[1]
    assert json.loads(raw[0])["value"] is None
    rows = list(csv.DictReader(io.StringIO((await results_of(client, customer, job_id, "csv")).decode("utf-8-sig"))))
    assert (rows[1]["total"], rows[1]["value.line"], rows[1]["paid"]) == ("12.50", "", '["cash","card"]')
    table = pq.read_table(io.BytesIO(await results_of(client, customer, job_id, "parquet")))
    assert table.schema.field("total").type == pa.decimal128(38, 2)
    assert table.schema.field("paid").type == pa.list_(pa.string())
    assert table.schema.field("ended_at").type == pa.timestamp("us", tz="UTC")
    assert table["total"].to_pylist() == [None, Decimal("12.50"), None]
    assert table["paid"].to_pylist() == [None, ["cash", "card"], None]
    assert table["cost"].to_pylist() == [Decimal("0"), Decimal("0.000700"), Decimal("0")]


async def given(client: Client, job_id: int, item: int, *texts: str, assurance: Assurance = Assurance.ACCEPTED) -> None:
    """Let several people answer the item on a line, worker 1 first; the first text is the result."""
    await ended(client, job_id, item, answer=texts[0])
    await client.context.cells.directory.execute(
        """UPDATE result SET worker_id = 0, answers = $3, assurance = $4, confidence = 0.97123, is_proven = $5
        FROM task AS t WHERE t.job_id = $1 AND t.line = $2 AND result.task_id = t.task_id""",
        job_id,
        item,
        len(texts),
        assurance,
        assurance is Assurance.ACCEPTED,
    )
    for n, text in enumerate(texts, 1):
        for purpose in (
            Purpose.SEAT,
            Purpose.GOLD,
        ):  # who were asked it as a question of known answer are not its people
            await client.context.cells.directory.execute(
                """INSERT INTO answer (cell, answer_id, task_id, account_id, queue_id, question_id, purpose, worker_id,
                    lease, answer, price_micros, pay_micros, took_ms, answered_at)
                SELECT cell, $4 + task_id * 1000, task_id, account_id, queue_id, question_id, $5, $6, 1, $3, 700, 500,
                    1, now() FROM task WHERE job_id = $1 AND line = $2""",
                *(job_id, item, text, n + 100 * purpose, purpose, n),
            )


def people(lines: list[dict[str, Any]]) -> list[list[tuple[str, Any]]]:
    return [[(each["person"], each["value"]) for each in line["given"]] for line in lines]


async def test_each_persons_answer_is_there_under_a_name_that_leads_to_nobody(
    client: Client, customer: factories.Customer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(results, "PORTION", 2)
    job_id = await job_of(client, customer, 4)
    await given(client, job_id, 1, "=1", "=1", "2")
    await ended(client, job_id, 3, answer="7")  # of worker 1
    await given(client, job_id, 4, "3", "4", assurance=Assurance.UNCERTAIN)
    lines = [json.loads(each) for each in (await results_of(client, customer, job_id, "jsonl")).splitlines()]
    one, two, three = (client.context.pseudonyms.name(customer.account_id, n) for n in (1, 2, 3))
    assert all(re.fullmatch("w-[A-Z2-7]{8}", name) for name in (one, two, three))
    assert people(lines) == [[(one, "=1"), (two, "=1"), (three, "2")], [], [(one, "7")], [(one, "3"), (two, "4")]]
    told = [(each["answers"], each["confidence"], each["proven"], each["uncertain"]) for each in lines]
    assert told == [
        (3, 0.9712, True, False),
        (0, None, False, False),
        (1, None, False, False),
        (2, 0.9712, False, True),
    ]
    by_one = await client.get(f"/v1/jobs/{job_id}/answers.jsonl", headers=bearer(customer.key))
    flat = [json.loads(each) for each in by_one.text.splitlines()]
    assert [(each["line"], each["person"], each["value"]) for each in flat] == [
        *[(1, one, "=1"), (1, two, "=1"), (1, three, "2"), (3, one, "7"), (4, one, "3"), (4, two, "4")]
    ]
    assert list(flat[0]) == ["line", "external_id", "person", "value", "at", "task_id"]
    table = await client.get(f"/v1/jobs/{job_id}/answers.csv", headers=bearer(customer.key))
    assert table.headers["content-disposition"] == f'attachment; filename="job-{job_id}.answers.csv"'
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["line"], row["person"], row["value"]) for row in rows[:3]] == [
        *[("1", one, "'=1"), ("1", two, "'=1"), ("1", three, "2")]
    ]
    parquet = await client.get(f"/v1/jobs/{job_id}/answers.parquet", headers=bearer(customer.key))
    read = pq.read_table(io.BytesIO(parquet.content))
    assert read["person"].to_pylist() == [one, two, three, one, one, two]
    assert read.schema.field("at").type == pa.timestamp("us", tz="UTC")
    results_table = pq.read_table(io.BytesIO(await results_of(client, customer, job_id, "parquet")))
    assert results_table["uncertain"].to_pylist() == [False, False, False, True]
    assert results_table["confidence"].to_pylist() == [0.9712, None, None, 0.9712]
    other = client.context.pseudonyms.name(customer.account_id + 1, 1)
    assert other != one, "two customers cannot tell each other whom they mean"


async def test_an_answer_that_is_not_kept_is_told_no_more(client: Client, customer: factories.Customer):
    job_id = await job_of(client, customer, 1)
    await ended(client, job_id, 1, answer="12")
    await client.context.cells.directory.execute("UPDATE result SET ended_at = now() - interval '91 d'")
    await forget_past_keep(client.context, 1)
    (only,) = (await results_of(client, customer, job_id, "jsonl")).splitlines()
    told = json.loads(only)
    assert (told["state"], told["value"], told["text"]) == ("done", None, None)


async def test_a_stranger_sees_nothing_and_a_bare_installation_says_why(
    client: Client, customer: factories.Customer, monkeypatch: pytest.MonkeyPatch
):
    job_id = await job_of(client, customer, 1)
    stranger = await factories.customer(client.context)
    for ending in ("jsonl", "csv", "parquet"):
        for file in ("results", "answers"):
            hidden = await client.get(f"/v1/jobs/{job_id}/{file}.{ending}", headers=bearer(stranger.key))
            assert (hidden.status_code, hidden.json()["refusal"]) == (404, "unknown_job")
    monkeypatch.setattr("manyeyes.v1.job_results.has_parquet", lambda: False)
    bare = await client.get(f"/v1/jobs/{job_id}/results.parquet", headers=bearer(customer.key))
    assert (bare.status_code, bare.json()["refusal"]) == (501, "without_parquet")
    assert "pip install 'manyeyes[parquet]'" in bare.json()["detail"]
