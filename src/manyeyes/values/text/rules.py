"""One form for what people type, and which characters it may have; the screens' scripts do the same by the same table.

The script is console/static/shared/text_rules.js; one table of cases holds both to it. See docs/decisions/0037.
"""

import re
import unicodedata

from manyeyes.values.text.code_points import CLASSES

LONGEST_NAME = 60
ROOM = 8  # a text may come with so many times its longest length in code points: one letter is typed with several
# Invisible characters that do something where they stand: in flags, emoji, keycaps, in words whose letters they shape.
# A <class> of the table is a set of characters. What no part matches is dropped.
KEPT = (
    "\U0001f3f4[<tag>]+|"
    "[<symbol>][<variation>]?(?:\u200d[<symbol>][<variation>]?)*|"
    "[0-9#*]\ufe0f(?=\u20e3)|"
    "[<ideograph><varied>][<variation>]|"
    "(?:[<mongolian>][<shape>]?(?:[<gap><joiner>](?=[<mongolian>]))?)+|"
    "[<joining>](?:[<varied>][<variation>]|[<joining><mark>]|[<joiner>](?=[<joining><mark>]))*"
)
_OUTER = " \n\v\f\r"


def normalised(text: str) -> str:
    """Return ``text`` on one line as it is judged, counted and kept. Done twice it is as done once.

    Unicode's composed form (NFC); blanks of every kind are U+0020, none is at the ends; invisible characters are gone,
    but for those inside words and emoji that need them. A text with a character that is refused is not composed.
    """
    if text.isascii() and text.isprintable():
        return text.strip(" ")
    text = _REPEATED.sub("", _BLANKS.sub(" ", _FILLERS.sub("", text))).strip(_OUTER)
    if _REFUSED.search(text) or _PILE.search(text):
        return text
    text = unicodedata.normalize("NFC", text)
    text = _CONTEXTS.sub(lambda found: "" if found["lone"] else found[0], text)
    return unicodedata.normalize("NFC", text).strip(" ")


def fault(text: str) -> str:
    """Return why a normalised text cannot be taken: ``empty``, ``control``, ``unknown``, ``marks``; empty when it can.

    ``control``: it commands and is not seen, as NUL, the end of a line or a change of the writing direction does.
    ``unknown``: unassigned in the table's Unicode, or private. ``marks``: more than 30 marks in a row, which Unicode's
    stream-safe format (UAX 15) does not have either. ``empty``: no letter, digit, sign or symbol.
    """
    for why, wrong in (("control", _COMMANDS), ("unknown", _REFUSED), ("marks", _PILE)):
        if wrong.search(text):
            return why
    return "" if _SEEN.search(text) else "empty"


def has_digit(text: str) -> bool:
    """Tell whether a character stands for a digit in any script, raised or circled ones too."""
    return bool(_DIGIT.search(text))


def read_name(text: str, what: str = "name", longest: int = LONGEST_NAME) -> str:
    """Return a name in the one form. Raises ValueError, whose sentence names ``what``, for one that cannot be read."""
    found = normalised(text[: longest * ROOM])
    why = fault(found)
    if why:
        raise ValueError(f"the {what} {_UNFIT_NAMES[why]}")
    if len(found) > longest or len(text) > longest * ROOM:
        raise ValueError(f"the {what} has more than {longest} characters")
    return found


def without_outer_blanks(text: str) -> str:
    """Return a key or an address without what copying leaves at its ends and nobody means; what is inside it stays.

    Blanks, line ends, control and invisible characters, the byte order mark that editors put before a text among them
    (docs/decisions/0038-what-a-customer-meant.md).
    """
    return text.strip(" ") if text.isascii() and text.isprintable() else text.strip(_MEANINGLESS)


def kept_words(text: str) -> str:
    """Return what somebody wrote, of several lines perhaps, as it is kept: what is refused elsewhere is left out.

    Lines end with U+000A; there are no blanks at the ends of lines, nor empty lines at either end of the text.
    """
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    return "\n".join(normalised(_taken(line)) for line in lines).strip("\n")


def read_words(text: str, what: str, longest: int) -> str:
    """Return `kept_words` of a text. Raises ValueError, whose sentence names ``what``, for more than ``longest``.

    Words are not cut: what somebody meant to say last may be what counts.
    """
    if is_too_long(text, longest):
        raise ValueError(f"{what} must have at most {longest} characters")
    return kept_words(text)


def is_too_long(text: str, longest: int) -> bool:
    """Tell whether words have more than ``longest`` characters as they are kept, or come with far too many."""
    return len(text) > longest * ROOM or len(kept_words(text)) > longest


def _taken(line: str) -> str:
    """Return what of a line's characters is taken."""
    if line.isascii() and line.isprintable():
        return line
    return _TOP_OF_PILE.sub("", _REFUSED.sub("", _BLANKS.sub(" ", _FILLERS.sub("", line))))


def _set(*names: str) -> str:
    """Return the inside of a regular expression's set: all characters of these classes of the table."""
    ends = [part.split("-") for name in names for part in CLASSES[name].split(" ")]
    return "".join("-".join(re.escape(chr(int(end, 16))) for end in pair) for pair in ends)


def _all(*names: str) -> str:
    """Return all characters of these classes of the table."""
    ends = [[int(end, 16) for end in part.split("-")] for name in names for part in CLASSES[name].split(" ")]
    return "".join(chr(point) for pair in ends for point in range(pair[0], pair[-1] + 1))


_UNFIT_NAMES = {
    "empty": "must not be empty: it needs a letter, a digit or a sign that is seen",
    "control": "holds control characters, or some that change the writing direction",
    "unknown": "holds characters that are unassigned or private",
    "marks": "has too many marks on one letter",
}
_INVISIBLE = ("joiner", "variation", "shape", "gap", "tag")
_MEANINGLESS = _all("blank", "line", "control", "filler")
_BLANKS = re.compile(f"[{_set('blank')}\u2028\u2029]")
_FILLERS = re.compile(f"[{_set('filler')}]")
_COMMANDS = re.compile(f"[{_set('control', 'line')}]")
_LINE_ENDS = re.compile(f"\r\n|[{_set('line')}\x85]")
_SEEN = re.compile(f"[^ {_set('mark', *_INVISIBLE)}]")  # of a text without what is refused
_DIGIT = re.compile(f"[{_set('digit')}]")
_REFUSED = re.compile(f"[^ {_set('seen', 'mark', *_INVISIBLE)}]")
_PILE = re.compile(f"[{_set('mark', *_INVISIBLE)}]{{31}}")
_TOP_OF_PILE = re.compile(f"(?<=[{_set('mark', *_INVISIBLE)}]{{30}})[{_set('mark', *_INVISIBLE)}]+")
_REPEATED = re.compile(
    "|".join(f"(?<=[{_set(name)}])[{_set(name)}]+" for name in ("joiner", "variation", "shape", "gap"))
)
_CONTEXTS = re.compile(re.sub("<([a-z]+)>", lambda found: _set(found[1]), KEPT) + f"|(?P<lone>[{_set(*_INVISIBLE)}])")
