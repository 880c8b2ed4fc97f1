"""Entries of the audit trail: their one spelling, their chain, and what is seen of each kind of tampering."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.trail.rules import (
    BEGINNING,
    MOST_CHARACTERS,
    NOTHING,
    REDACTED,
    ChainedEntry,
    ChainEnd,
    Flaw,
    TrailEntry,
    canonical,
    change_of,
    follow_all,
    link_hash,
    written,
)
from manyeyes.values.actor import Actor
from manyeyes.values.deeds import Deed

AT = datetime(2026, 11, 30, 4, 5, 6, 7, UTC)
WHO = Actor(role="operator", actor_id=3, name="Ann Ø", via="screen", address="192.0.2.7", through="00ff")
NUMBERS, TEXTS = st.integers(0, 2**53), st.text(max_size=5)


def chain(length: int = 6) -> list[ChainedEntry]:
    """Return a chain of so many entries, as the database keeps one."""
    made: list[ChainedEntry] = []
    previous = NOTHING
    for number in range(1, length + 1):
        entry = change_of(WHO, Deed.ACCOUNT_SET, f"account:{number}", {"weight": number}, {"weight": number + 1})
        assert entry is not None
        at = AT + timedelta(seconds=number)
        found = link_hash(previous, number, written(1, at, entry))
        made.append(ChainedEntry(cell=1, number=number, previous=previous, hash=found, at=at, entry=entry))
        previous = found
    return made


def last(entries: list[ChainedEntry]) -> ChainEnd | Flaw:
    return list(follow_all(entries, BEGINNING))[-1]


def test_what_is_hashed_is_written_in_one_way_that_any_program_can_read():
    entry = change_of(WHO, Deed.QUEUE_SET, "queue:7", {"floor": None, "price_micros": 1}, {"floor": 0.85, "é": "\n"})
    assert entry is not None
    text = written(2, AT.astimezone(timezone(timedelta(hours=7))), entry)
    assert text == (
        '{"actor":{"address":"192.0.2.7","id":3,"name":"Ann Ø","role":"operator","through":"00ff","via":"screen"},'
        '"after":{"floor":"0.85","é":"\\n"},"at":"2026-11-30T04:05:06.000007Z",'
        '"before":{"floor":null,"price_micros":1},"cell":2,"deed":"queue.set","subject":"queue:7"}'
    )
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text
    said = f"{'00' * 32}\n1\n{text}"
    assert link_hash(NOTHING, 1, text) == hashlib.sha256(said.encode()).digest()


def test_of_two_sides_the_entry_has_what_differs():
    same = {"weight": 1, "suspended": False}
    assert change_of(WHO, Deed.ACCOUNT_SET, "account:1", same, dict(same)) is None
    assert change_of(WHO, Deed.ACCOUNT_SET, "account:1", None, None) is None
    entry = change_of(WHO, Deed.ACCOUNT_SET, "account:1", same, {**same, "weight": 2})
    assert (entry.before, entry.after) == ('{"weight":1}', '{"weight":2}')
    new = change_of(WHO, Deed.ACCOUNT_OPEN, "account:1", None, same)
    assert (new.before, new.after) == ("null", '{"suspended":false,"weight":1}')


@pytest.mark.parametrize("name", ["secret", "client_key", "token", "webhook_secret", "token_hash", "private_key"])
def test_a_secret_in_clear_is_refused_and_its_change_is_told(name: str):
    with pytest.raises(ValueError, match=name):
        change_of(WHO, Deed.ACCOUNT_SET, "account:1", None, {name: "abc"})
    with pytest.raises(TypeError, match="bytes"):
        change_of(WHO, Deed.ACCOUNT_SET, "account:1", None, {"name": b"abc"})
    told = change_of(WHO, Deed.ACCOUNT_SET, "account:1", {name: None}, {name: REDACTED})
    assert told.after == f'{{"{name}":"changed"}}'


WEBHOOK = "https://hooks.example:8443/T0/s3cret?key=abc"


def test_of_an_address_scheme_and_host_are_told_and_its_change_is():
    old = {"low_url": WEBHOOK, "callback_url": "http://[2001:db8::1]/x", "terms": [{"review_url": WEBHOOK}]}
    entry = change_of(WHO, Deed.JOB_SET, "job:1", None, {**old, "endpoint": "https://store.example/a", "url": ""})
    assert json.loads(entry.after) == {
        "low_url": "https://hooks.example:8443",
        "callback_url": "http://[2001:db8::1]",
        "terms": [{"review_url": "https://hooks.example:8443"}],
        "endpoint": "https://store.example",
        "url": "",
    }
    moved = change_of(WHO, Deed.JOB_SET, "job:1", {"low_url": WEBHOOK}, {"low_url": WEBHOOK + "d"})
    assert (moved.before, moved.after) == ('{"low_url":"https://hooks.example:8443"}',) * 2
    odd = change_of(WHO, Deed.JOB_SET, "job:1", {"low_url": "hooks.example/s3cret"}, {"low_url": ""})
    assert (odd.before, odd.after) == ('{"low_url":"changed"}', '{"low_url":""}')


def test_a_very_long_side_is_kept_as_its_hash():
    entry = change_of(WHO, Deed.ACCOUNT_SET, "account:1", None, {"text": "x" * MOST_CHARACTERS})
    full = canonical({"text": "x" * MOST_CHARACTERS})
    assert json.loads(entry.after) == {"sha256": hashlib.sha256(full.encode()).hexdigest(), "characters": len(full)}


def test_a_whole_chain_ends_where_it_ends():
    entries = chain()
    assert last(entries) == ChainEnd(6, entries[-1].hash)


FIELDS: dict[str, object] = {
    "at": AT - timedelta(microseconds=1),
    "cell": 2,
    "hash": b"x" * 32,
    "previous": b"x" * 32,
    "deed": "account.get",
    "subject": "account:99",
    "before": '{"weight":99}',
    "after": "null",
    **dict.fromkeys(("role", "name", "via", "address", "through"), "x"),
    "actor_id": 4,
}


def tampered(entry: ChainedEntry, field: str, value: object) -> ChainedEntry:
    """Return an entry of which one field is another one."""
    if field in ChainedEntry.__struct_fields__:
        return msgspec.structs.replace(entry, **{field: value})
    if field in Actor.__struct_fields__:
        actor = msgspec.structs.replace(entry.entry.actor, **{field: value})
        return msgspec.structs.replace(entry, entry=msgspec.structs.replace(entry.entry, actor=actor))
    return msgspec.structs.replace(entry, entry=msgspec.structs.replace(entry.entry, **{field: value}))


def test_every_field_of_an_entry_is_tried():
    names = {*ChainedEntry.__struct_fields__, *Actor.__struct_fields__, *TrailEntry.__struct_fields__}
    assert names - {"entry", "actor", "number"} == set(FIELDS)


@pytest.mark.parametrize("field", sorted(FIELDS))
@pytest.mark.parametrize("place", range(6))
def test_each_altered_field_of_any_entry_is_found_by_its_number(field: str, place: int):
    entries = chain()
    entries[place] = tampered(entries[place], field, FIELDS[field])
    flaw = last(entries)
    assert isinstance(flaw, Flaw)
    assert (flaw.number, "altered" in flaw.said) == (place + 1, True)


@pytest.mark.parametrize("place", range(5))
def test_an_entry_that_was_altered_and_hashed_anew_is_named_and_not_the_next_one(place: int):
    entries = chain()
    found = tampered(entries[place], "name", "somebody else")
    text = written(found.cell, found.at, found.entry)
    entries[place] = msgspec.structs.replace(found, hash=link_hash(found.previous, found.number, text))
    flaw = last(entries)
    assert (flaw.number, "hashed anew" in flaw.said) == (place + 1, True)


@given(st.integers(0, 4), st.integers(1, 5))
def test_what_is_missing_within_is_named(first: int, many: int):
    entries = chain()
    kept = entries[:first] + entries[first + many :]
    found = last(kept) if kept else None
    if first + many < len(entries):
        assert found == Flaw(first + 1, "is missing")


@given(st.permutations(range(6)).filter(lambda order: list(order) != sorted(order)))
def test_entries_that_changed_places_are_found_at_the_first_of_them(order: list[int]):
    entries = chain()
    first = next(place for place, other in enumerate(order) if place != other)
    moved = [msgspec.structs.replace(entries[other], number=place + 1) for place, other in enumerate(order)]
    assert last(moved).number == first + 1


@given(TEXTS, TEXTS, NUMBERS)
def test_two_entries_that_differ_are_never_written_alike(name: str, subject: str, number: int):
    one = change_of(Actor(role="a", name=name), Deed.ACCOUNT_SET, subject, None, {"n": number})
    two = change_of(Actor(role="a", name=name + "x"), Deed.ACCOUNT_SET, subject, None, {"n": number})
    assert written(1, AT, one) != written(1, AT, two)
    assert written(1, AT, one) != written(1, AT, msgspec.structs.replace(one, subject=subject + "x"))
    assert json.loads(written(1, AT, one))["actor"]["name"] == name
