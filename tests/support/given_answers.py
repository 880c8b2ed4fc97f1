"""Answers of numbers, labels and fields and what becomes of them: one table of cases for server and screen."""

import json
from pathlib import Path
from typing import Any

import msgspec

from manyeyes.tasks.questions import FieldsOptions, OwnOptions


class GivenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """``text``: what ``typed`` is kept as; ``why``: the key of what keeps it from being the answer; of which field."""

    about: str
    options: dict[str, Any]
    typed: str
    text: str
    why: str
    field: str = ""


def options_in(options: dict[str, Any]) -> OwnOptions:
    """Return the options of a question as they are stored."""
    return _own.decode(json.dumps(options))


_own: msgspec.json.Decoder[OwnOptions] = msgspec.json.Decoder(OwnOptions)
GIVEN = [GivenAnswer(**case) for case in json.loads(Path(__file__).with_name("given_answers.json").read_text())]
_receipt = next(options_in(case.options) for case in GIVEN if case.options["kind"] == "fields")
assert isinstance(_receipt, FieldsOptions)
RECEIPT = _receipt
