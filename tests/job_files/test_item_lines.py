"""JSON lines and tables into items: what is good in them, and each way in which a line may be wrong."""

import base64
import codecs
from collections.abc import Iterable
from typing import Any

import pytest

from manyeyes.job_files import numbered_lines
from manyeyes.job_files.csv_lines import CsvLines, ends_open
from manyeyes.job_files.items import LONGEST_LINE, FileItem, ItemReader, LineFault, UnreadableFile, named_file
from manyeyes.job_files.jsonl import JsonLines

PICTURE = base64.b64encode(b"p" * 120).decode()
TABLE = 'external_id,picture_url,comment\r\n1,https://x.example/1.png,"two\r\nlines, ""quoted"""\r\n2,s3://jar/2,\r\n'


def read(reader: ItemReader, data: bytes, at_once: int = 7) -> list[Any]:
    """Return what a reader gives of a body that comes in small pieces; what ends it is the last of them."""
    found: list[Any] = []
    try:
        for at in range(0, len(data), at_once):
            found += reader.feed(data[at : at + at_once])
        found += reader.end()
    except UnreadableFile as unreadable:
        found.append(unreadable.finding)
    return found


def told(found: Iterable[Any]) -> list[tuple[int, str]]:
    return [(each.line, each.detail if isinstance(each, LineFault) else each.external_id) for each in found]


@pytest.mark.parametrize("at_once", [1, 7, 1_000_000])
def test_items_are_the_same_in_whatever_pieces_they_come(at_once: int):
    body = f'\ufeff{{"external_id":"a","picture":"{PICTURE}"}}\r\n\n \t\n{{"external_id":7,"picture_url":"s3://jar/c"}}'
    assert read(JsonLines(), body.encode(), at_once) == [
        FileItem(line=1, external_id="a", picture=b"p" * 120),
        FileItem(line=4, external_id="7", picture_url="s3://jar/c"),
    ]


@pytest.mark.parametrize(
    ("line", "pointer", "said"),
    [
        (b"{bad", "", "it is no JSON"),
        (b"[]", "", "Expected `object`, got `array`"),
        (b'{"what":1}', "", "unknown field `what`"),
        (b'{"external_id":[],"picture_url":"https://x/y"}', "/external_id", "got `array`"),
        (b"{}", "", "picture, or else picture_url, is missing"),
        (b'{"picture":"AAAA","picture_url":"https://x/y"}', "", "give one of them"),
        (b'{"picture":"data:image/png;base64,AAAA"}', "/picture", "leave the data: prefix away"),
        (b'{"picture":"A A="}', "/picture", "no base64"),
        (b'{"picture":"AAA"}', "/picture", "no base64"),
        (b'{"picture_url":"file:///etc/passwd"}', "/picture_url", "must begin with"),
        (b'{"picture_url":"https://"}', "/picture_url", "must begin with"),
        (b'{"picture_url":"https://x/a b"}', "/picture_url", "must begin with"),
        (b'{"picture_url":"https://[x"}', "/picture_url", "no address"),
        (b'{"picture_url":"https://x/y","comment":"\\u0000"}', "/comment", "NUL"),
        (b'{"picture_url":"https://x/y","external_id":"' + b"x" * 501 + b'"}', "/external_id", "at most 500"),
        (b"\xff\xfe{\x00", "", "it is no JSON"),
        (b'{"picture_url":"https://x/y","external_id":"\xff"}', "", "it is no JSON"),
        (b'{"truth":' + b"[" * 100_000, "", "it is no JSON"),
        (b'{"picture":"' + b"A" * LONGEST_LINE + b'"}', "", "at most 1000000 bytes"),
    ],
)
def test_a_wrong_line_is_told_and_the_others_are_read(line: bytes, pointer: str, said: str):
    good = b'{"picture_url":"https://x/y"}\n'
    first, wrong, last = read(JsonLines(), good + line + b"\n" + good, 4096)
    assert (first.line, last.line) == (1, 3)
    assert (wrong.line, wrong.pointer) == (2, pointer)
    assert said in wrong.detail


def test_a_truth_keeps_the_digits_that_were_written():
    truths = [b'"x"', b"1.50", b'["a", "b"]', b'{"total": 1.50}', b"null"]
    body = b"".join(b'{"picture_url":"https://x/y","truth":%s}\n' % truth for truth in truths)
    assert [item.truth for item in read(JsonLines(), body)] == ["x", "1.50", '["a","b"]', '{"total":1.50}', ""]


