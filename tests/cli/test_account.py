"""manyeyes account: customers, their keys and their money."""

import re
import time
from typing import Any

import asyncpg
import pytest

from manyeyes.accounts.rules import digest


async def keys(dsn, account_id) -> list[Any]:
    """(hash, networks, revoked?) of an account's keys, oldest first."""
    db = await asyncpg.connect(dsn)
    query = "SELECT key_hash, allowed_addresses, revoked_at FROM api_key WHERE account_id = $1 ORDER BY created_at"
    rows = await db.fetch(query, account_id)
    await db.close()
    return [(bytes(r[0]), r[1], r[2] is not None) for r in rows]


@pytest.fixture
def key_rows(dsn, run_async):
    return lambda account_id: run_async(keys(dsn, account_id))


def test_create_prints_id_and_key_and_keeps_only_the_keys_hash(manyeyes, key_rows):
    made = manyeyes("account", "create", "Ann", "--balance", "10.00", "--json").json
    assert set(made) == {"account_id", "client_key", "balance", "login_url"}
    assert type(made["account_id"]) is int
    assert re.fullmatch("[0-9a-f]{32}", made["client_key"])
    assert made["balance"] == "10.000000"
    assert "/login/" in made["login_url"]
    assert key_rows(made["account_id"]) == [(digest(made["client_key"]), [], False)]


@pytest.mark.parametrize(
    "step", ["accounts.store.insert_place", "accounts.store.insert_key", "ledger.store.insert_transfers", "link"]
)
def test_an_account_is_there_as_a_whole_or_not_at_all(manyeyes, dsn, run_async, monkeypatch, step):
    async def fail(*_) -> None:
        raise ValueError("the line is dead")

    async def rows() -> dict[str, Any]:
        db = await asyncpg.connect(dsn)
        tables = ("account", "balance", "transfer", "account_place", "api_key", "credential")
        found = {table: await db.fetchval(f"SELECT count(*) FROM {table}") for table in tables}
        await db.close()
        return found

    with monkeypatch.context() as broken:
        broken.setattr(f"manyeyes.{'workers.store.insert_credential' if step == 'link' else step}", fail)
        assert "the line is dead" in manyeyes("account", "create", "Ann", "--balance", "1").complaint
    assert set(run_async(rows()).values()) == {0}
    assert manyeyes("account", "create", "Ann", "--balance", "1", "--json").json["balance"] == "1.000000"
    assert set(run_async(rows()).values()) == {1}


def test_without_json_the_same_is_there_to_read(manyeyes):
    done = manyeyes("account", "create", "Ann")
    assert done.code == 0
    assert re.search("client_key +[0-9a-f]{32}\n", done.out)


def test_addresses_may_be_repeated_and_hosts_are_networks_of_one(manyeyes, key_rows):
    made = manyeyes(
        "account", "create", "Ann", "--address", "203.0.113.0/24", "--address", "2001:db8::1", "--json"
    ).json
    assert key_rows(made["account_id"])[0][1] == ["203.0.113.0/24", "2001:db8::1/128"]


@pytest.mark.parametrize("command", [["create", "Bob"], ["key", "Ann"]])
@pytest.mark.parametrize("wrong", ["nonsense", "203.0.113.256", "203.0.113.0/33", ""])
def test_an_address_that_is_none_is_refused(manyeyes, ann, command, wrong):
    assert "network" in manyeyes("account", *command, "--address", wrong).complaint
    assert len(manyeyes("account", "list", "--json").json["accounts"]) == 1


def test_bits_behind_the_network_are_taken_away(manyeyes, key_rows):
    made = manyeyes("account", "create", "Ann", "--address", "203.0.113.7/24", "--json").json
    assert key_rows(made["account_id"])[0][1] == ["203.0.113.0/24"]


@pytest.mark.parametrize("wrong", ["ten", "1.0000001", "-1", "", "nan", "inf", "1e30", "10,00"])
def test_a_balance_that_is_no_money_is_refused_and_opens_nothing(manyeyes, wrong):
    assert manyeyes("account", "create", "Ann", f"--balance={wrong}").complaint
    assert manyeyes("account", "list", "--json").json == {"accounts": []}


