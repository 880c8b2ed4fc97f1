"""Whole or broken, still or moving: told from a picture's structure alone."""

import contextlib
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from manyeyes.recognisers import picture_structure
from support.drawn_pictures import animated, painting, promising, written

FILES = {"png": written(painting(), "PNG"), "jpg": written(painting(), "JPEG"), "gif": written(painting(), "GIF")}
PREVIEW = written(painting(40, 30), "JPEG")


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


@pytest.mark.parametrize("media", FILES)
def test_a_still_picture_has_one_frame(media: str):
    assert picture_structure.frames(media, FILES[media]) == 1


@pytest.mark.parametrize(("media", "name"), [("png", "PNG"), ("gif", "GIF")])
def test_a_film_has_many(media: str, name: str):
    assert picture_structure.frames(media, animated(name, 3)) == 2
    assert picture_structure.frames(media, animated(name, 30)) == 2


@given(media=st.sampled_from(sorted(FILES)), part=st.floats(0, 1, exclude_max=True))
def test_what_is_cut_off_anywhere_is_broken_or_can_still_be_decoded(media: str, part: float):
    data = FILES[media][: int(len(FILES[media]) * part)]
    try:
        picture_structure.frames(media, data)
    except picture_structure.Broken:
        return
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()


@pytest.mark.parametrize("media", FILES)
def test_what_lost_its_last_tenth_is_broken(media: str):
    with pytest.raises(picture_structure.Broken, match="truncated"):
        picture_structure.frames(media, FILES[media][: len(FILES[media]) * 9 // 10])


def test_the_end_of_a_preview_is_not_the_pictures_end():
    segment = b"\xff\xe1" + (len(PREVIEW) + 2).to_bytes(2, "big") + PREVIEW
    whole = FILES["jpg"][:2] + segment + FILES["jpg"][2:]
    assert picture_structure.frames("jpg", whole) == 1
    with pytest.raises(picture_structure.Broken, match="end marker"):
        picture_structure.frames("jpg", whole[:-50])


def test_what_follows_the_end_does_not_matter():
    assert all(picture_structure.frames(media, data + b"a camera's own notes") == 1 for media, data in FILES.items())


def test_a_damaged_chunk_is_found():
    data = bytearray(FILES["png"])
    data[data.index(b"IDAT") + 20] ^= 0xFF
    with pytest.raises(picture_structure.Broken, match="chunk 'IDAT' is damaged"):
        picture_structure.frames("png", bytes(data))


@given(media=st.sampled_from(sorted(FILES)), noise=st.binary(max_size=300))
def test_noise_behind_a_header_ends_in_an_answer(media: str, noise: bytes):
    with contextlib.suppress(picture_structure.Broken):
        assert picture_structure.frames(media, FILES[media][:13] + noise) in (1, 2)


def test_a_promise_is_whole_whatever_it_promises():
    assert picture_structure.frames("png", promising(10_000, 10_000)) == 1


HOSTILE = {
    "jpg": (2, [b"\xff", b"\xff\xd0", b"\xff\xfe\x00\x02"]),
    "png": (33, [chunk(b"teXt"), chunk(b"IDAT")]),
    "gif": (13, [b"\x21\xfe\x00", b"\x21\xfe" + b"\x01a" * 100_000 + b"\x00"]),
}


@pytest.mark.parametrize(("media", "piece"), [(media, piece) for media, (_, all_) in HOSTILE.items() for piece in all_])
def test_what_is_made_of_tiny_pieces_is_broken_and_not_walked_through(media: str, piece: bytes):
    whole, at = FILES[media], HOSTILE[media][0]
    if media == "gif":  # after the colours that its header announces
        at += 3 * 2 ** ((whole[10] & 7) + 1) if whole[10] & 0x80 else 0
    many = piece * (1 + 1_200_000 // len(piece))
    with pytest.raises(picture_structure.Broken, match="more pieces"):
        picture_structure.frames(media, whole[:at] + many + whole[at:])


def test_what_unpacks_to_much_is_a_childs():
    texts = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000))) * 30
    assert picture_structure.frames("png", FILES["png"][:33] + texts + FILES["png"][33:]) == 2


def test_a_heavy_header_is_a_childs():
    notes = (b"\xff\xed\xff\xff" + bytes(65_533)) * 31
    assert picture_structure.frames("jpg", FILES["jpg"][:2] + notes + FILES["jpg"][2:]) == 2
