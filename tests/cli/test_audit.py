"""manyeyes audit: who changed what, and the proof that nothing was altered since."""

import getpass
import hashlib
import json
from pathlib import Path

import asyncpg

from cli.conftest import Command
from manyeyes.runtime.context import open_context
from manyeyes.runtime.periodic import sign_trail
from manyeyes.settings import Settings


async def sign(dsn: str, data: Path) -> None:
    context = await open_context(Settings(data=data), dsn)
    try:
        await sign_trail(context, 1)
    finally:
        await context.close()


async def tamper(dsn: str, statement: str) -> None:
    db = await asyncpg.connect(dsn)
    await db.execute(statement)
    await db.close()


def test_what_was_typed_is_told_with_who_typed_it(manyeyes: Command, ann):
    manyeyes("account", "set", "Ann", "--weight", "4")
    manyeyes("account", "top-up", "Ann", "2.50")
    found = manyeyes("audit", "list", "--json").json["entries"]
    assert [each["what"] for each in found] == ["balance.top_up", "account.set", "account.open"]
    assert (found[1]["before"], found[1]["after"]) == ({"weight": 1}, {"weight": 4})
    assert found[0]["after"]["available_micros"] - found[0]["before"]["available_micros"] == 2_500_000
    assert {(each["who"]["role"], each["who"]["via"]) for each in found} == {("shell", "command line")}
    assert found[0]["who"]["name"].split(" ")[0] == getpass.getuser()
    listed = manyeyes("audit", "list", "--what", "account.set", "--subject", f"account:{ann['account_id']}").out
    assert "account.set" in listed
    assert "top_up" not in listed
    assert manyeyes("audit", "list", "--who", "customer").out == "no such change\n"
    assert manyeyes("audit", "list", "--since", "2999-01-01").out == "no such change\n"
    assert len(manyeyes("audit", "list", "--limit", "2", "--json").json["entries"]) == 2
    assert "no day or instant" in manyeyes("audit", "list", "--until", "tomorrow").complaint
    assert "--limit" in manyeyes("audit", "list", "--limit", "0").complaint


def test_no_secret_is_told(manyeyes: Command, ann):
    """Whatever opens something is in no entry: keys, tokens, links, the secrets of call-backs and of buckets."""
    worker = manyeyes("worker", "create", "Kim", "--json").json
    key = manyeyes("account", "key", "Ann", "--json").json["client_key"]
    secret = manyeyes("account", "webhook-secret", "Ann", "--rotate", "--json").json["secret"]
    link = manyeyes("operator", "link", "--json").json["login_url"]
    manyeyes("account", "revoke-key", key)
    told = manyeyes("audit", "list", "--json").out
    opening = (
        ann["client_key"],
        key,
        worker["token"],
        secret,
        *(u.rsplit("/", 1)[1] for u in (link, worker["login_url"])),
    )
    assert [each for each in opening if each in told] == []
    assert '"webhook_secret.rotate"' in told
    assert hashlib.sha256(key.encode()).hexdigest()[:16] in told
    assert hashlib.sha256(key.encode()).hexdigest()[:17] not in told


def test_a_stranger_checks_the_chain_by_what_is_printed(manyeyes: Command, ann):
    """As docs/reference/audit.md says it: SHA-256 of the last hash, the number and the text, a line each."""
    manyeyes("account", "set", "Ann", "--weight", "4")
    entries = [each for each in manyeyes("audit", "list", "--json").json["entries"] if each["cell"] == 1]
    previous = "00" * 32
    for each in reversed(entries):
        assert each["previous"] == previous
        previous = hashlib.sha256(f"{previous}\n{each['number']}\n{each['text']}".encode()).hexdigest()
        assert each["hash"] == previous
        assert json.loads(each["text"])["after"] == each["after"]


def test_the_first_entry_that_was_altered_is_named_and_ends_with_1(manyeyes: Command, ann, dsn, tmp_path, run_async):
    for weight in (2, 3, 4):
        manyeyes("account", "set", "Ann", "--weight", weight)
    run_async(sign(dsn, tmp_path))
    kept = tmp_path / "heads.jsonl"
    kept.write_text(manyeyes("audit", "heads").out, "utf-8")
    whole = manyeyes("audit", "verify", "--heads", kept)
    assert (whole.code, whole.out) == (
        0,
        "look-ups: 0 entries, nothing altered or missing\n"
        "cell 1: 4 entries, nothing altered or missing, 4 of them proven by signed heads\n",
    )
    run_async(tamper(dsn, "UPDATE trail_entry SET after = '{}' WHERE cell = 1 AND number = 3"))
    found = manyeyes("audit", "verify")
    assert (found.code, found.out.splitlines()[1]) == (
        1,
        "cell 1: entry 3 was altered, or is not the one that was there",
    )
    run_async(tamper(dsn, "DELETE FROM trail_entry WHERE cell = 1; DELETE FROM trail_chain; DELETE FROM trail_head"))
    assert manyeyes("audit", "verify").code == 0
    gone = manyeyes("audit", "verify", "--heads", kept)
    assert (gone.code, gone.out.splitlines()[1]) == (1, "cell 1: entry 1 is missing")
    report = json.loads(manyeyes("audit", "verify", "--heads", kept, "--json").out)
    assert report["chains"][1]["flaw"] == {"number": 1, "said": "is missing"}


def test_heads_are_checked_by_the_key_that_is_named(manyeyes: Command, ann, dsn, tmp_path, run_async):
    run_async(sign(dsn, tmp_path))
    key = manyeyes("audit", "key").out.strip()
    assert manyeyes("audit", "verify", "--public-key", key).code == 0
    other = manyeyes("audit", "verify", "--public-key", "00" * 32)
    assert (other.code, "signed with another key" in other.out) == (1, True)
    assert "no public key" in manyeyes("audit", "verify", "--public-key", "xyz").complaint
    broken = tmp_path / "broken"
    broken.write_text("{}\n", "utf-8")
    assert "of the heads is none" in manyeyes("audit", "verify", "--heads", broken).complaint
    assert manyeyes("audit", "heads", "--json").json["heads"][0]["public_key"] == key