def test_top_up_adds_by_name_and_by_id(manyeyes, ann):
    assert manyeyes("account", "top-up", "Ann", "0.000001", "--json").json["balance"] == "10.000001"
    done = manyeyes("account", "top-up", ann["account_id"], "5", "--json").json
    assert done == {"account_id": ann["account_id"], "balance": "15.000001"}


@pytest.mark.parametrize(
    ("account", "amount"), [("Ann", "0"), ("Ann", "x"), ("Nobody", "5"), ("999", "5"), ("Ann", "1e15")]
)
def test_a_top_up_that_cannot_be_leaves_the_balance_alone(manyeyes, ann, account, amount):
    assert manyeyes("account", "top-up", account, amount).complaint
    assert manyeyes("account", "list", "--json").json["accounts"][0]["balance"] == "10.000000"


def test_a_name_that_fits_two_accounts_asks_for_the_id(manyeyes, ann):
    twin = manyeyes("account", "create", "Ann", "--json").json
    complaint = manyeyes("account", "top-up", "Ann", "5").complaint
    assert f"{ann['account_id']}, {twin['account_id']}" in complaint
    assert manyeyes("account", "top-up", twin["account_id"], "5", "--json").json["balance"] == "5.000000"


def test_two_keys_are_valid_until_one_is_revoked(manyeyes, ann, key_rows):
    second = manyeyes("account", "key", "Ann", "--address", "203.0.113.0/24", "--json").json["client_key"]
    assert key_rows(ann["account_id"]) == [
        (digest(ann["client_key"]), [], False),
        (digest(second), ["203.0.113.0/24"], False),
    ]
    assert manyeyes("account", "revoke-key", ann["client_key"], "--json").json == {"account_id": ann["account_id"]}
    assert [row[2] for row in key_rows(ann["account_id"])] == [True, False]
    assert "no such key" in manyeyes("account", "revoke-key", ann["client_key"]).complaint


def test_set_changes_what_is_given_and_leaves_the_rest(manyeyes, ann, run_async, dsn):
    async def terms() -> tuple[Any, ...]:
        db = await asyncpg.connect(dsn)
        row = await db.fetchrow("SELECT suspended, max_bid_micros, weight FROM account")
        await db.close()
        return tuple(row)

    assert run_async(terms()) == (False, 0, 1)
    manyeyes("account", "set", "Ann", "--suspended", "--max-bid", "0.002", "--json").json  # noqa: B018
    assert run_async(terms()) == (True, 2000, 1)
    manyeyes("account", "set", "Ann", "--no-suspended", "--weight", "5", "--json").json  # noqa: B018
    assert run_async(terms()) == (False, 2000, 5)


def test_set_without_an_option_changes_nothing_and_says_so(manyeyes, ann):
    assert "nothing to change" in manyeyes("account", "set", "Ann").complaint


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_refused(manyeyes, name):
    assert "name must not be empty" in manyeyes("account", "create", name).complaint
    assert manyeyes("account", "list", "--json").json == {"accounts": []}


@pytest.mark.parametrize("wrong", [["--weight", "0"], ["--weight", "1000001"], ["--max-bid", "x"]])
def test_terms_that_cannot_be_are_refused(manyeyes, ann, wrong):
    assert manyeyes("account", "set", "Ann", *wrong).complaint


def test_link_makes_a_fresh_one_time_address(manyeyes, ann):
    first, second = (manyeyes("account", "link", "Ann", "--json").json["login_url"] for _ in range(2))
    assert len({ann["login_url"], first, second}) == 3


def test_list_shows_everybody(manyeyes, ann):
    bob = manyeyes("account", "create", "Bob", "--json").json
    assert manyeyes("account", "list", "--json").json == {
        "accounts": [
            {"account_id": ann["account_id"], "name": "Ann", "balance": "10.000000"},
            {"account_id": bob["account_id"], "name": "Bob", "balance": "0.000000"},
        ]
    }
    head, _, line = manyeyes("account", "list").out.splitlines()
    assert head.split() == ["id", "to", "spend", "name"]
    assert line.split()[1:] == ["0.000000", "Bob"]


