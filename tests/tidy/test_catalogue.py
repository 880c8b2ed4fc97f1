"""The schema keeps the way to many cells open: `cell` comes first everywhere, and nothing ties it to one node."""

import re
from typing import Any

import asyncpg
import pytest

from support.database_catalogue import catalogue

GLOBAL = {
    *("migration", "counter", "secret", "account_place", "api_key", "blocked_address", "worker", "credential"),
    *("queue", "soft_app", "app", "recognition", "staff", "colleague", "passkey", "used_challenge", "identity"),
    *("announcement", "dismissal", "link_request"),
}
Catalogue = dict[str, list[dict[str, Any]]]


@pytest.fixture
async def found(dsn: str) -> Catalogue:
    db = await asyncpg.connect(dsn)
    try:
        return await catalogue(db)
    finally:
        await db.close()


async def test_every_table_is_a_named_look_up_or_begins_with_its_cell(found: Catalogue):
    first_columns: dict[str, str] = {}
    for column in found["columns"]:
        first_columns.setdefault(column["relname"], column["attname"])
    assert set(first_columns) >= GLOBAL
    assert {table for table, first in first_columns.items() if first != "cell"} == GLOBAL
    nullable = [c["relname"] for c in found["columns"] if c["attname"] == "cell" and not c["attnotnull"]]
    assert nullable == []


async def test_every_key_and_every_index_of_a_cells_table_begins_with_the_cell(found: Catalogue):
    tables = {row["relname"] for row in found["tables"]} - GLOBAL
    keyed = {c["conrelid"] for c in found["constraints"] if c["pg_get_constraintdef"].startswith("PRIMARY KEY (cell")}
    assert keyed == tables
    for index in found["indexes"]:
        if index["tablename"] in tables:
            assert re.search(r"USING (?:btree|brin) \(cell\b", index["indexdef"]), index["indexname"]


async def test_foreign_keys_stay_within_a_cell(found: Catalogue):
    for constraint in found["constraints"]:
        definition = constraint["pg_get_constraintdef"]
        if definition.startswith("FOREIGN KEY"):
            assert re.match(r"FOREIGN KEY \(cell\b.*REFERENCES \w+\(cell\b", definition), constraint["conname"]


async def test_no_triggers_sequences_identities_generated_columns_or_functions(found: Catalogue):
    assert (found["triggers"], found["sequences"], found["functions"]) == ([], [], [])
    assert [c["attname"] for c in found["columns"] if c["attidentity"] or c["attgenerated"]] == []
    assert [c["attname"] for c in found["columns"] if "nextval" in (c["default"] or "")] == []


async def test_money_is_whole_micros_everywhere(found: Catalogue):
    money = {c["type"] for c in found["columns"] if c["attname"].endswith("_micros")}
    assert money == {"bigint"}
    measures = {"rate", "threshold", "sample_share"}  # what recognisers say of themselves is no money
    measures |= {"floor", "gold_share", "audit_share", "confidence", "score", "target", "right_weight", "wrong_weight"}
    measures |= {
        "until",
        "suspicion",
        "pass_mark",
        "expected",
        "peers_right",
    }  # a score too, shares, a number of pictures
    broken = {c["type"] for c in found["columns"] if c["attname"] not in measures}
    assert not broken & {"numeric", "money", "real", "double precision"}
