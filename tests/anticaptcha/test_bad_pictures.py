"""Pictures that are none: refused from their first bytes, with the documented error, and nothing is left behind."""

import base64
import io
import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from manyeyes.tasks.pictures import Picture, inspect
from manyeyes.values.refusals import Refusal
from support import factories
from support.anticaptcha_contract import assert_error
from support.in_process_client import Client


def png(width: int, height: int, idat: bytes = b"") -> bytes:
    """A PNG whose header promises ``width`` x ``height`` pixels, whatever its data holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    idat = idat or zlib.compress(bytes(1000))
    comment = chunk(b"tEXt", b"Comment\0" + b"x" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + comment + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def gif(width: int, height: int) -> bytes:
    drawn = io.BytesIO()
    Image.new("P", (50, 50)).save(drawn, "GIF")
    return b"GIF89a" + struct.pack("<HH", width, height) + drawn.getvalue()[10:].ljust(200, b"\0")


def jpeg(width: int, height: int) -> bytes:
    data = factories.picture_bytes(kind="JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


GIF_BOMB = (b"GIF87a\0\0\0\x07\0\0\0,\0\xda").ljust(100, b"\0")  # its frame reaches far beyond its screen
NOISE = random.Random(7).randbytes
PICTURES = {
    "99 bytes": (b64(factories.picture_bytes()[:99]), 3),
    "nothing": ("", 3),
    "500,001 bytes": (b64(factories.picture_bytes().ljust(500_001, b"\0")), 4),
    "900,000 bytes": (b64(NOISE(900_000)), 4),
    "PNG of 60,000 x 60,000": (b64(png(60_000, 60_000)), 4),
    "PNG of 2^31-1 x 2^31-1": (b64(png(2**31 - 1, 2**31 - 1)), 4),
    "GIF of 65,535 x 65,535": (b64(gif(65_535, 65_535)), 4),
    "GIF whose frame is too large": (b64(GIF_BOMB), 4),
    "JPEG of 65,000 x 65,000": (b64(jpeg(65_000, 65_000)), 4),
    "PNG of 0 x 0": (b64(png(0, 0)), 15),
    "PNG that ends in its header": (b64((b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + bytes(5)).ljust(100, b"\0")), 15),
    "JPEG that ends in its header": (b64(factories.picture_bytes(kind="JPEG")[:120]), 15),
    "GIF that ends in its header": (b64(b"GIF89a".ljust(100, b"\0")), 15),
    "PNG signature and noise": (b64(b"\x89PNG\r\n\x1a\n" + NOISE(500)), 15),
    "noise": (b64(NOISE(500)), 15),
    "text": (b64(b"hello " * 50), 15),
    "SVG": (b64(b"<svg xmlns='http://www.w3.org/2000/svg'/>".ljust(200)), 15),
    "HTML": (b64(b"<html><script>alert(1)</script></html>".ljust(200)), 15),
    "WebP": (b64(factories.picture_bytes(kind="WEBP", size=(300, 300)).ljust(200, b"\0")), 15),
    "BMP": (b64(factories.picture_bytes(kind="BMP")), 15),
    "data: prefix": ("data:image/png;base64," + b64(factories.picture_bytes()), 15),
    "DATA: prefix after a space": (" DATA:image/png;base64," + b64(factories.picture_bytes()), 15),
    "no base64": ("!" * 400, 15),
    "base64 cut short": (b64(factories.picture_bytes())[:-2], 15),
    "letters outside ASCII": ("é" * 400, 15),
}


@pytest.mark.parametrize("name", PICTURES)
async def test_a_picture_that_is_none_is_refused(calm: Client, nothing_left, name):
    body, error = PICTURES[name]
    customer = await factories.customer(calm.context)
    async with nothing_left():
        assert_error(
            await factories.call(calm, "createTask", customer, task=factories.image_task() | {"body": body}), error
        )


PRISTINE = {kind: factories.picture_bytes(kind=kind) for kind in ("PNG", "JPEG", "GIF")}


@settings(max_examples=400, deadline=None)
@given(
    kind=st.sampled_from(list(PRISTINE)),
    changes=st.lists(st.tuples(st.integers(0, 200), st.binary(min_size=1, max_size=8)), max_size=4),
    cut=st.integers(100, 2000),
)
def test_a_damaged_header_is_read_or_refused_and_never_breaks_anything(kind, changes, cut):
    data = bytearray(PRISTINE[kind])
    for at, piece in changes:
        data[at : at + len(piece)] = piece
    found = inspect(bytes(data[:cut]).ljust(100, b"\0"))
    assert isinstance(found, (Picture, Refusal))


@settings(max_examples=300, deadline=None)
@given(
    magic=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"]), rest=st.binary(max_size=300)
)
def test_noise_after_a_magic_number_never_breaks_anything(magic, rest):
    assert isinstance(inspect((magic + rest).ljust(100, b"\0")), (Picture, Refusal))
