"""manyeyes account keys, colleagues, invite, link --colleague, top-ups, approve-top-up, decline-top-up, low-balance."""

import asyncpg
import pytest


@pytest.fixture
def account(manyeyes) -> str:
    """The number of an account."""
    return str(manyeyes("account", "create", "Ann", "--json").json["account_id"])


async def ask(dsn: str, account_id: int, micros: int) -> int:
    """Ask for money as a customer's page does; return the request."""
    db = await asyncpg.connect(dsn)
    try:
        number = 900_000 + micros
        await db.execute(
            "INSERT INTO top_up_request (cell, request_id, account_id, amount_micros, note, asked_by, asked_at)"
            " VALUES (1, $1, $2, $3, 'for May', 'Bo', now())",
            number,
            account_id,
            micros,
        )
        return number
    finally:
        await db.close()


def test_keys_are_listed_without_their_secrets(manyeyes, account):
    fresh = manyeyes("account", "key", account, "--label", "till 7", "--scope", "tasks:read", "--json").json[
        "client_key"
    ]
    done = manyeyes("account", "keys", account, "--json")
    (key,) = [each for each in done.json["keys"] if each["label"] == "till 7"]
    assert (key["hint"], key["scopes"], key["usable"]) == (fresh[-4:], ["tasks:read"], True)
    assert fresh not in done.out
    manyeyes("account", "revoke-key", fresh)
    shown = manyeyes("account", "keys", account).out
    assert f"…{fresh[-4:]}" in shown
    assert "revoked" in shown


def test_a_colleague_is_invited_listed_and_gets_another_link(manyeyes, account):
    invited = manyeyes("account", "invite", account, "Bo", "--role", "billing", "--json").json
    number = str(invited["person_id"])
    assert "/login/" in invited["login_url"]
    people = manyeyes("account", "colleagues", account, "--json").json["colleagues"]
    assert [(p["role"], p["name"]) for p in people] == [("owner", ""), ("billing", "Bo")]
    assert "(first owner)" in manyeyes("account", "colleagues", account).out
    assert "/login/" in manyeyes("account", "link", account, "--colleague", number).out
    assert "no colleague 99" in manyeyes("account", "link", account, "--colleague", "99").complaint
    assert "role must be one of" in manyeyes("account", "invite", account, "Cy", "--role", "boss").complaint


def test_money_is_approved_once_and_declined_with_a_word(manyeyes, account, dsn, run_async):
    one, two = (run_async(ask(dsn, int(account), micros)) for micros in (5_000_000, 7_000_000))
    assert "for May" in manyeyes("account", "top-ups").out
    for _ in range(2):
        assert manyeyes("account", "approve-top-up", str(one), "--json").json["state"] == "approved"
    assert manyeyes("account", "show", account, "--json").json["balance"] == "5.000000"
    assert "approved already" in manyeyes("account", "decline-top-up", str(one)).complaint
    assert manyeyes("account", "decline-top-up", str(two), "--word", "no invoice", "--json").json["state"] == "declined"
    assert manyeyes("account", "top-ups", "--json").json["requests"] == []
    every = manyeyes("account", "top-ups", "--all", "--json").json["requests"]
    assert [(each["state"], each["word"]) for each in every] == [("declined", "no invoice"), ("approved", "")]
    for unknown in ("1", "0", str(2**70)):
        assert "there is no request" in manyeyes("account", "approve-top-up", unknown).complaint


def test_a_low_balance_is_named_and_shown(manyeyes, account):
    done = manyeyes("account", "low-balance", account, "--below", "5", "--url", "https://x.example/low", "--json").json
    assert (done["below"], done["url"]) == ("5.000000", "https://x.example/low")
    assert "https://x.example/low" in manyeyes("account", "low-balance", account).out
    assert manyeyes("account", "low-balance", account, "--below", "6", "--json").json["url"] == "https://x.example/low"
    assert "not a public address" in manyeyes("account", "low-balance", account, "--url", "http://127.0.0.1/").complaint
