"""Sealing: only the same key and the same name open again, and nothing can be changed in between."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.sealing import KEY_BYTES, Sealer, new_sealing_key, sealers

KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


@given(KEYS, st.text(), st.binary())
def test_what_is_sealed_is_opened_again(key: bytes, name: str, clear: bytes):
    assert Sealer(key).open(name, Sealer(key).seal(name, clear)) == clear


@given(KEYS, st.binary(min_size=16))
def test_nothing_of_it_can_be_read_and_no_two_are_alike(key: bytes, clear: bytes):
    first, second = (Sealer(key).seal("pictures", clear) for _ in range(2))
    assert first != second
    assert clear not in first
    assert key not in first + Sealer(key).key_id


@given(KEYS, st.binary(), st.integers(0), st.integers(1, 255))
def test_a_changed_byte_is_noticed(key: bytes, clear: bytes, place: int, by: int):
    sealed = bytearray(Sealer(key).seal("pictures", clear))
    sealed[place % len(sealed)] ^= by
    with pytest.raises(ValueError, match="was changed"):
        Sealer(key).open("pictures", bytes(sealed))


@pytest.mark.parametrize("text", [b"", b"short", bytes(12), bytes(28)])
def test_what_was_never_sealed_is_not_opened(text: bytes):
    with pytest.raises(ValueError, match="was changed"):
        Sealer(bytes(KEY_BYTES)).open("pictures", text)


def test_another_row_or_another_key_opens_nothing():
    sealed = Sealer(bytes(KEY_BYTES)).seal("pictures", b"secret")
    for sealer, name in ((Sealer(bytes(KEY_BYTES)), "webhooks"), (Sealer(b"k" * KEY_BYTES), "pictures")):
        with pytest.raises(ValueError, match="was changed"):
            sealer.open(name, sealed)


def test_a_text_may_hold_several_keys():
    first, second = new_sealing_key(), new_sealing_key()
    ring = sealers(f"{first}\n  {second}\n")
    assert [sealer.key_id for sealer in ring] == [Sealer(base64.b64decode(key)).key_id for key in (first, second)]


@pytest.mark.parametrize("text", ["", "\n", "x", "A" * 42, "A" * 44, "A" * 43, f"{'A' * 43}= !", "=" * 44])
def test_what_is_no_key_is_refused(text: str):
    with pytest.raises(ValueError, match="key"):
        sealers(text)
