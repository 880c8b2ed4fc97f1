"""An archive of pictures (ZIP, APPNOTE 6.3.10) into items, one file at a time; nothing is unpacked whole.

What an archive claims is judged before anything is unpacked: how many files, how large together, and how much more than
the archive itself. What a file unpacks to beyond its claim is never asked for. Pure: it reads an open file.
"""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, cast

from manyeyes.job_files.items import (
    ARCHIVE_ENDINGS,
    LARGEST_UPLOAD,
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

LARGEST_RATIO = 100  # of all files to the archive: pictures are packed already
SMALL_ARCHIVE = 10_000_000  # bytes that may come out of any archive, however small
LARGEST_LIST = 16_000_000  # bytes of the list of files at the end
MAGIC_BYTES = 16
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for gigabytes to unpack a byte
_ENTRY, _ENTRY_BYTES = b"PK\x01\x02", 46
_ENCRYPTED, _IS_UTF8, _UNICODE_PATH = 0x1, 0x800, 0x7075
_ARCHIVES = re.compile(rb"PK\x03\x04|7z\xbc\xaf\x27\x1c|Rar!|\x1f\x8b|BZh|\xfd7zXZ")


class Archive:
    """Reads the files of an archive in its order. ``line``: how many of them were looked at."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.line = 0

    def items(self) -> Iterator[Found]:
        """Yield an item for each picture, and what is wrong or passed over. Raises `UnreadableFile`."""
        try:
            with zipfile.ZipFile(cast(IO[bytes], _BoundedList(self._file))) as opened:
                entries = opened.infolist()
                self._check(entries)
                for entry in entries:
                    self.line += 1
                    if not entry.filename.endswith("/"):  # a folder; one without a name has no last letter
                        yield self._found(opened, entry)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
            said = f"it is no ZIP archive that can be read: {error}"[:300]
            raise UnreadableFile(self.line, said) from error

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        """Raise `UnreadableFile` for an archive that unpacks to too much."""
        unpacked = sum(entry.file_size for entry in entries)
        packed = self._file.seek(0, io.SEEK_END)
        if unpacked > LARGEST_UPLOAD:
            raise UnreadableFile(0, f"its files have {unpacked} bytes together, at most {LARGEST_UPLOAD} are taken")
        if unpacked > max(SMALL_ARCHIVE, packed * LARGEST_RATIO):
            raise UnreadableFile(0, f"it unpacks to {unpacked // max(packed, 1)} times its size; pictures do not")

    def _found(self, opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Found:
        name = named_file(self.line, _name(entry))
        if not isinstance(name, str):
            return name
        fault = _why_not_opened(entry)
        if fault:
            return LineFault(self.line, f"{name}: {fault}"[:300])
        if name.lower().endswith(ARCHIVE_ENDINGS):
            return LineFault(self.line, f"{name}: an archive in an archive is not opened"[:300])
        return self._picture(opened, entry, name)

    def _picture(self, opened: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Found:
        is_named_so = name.lower().endswith(PICTURE_ENDINGS)
        try:
            with opened.open(entry) as unpacking:
                data = unpacking.read(MAGIC_BYTES)
                if _ARCHIVES.match(data):
                    return LineFault(self.line, f"{name}: an archive in an archive is not opened"[:300])
                if not is_named_so and not is_plain(data):
                    return PassedOver(name)
                if entry.file_size > LARGEST_BYTES:
                    said = f"it has {entry.file_size} bytes; a picture has at most {LARGEST_BYTES}"
                    return LineFault(self.line, f"{name}: {said}"[:400], "/picture")
                data += unpacking.read(LARGEST_BYTES)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            return LineFault(self.line, f"{name}: it cannot be unpacked: {error}"[:400])
        return FileItem(line=self.line, external_id=name, picture=data)


def _why_not_opened(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _ENCRYPTED:
        return "it is encrypted; pack it without a password"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a symbolic link"
    if entry.compress_type not in METHODS:
        return "it is packed in a way that is not taken; use deflate, the usual one"
    return ""


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the path as it was meant.

    It is UTF-8 where the entry says so or where its bytes are UTF-8, as macOS writes them without saying so; else the
    name that the extra field 0x7075 tells (APPNOTE, 4.6.9), else code page 437, which the standard means.
    """
    if entry.flag_bits & _IS_UTF8:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _unicode_path(entry.extra, raw) or entry.orig_filename


def _unicode_path(extra: bytes, raw: bytes) -> str:
    at = 0
    while at + 4 <= len(extra):
        kind, size = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        body = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH and int.from_bytes(body[1:5], "little") == zlib.crc32(raw):
            return body[5:].decode("utf-8", "replace")
        at += 4 + size
    return ""


class _BoundedList:
    """A file whose list of entries is counted before zipfile makes an object of each."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes. Raises ValueError for a list that is too long."""
        if size > LARGEST_LIST:
            raise ValueError(f"its list of files has {size} bytes")
        data = self._file.read(size)
        if data.startswith(_ENTRY) and _count(data) > MOST_ITEMS:
            raise ValueError(f"it has more than {MOST_ITEMS} files; send several archives")
        return data


def _count(entries: bytes) -> int:
    """Return how many entries a list has; it stops counting at one more than are taken."""
    at = count = 0
    while at + _ENTRY_BYTES <= len(entries) and count <= MOST_ITEMS:
        at += _ENTRY_BYTES + sum(int.from_bytes(entries[at + n : at + n + 2], "little") for n in (28, 30, 32))
        count += 1
    return count
