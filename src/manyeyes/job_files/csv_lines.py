"""A table of addresses as spreadsheets write it into items: CSV of RFC 4180, and what is called so. Pure."""

import codecs
import csv
from collections.abc import Iterator

import msgspec

from manyeyes.job_files.items import LONGEST_LINE, FileItem, Found, LineFault, UnreadableFile, fault_of
from manyeyes.job_files.numbered_lines import UTF8_BOM, NumberedLines
from manyeyes.values.marks import marks_said

COLUMNS = {"external_id": "external_id", "picture_url": "picture_url", "url": "picture_url"}
COLUMNS |= {"comment": "comment", "truth": "truth", "marks": "marks"}
DELIMITERS = (",", ";", "\t")
_SAYS_DELIMITER = "sep="  # the first line of some files from Excel
_BOM_BYTES = 3


class CsvLines:
    """Reads a table whose first line names its columns (`COLUMNS`), which are delimited by comma, semicolon or tab.

    UTF-8 with or without a byte order mark, or UTF-16 with one. A quoted value may hold line breaks; an item's line is
    where it begins. Rows without a value are passed over. ``first``: of a body that goes on with line ``first``, which
    stands behind the header that is repeated.
    """

    def __init__(self, first: int = 1) -> None:
        self._lines = NumberedLines(1)
        self._skipped = max(first - 2, 0)  # lines that this body left out behind its header
        self._begun = b""  # until the first bytes tell how the text is written
        self._decoder: codecs.IncrementalDecoder | None = None
        self._is_told = False
        self._delimiter = ""
        self._names: list[str] = []
        self._record: list[str] = []  # lines of a row whose quotes are still open
        self._record_line = self._record_size = 0

    @property
    def line(self) -> int:
        """Return the number of the last line that was looked at, of those that are no part of an unfinished row."""
        return (self._record_line - 1) if self._record else self._file_line(self._lines.number)

    def feed(self, data: bytes) -> Iterator[Found]:
        """Yield what is whole after this piece."""
        for number, line in self._lines.feed(self._utf8(data)):
            if line != b"" or self._record:
                yield from self._take(number, line)

    def end(self) -> Iterator[Found]:
        """Yield what the end makes whole."""
        for number, line in self._lines.feed(self._utf8(b"", is_end=True)):
            yield from self._take(number, line)
        for number, line in self._lines.end():
            yield from self._take(number, line)
        if self._record:
            raise UnreadableFile(self._record_line, "a quoted value has no end")

    def _file_line(self, number: int) -> int:
        return number + self._skipped if self._names else number

    def _utf8(self, data: bytes, *, is_end: bool = False) -> bytes:
        """Return the piece as UTF-8, without a byte order mark."""
        if not self._is_told:
            self._begun += data
            if len(self._begun) < _BOM_BYTES and not is_end:
                return b""
            data, self._begun, self._is_told = self._begun, b"", True
            if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                self._decoder = codecs.getincrementaldecoder("utf-16")()
            data = data.removeprefix(UTF8_BOM)
        if self._decoder is None:
            return data
        try:
            return self._decoder.decode(data, is_end).encode()
        except UnicodeDecodeError as error:
            raise UnreadableFile(self._lines.number + 1, "its byte order mark says UTF-16, and it is none") from error

    def _take(self, number: int, line: bytes | None) -> Iterator[Found]:
        number = self._file_line(number)
        if line is None:
            if self._record or not self._names:
                raise UnreadableFile(self._record_line or number, f"a row has at most {LONGEST_LINE} bytes")
            yield LineFault(number, f"a line has at most {LONGEST_LINE} bytes")
            return
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            said = "it is no UTF-8; save the table as UTF-8 (in Excel: CSV UTF-8)"
            raise UnreadableFile(number, said) from error
        if not self._names:
            self._read_header(number, text)
        else:
            yield from self._read(number, text)

    def _read_header(self, number: int, text: str) -> None:
        if text.lower().startswith(_SAYS_DELIMITER) and len(text) <= len(_SAYS_DELIMITER) + 1 and not self._delimiter:
            self._delimiter = text[len(_SAYS_DELIMITER) :]
            return
        if not text.strip():
            return
        if "\r" in text:
            raise UnreadableFile(number, "its lines end with CR alone; save the table with LF or CRLF as line ends")
        tried = {mark: _columns(text, mark) for mark in DELIMITERS}
        self._delimiter = max(DELIMITERS, key=lambda mark: sum(name in COLUMNS for name in tried[mark]))
        names = tried[self._delimiter]
        unknown = [name for name in names if name not in COLUMNS]
        known = [COLUMNS[name] for name in names if name in COLUMNS]
        if unknown:
            named = ", ".join(COLUMNS)
            raise UnreadableFile(number, f"the first line names the columns, of {named}; {unknown[0][:100]!r} is none")
        if "picture_url" not in known or len(set(known)) < len(known):
            said = "names a column twice" if "picture_url" in known else "names no column picture_url"
            raise UnreadableFile(number, f"the first line {said}")
        self._names = known

    def _read(self, number: int, text: str) -> Iterator[Found]:
        """Add a line to its row; yield the row's item when its quotes are closed."""
        if not self._record:
            self._record_line, self._record_size = number, 0
        is_open = ends_open(text, self._delimiter, was_open=bool(self._record))
        self._record.append(text)
        self._record_size += len(text) + 1
        if self._record_size > LONGEST_LINE:
            raise UnreadableFile(self._record_line, f"a row has at most {LONGEST_LINE} bytes: is a quote left open?")
        if is_open:
            return
        rows, self._record = "\n".join(self._record), []
        yield from self._item(self._record_line, rows)

    def _item(self, number: int, text: str) -> Iterator[Found]:
        try:
            (values,) = csv.reader([text], delimiter=self._delimiter, strict=True)
        except (csv.Error, ValueError) as error:
            yield LineFault(number, f"the row cannot be read: {error}")
            return
        if not any(value.strip() for value in values):
            return
        if len(values) != len(self._names):
            yield LineFault(number, f"{len(values)} values stand under {len(self._names)} columns")
            return
        said = {name: value.strip() for name, value in zip(self._names, values, strict=True)}
        if not said["picture_url"]:
            yield LineFault(number, "picture_url is missing", "/picture_url")
            return
        try:
            marks = marks_said(said.pop("marks", ""))
        except ValueError as error:
            yield LineFault(number, str(error), "/marks")
            return
        item = msgspec.convert({"line": number, "marks": marks, **said}, FileItem)
        yield fault_of(item) or item


def _columns(text: str, delimiter: str) -> list[str]:
    return [name.strip().strip('"').strip().lower() for name in text.split(delimiter)]


def ends_open(text: str, delimiter: str, *, was_open: bool) -> bool:
    """Tell whether a quoted value goes on behind the end of this line, as csv.reader reads it.

    A quote opens a value only where one begins; elsewhere it is a character.
    """
    if '"' not in text:
        return was_open
    at, is_open = 0, was_open
    while True:
        if is_open:
            at = text.find('"', at) + 1
            if not at:
                return True
            if text[at : at + 1] == '"':
                at += 1
            else:
                is_open = False
        elif text.startswith('"', at) and (not at or text[at - 1] == delimiter):
            at, is_open = at + 1, True
        else:
            at = text.find(delimiter, at) + 1
            if not at:
                return False
