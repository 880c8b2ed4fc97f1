"""The reference pages: one per method, their examples work as they stand, and their errors are those of the table."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from manyeyes.anticaptcha.methods import METHODS
from manyeyes.tasks.rules import HCAPTCHA, IMAGE_TO_TEXT, RECAPTCHA_V3
from support import factories
from support.anticaptcha_contract import ERROR_CODES, ERROR_KEYS
from support.in_process_client import Client

PAGES = Path(__file__).parents[2] / "docs" / "reference"
KIND_OF = {"reportCorrectRecaptcha": RECAPTCHA_V3, "reportIncorrectRecaptcha": RECAPTCHA_V3}
KIND_OF["reportIncorrectHcaptcha"] = HCAPTCHA
STANDS_FOR_A_PICTURE = "iVBORw0KGgo…"


def blocks(page, language="json") -> list[Any]:
    return re.findall(rf"^```{language}\n(.*?)\n?```$", page.read_text(), re.MULTILINE | re.DOTALL)


def alike(example, reply) -> bool | Any:
    """Same members, same types, all the way down; of a list the first item, if the example has one."""
    if isinstance(example, dict):
        return (
            isinstance(reply, dict)
            and list(example) == list(reply)
            and all(alike(v, reply[k]) for k, v in example.items())
        )
    if isinstance(example, list):
        return isinstance(reply, list) and (not example or (bool(reply) and alike(example[0], reply[0])))
    return type(example) is type(reply)


def test_every_method_has_its_page_and_its_tests_and_no_other_has():
    assert {page.stem for page in (PAGES / "anticaptcha").glob("*.md")} == set(METHODS)
    files = {re.sub("([A-Z])", r"_\1", name).lower() for name in METHODS}
    assert all((Path(__file__).parent / f"test_{name}.py").exists() for name in files)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "test"])
async def test_the_example_is_answered_as_the_page_says(calm: Client, method):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    asked, answered = blocks(PAGES / "anticaptcha" / f"{method}.md")
    asked, answered = json.loads(asked), json.loads(answered)
    if "clientKey" in asked:
        assert asked["clientKey"] == "YOUR_API_KEY"
        asked["clientKey"] = customer.key
    if "task" in asked:
        assert asked["task"]["body"] == STANDS_FOR_A_PICTURE
        asked["task"]["body"] = factories.image_task()["body"]
    if "taskId" in asked:
        asked["taskId"] = await factories.solve(calm.context, customer, hand, kind=KIND_OF.get(method, IMAGE_TO_TEXT))
    if method == "getAppStats":
        await factories.soft_app(calm.context, customer, asked["softId"])
    reply = (await calm.post(f"/{method}", json=asked)).json()
    assert alike(answered, reply), reply
    assert (reply["errorId"], reply.get("status")) == (answered["errorId"], answered.get("status"))
    if method == "getSpendingStats":
        assert all(reply["data"][0][name] == answered["data"][0][name] for name in ("dateFrom", "dateTill"))


async def test_the_example_of_test_is_answered_to_the_letter(calm: Client):
    page = PAGES / "anticaptcha" / "test.md"
    reply = await calm.post("/test", content=blocks(page)[0])
    assert reply.text.strip() == blocks(page, "html")[0]


def test_the_page_of_errors_is_the_table():
    rows = re.findall(r"^\| (\d+) \| `(ERROR_\w+)` \|", (PAGES / "errors.md").read_text(), re.MULTILINE)
    assert {int(number): code for number, code in rows} == ERROR_CODES
    assert set(json.loads(blocks(PAGES / "errors.md")[0])) == ERROR_KEYS


async def test_the_worker_pages_examples_have_the_members_that_there_are(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    session, lease, *_ = map(json.loads, blocks(PAGES / "v1" / "worker.md"))
    await factories.submit(calm.context, customer)
    await factories.taken(calm.context, hand)
    calls = {"session": session, "next": lease}
    for name, example in calls.items():
        reply = (await calm.get(f"/v1/worker/{name}", headers=hand.headers)).json()
        assert alike(json.loads(json.dumps(example)), reply), reply
