"""What copying and files leave at the ends of a key or an address, and nobody means: one table for all who read them.

Blanks of any kind and control characters, as browsers strip them off an address (WHATWG URL Standard, "URL parsing"),
and the byte order mark that editors put before a text. See docs/decisions/0038-what-a-customer-meant.md.
"""

_CONTROLS = "".join(map(chr, (*range(0x20), 0x7F)))
_BLANKS = " \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))  # str.isspace
_MARKS = "\u200b\ufeff"  # blanks without a width: they come along with what is copied from a page
_OUTER = _CONTROLS + _BLANKS + _MARKS


def without_outer_blanks(text: str) -> str:
    """Return the text without blanks, line ends and control characters at its ends; those inside it stay."""
    return text.strip(_OUTER)
