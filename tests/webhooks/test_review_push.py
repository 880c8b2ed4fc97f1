"""The human-review push as its receiver sees it: one verdict in the signed envelope, in ten tries at most."""

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.replay_deliveries import ReplayDeliveries, replay_deliveries
from manyeyes.outbound.resolver import SystemResolver
from manyeyes.webhooks.rules import MOST_TRIES, DeliveryState
from support.action_stage import Stage
from support.asked_results import asked_on
from support.delivery_receivers import SIGNER, Post, address, body_of, headers_of, only, receiver
from support.loopback_servers import http

NAME = "http://pictures.example/猫.jpg?a=1&b=/2"


@pytest.fixture
def post(stage: Stage) -> Post:
    return Post(stage)


def opened(body: bytes) -> dict[str, Any]:
    """Verify an envelope with the public key that clients have, and return what is in it."""
    envelope = json.loads(body)
    assert list(envelope) == ["json", "signature"]
    key = load_pem_public_key(SIGNER.public_key.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(envelope["signature"]), envelope["json"].encode(), padding.PKCS1v15(), SHA256())
    return json.loads(envelope["json"])


async def pushed(stage: Stage, post, number, **given) -> bytes:
    """Let a person give a label whose push goes to a receiver; return the one request that came."""
    async with receiver() as heard:
        asked = await asked_on(stage, review_url=address(heard))
        await asked.decide(number, name=NAME, **given)
        await post.go()
    (request,) = heard.requests
    return request


async def test_a_verdict_is_posted_in_the_envelope_that_the_public_key_opens(stage: Stage, post: Post):
    request = await pushed(stage, post, 2)
    inner = opened(body_of(request))
    assert list(inner) == ["reviews", "timestamp", "nonce"]
    assert inner["reviews"] == [{"filename": NAME, "label": 2}]
    assert inner["timestamp"] == int(stage.now.timestamp() * 1_000)
    assert isinstance(inner["nonce"], str)
    assert 0 <= float(inner["nonce"]) < 1
    assert headers_of(request)["content-type"] == "application/json"


async def test_its_bytes_are_those_that_every_official_client_survives(stage: Stage, post: Post):
    body = body_of(await pushed(stage, post, 2))
    assert body.isascii()
    assert b'": ' not in body
    assert b"\\/" not in body
    assert b"\\\\u732b" in body  # the picture's name, escaped in the inner text and once more around it


async def test_one_changed_byte_does_not_verify(stage: Stage, post: Post):
    body = body_of(await pushed(stage, post, 2)).replace(b'\\"label\\":2', b'\\"label\\":1')
    with pytest.raises(InvalidSignature):
        opened(body)


async def test_a_label_that_only_people_give_is_negative(stage: Stage, post: Post):
    assert opened(body_of(await pushed(stage, post, -2)))["reviews"] == [{"filename": NAME, "label": -2}]


async def test_a_sample_of_the_certain_is_pushed_too_even_when_it_agrees(stage: Stage, post: Post):
    inner = opened(body_of(await pushed(stage, post, 1, label=1, rate=0.99)))
    assert inner["reviews"] == [{"filename": NAME, "label": 1}]


async def test_a_review_without_a_verdict_is_not_pushed(stage: Stage, post: Post):
    async with receiver() as heard:
        asked = await asked_on(stage, review_url=address(heard))
        await asked.ask()
        stage.later(asked.calls.recognitions[0].review_seconds)
        await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
        await post.go()
    assert (heard.requests, await post.deliveries()) == ([], [])


async def test_without_an_address_nothing_is_delivered(stage: Stage, post: Post):
    await (await asked_on(stage)).decide(2)
    assert await post.deliveries() == []


async def test_a_receiver_that_is_down_is_tried_ten_times_and_each_try_is_signed_anew(stage: Stage, post: Post):
    async with receiver(http(status="500 Internal Server Error")) as heard:
        asked = await asked_on(stage, review_url=address(heard))
        await asked.decide(2, name=NAME)
        assert await post.pass_time_until_closed() == MOST_TRIES
        assert len({headers_of(request)["webhook-id"] for request in heard.requests}) == 1
        stamps = [opened(body_of(request))["timestamp"] for request in heard.requests]
        assert stamps == sorted(set(stamps))
    assert (await only(post))["state"] == DeliveryState.GIVEN_UP


async def test_a_replay_sends_the_verdict_again(stage: Stage, post: Post):
    async with receiver() as heard:
        asked = await asked_on(stage, review_url=address(heard))
        result = await asked.decide(2, name=NAME)
        await post.go()
        await stage.act(replay_deliveries, ReplayDeliveries(stage.cell, asked.account_id, result.task_id))
        await post.go()
    assert [opened(body_of(request))["reviews"] for request in heard.requests] == [[{"filename": NAME, "label": 2}]] * 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://169.254.169.254/latest/", "http://[::1]:{port}/"])
async def test_an_address_inside_is_not_called(stage: Stage, url):
    post = Post(stage, SystemResolver(), allowed=())
    async with receiver() as heard:
        asked = await asked_on(stage, review_url=url.format(port=heard.port))
        await asked.decide(2)
        await post.go()
    assert heard.requests == []
    assert (await only(post))["state"] == DeliveryState.GIVEN_UP
