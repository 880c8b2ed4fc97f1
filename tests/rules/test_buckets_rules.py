"""What a bucket's name, an object's address and credentials may be; what is taken once is taken again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.buckets import rules
from manyeyes.buckets.rules import LONGEST_KEY, ObjectAddress, read_object_address, read_place

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{1,61}[A-Za-z0-9]", fullmatch=True)
KEYS = st.text(min_size=1, max_size=60).filter(lambda key: not rules.why_no_key(key))


@given(NAMES, KEYS)
def test_an_address_says_bucket_and_name_and_is_read_as_it_is_written(bucket: str, key: str):
    address = ObjectAddress(bucket, key)
    assert read_object_address(str(address)) == address
    assert read_place(str(address)) == address


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s3://receipts", "name is wanted"),
        ("s3://receipts/", "name is wanted"),
        ("s3:/receipts/a", "must begin"),
        ("S3://receipts/a", "must begin"),
        ("s3://ab/a", "3 to 63"),
        ("s3://" + "a" * 64 + "/a", "3 to 63"),
        ("s3://a..b/a", "3 to 63"),
        ("s3://-abc/a", "3 to 63"),
        ("s3://abc./a", "3 to 63"),
        ("s3://abc?x/a", "3 to 63"),
        ("s3://a@b.example/a", "3 to 63"),
        ("s3://receipts/a\nb", "control"),
        ("s3://receipts/a\0b", "control"),
        ("s3://receipts/\ud800", "UTF-8"),
        ("s3://receipts/" + "ả" * (LONGEST_KEY // 3 + 1), "1024 bytes"),
    ],
)
def test_what_names_no_object_is_refused_with_the_reason(text: str, said: str):
    with pytest.raises(ValueError, match=said):
        read_object_address(text)


def test_the_longest_names_are_taken():
    assert read_object_address("s3://abc/" + "a" * LONGEST_KEY).key == "a" * LONGEST_KEY
    assert read_object_address("s3://" + "a" * 63 + "/a").bucket == "a" * 63


@pytest.mark.parametrize(
    ("read", "taken", "refused"),
    [
        (rules.read_region, ["us-east-1", "auto", "a" * 40], ["", "EU", "a" * 41, "a b", "-a", "a/b"]),
        (rules.read_access_key, ["AKID", "a" * 128, "GK:1+2="], ["", "a" * 129, "a/b", "a b", "ả"]),
        (rules.read_secret, ["a/b+c=", "a" * rules.LONGEST_SECRET], ["", "a b", "a\n", "a" * 201, "ả"]),
    ],
)
def test_credentials_are_read_strictly(read, taken: list[str], refused: list[str]):
    assert [read(text) for text in taken] == taken
    for text in refused:
        with pytest.raises(ValueError, match="has 1 to") as fault:
            read(text)
        assert len(text) < 3 or text not in str(fault.value)


def test_a_secret_is_sealed_for_its_own_row_alone():
    rows = {rules.sealed_as(cell, account, name) for cell in (1, 11) for account in (1, 11) for name in ("abc", "1abc")}
    assert len(rows) == 8
