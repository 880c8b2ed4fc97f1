"""Archives and forms into items: what packers and browsers write, and what is packed to do harm."""

import io
import stat
import struct
import zipfile
import zlib
from typing import Any

import pytest

from manyeyes.job_files import archives
from manyeyes.job_files.archives import Archive
from manyeyes.job_files.forms import FormFiles
from manyeyes.job_files.items import FileItem, LineFault, PassedOver, UnreadableFile
from support.factories import picture_bytes
from support.item_files import archive

PICTURE = picture_bytes()


def found_in(data: bytes) -> list[Any]:
    """Return what an archive holds; what ends it is the last of them."""
    found: list[Any] = []
    try:
        found += Archive(io.BytesIO(data)).items()
    except UnreadableFile as unreadable:
        found.append(unreadable.finding)
    return found


def entry(name: str, **given: Any) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    for field, value in given.items():
        setattr(made, field, value)
    return made


def packed(*files: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as opened:
        for name, data in files:
            opened.writestr(name, data)
    return out.getvalue()


def test_pictures_of_an_archive_are_items_in_its_order_and_the_rest_is_passed_over():
    files = [("b/2.png", PICTURE), ("a/", b""), ("a/1", PICTURE), ("__MACOSX/b/._2.png", b"x"), (".DS_Store", b"x")]
    found = found_in(archive([*files, ("read.me", b"no picture"), ("empty.jpg", b""), ("x.webp", b"RIFF")]))
    assert found == [
        FileItem(line=1, external_id="b/2.png", picture=PICTURE),
        FileItem(line=3, external_id="a/1", picture=PICTURE),
        PassedOver("__MACOSX/b/._2.png"),
        PassedOver(".DS_Store"),
        PassedOver("read.me"),
        FileItem(line=7, external_id="empty.jpg"),
        FileItem(line=8, external_id="x.webp", picture=b"RIFF"),
    ]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("../x.png", PICTURE, "lies outside of its folder"),
        ("/etc/x.png", PICTURE, "absolute path"),
        ("C:\\x.png", PICTURE, "absolute path"),
        (entry("link.png", external_attr=(stat.S_IFLNK | 0o777) << 16), b"/etc/passwd", "symbolic link"),
        (entry("slow.png", compress_type=zipfile.ZIP_LZMA), PICTURE, "use deflate"),
        ("inner.zip", archive({"a.png": PICTURE}), "an archive in an archive"),
        ("inner.png", archive({"a.png": PICTURE}), "an archive in an archive"),
        ("large.png", PICTURE + bytes(500_000), "a picture has at most 500000"),
        ("x" * 501 + ".png", PICTURE, "more than 500 characters"),
    ],
)
def test_what_no_folder_of_pictures_holds_is_told_with_its_number(name: Any, data: bytes, said: str):
    good, wrong = found_in(packed(("good.png", PICTURE), (name, data)))
    assert isinstance(good, FileItem)
    assert isinstance(wrong, LineFault)
    assert wrong.line == 2
    assert said in wrong.detail


def test_an_encrypted_file_is_told():
    data = bytearray(archive({"a.png": PICTURE}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    (wrong,) = found_in(bytes(data))
    assert wrong.detail == "a.png: it is encrypted; pack it without a password"


def test_a_file_without_a_name_is_passed_over():
    data = packed(("a", b"text" * 40), ("b.png", PICTURE))
    at = data.find(b"PK\x01\x02")
    nameless = data[: at + 28] + b"\x00\x00" + data[at + 30 : at + 46] + data[at + 47 :]  # the list has one byte less
    end = nameless.rfind(b"PK\x05\x06")
    size = int.from_bytes(nameless[end + 12 : end + 16], "little") - 1
    nameless = nameless[: end + 12] + size.to_bytes(4, "little") + nameless[end + 16 :]
    assert found_in(nameless) == [PassedOver(""), FileItem(line=2, external_id="b.png", picture=PICTURE)]


def test_a_name_with_nul_is_not_cut_off_there():
    data = archive({"a.pngX.exe": PICTURE}).replace(b"a.pngX.exe", b"a.png\x00.exe")
    (wrong,) = found_in(data)
    assert "NUL" in wrong.detail


@pytest.mark.parametrize(
    ("raw", "extra", "name"),
    [
        ("ä.png".encode(), b"", "ä.png"),  # macOS: UTF-8 that is not said to be
        ("ä.png".encode("cp437"), b"", "ä.png"),
        (
            "д.png".encode("cp866"),
            struct.pack("<HHBI", 0x7075, 5 + len("д.png".encode()), 1, zlib.crc32("д.png".encode("cp866")))
            + "д.png".encode(),
            "д.png",
        ),
    ],
)
def test_names_are_read_as_they_were_meant(raw: bytes, extra: bytes, name: str):
    stand_in = "x" * len(raw)
    data = packed((entry(stand_in, extra=extra), PICTURE)).replace(stand_in.encode(), raw)
    (item,) = found_in(data)
    assert item.external_id == name


def test_a_bomb_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch):
    bomb = packed(*((f"{n}.png", bytes(490_000)) for n in range(40)), method=zipfile.ZIP_DEFLATED)
    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "open", None)
        (ended,) = found_in(bomb)
    assert (ended.line, "times its size" in ended.detail) == (0, True)
    monkeypatch.setattr(archives, "LARGEST_UPLOAD", 1_000_000)
    (ended,) = found_in(packed(*((f"{n}.png", bytes(490_000)) for n in range(3))))
    assert ended.detail == "its files have 1470000 bytes together, at most 1000000 are taken"


