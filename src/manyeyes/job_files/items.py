"""What a customer's file holds of a job: its items in their order, and what is wrong with some (docs/decisions/0049).

Readers take a body piece by piece and give what is whole, so that a file never lies in memory. Limits and formats:
docs/reference/v1/files.md. Pure.
"""

import re
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from manyeyes.buckets.rules import SCHEME, read_object_address
from manyeyes.tasks.item_texts import LONGEST_ID, text_fault

MOST_LINES = 2_000_000  # of one file, the empty ones too: they hold nothing, but each takes a moment
LARGEST_UPLOAD = 2_000_000_000  # bytes of a body
LONGEST_LINE = 1_000_000  # bytes; a picture of 500,000 takes 666,668 in base64
LONGEST_TRUTH = 10_000  # characters
SCHEMES = ("http", "https")  # beside buckets
PICTURE_ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif"),
    *(".bmp", ".webp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".svg"),  # no picture that is taken, and told so
)
ARCHIVE_ENDINGS = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_LITTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")


class FileItem(msgspec.Struct, frozen=True, kw_only=True):
    """One picture that people are to be asked about.

    ``line``: where it stands in its file, from 1. ``picture`` is empty where ``picture_url`` names it. ``truth``: the
    right answer where the customer knows it, as one text; empty: unknown. ``marks``: what it may show.
    """

    line: int
    external_id: str = ""
    picture: bytes = b""
    picture_url: str = ""
    comment: str = ""
    truth: str = ""
    marks: int = 0


class LineFault(msgspec.Struct, frozen=True):
    """What is wrong with a line, in a sentence; ``pointer``: of the member (RFC 6901), empty for the whole line."""

    line: int
    detail: str
    pointer: str = ""


class PassedOver(msgspec.Struct, frozen=True):
    """A file among pictures that is none, and is left out."""

    name: str


Found = FileItem | LineFault | PassedOver


class UnreadableFile(Exception):
    """Nothing behind this line can be read."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__(detail)
        self.finding = LineFault(line, detail)


class ItemReader(Protocol):
    """Takes a body piece by piece."""

    @property
    def line(self) -> int:
        """Return the number of the last line that was looked at; of none, the one before the first."""
        ...

    def feed(self, data: bytes) -> Iterator[Found]:
        """Yield what is whole after this piece. Raises `UnreadableFile`."""
        ...

    def end(self) -> Iterator[Found]:
        """Yield what the end of the body makes whole. Raises `UnreadableFile`."""
        ...


def fault_of(item: FileItem) -> LineFault | None:
    """Return what is wrong with an item's texts and its address; its picture is judged elsewhere."""
    for name in ("external_id", "picture_url", "comment"):
        if fault := text_fault(name, getattr(item, name)):
            return LineFault(item.line, fault, f"/{name}")
    if len(item.truth) > LONGEST_TRUTH:
        return LineFault(item.line, f"truth has at most {LONGEST_TRUTH} characters", "/truth")
    if "\x00" in item.truth:
        return LineFault(item.line, "truth holds the character NUL, which cannot be stored", "/truth")
    return _address_fault(item) if item.picture_url else None


def _address_fault(item: FileItem) -> LineFault | None:
    if item.picture_url.startswith(SCHEME):
        try:
            read_object_address(item.picture_url)  # a name may hold blanks, and is not encoded
        except ValueError as error:
            return LineFault(item.line, f"picture_url: {error}", "/picture_url")
        return None
    try:
        parts = urlsplit(item.picture_url)
    except ValueError:
        return LineFault(item.line, "picture_url is no address", "/picture_url")
    if parts.scheme not in SCHEMES or not parts.netloc or any(ord(letter) <= 32 for letter in item.picture_url):
        return LineFault(item.line, "picture_url must begin with https://, http:// or s3://", "/picture_url")
    return None


def named_file(line: int, name: str) -> str | LineFault | PassedOver:
    """Return a file's path inside its folder, with ``/`` between its parts; or why the file is not looked at.

    Paths that leave their folder are findings, whatever is at their end: nobody packs them by accident.
    """
    path = name.replace("\\", "/")
    said = f"the file {path[:200]!r}"
    if "\x00" in path:
        return LineFault(line, f"{said} has the character NUL in its name")
    if path.startswith("/") or _DRIVE.match(path):
        return LineFault(line, f"{said} has an absolute path; paths are inside of the folder")
    parts = path.split("/")
    if ".." in parts:
        return LineFault(line, f"{said} lies outside of its folder")
    path = "/".join(part for part in parts if part not in ("", "."))
    if _LITTER.search(path) or not path:
        return PassedOver(path)
    if len(path) > LONGEST_ID:
        return LineFault(line, f"{said} has a path of more than {LONGEST_ID} characters")
    return path
