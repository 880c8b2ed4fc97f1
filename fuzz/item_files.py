"""Files of items for jobs' drafts: JSON lines, CSV, archives and forms, nearly right, whole or damaged."""

import io
import json
import zipfile
from typing import Any

from hypothesis import strategies as st

from fuzz.inputs import Input, named, request
from fuzz.values import base64_texts, changed, encoded, multipart, pictures

JSONL, CSV, ZIP = "application/jsonl", "text/csv", "application/zip"
NAMES = ("external_id", "picture", "picture_url", "comment", "truth")
KEYS = st.sampled_from(["", "file", "other", "a b", "é", "x" * 256])
FROM_LINES = st.sampled_from(["", "1", "2", "3", "0", "-1", "x", "99999999999"])
PATHS = st.sampled_from(
    ["a.png", "b/a.jpg", "../a.png", "/a.png", "C:\\a.png", "a\x01.png", "é/ü.gif", "x.zip", "a/" * 300]
)


@st.composite
def _lines(draw: st.DrawFn) -> bytes:
    plain = {"external_id": "a", "picture_url": "https://pictures.invalid/a.png", "comment": "left", "truth": "1"}
    lines = []
    for n in range(draw(st.integers(0, 4))):
        line: dict[str, Any] = draw(changed({**plain, "external_id": f"a{n}"}, NAMES))
        if draw(st.booleans()):
            line.pop("picture_url", None)
            line["picture"] = draw(base64_texts(pictures()))
        lines.append(draw(encoded(line)))
    ending = draw(st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\r", b""]))
    return ending.join([*lines, b""])


@st.composite
def _tables(draw: st.DrawFn) -> bytes:
    cell = st.one_of(st.text(max_size=9), st.sampled_from(['"', '"a', "https://x.invalid/a.png", "", "=1+1", "\x00"]))
    sign = draw(st.sampled_from([",", ";", "\t", "|"]))
    head = draw(
        st.sampled_from([NAMES, ("external_id", "picture_url"), ("url",), ("picture_url", "picture_url"), ("x",)])
    )
    rows = [head, *draw(st.lists(st.lists(cell, min_size=0, max_size=6), max_size=4))]
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(sign.join(row) for row in rows)
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])), "surrogatepass")


@st.composite
def _archives(draw: st.DrawFn) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))) as archive:
        for path in draw(st.lists(PATHS, max_size=4, unique=True)):
            archive.writestr(path, draw(st.one_of(pictures(), st.just(bytes(3_000_000)))))
    data = bytearray(packed.getvalue())
    for _ in range(draw(st.sampled_from([0, 0, 1, 3]))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.sampled_from([len(data), len(data), len(data) // 2, len(data) - 1]))])


@st.composite
def items(draw: st.DrawFn) -> Input:
    """A file sent into a draft, or into a job that is none any more, from its beginning or going on."""
    kind = draw(st.sampled_from([JSONL, CSV, ZIP, "form"]))
    if kind == "form":
        parts = [
            (draw(st.sampled_from(["picture", "file", ""])), draw(pictures())) for _ in range(draw(st.integers(0, 3)))
        ]
        said, body = draw(multipart(parts))
    else:
        body = draw({JSONL: _lines, CSV: _tables, ZIP: _archives}[kind]())
        said = draw(st.sampled_from([kind, kind, kind, JSONL, CSV, ZIP, f"{kind}; charset=utf-16", "image/png", ""]))
    from_line = draw(FROM_LINES)
    path = f"/v1/jobs/{named('draft')}/items" + (f"?from_line={from_line}" if from_line else "")
    headers = {"authorization": f"Bearer {named('client_key')}", "content_type": said}
    if key := draw(KEYS):
        headers["upload_key"] = key
    return request("POST", path, body, **headers)


def question() -> bytes:
    """Return the body of a draft that takes what is sent."""
    return json.dumps({"name": "fuzz", "question": {"kind": "text", "words": "What is it?"}}).encode()
