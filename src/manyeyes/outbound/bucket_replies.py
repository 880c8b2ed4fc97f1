"""What S3-compatible stores answer, in XML. Pure. ListObjectsV2 and "Error responses", Amazon S3 API Reference."""

import re
from itertools import islice
from urllib.parse import unquote_plus
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import msgspec

from manyeyes.values.integers import whole_number

MOST_TAGS = 60_000  # of a reply: a thousand objects of a dozen elements, each with its end
MOST_ATTRIBUTES = 5_000  # stores write one or two; a megabyte of them would keep a thread for a while
_CODE = re.compile(r"[A-Za-z]{1,64}")
_LONG_TAG = re.compile(rb"<[^>]{2048}")
_ATTRIBUTE = re.compile(rb"=\s*[\"']")


class ListedObject(msgspec.Struct, frozen=True):
    """An object's name, and its size in bytes."""

    key: str
    size: int


class ListedPage(msgspec.Struct, frozen=True):
    """A page of a bucket's list, in the order of its names; ``after`` is empty with the last one."""

    objects: list[ListedObject]
    after: str


def read_list(body: bytes) -> ListedPage:
    """Return the page that a store answered. Raises ValueError for what is none."""
    root = _read(body)
    if _name(root) != "ListBucketResult":
        raise ValueError(f"its list is a {_name(root)[:40]}")
    is_encoded = _text(root, "EncodingType") == "url"
    found = []
    for entry in root:
        if _name(entry) == "Contents":
            key, size = _text(entry, "Key"), whole_number(_text(entry, "Size"), 18)
            if not key or size is None:
                raise ValueError("its list has an object without a name or a size")
            found.append(ListedObject(unquote_plus(key, errors="strict") if is_encoded else key, size))
    after = _text(root, "NextContinuationToken")
    is_cut = _text(root, "IsTruncated") == "true"
    if is_cut and not after:
        raise ValueError("its list goes on and does not say where")
    return ListedPage(found, after if is_cut else "")


def error_code(body: bytes) -> str:
    """Return the code of an error, such as NoSuchKey; empty where the reply has none that can be read.

    Its message is left: stores quote there what was sent, and the key with it.
    """
    try:
        root = _read(body)
    except ValueError:
        return ""
    code = _text(root, "Code")
    return code if _name(root) == "Error" and _CODE.fullmatch(code) else ""


class _NoDoctype(TreeBuilder):
    """Builds no document that declares anything: entities could make a gigabyte of a kilobyte."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Refuse a document type, before what it declares is read."""
        raise ValueError("its XML has a document type")


def _read(body: bytes) -> Element:
    if not _is_modest(body):
        raise ValueError("it answered more than a store has to say")
    parser = XMLParser(target=_NoDoctype(), encoding="utf-8")  # whatever it says of itself
    try:
        parser.feed(body)
        return parser.close()
    except ParseError as error:
        raise ValueError("it answered what is no XML") from error


def _is_modest(body: bytes) -> bool:
    """Tell whether a reply costs about what its bytes cost: a few others must not keep all threads.

    A NUL is in no XML but that of UTF-16, whose tags would not be seen here.
    """
    if b"\0" in body or body.count(b"<") > MOST_TAGS or _LONG_TAG.search(body):
        return False
    return next(islice(_ATTRIBUTE.finditer(body), MOST_ATTRIBUTES, None), None) is None


def _name(element: Element) -> str:
    """Return an element's name without its namespace, which not all stores write."""
    return element.tag.rpartition("}")[2]


def _text(parent: Element, name: str) -> str:
    return next((child.text or "" for child in parent if _name(child) == name), "")
