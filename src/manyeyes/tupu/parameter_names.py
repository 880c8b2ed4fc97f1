"""What a parameter is called, however it was written: one reading for all bodies. Pure.

See docs/contracts/tupu.md#names.
"""

import re
import unicodedata
from urllib.parse import parse_qsl

from manyeyes.values.text.rules import without_outer_blanks

KNOWN = frozenset(
    {
        *("timestamp", "nonce", "signature", "secretId"),
        *("image", "tag", "task", "uid", "sequenceId", "referer"),
        *("startDate", "endDate", "taskId"),
    }
)
LONGEST_NAME = 100  # characters that are looked at; none of ours has more than nine
# What decides which recognitions run and what they look at, and so what is done and charged; and how it is said.
DECISIVE = {"task": "recognitions are chosen by `task`", "image": "pictures come under `image`"}
DECIDING = ("task", "taskId", "image")
MOST_FIELDS = 100  # of a query string
_PLURALS = {f"{name}s": name for name in ("image", "tag", "task")}
_BY_LETTERS = {name.lower(): name for name in KNOWN} | _PLURALS
_AS_WRITTEN = {name: name for name in KNOWN} | _PLURALS  # by nearly everybody: there is nothing to read out of them
_BEGINS_WORD = "(?<![A-Za-z])(?i:{})|{}"  # "task_id", "TASK", "secretTask"; not "multitasking"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SUBSCRIPTS = re.compile(r"(?:\s*\[[^\[\]]*\]|\.\d+)+\Z")  # a list's, as PHP, Ruby and JavaScript write it in a form


def check_query(query: str) -> None:
    """Raise ValueError when a decisive parameter stands in a query string, which is not read: bodies alone are."""
    if not query:
        return
    for name, _ in parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS):
        if known_name(name) in DECIDING:
            raise ValueError(f"{name[:40]!r} stands in the address; parameters come in the body")


def known_name(name: str) -> str:
    """Return the contract's own name of a parameter; empty for one that is not known.

    Capitals, subscripts, blanks at the ends and the plural make no difference. Raises ValueError with a sentence for a
    name that is not known and has one that is decisive in it: to skip it would do, and charge, what nobody asked for.
    """
    if name in _AS_WRITTEN:
        return _AS_WRITTEN[name]
    written = without_outer_blanks(name)[:LONGEST_NAME]
    found = _BY_LETTERS.get(_SUBSCRIPTS.sub("", written).lower(), "")
    meant = "" if found else _meant(written)
    if meant:
        raise ValueError(f"the parameter {written!r} is not known; {DECISIVE[meant]}")
    return found


def _meant(written: str) -> str:
    """Return the decisive parameter whose name begins a word of an unknown one, as people read it; empty for none.

    Full-width letters are read as the letters that they are a form of, invisible characters not at all.
    """
    read = unicodedata.normalize("NFKC", _UNSEEN.sub("", written))
    return next((each for each in DECISIVE if re.search(_BEGINS_WORD.format(each, each.capitalize()), read)), "")
