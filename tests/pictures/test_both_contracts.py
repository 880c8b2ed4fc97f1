"""One judgement for both wire contracts: createTask's error 15 is /v3's label -1, and base64 is read alike."""

import asyncio
import base64
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
import pytest

from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.pictures.reader import is_plain
from manyeyes.recognisers.interface import Failure
from manyeyes.recognisers.request_queue import RecogniserAway, RecogniserBusy
from support import factories
from support.in_process_client import Client
from support.judged_pictures import JPEG, NOT_TAKEN, TAKEN
from support.judged_pngs import packed
from support.made_pictures import noted, rows
from support.signed_customer import Shop, opened

SMALLEST = 100
PICTURE = noted()
BASE64 = base64.b64encode(PICTURE).decode()
LINES = [BASE64[at : at + 76] for at in range(0, len(BASE64), 76)]
URL_SAFE = base64.urlsafe_b64encode(PICTURE).decode()
DAMAGED = packed(rows(3))  # its structure is right
IS_TAKEN = {  # base64 texts
    "plain": (BASE64, True),
    "broken by LF": ("\n".join(LINES), True),
    "broken by CR LF": ("\r\n".join(LINES) + "\r\n", True),
    "broken by CR": ("\r".join(LINES), True),
    "URL-safe": (URL_SAFE, True),
    "both alphabets": (BASE64.replace("+", "-"), False),
    "plus signs that became blanks": (BASE64.replace("+", " "), False),
    "blanks for line breaks": (" ".join(LINES), False),
    "a blank behind": (BASE64 + " ", False),
    "a tab within": (BASE64[:40] + "\t" + BASE64[40:], False),
    "no padding": (base64.b64encode(noted() + b"x").decode().rstrip("="), False),
    "cut off": (BASE64[:-2], False),
    "more behind the padding": (base64.b64encode(noted() + b"x").decode() + "AAAA", False),
    "escaped for an address": (BASE64.replace("+", "%2B"), False),
    "nothing but an alphabet of others": ("图" * 200, False),
}


async def errors(client: httpx.AsyncClient, customer: factories.Customer, bodies: Mapping[str, str]) -> dict[str, int]:
    """Return createTask's errorId for each body."""
    asked = [
        factories.call(client, "createTask", customer, task={"type": "ImageToTextTask", "body": body})
        for body in bodies.values()
    ]
    return {name: reply["errorId"] for name, reply in zip(bodies, await asyncio.gather(*asked), strict=True)}


async def labels(shop: Shop, bodies: Mapping[str, str]) -> dict[str, int]:
    """Return /v3's label of each body, ten in a call."""
    found: list[int] = []
    texts = [*bodies.values()]
    for at in range(0, len(texts), 10):
        answer = await shop.base64(*texts[at : at + 10])
        found += [file["label"] for file in answer.files(shop.task_id)]
    return dict(zip(bodies, found, strict=True))


async def test_what_one_contract_refuses_the_other_refuses_too(shop: Shop, customer: factories.Customer):
    pictures = {**TAKEN, **NOT_TAKEN}
    bodies = {name: base64.b64encode(data.ljust(SMALLEST, b"\0")).decode() for name, data in pictures.items()}
    plain = {name: bodies[name] for name, data in pictures.items() if is_plain(data)}
    said, heard = await labels(shop, bodies), await errors(shop.client, customer, plain)
    assert {name: label for name, label in said.items() if (label == -1) != (name in NOT_TAKEN)} == {}
    assert {name: error for name, error in heard.items() if error != (15 if name in NOT_TAKEN else 0)} == {}


async def test_base64_is_read_alike(shop: Shop, customer: factories.Customer):
    bodies = {name: text for name, (text, _) in IS_TAKEN.items()}
    wanted = {name: taken for name, (_, taken) in IS_TAKEN.items()}
    assert "+" in BASE64
    assert {name: error == 0 for name, error in (await errors(shop.client, customer, bodies)).items()} == wanted
    assert {name: label == 0 for name, label in (await labels(shop, bodies)).items()} == wanted


async def test_a_plus_that_a_form_made_a_blank_is_told(shop: Shop):
    form = f"{urlencode(shop.triple())}&images={BASE64}"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    path = f"/v3/recognition/image/sync/base64/{shop.sid}"
    answer = opened(shop, await shop.client.post(path, content=form, headers=kind))
    assert answer.files(shop.task_id)[0]["label"] == -1
    (found,) = await shop.rows("recognition_result", "fault")
    assert "blank" in found["fault"]


async def test_an_account_without_money_makes_nobody_decode(calm: Client, monkeypatch: pytest.MonkeyPatch):
    poor = await factories.customer(calm.context, "0")

    async def decoded(data: bytes) -> Failure | None:
        raise AssertionError("a picture was decoded")

    monkeypatch.setattr(calm.context.recognisers, "check", decoded)
    assert await errors(calm, poor, {"": base64.b64encode(DAMAGED).decode()}) == {"": 10}


async def test_money_that_came_a_moment_ago_counts(calm: Client):
    poor = await factories.customer(calm.context, "0")
    assert await errors(calm, poor, {"": BASE64}) == {"": 10}
    top_up = TopUp(poor.cell, await calm.context.id_blocks.take(poor.cell), poor.account_id, 1_000_000)
    await calm.context.batcher.ask(top_up_accounts, top_up)
    assert await errors(calm, poor, {"": BASE64}) == {"": 0}


async def test_while_too_much_waits_to_be_decoded_the_customer_comes_again(
    calm: Client, customer: factories.Customer, monkeypatch: pytest.MonkeyPatch
):
    async def busy(data: bytes) -> Failure | None:
        raise RecogniserBusy("512 pictures wait for unfolding already")

    monkeypatch.setattr(calm.context.recognisers, "check", busy)
    body = {"clientKey": customer.key, "task": {"type": "ImageToTextTask", "body": BASE64}}
    reply = await calm.post("/createTask", json=body)
    assert reply.json()["errorId"] == 2
    assert reply.headers["retry-after"] == "5"


async def test_when_nothing_can_be_decoded_the_structures_word_is_taken(
    shop: Shop, customer: factories.Customer, monkeypatch: pytest.MonkeyPatch
):
    async def away(*asked: object) -> None:
        raise RecogniserAway("no such program")

    monkeypatch.setattr(shop.context.recognisers, "_decoded", away)
    pictures = {"whole": PICTURE, "damaged inside": DAMAGED, "cut off": PICTURE[:300], "without its end": JPEG[:-2]}
    bodies = {name: base64.b64encode(data).decode() for name, data in pictures.items()}
    assert await errors(shop.client, customer, bodies) == {
        **{"whole": 0, "damaged inside": 0, "cut off": 15, "without its end": 15}
    }
    del bodies["without its end"]
    assert await labels(shop, bodies) == {"whole": 0, "damaged inside": 0, "cut off": -1}
