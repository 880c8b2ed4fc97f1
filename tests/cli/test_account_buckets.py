"""manyeyes account add-bucket, buckets, remove-bucket."""

import io
from pathlib import Path

import pytest

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def options(secret_file: object, **changed: str) -> list[object]:
    given = {"bucket": "receipts", "access_key": "AKIDEXAMPLE", "region": "eu-1", "secret_file": secret_file} | changed
    return [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    found = tmp_path / "secret.txt"
    found.write_text(f"{SECRET}\r\n")
    return found


def test_a_bucket_is_added_listed_and_removed(manyeyes, secret_file: Path):
    manyeyes("account", "create", "Ann")
    done = manyeyes("account", "add-bucket", "Ann", *options(secret_file, endpoint="https://s3.example.com"))
    assert done.out == "account 1 may name pictures as s3://receipts/…\n"
    row = {
        "bucket": "receipts",
        "endpoint": "https://s3.example.com",
        "region": "eu-1",
        "access_key": "AKIDEXAMPLE",
        "readable": True,
    }
    assert manyeyes("account", "buckets", "Ann", "--json").json == {"buckets": [row]}
    shown = manyeyes("account", "buckets", "Ann").out
    assert "receipts" in shown
    assert SECRET not in shown
    assert manyeyes("account", "remove-bucket", "Ann", "receipts", "--json").json == {
        "account_id": 1,
        "bucket": "receipts",
    }
    assert "there is no bucket receipts" in manyeyes("account", "remove-bucket", "Ann", "receipts").complaint
    assert manyeyes("account", "buckets", "Ann", "--json").json == {"buckets": []}


def test_a_secret_comes_from_standard_input(manyeyes, monkeypatch: pytest.MonkeyPatch):
    manyeyes("account", "create", "Ann")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    made = manyeyes("account", "add-bucket", "Ann", *options("-"), "--json").json
    assert made["endpoint"] == "https://s3.eu-1.amazonaws.com"


def test_what_cannot_be_taken_is_told_without_the_secret(manyeyes, secret_file: Path, tmp_path: Path):
    manyeyes("account", "create", "Ann")
    said = manyeyes("account", "add-bucket", "Ann", *options(secret_file, endpoint="http://127.0.0.1:9000")).complaint
    assert "MANYEYES_ALLOWED_PRIVATE_NETWORKS" in said
    said = manyeyes("account", "add-bucket", "Ann", *options(secret_file, region="Not One", bucket="a")).complaint
    assert "a region has" in said
    assert "a bucket's name has" in said
    two_words = tmp_path / "two.txt"
    two_words.write_text(f"{SECRET} {SECRET}")
    for given in (two_words, tmp_path / "missing.txt", tmp_path):
        said = manyeyes("account", "add-bucket", "Ann", *options(given)).complaint
        assert SECRET not in said
    secret_file.write_bytes(b"\xff\xfe\xfd")
    assert "it is no text" in manyeyes("account", "add-bucket", "Ann", *options(secret_file)).complaint
    assert "no account Bob" in manyeyes("account", "buckets", "Bob").complaint


def test_reset_secrets_gives_up_those_of_buckets_and_says_how_many(manyeyes, secret_file: Path):
    manyeyes("account", "create", "Ann")
    for name in ("receipts", "invoices"):
        manyeyes("account", "add-bucket", "Ann", *options(secret_file, bucket=name))
    assert "those of 2 buckets" in manyeyes("db", "reset-secrets", "--readable").out
    rows = manyeyes("account", "buckets", "Ann", "--json").json["buckets"]
    assert [(row["bucket"], row["readable"]) for row in rows] == [("invoices", False), ("receipts", False)]
    assert "add it again" in manyeyes("account", "buckets", "Ann").out
    made = manyeyes("account", "add-bucket", "Ann", *options(secret_file), "--json").json
    assert made["readable"]