def test_a_statement_adds_up(manyeyes, ann):
    manyeyes("account", "top-up", "Ann", "5")
    found = manyeyes("account", "statement", "Ann", "--json").json
    assert (found["opening"], found["topped_up"], found["closing"]) == ("0.000000", "15.000000", "15.000000")
    assert (found["charged"], found["net"], found["unexplained"]) == ("0.000000", "0.000000", "0.000000")
    assert [row["topped_up"] for row in found["rows"] if row["topped_up"] != "0.000000"] == ["15.000000"]
    shown = manyeyes("account", "statement", "Ann").out.splitlines()
    assert shown[-1].split()[:2] == ["together,", "closing"]
    assert len(shown) == 5  # the one day on which something moved, between the opening and the closing


def test_a_statement_comes_as_csv_and_nothing_else_is_printed(manyeyes, ann):
    manyeyes("account", "top-up", "Ann", "5")
    lines = manyeyes("account", "statement", "Ann", "--csv", "entry").out.splitlines()
    assert lines[0] == "time,kind,task,amount,balance"
    assert [line.split(",", 1)[1] for line in lines[1:]] == [
        "top_up,,10.000000,10.000000",
        "top_up,,5.000000,15.000000",
    ]
    days = manyeyes("account", "statement", "Ann", "--csv", "day", "--month", "2026-02", "--tz", "Asia/Bangkok").out
    assert days.splitlines()[1] == (
        "2026-02-01T00:00:00+07:00,2026-02-02T00:00:00+07:00,0,0.000000,0.000000,0.000000,0.000000,0.000000,0.000000"
    )
    assert manyeyes("account", "statement", "Ann", "--csv", "job").out.splitlines() == [
        "queue,job,tasks,charged,refunded,net"
    ]
    assert manyeyes("account", "statement", "Ann", "--csv", "day", "--json").complaint


def test_a_statements_window_may_be_chosen_in_every_way(manyeyes, ann):
    later = int(time.time()) + 1000
    after = manyeyes("account", "statement", "Ann", "--from", later, "--to", later + 10, "--json").json
    assert (after["opening"], after["topped_up"], after["closing"]) == ("10.000000", "0.000000", "10.000000")
    for span in (["--from", "2020-01-01T00:00:00Z", "--to", "2020-01-02"], ["--month", "2020-01"]):
        before = manyeyes("account", "statement", "Ann", *span, "--json").json
        assert (before["opening"], before["closing"]) == ("0.000000", "0.000000")


@pytest.mark.parametrize(
    "wrong",
    [
        *(["--from", "yesterday"], ["--to", "x"], ["--from", "20", "--to", "10"], ["--from", "9" * 30]),
        *(["--month", "2026-13"], ["--month", "2026-11", "--from", "2026-11-01"], ["--tz", "Mars/Base"]),
    ],
)
def test_a_window_that_cannot_be_is_refused(manyeyes, ann, wrong):
    assert manyeyes("account", "statement", "Ann", *wrong).complaint


def test_show_tells_the_terms_and_set_changes_how_long_answers_are_kept(manyeyes):
    manyeyes("account", "create", "Ann", "--balance", "10.00")
    shown = manyeyes("account", "show", "Ann", "--json").json
    assert shown.pop("account_id") > 0
    usual = {"name": "Ann", "balance": "10.000000", "suspended": False, "max_bid": "0.000000", "weight": 1}
    assert shown == usual | {"keep_days": 90}
    assert manyeyes("account", "set", "Ann", "--keep-days", "0").code == 0
    assert manyeyes("account", "show", "Ann", "--json").json["keep_days"] == 0
    for wrong in ("-1", "3651"):
        assert "from 0 to 3650" in manyeyes("account", "set", "Ann", "--keep-days", wrong).complaint
    assert manyeyes("account", "show", "Ann", "--json").json["keep_days"] == 0
    assert "keep_days   0" in manyeyes("account", "show", "Ann").out
    assert manyeyes("account", "show", "Nobody").code == 1