def test_a_list_of_too_many_files_is_counted_before_it_is_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "MOST_ITEMS", 5)
    assert len(found_in(archive({f"{n}.png": PICTURE for n in range(5)}))) == 5
    monkeypatch.setattr(zipfile.ZipFile, "infolist", None)
    (ended,) = found_in(archive({f"{n}.png": PICTURE for n in range(6)}))
    assert "more than 5 files" in ended.detail
    monkeypatch.setattr(archives, "LARGEST_LIST", 100)
    (ended,) = found_in(archive({f"{n}.png": PICTURE for n in range(3)}))
    assert "its list of files has" in ended.detail


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 1000, archive({"a.png": PICTURE})[:-30]])
def test_what_is_no_archive_says_so(data: bytes):
    (ended,) = found_in(data)
    assert "it is no ZIP archive that can be read" in ended.detail


def test_a_damaged_file_is_told_and_the_others_are_read():
    data = archive({"a.png": PICTURE, "b.png": PICTURE})
    at = data.index(PICTURE)
    wrong, good = found_in(data[: at + 50] + b"\xff\x00\xff" + data[at + 53 :])
    assert "it cannot be unpacked" in wrong.detail
    assert good.external_id == "b.png"


def form(*parts: bytes, end: bytes = b"--B--\r\n") -> bytes:
    return b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + end


def part(disposition: str, data: bytes, *more: str) -> bytes:
    head = "\r\n".join([f"Content-Disposition: form-data; {disposition}", *more])
    return head.encode() + b"\r\n\r\n" + data


def form_found(body: bytes, first: int = 1, content_type: str = "multipart/form-data; boundary=B") -> list[Any]:
    found: list[Any] = []
    try:
        reader = FormFiles(content_type, first)
        for at in range(0, len(body), 100):
            found += reader.feed(body[at : at + 100])
        found += reader.end()
    except UnreadableFile as unreadable:
        found.append(unreadable.finding)
    return found


def test_files_of_a_form_are_items():
    found = form_found(
        form(
            part('name="files"; filename="ord/ä.png"', PICTURE, "Content-Type: image/png"),
            part('name="note"', b"hello"),
            part('name="files"; filename="b.txt"', b"hello"),
            part("name=\"files\"; filename*=UTF-8''%C3%B6.png", PICTURE),
            part('name="files"; filename=""', b""),
            part('name="files"; filename="../x.png"', PICTURE),
            part('name="files"; filename="large.png"', bytes(1_000_001)),
        )
    )
    assert found[:4] == [
        FileItem(line=1, external_id="ord/ä.png", picture=PICTURE),
        PassedOver("note"),
        PassedOver("b.txt"),
        FileItem(line=4, external_id="ö.png", picture=PICTURE),
    ]
    assert [(each.line, each.pointer) for each in found[5:]] == [(6, ""), (7, "/picture")]


def test_parts_of_a_form_that_goes_on_are_counted_on():
    two = form(*(part(f'name="f"; filename="{n}.png"', PICTURE) for n in range(2)))
    assert [each.line for each in form_found(two, 8)] == [8, 9]


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (form(part('name="f"; filename="a.png"', PICTURE), end=b""), "multipart/form-data; boundary=B", "has no end"),
        (b"nothing of that kind" * 10, "multipart/form-data; boundary=B", "no multipart body"),
        (b"", "multipart/form-data", "names no boundary"),
        (
            form(part('name="f"', b"", *(f"X{n}: {'x' * 3_000}" for n in range(6)))),
            "multipart/form-data; boundary=B",
            "more than 16384",
        ),
    ],
)
def test_a_form_that_cannot_be_read_says_so(body: bytes, content_type: str, said: str):
    assert said in form_found(body, content_type=content_type)[-1].detail
