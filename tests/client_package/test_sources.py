"""What the client takes out of folders, archives, rows and lines, and what it says of the rest."""

import base64
import json
import os
import zipfile
from pathlib import Path

import pytest

from manyeyes_client.errors import WrongSource
from manyeyes_client.sources import Source
from support.made_pictures import noted

PNG = noted()
WEBP = b"RIFF\x00\x01\x00\x00WEBPVP8 " + bytes(200)
TIFF = b"II*\x00" + bytes(200)
HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(200)


def fill(folder: Path) -> None:
    files = {
        "b.png": PNG,
        "a/2.PNG": PNG,
        "a/1.bin": PNG,
        "notes.txt": b"BMW is a car",
        "scan.tif": TIFF,
        "phone.heic": HEIC,
        "web.webp": WEBP,
        "empty.jpg": b"",
        "large.png": PNG + bytes(500_000),
        ".DS_Store": b"x",
        "__MACOSX/b.png": PNG,
        "Thumbs.db": b"x",
        ".git/1.png": PNG,
    }
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(data)


def told(source: Source) -> dict[str, str]:
    return {item.external_id: item.unfit for item in source}


UNFIT = {
    "empty.jpg": "the file is empty",
    "large.png": "at most 500,000",
    "phone.heic": "HEIC",
    "scan.tif": "TIFF",
    "web.webp": "WebP",
}


def check_filled(source: Source, passed: list[tuple[str, str]]) -> None:
    found = told(source)
    assert sorted(name for name, unfit in found.items() if not unfit) == ["a/1.bin", "a/2.PNG", "b.png"]
    assert {name for name, unfit in found.items() if unfit} == set(UNFIT)
    for name, words in UNFIT.items():
        assert words in found[name]
    assert ("notes.txt", "no picture") in passed


def test_a_folder_is_its_pictures_in_a_stable_order(tmp_path: Path):
    fill(tmp_path)
    passed: list[tuple[str, str]] = []
    source = Source(tmp_path, lambda *told: passed.append(told))
    check_filled(source, passed)
    assert list(told(source)) == list(told(source))
    lines = [json.loads(item.line()) for item in source.fit()]
    assert {line["external_id"] for line in lines} == {"a/1.bin", "a/2.PNG", "b.png"}
    assert all(base64.b64decode(line["picture"]) == PNG for line in lines)


def test_a_zip_is_its_pictures_too(tmp_path: Path):
    fill(tmp_path / "in")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in sorted((tmp_path / "in").rglob("*")):
            archive.write(path, path.relative_to(tmp_path / "in"))
    passed: list[tuple[str, str]] = []
    check_filled(Source(tmp_path / "all.zip", lambda *told: passed.append(told)), passed)


def test_the_key_is_the_contents_and_not_the_place(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(PNG)
    one, two = Source(tmp_path / "one"), Source(tmp_path / "two")
    assert one.key() == two.key()
    (tmp_path / "two" / "notes.txt").write_text("no picture")
    assert one.key() == two.key()
    (tmp_path / "two" / "2.png").write_bytes(PNG)
    assert one.key() != two.key()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_are_read_whatever_program_wrote_them(tmp_path: Path, encoding: str, delimiter: str):
    rows = [("URL", "external_id", "comment"), ("https://x/1.png", "ä1", '"left; right, ""up"""'), ("https://x/2.png",)]
    text = "\r\n".join(delimiter.join(row) for row in rows) + "\r\n\r\n"
    (tmp_path / "list.csv").write_bytes(text.encode(encoding))
    found = [json.loads(item.line()) for item in Source(tmp_path / "list.csv")]
    assert found == [
        {"external_id": "ä1", "picture_url": "https://x/1.png", "comment": 'left; right, "up"'},
        {"external_id": "", "picture_url": "https://x/2.png"},
    ]


def test_lines_are_taken_and_empty_ones_passed_over(tmp_path: Path):
    picture = base64.b64encode(PNG).decode()
    lines: list[dict[str, object]] = [
        {"picture": picture, "external_id": "a", "truth": 7},
        {"picture_url": "s3://b/2.png"},
    ]
    text = "\ufeff" + "\n\n".join(json.dumps(line) for line in lines)
    (tmp_path / "list.jsonl").write_text(text)
    found = [json.loads(item.line()) for item in Source(tmp_path / "list.jsonl")]
    assert found == [lines[0], {"external_id": "", **lines[1]}]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"name,comment\n", "line 1: no column is named picture_url"),
        ("a.csv", b"url,colour\n", "no column 'colour'"),
        ("a.csv", b"url,picture_url\n", "named twice"),
        ("a.csv", b"", "line 1"),
        ("a.csv", b"url\nhttps://x/1.png,2\n", "line 2: it has 2 cells"),
        ("a.csv", b"url\nhttps://x/\xff\n", "utf-8"),
        ("a.csv", b"url,comment\n,x\n", "line 2: it needs a picture"),
        ("a.jsonl", b'{"picture_url": "https://x"}\n{', "line 2"),
        ("a.jsonl", b"[]", "line 1"),
        ("a.jsonl", b'{"picture_url": 3}', "texts"),
        ("a.jsonl", b'{"picture": "%%%"}', "base64"),
        ("a.jsonl", b'{"pictures": ""}', "no member 'pictures'"),
        ("a.zip", b"PK\x03\x04 no zip", "zip"),
        ("a.docx", b"word", "no folder, CSV, JSONL, ZIP or picture"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(tmp_path: Path, name: str, content: bytes, words: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongSource, match=words):
        list(Source(tmp_path / name))


def test_what_is_not_there_and_what_never_ends_are_said(tmp_path: Path):
    with pytest.raises(WrongSource, match="there is no such"):
        Source(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.png")
    assert told(Source(tmp_path)) == {"pipe.png": "the file is empty"}
