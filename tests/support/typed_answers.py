"""What people type and what becomes of it: one table of cases for server and screen, and texts drawn at random."""

import json
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st


class TypedAnswer(msgspec.Struct, frozen=True):
    """``text``: what ``typed`` is kept as; ``why``: the key of what keeps it from being the answer, else empty."""

    about: str
    options: dict[str, Any]
    typed: str
    text: str
    why: str


CASES = [TypedAnswer(**case) for case in json.loads(Path(__file__).with_name("typed_answers.json").read_text())]
# What acts upon its neighbours, beside letters of several scripts that it acts upon.
ODD = "\u200c\u200d\ufe0e\ufe0f\U000e0100\U000e0067\U000e007f\u180b\u180e\u00ad\u034f\u200b\ufeff\u2060\u3164\u115f"
ODD += " \t\n\r\u00a0\u3000\u2028\u202e\u200e\x85\x00\ue000\ufdd0\ud800"
ODD += "aeo<=12\u0301\u0302\u0323\u0338\u20e3\u0653\u093c\u094d\u0654ا\u06ccक\u1820葛"
ODD += "\u1100\u1161\u11a8\U0001d15e\u2adc\u0958"
ODD += "👩👨🏽❤🏴🏳🌈🇻🇳↔±"
ANYTHING = st.text(st.sampled_from(ODD) | st.characters(), max_size=24) | st.text(st.sampled_from(ODD), max_size=40)
