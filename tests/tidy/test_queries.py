"""Every statement: named, explained, used, understood by the server, and within one cell."""

import re
from pathlib import Path

import asyncpg
import pytest

from manyeyes.db.queries import Query, read
from support import repository

FILES = {path.parent.name: path for path in sorted(repository.SOURCE.rglob("queries.sql"))}
QUERIES = [(package, query) for package, path in FILES.items() for query in read(path.read_text("utf-8"))]
IDS = [f"{package}.{query.name}" for package, query in QUERIES]
CELL_TABLES = (
    *("cell", "node", "account", "balance", "wallet", "transfer", "pending_pay", "task", "blob", "work", "session"),
    *("gate", "queue_depth", "account_turn", "result", "usage_minute", "queue_minute", "app_day", "app_refusal_day"),
    *("report", "refused_report", "reporter", "vote_slot", "reviewer_record", "appeal", "refund"),
    *("delivery", "delivery_try", "webhook_rotation", "site", "site_event", "standing", "ignored_reporter"),
    *("recognition_call", "recognition_result", "recognition_review", "recognition_day", "recognition_quarter"),
    "recognition_time",
)
MENTION = re.compile(rf"(?:FROM|JOIN|UPDATE|INTO) ({'|'.join(CELL_TABLES)})\b")
FORBIDDEN = re.compile(
    r"advisory|nextval|\bserial\b|GENERATED|TRIGGER|\bSET (?!LOCAL)\w+ TO|NOTIFY|\bDECLARE\b|\bTEMP(ORARY)? ",
    re.IGNORECASE,
)


@pytest.mark.parametrize("package", FILES)
def test_names_are_unique_and_each_has_a_sentence(package: str):
    queries = [query for owner, query in QUERIES if owner == package]
    names = [query.name for query in queries]
    assert len(names) == len(set(names))
    assert all(query.about.endswith((".", "!")) for query in queries)


@pytest.mark.parametrize("package", FILES)
def test_every_query_is_used_and_none_is_missing(package: str):
    users = [p for p in repository.SOURCE.rglob("*.py") if uses(p, package)]
    used = {name for path in users for name in repository.attributes_of(path, "SQL")} - {"all"}
    assert used == {query.name for owner, query in QUERIES if owner == package}


def uses(path: Path, package: str) -> bool:
    """Tell whether ``SQL`` in a file means this package's queries: it stands there, or is imported from there."""
    imported = re.search(rf"^from manyeyes\.{package}\.\w+ import .*\bSQL\b", path.read_text("utf-8"), re.MULTILINE)
    return path.parent.name == package or imported is not None


@pytest.mark.parametrize(("package", "query"), QUERIES, ids=IDS)
async def test_the_server_understands_it(dsn: str, package: str, query: Query):
    db = await asyncpg.connect(dsn)
    try:
        assert (await db.prepare(query.text)).get_parameters() is not None
    finally:
        await db.close()


def test_nothing_sets_an_account_s_record_of_complaints_back():
    """The ratio cannot be reset. One statement writes it, and that one adds.

    See docs/contracts/anticaptcha.md#complaints.
    """
    writing = re.compile(r"(?:UPDATE|INTO|FROM) reporter\b.*?(?:;|$)", re.DOTALL)
    writers = [
        q for _, q in QUERIES if re.search(r"\b(INSERT|UPDATE|DELETE|TRUNCATE)\b", q.text) and writing.search(q.text)
    ]
    assert [query.name for query in writers] == ["add_to_reporters"]
    assert "SET judged = reporter.judged + excluded.judged" in writers[0].text
    outside = [
        p for p in repository.SOURCE.rglob("*.py") if re.search(r"(UPDATE|DELETE FROM|INTO) reporter\b", p.read_text())
    ]
    assert not outside


@pytest.mark.parametrize(("package", "query"), QUERIES, ids=IDS)
def test_a_statement_on_a_cells_data_names_the_one_cell(package: str, query: Query):
    if not MENTION.search(query.text):
        return
    named = re.search(r"\bcell = \$1\b", query.text)
    inserted = re.search(r"INSERT INTO \w+ \(cell,[^)]*\)\s*(SELECT|VALUES \()\s*\$1\b", query.text)
    assert named or inserted
    for part in re.split(r"\bUNION ALL\b", query.text):
        if re.search(r"^\s*SELECT", part) and MENTION.search(part):
            assert re.search(r"\bcell = \$1\b", part)


@pytest.mark.parametrize(("package", "query"), QUERIES, ids=IDS)
def test_a_statement_writes_to_at_most_one_table(package: str, query: Query):
    text = re.sub(r"FOR UPDATE|DO UPDATE", "", query.text)
    assert len(re.findall(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b", text)) <= 1


def test_nothing_that_another_engine_or_a_pooler_would_refuse():
    texts = {repository.name(path): path.read_text("utf-8") for path in repository.SOURCE.rglob("*.sql")}
    statements = {name: re.sub(r"--[^\n]*", "", text) for name, text in texts.items()}
    assert {name: FORBIDDEN.findall(text) for name, text in statements.items() if FORBIDDEN.search(text)} == {}
    sources = {repository.name(path): path.read_text("utf-8") for path in repository.SOURCE.rglob("*.py")}
    assert [name for name, text in sources.items() if "advisory" in text] == []
