"""Every input that is kept: a served installation answers it by its contract, and the books stay in order."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fuzz.answers import fault, send
from fuzz.inputs import Input, named, read, request
from manyeyes.actions.check_books import check_books
from manyeyes.recognisers import frame_decoder
from manyeyes.recognisers.child_protocol import Frames, Item
from manyeyes.recognisers.interface import Failure
from manyeyes.runtime.context import Context
from support import factories
from support.in_process_client import client_of
from support.served_application import served
from support.signed_customer import Shop, open_shop

CORPUS = Path(__file__).parent
REQUESTS = sorted(CORPUS.glob("*/*.http"))
PICTURES = sorted((CORPUS / "pictures").iterdir())
SIGNED = ("timestamp", "nonce", "signature")


class Installation:
    """A customer with an app, a worker and a reviewer, behind a real server on loopback."""

    def __init__(self, shop: Shop, address: tuple[str, int], fixed: dict[str, str]) -> None:
        self.shop, self.address, self.fixed = shop, address, fixed

    async def fault(self, shape: str, sent: Input) -> str:
        answered = await asyncio.to_thread(send, self.address, sent, {**self.fixed, **self.shop.triple()})
        wrong = fault(shape, answered)
        return f"{wrong}: {answered.body[:200]!r}" if wrong else ""


@pytest.fixture
async def installation(context: Context) -> AsyncIterator[Installation]:
    async with client_of(context) as client:
        shop = await open_shop(context, client)
        worker = await factories.hand(context)
        reviewer = await factories.hand(context, reviewer=True)
        fixed = {
            "client_key": shop.customer.key,
            "worker_token": worker.token,
            "reviewer_token": reviewer.token,
            "secret_id": shop.sid,
            "task_id": shop.task_id,
        }
        async with served(context) as place:
            yield Installation(shop, place, fixed)


async def proven(context: Context) -> None:
    async with context.cells.directory.acquire() as db:
        assert (await check_books(db, 1)).findings == []


async def test_every_request_is_answered_by_its_contract(installation: Installation):
    wrong = {path.stem: await installation.fault(path.parent.name, read(path)) for path in REQUESTS}
    assert {name: what for name, what in wrong.items() if what} == {}
    await proven(installation.shop.context)


async def test_every_picture_is_taken_or_refused_in_both_contracts(installation: Installation):
    wrong: dict[str, str] = {}
    for path in PICTURES:
        text = base64.b64encode(path.read_bytes()).decode()
        task = {"clientKey": named("client_key"), "task": {"type": "ImageToTextTask", "body": text}}
        signed = {**{name: named(name) for name in SIGNED}, "images": [text]}
        calls = {
            "anticaptcha": request("POST", "/createTask", json.dumps(task).encode()),
            "tupu": request(
                *("POST", f"/v3/recognition/image/sync/base64/{named('secret_id')}", json.dumps(signed).encode()),
                content_type="application/json",
            ),
        }
        wrong |= {f"{path.name} in {shape}": await installation.fault(shape, sent) for shape, sent in calls.items()}
    assert {name: what for name, what in wrong.items() if what} == {}
    await proven(installation.shop.context)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_every_picture_is_decoded_or_not(path: Path):
    (outcome,) = frame_decoder.answer([Item(path.read_bytes())])
    assert isinstance(outcome, Frames | Failure)


def test_the_folders_are_those_of_the_readme():
    readme = (CORPUS / "README.md").read_text("utf-8")
    folders = {path.name for path in CORPUS.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert {name for name in folders if f"`{name}/`" not in readme} == set()
    assert {path.parent.name for path in REQUESTS} | {"pictures"} == folders
