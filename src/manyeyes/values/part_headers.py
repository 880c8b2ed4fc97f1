"""The headers of a part of multipart/form-data: name, file name, charset and encoding, in every way that they come.

RFC 7578 with what clients write beside it: `name*` of RFC 5987 and 2231, encoded words of RFC 2047, the transfer
encodings of RFC 2045 (docs/contracts/tupu.md#multipart). What cannot be read is refused with a reason. Pure.
"""

import binascii
import codecs
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import msgspec

LONGEST_HEADER = 8_192  # bytes of one field's value
_NAME = re.compile(r"[;\s]*([^\s=;\"]+)\s*(=?)\s*")
_ENCODED_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?\s]*)\?=(?:\s+(?==\?))?")
_PLAIN_ENCODINGS = ("", "7bit", "8bit", "binary")
# Those of the Encoding Standard (WHATWG) as Python calls them: none is slow, runs code or unpacks.
_CHARSETS = frozenset(
    {
        *("utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb2312", "gb18030", "big5", "big5hkscs"),
        *("euc_jp", "shift_jis", "iso2022_jp", "euc_kr", "koi8-r", "koi8-u", "tis-620", "cp866", "cp874", "mac-roman"),
        *(f"iso8859-{n}" for n in range(1, 17)),
        *(f"cp125{n}" for n in range(9)),
    }
)


class PartHeaders(msgspec.Struct, frozen=True):
    """``filename`` is None when none was said; ``charset``: of the text, empty when it is not said."""

    name: str
    filename: str | None
    media_type: str
    charset: str


def read_headers(fields: Mapping[str, str], form_charset: str = "") -> PartHeaders:
    """Return what a part's header fields say (by lower-case name, their bytes as latin-1).

    ``form_charset``: what the form's own ``_charset_`` named. Raises ValueError for what cannot be read.
    """
    _, disposition = _parameters(fields.get("content-disposition", ""))
    media_type, of_type = _parameters(fields.get("content-type", ""))
    if media_type.startswith("multipart/"):
        raise ValueError("a part is itself multipart, and parts of parts are not taken")
    name = _said(disposition, "name", form_charset)
    if not name:
        raise ValueError("a part has no name")
    return PartHeaders(name, _said(disposition, "filename", form_charset), media_type, of_type.get("charset", ""))


def decoded(data: bytes, transfer_encoding: str) -> bytes:
    """Return a part's content without its Content-Transfer-Encoding. Raises ValueError for one that is not known."""
    encoding = transfer_encoding.strip().lower()
    if encoding in _PLAIN_ENCODINGS:
        return data
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding != "base64":
        raise ValueError(f"a part's Content-Transfer-Encoding {encoding[:40]!r} is not known")
    try:
        return binascii.a2b_base64(b"".join(data.split()), strict_mode=True)
    except binascii.Error as error:
        raise ValueError(f"a part is no base64: {error}") from error


def text_of(raw: bytes, charset: str = "") -> str:
    """Return a text in its charset; without one UTF-8, or what a Chinese Windows writes where it should be UTF-8.

    Raises ValueError for a charset that is not known and for bytes that are not of it.
    """
    if charset:
        return _in_charset(raw, charset)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _in_charset(raw: bytes, charset: str) -> str:
    try:
        codec = codecs.lookup(charset).name
    except (LookupError, ValueError):
        codec = ""
    if codec not in _CHARSETS:
        raise ValueError(f"the charset {charset[:40]!r} is not known")
    try:
        return raw.decode("gb18030" if codec in ("gb2312", "gbk") else codec)
    except UnicodeDecodeError as error:
        raise ValueError(f"a text is not in the charset {charset[:40]!r} that it names") from error


def _parameters(field: str) -> tuple[str, dict[str, str]]:
    """Return a field's value in lower case and its parameters by lower-case name. Raises ValueError."""
    if len(field) > LONGEST_HEADER:
        raise ValueError(f"a part's header has more than {LONGEST_HEADER} bytes")
    head, _, rest = field.partition(";")
    found: dict[str, str] = {}
    at = 0
    while name := _NAME.match(rest, at):
        value, at = _value(rest, name.end()) if name[2] else ("", name.end())
        key = name[1].lower()
        if found.setdefault(key, value) != value:
            raise ValueError(f"a part says its {key[:40]} twice")
    return head.strip().lower(), found


def _value(text: str, at: int) -> tuple[str, int]:
    """Return the value that begins at a place, and where it ends.

    In a quoted one a backslash escapes a quote or itself; before another character it is part of a Windows path, as
    browsers once sent them.
    """
    if text[at : at + 1] != '"':
        end = text.find(";", at)
        end = len(text) if end < 0 else end
        return text[at:end].strip(), end
    last, value, at = text.rfind('"'), "", at + 1
    while at < len(text) and text[at] != '"':
        at += text[at] == "\\" and text[at + 1 : at + 2] in ("\\", '"') and at + 1 < last
        value += text[at]
        at += 1
    return value, at + 1


def _said(parameters: Mapping[str, str], name: str, form_charset: str) -> str | None:
    """Return the text of a parameter, its extended form first (RFC 6266, section 4.3); None when it is not there."""
    extended = parameters.get(f"{name}*")
    parts = _continued(parameters, name)
    if extended is not None:
        return _extended(extended)
    if parts is not None:
        return parts
    plain = parameters.get(name)
    return None if plain is None else _words(text_of(plain.encode("latin-1"), form_charset))


def _extended(value: str) -> str:
    """Return what ``charset'language'text`` with percent signs says (RFC 5987). Raises ValueError."""
    charset, quote, rest = value.partition("'")
    _, second, text = rest.partition("'")
    if not (quote and second and charset):
        raise ValueError("a part's name* or filename* does not say its charset")
    return _in_charset(unquote_to_bytes(text.encode("latin-1")), charset)


def _continued(parameters: Mapping[str, str], name: str) -> str | None:
    """Return a value that came in pieces, ``name*0``, ``name*1*`` and so on (RFC 2231, section 3); None for none."""
    pieces: list[bytes] = []
    charset = ""
    while (n := len(pieces)) < LONGEST_HEADER:
        coded, plain = parameters.get(f"{name}*{n}*"), parameters.get(f"{name}*{n}")
        if coded is not None:
            if not n:
                charset, _, coded = coded.partition("'")
                coded = coded.partition("'")[2]
            pieces.append(unquote_to_bytes(coded.encode("latin-1")))
        elif plain is not None:
            pieces.append(plain.encode("latin-1"))
        else:
            break
    return text_of(b"".join(pieces), charset) if pieces else None


def _words(text: str) -> str:
    """Return a text with its encoded words read (RFC 2047). Raises ValueError for one that cannot be."""
    return _ENCODED_WORD.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    charset, encoding, content = found[1], found[2].lower(), found[3]
    try:
        raw = content.encode("ascii")
        data = binascii.a2b_base64(raw, strict_mode=True) if encoding == "b" else binascii.a2b_qp(raw, header=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("a part's name holds an encoded word that cannot be read") from error
    return _in_charset(data, charset)