def test_a_million_empty_lines_are_passed_over_and_three_million_are_too_many(monkeypatch: pytest.MonkeyPatch):
    reader = JsonLines()
    body = b"\n" * 1_000_000 + b'{"picture_url":"https://x/y"}'
    assert [item.line for item in read(reader, body, 65_536)] == [1_000_001]
    monkeypatch.setattr(numbered_lines, "MOST_LINES", 10)
    (ended,) = read(JsonLines(), b"\r\n" * 12)
    assert (ended.line, ended.detail) == (11, "a file has at most 10 lines, the empty ones too")


def test_a_body_that_goes_on_counts_on():
    reader = JsonLines(31_407)
    assert [item.line for item in read(reader, b'\n{"picture_url":"https://x/y"}\n')] == [31_408]
    assert reader.line == 31_408


@pytest.mark.parametrize("at_once", [1, 7, 1_000_000])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_table_is_read_however_a_spreadsheet_writes_it(mark: bytes, at_once: int):
    code = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(mark, "utf-8")
    reader = CsvLines()
    first, second = read(reader, mark + TABLE.encode(code), at_once)
    assert first == FileItem(
        line=2, external_id="1", picture_url="https://x.example/1.png", comment='two\nlines, "quoted"'
    )
    assert (second.line, second.external_id, reader.line) == (4, "2", 4)


@pytest.mark.parametrize(
    "table",
    [
        "url;external_id\nhttps://x/1?a=1,2;1\n",
        "url\texternal_id\nhttps://x/1?a=1,2\t1\n",
        "sep=;\r\n URL ;External_ID\r\nhttps://x/1?a=1,2;1\r\n;\r\n\r\n",
        '"picture_url","external_id"\n"https://x/1?a=1,2","1"',
    ],
)
def test_the_delimiter_is_seen_in_the_first_line(table: str):
    (item,) = read(CsvLines(), table.encode())
    assert (item.external_id, item.picture_url) == ("1", "https://x/1?a=1,2")


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        (b"name,url\n1,https://x/y\n", 1, "'name' is none"),
        (b"url,picture_url\n", 1, "names a column twice"),
        (b"external_id,comment\n", 1, "names no column picture_url"),
        (b"url\nhttps://x/y\n\xe4\n", 3, "it is no UTF-8"),
        (b'url\n"https://x/y\n\n', 2, "a quoted value has no end"),
        (b'url\n"' + b"xxxxxxxxx\n" * 110_000, 2, "is a quote left open?"),
        (codecs.BOM_UTF16_LE + b"u\x00r\x00l\x00\n\x00\x00\xd8\x00\xd8", 1, "it is none"),
        (b"url\n" + b"x" * (LONGEST_LINE + 1), 2, "at most 1000000 bytes"),
    ],
)
def test_a_table_that_cannot_be_read_on_says_from_where(table: bytes, line: int, said: str):
    ended = read(CsvLines(), table, 4096)[-1]
    assert ended.line == line
    assert said in ended.detail


def test_wrong_rows_of_a_table_are_told_and_the_others_are_read():
    table = 'url;external_id\nhttps://x/1;1\nhttps://x/2\n;3\n"https"x;4\nftp://x/5;5\nhttps://x/6;a "b" c\n'
    assert told(read(CsvLines(), table.encode())) == [
        (2, "1"),
        (3, "1 values stand under 2 columns"),
        (4, "picture_url is missing"),
        (5, "the row cannot be read: ';' expected after '\"'"),
        (6, "picture_url must begin with https://, http:// or s3://"),
        (7, 'a "b" c'),
    ]


def test_a_table_that_goes_on_repeats_its_header():
    reader = CsvLines(100)
    assert told(read(reader, b"url,external_id\nhttps://x/1,1\nhttps://x/2,2\n")) == [(100, "1"), (101, "2")]
    assert reader.line == 101


@pytest.mark.parametrize(
    ("text", "was_open", "is_open"),
    [
        ("a,b", False, False),
        ("a,b", True, True),
        ('a,"b', False, True),
        ('a,"b""', False, True),
        ('a,"b"""', False, False),
        ('5" pipe,6" pipe', False, False),
        ('b",c', True, False),
        ('b","c', True, True),
        ('"",x', False, False),
    ],
)
def test_whether_a_row_goes_on_in_the_next_line(text: str, was_open: bool, is_open: bool):
    assert ends_open(text, ",", was_open=was_open) is is_open


@pytest.mark.parametrize(
    "name",
    ["../x.png", "a/../../x.png", "/etc/x.png", "\\\\host\\x.png", "C:\\x.png", "c:x.png", "a\x00.png", "..", ""],
)
def test_paths_that_leave_their_folder_are_no_names(name: str):
    assert not isinstance(named_file(1, name), str)


def test_paths_inside_of_a_folder_are_names():
    assert [named_file(1, name) for name in ("a.png", "./a//b.png", "a\\b.png", "..a/b..png")] == [
        "a.png",
        "a/b.png",
        "a/b.png",
        "..a/b..png",
    ]
