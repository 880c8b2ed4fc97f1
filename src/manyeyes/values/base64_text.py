"""Base64 as both wire contracts read it (RFC 4648 §4, §5; docs/decisions/0036)."""

import binascii

_LINE_BREAKS = str.maketrans("", "", "\r\n")
_URL_SAFE = str.maketrans("-_", "+/")


def base64_bytes(text: str) -> bytes:
    """Return what a text in base64 holds. Raises ValueError, whose sentence is for the customer.

    Line breaks are skipped, and the URL-safe alphabet is read where it is not mixed with the other one. A blank is
    refused, since a form makes one of each plus sign; so are missing padding, which a text that was cut off lacks, and
    whatever follows the padding.
    """
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        plain = text.translate(_LINE_BREAKS)
    if " " in plain:
        raise ValueError('it holds a blank, perhaps a "+" that went through a form unescaped')
    if ("-" in plain or "_" in plain) and not ("+" in plain or "/" in plain):
        plain = plain.translate(_URL_SAFE)
    return binascii.a2b_base64(plain, strict_mode=True)
