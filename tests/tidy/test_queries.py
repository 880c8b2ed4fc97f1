"""Every statement: named, explained, used, understood by the server, and within one cell."""

import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import asyncpg

from manyeyes.db.queries import Query, read
from support import repository
from support.findings import fail_on

FILES = {path.parent.name: path for path in sorted(repository.SOURCE.rglob("queries.sql"))}
QUERIES = [(package, query) for package, path in FILES.items() for query in read(path.read_text("utf-8"))]
CELL_TABLES = (
    *("cell", "node", "account", "balance", "wallet", "transfer", "pending_pay", "task", "blob", "work", "session"),
    *(
        "gate",
        "queue_depth",
        "account_turn",
        "result",
        "usage_minute",
        "queue_minute",
        "queue_sample",
        "sampled_minute",
        "app_day",
        "app_refusal_day",
        "skip_day",
    ),
    *("report", "refused_report", "reporter", "vote_slot", "reviewer_record", "appeal", "refund"),
    *("delivery", "delivery_try", "webhook_rotation", "site", "site_event", "standing", "ignored_reporter"),
    *("recognition_call", "recognition_result", "recognition_review", "recognition_day", "recognition_quarter"),
    *("recognition_time", "kept_longer", "top_up_request", "trail_chain", "trail_entry", "trail_head"),
)
MENTION = re.compile(rf"(?:FROM|JOIN|UPDATE|INTO) ({'|'.join(CELL_TABLES)})\b")
ARRAY = re.compile(r"\b(?:ARRAY|array_agg|string_agg|json_agg|jsonb_agg)\(")
SETS = {"workers.session", "register.sessions_of", "workers.all_sessions"}  # a sort costs something in every look
LOOKED_INTO = re.compile(r"(?:= ANY \(|\|\| )$")
FORBIDDEN = re.compile(
    r"advisory|nextval|\bserial\b|GENERATED|TRIGGER|\bSET (?!LOCAL)\w+ TO|NOTIFY|\bDECLARE\b|\bTEMP(ORARY)? ",
    re.IGNORECASE,
)


def test_a_name_is_given_once_in_its_file():
    times = Counter(f"{package}.{query.name}" for package, query in QUERIES)
    fail_on([name for name, n in times.items() if n > 1], "rename all but one of each in its queries.sql")


def test_an_array_that_a_statement_makes_is_in_a_named_order():
    """A plan may change from one day to the next, and with it the order of what nobody ordered."""
    named = [(f"{package}.{query.name}", query) for package, query in QUERIES]
    open_order = [name for name, query in named if name not in SETS and any(loose_arrays(query.text))]
    fail_on(open_order, "write ORDER BY into what makes the array (one that is only looked into needs none)")


def loose_arrays(text: str) -> Iterator[str]:
    """Yield what makes an array without an order, but for arrays that are only looked into or added to another."""
    for begin in ARRAY.finditer(text):
        depth, end = 1, begin.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        made = text[begin.start() : end]
        if "ORDER BY" not in made and not LOOKED_INTO.search(text[: begin.start()]):
            yield made


def test_every_statement_has_a_sentence():
    silent = [f"{package}.{query.name}" for package, query in QUERIES if not query.about.endswith((".", "!"))]
    fail_on(silent, "say above each of these statements, in a whole sentence, what it does")


def test_every_statement_is_used():
    unused = [
        f"{package}.{query.name}"
        for package in FILES
        for query in queries_of(package)
        if query.name not in used(package)
    ]
    fail_on(unused, "delete these statements from their queries.sql, or use them")


def test_no_statement_is_missing():
    missing = [
        f"src/manyeyes/{package}/queries.sql lacks {name}"
        for package in FILES
        for name in used(package) - {query.name for query in queries_of(package)}
    ]
    fail_on(missing, "write these statements, which code names as SQL.<name>")


def queries_of(package: str) -> list[Query]:
    """Return the statements of one package's queries.sql."""
    return [query for owner, query in QUERIES if owner == package]


@functools.cache
def used(package: str) -> set[str]:
    """Return the names of the statements of a package's that code reads."""
    users = [path for path in repository.SOURCE.rglob("*.py") if uses(path, package)]
    return {name for path in users for name in repository.attributes_of(path, "SQL")} - {"all"}


def uses(path: Path, package: str) -> bool:
    """Tell whether ``SQL`` in a file means this package's queries: it stands there, or is imported from there."""
    imported = re.search(rf"^from manyeyes\.{package}\.\w+ import .*\bSQL\b", path.read_text("utf-8"), re.MULTILINE)
    return path.parent.name == package or imported is not None


async def test_the_server_understands_every_statement(dsn: str):
    findings = []
    db = await asyncpg.connect(dsn)
    try:
        for package, query in QUERIES:
            try:
                await db.prepare(query.text)
            except asyncpg.PostgresError as refusal:
                findings.append(f"{package}.{query.name}: {refusal}")
    finally:
        await db.close()
    fail_on(findings, "PostgreSQL refuses these statements")


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


def names_its_cell(query: Query) -> bool:
    """Whether a statement stays within one cell, its first argument, in each of its parts."""
    if not MENTION.search(query.text):
        return True
    named = re.search(r"\bcell = \$1\b", query.text)
    inserted = re.search(r"INSERT INTO \w+ \(cell,[^)]*\)\s*(SELECT|VALUES \()\s*\$1\b", query.text)
    parts = [part for part in re.split(r"\bUNION ALL\b", query.text) if re.search(r"^\s*SELECT", part)]
    mentioning = [part for part in parts if MENTION.search(part)]
    return bool(named or inserted) and all(re.search(r"\bcell = \$1\b", part) for part in mentioning)


def test_a_statement_on_a_cells_data_names_the_one_cell():
    findings = [f"{package}.{query.name}" for package, query in QUERIES if not names_its_cell(query)]
    fail_on(findings, "keep each part of these statements in one cell: `cell = $1`, or $1 inserted first")


def test_a_statement_writes_to_at_most_one_table():
    texts = {f"{package}.{query.name}": re.sub(r"FOR UPDATE|DO UPDATE", "", query.text) for package, query in QUERIES}
    writing = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b")
    several = [name for name, text in texts.items() if len(writing.findall(text)) > 1]
    fail_on(several, "make one statement for each table that these write to")


def test_nothing_that_another_engine_or_a_pooler_would_refuse():
    texts = {repository.name(path): path.read_text("utf-8") for path in repository.SOURCE.rglob("*.sql")}
    statements = {name: re.sub(r"--[^\n]*", "", text) for name, text in texts.items()}
    assert {name: FORBIDDEN.findall(text) for name, text in statements.items() if FORBIDDEN.search(text)} == {}
    sources = {repository.name(path): path.read_text("utf-8") for path in repository.SOURCE.rglob("*.py")}
    assert [name for name, text in sources.items() if "advisory" in text] == []
