"""Strategies that all contracts share: JSON as people write it wrongly, pictures that are none, multipart bodies."""

import base64
import io
import json
import string
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from PIL import Image

# Written as they stand, no number of Python's: what readers of numbers trip over.
NUMBERS = (
    *("0", "-0", "1", "-1", "1.0", "0.5", "1e2", "1E400", "-1e400", "1e-400", "01", "+1", "1.", ".5", "0x10", "1_000"),
    *("2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "18446744073709551616"),
    *("9" * 400, "0." + "1" * 400, "1e" + "9" * 20, "NaN", "Infinity", "-Infinity", "٣", "１２", "true1", "nul"),
)
TEXTS = (
    "",
    " ",
    "\0",
    "\ufeff",
    "\u200b",
    "\u202e",
    "e\u0301",
    "👨‍👩‍👧",
    "𠈊",
    "\ud800",
    "'\"<>&",
    "../..",
    "%00",
    "1" * 5_000,
)
KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO", "PPM", "TGA")
CODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "shift_jis", "gb18030")


FILE_NAMES = (
    *(b'; filename="a.png"', b"; filename=a.png", b'; filename=""', b"; filename*=UTF-8''%e5%9b%be.png", b""),
    *(b'; filename="a\\"b.png"', b'; filename="' + b"a" * 3_000 + b'"', b"; filename*=x", b'; filename="a'),
    b'; filename="=?utf-8?B?5Zu+?="',
)
PART_HEADERS = (
    *(b"Content-Type: image/png", b"Content-Type: text/plain; charset=utf-16", b"Content-Type: multipart/mixed"),
    *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"X: " + b"a" * 9_000),
    *(b":", b"\xff: \xff", b"a"),
)


class Verbatim(str):
    """Written into JSON as it stands."""


texts = st.one_of(st.sampled_from(TEXTS), st.text(max_size=40))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts, st.sampled_from(NUMBERS).map(Verbatim))
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)
deep = st.integers(2, 100_000).map(lambda depth: Verbatim("[" * depth + "]" * depth))


def json_text(value: Any) -> str:
    """Return a value as JSON text; `Verbatim` stands as it is."""
    if isinstance(value, Verbatim):
        return value
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{json_text(found)}" for name, found in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return json.dumps(value)


@st.composite
def changed(draw: st.DrawFn, plain: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """An object like ``plain`` with some members changed, left out or added."""
    found = dict(plain)
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.one_of(st.sampled_from(sorted({*plain, *names})), texts))
        if draw(st.booleans()):
            found[name] = draw(st.one_of(anything, deep))
        else:
            found.pop(name, None)
    return found


@st.composite
def encoded(draw: st.DrawFn, value: Any) -> bytes:
    """A JSON body: nearly always UTF-8, sometimes another coding, cut off or with something behind it."""
    text = json_text(value)
    how = draw(st.integers(0, 19))
    if how == 0:
        return text.encode(draw(st.sampled_from(CODINGS)), "replace")
    if how == 1:
        return text.encode("utf-8", "replace")[: draw(st.integers(0, len(text)))]
    if how == 2:
        return text.encode("utf-8", "replace") + draw(st.binary(max_size=8))
    return text.encode("utf-8", "replace")


def seed(kind: str, size: tuple[int, int] = (33, 20), mode: str = "RGB") -> bytes:
    """Return a small picture of our own."""
    picture, file = Image.linear_gradient("L").resize(size).convert(mode), io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


SEEDS = [seed(kind) for kind in KINDS] + [seed("PNG", mode=mode) for mode in ("1", "L", "P", "RGBA", "LA", "I;16")]


@st.composite
def pictures(draw: st.DrawFn) -> bytes:
    """A picture, whole or damaged: bytes overwritten, taken out, put in, doubled; cut off; noise behind it."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 16))
        how = draw(st.sampled_from(["overwrite", "take", "put", "double", "cut", "size"]))
        if how == "cut":
            del data[place:]
        elif how == "take":
            del data[place : place + length]
        elif how == "double":
            data[place:place] = data[place : place + 8 * length]
        elif how == "put":
            data[place:place] = draw(st.binary(max_size=16))
        elif how == "size":
            data[place : place + 4] = draw(
                st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\1"])
            )
        else:
            data[place : place + 2] = draw(st.binary(min_size=2, max_size=2))
    return bytes(data)


@st.composite
def base64_texts(draw: st.DrawFn, data: st.SearchStrategy[bytes]) -> str:
    """Base64 as clients write it: lines, blanks, no padding, the other alphabet, a data address; or nothing of it."""
    text = base64.b64encode(draw(data)).decode()
    how = draw(st.integers(0, 9))
    if how == 0:
        return "\r\n".join(text[n : n + 76] for n in range(0, len(text), 76))
    if how == 1:
        return text.replace("+", draw(st.sampled_from([" ", "-", "%2B", "\t"]))).replace("/", "_")
    if how == 2:
        return text.rstrip("=")
    if how == 3:
        return (
            draw(st.sampled_from(["data:image/png;base64,", "data:,", "data:image/svg+xml;base64,", "base64,"])) + text
        )
    if how == 4:
        return text[: draw(st.integers(0, len(text)))] + draw(texts)
    return text


@st.composite
def multipart(draw: st.DrawFn, parts: Sequence[tuple[str, str | bytes]]) -> tuple[str, bytes]:
    """A form as (content type, body): nearly as it should be, with what clients and their enemies do to its heads."""
    boundary = draw(
        st.one_of(st.just("fuzz"), st.text(string.ascii_letters + "'()+_,-./:=? ", min_size=1, max_size=75))
    )
    end = draw(st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r"]))
    lines: list[bytes] = [draw(st.sampled_from([b""] * 8 + [b"preamble", b"\r\n"]))] if draw(st.booleans()) else []
    for name, value in parts:
        data = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
        subscript = draw(st.sampled_from([""] * 8 + ["[]", "[0]", "[a]", "[][]", "[", "]"]))
        head = f'Content-Disposition: form-data; name="{name}{subscript}"'.encode("utf-8", "replace")
        if isinstance(value, bytes):
            head += draw(st.sampled_from(FILE_NAMES))
        more = draw(st.lists(st.sampled_from(PART_HEADERS), max_size=2))
        lines += [b"--" + boundary.encode(), draw(st.sampled_from([head] * 9 + [head.upper(), b""])), *more, b"", data]
    lines += [b"--" + boundary.encode() + draw(st.sampled_from([b"--"] * 9 + [b"", b"-"])), b""]
    quoted = draw(st.sampled_from([boundary, f'"{boundary}"', "", '"', boundary + "; charset=utf-8"]))
    kind = draw(
        st.sampled_from(
            ["multipart/form-data; boundary="] * 9 + ["multipart/mixed; boundary=", "Multipart/Form-Data;Boundary="]
        )
    )
    return kind + quoted, end.join(lines)
