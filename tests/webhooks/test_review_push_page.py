"""The reference page of the human-review push: its code opens what is really sent."""

import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from support.action_stage import Stage
from support.asked_results import asked_on
from support.delivery_receivers import SIGNER, Post, address, body_of, receiver

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tupu" / "human-review-push.md"


async def test_the_printed_python_verifies_a_push_and_refuses_a_changed_one(stage: Stage):
    names: dict[str, Any] = {}
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    exec(code, names)
    async with receiver() as heard:
        asked = await asked_on(stage, review_url=address(heard))
        await asked.decide(2, name="a.jpg")
        await Post(stage).go()
    (request,) = heard.requests
    key = SIGNER.public_key.encode()
    assert names["reviews"](body_of(request), key) == [{"filename": "a.jpg", "label": 2}]
    with pytest.raises(InvalidSignature):
        names["reviews"](body_of(request).replace(b"a.jpg", b"b.jpg"), key)
