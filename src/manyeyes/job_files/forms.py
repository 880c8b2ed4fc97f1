"""Many files in one body (multipart/form-data, RFC 7578) into items, a file at a time. Pure."""

from collections.abc import Iterator

from python_multipart.multipart import parse_options_header

from manyeyes.job_files.items import (
    PICTURE_ENDINGS,
    FileItem,
    Found,
    LineFault,
    PassedOver,
    UnreadableFile,
    named_file,
)
from manyeyes.jobs.upload_rules import MOST_ITEMS
from manyeyes.pictures.reader import is_plain
from manyeyes.tasks.pictures import LARGEST_BYTES
from manyeyes.values.form_parts import LONGEST_BOUNDARY, FormParts
from manyeyes.values.part_headers import decoded, read_headers

LARGEST_PART = LARGEST_BYTES * 2  # what is longer cannot hold a picture small enough, in base64 either


class FormFiles(FormParts):
    """Reads the files of a form: each picture is an item. ``line``: how many parts came, from ``first`` on."""

    def __init__(self, content_type: str, first: int = 1) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not 0 < len(boundary) <= LONGEST_BOUNDARY:
            raise UnreadableFile(0, "its Content-Type names no boundary")
        super().__init__(boundary)
        self.line = first - 1  # of the part that was given last
        self._came = first - 1
        self._most = first + MOST_ITEMS
        self._found: list[tuple[int, Found]] = []
        self._data, self._size = bytearray(), 0

    def feed(self, data: bytes) -> Iterator[Found]:
        """Yield the files that end in this piece."""
        try:
            self.write(data)
        except ValueError as error:
            raise UnreadableFile(self._came + 1, f"it is no multipart body: {error}"[:300]) from error
        ended, self._found = self._found, []
        for self.line, found in ended:
            yield found

    def end(self) -> Iterator[Found]:
        """Yield nothing. Raises `UnreadableFile` for a body that broke off."""
        if not self.has_ended:
            raise UnreadableFile(self._came + 1, "the multipart body has no end")
        yield from ()

    def take(self, some: bytes) -> None:
        """Take some of a part's content; what is too large for a picture is counted and not kept."""
        self._size += len(some)
        if self._size <= LARGEST_PART:
            self._data += some

    def close(self) -> None:
        """Take the end of a part. Raises ValueError for one too many."""
        self._came += 1
        if self._came > self._most:
            raise ValueError(f"at most {MOST_ITEMS} files are taken")
        try:
            self._found.append((self._came, self._read()))
        except ValueError as error:
            self._found.append((self._came, LineFault(self._came, str(error)[:300])))
        self._data, self._size = bytearray(), 0

    def _read(self) -> Found:
        """Return what the part that ends now holds. Raises ValueError for headers that cannot be read."""
        of = read_headers(self.fields)
        if not of.filename:  # a field of the form, or a file that nobody chose
            return PassedOver(of.name[:100])
        name = named_file(self._came, of.filename)
        if not isinstance(name, str):
            return name
        if self._size > LARGEST_PART:
            return LineFault(self._came, f"{name}: a picture has at most {LARGEST_BYTES} bytes"[:400], "/picture")
        data = decoded(bytes(self._data), self.fields.get("content-transfer-encoding", ""))
        if not name.lower().endswith(PICTURE_ENDINGS) and not is_plain(data):
            return PassedOver(name)
        return FileItem(line=self._came, external_id=name, picture=data)
