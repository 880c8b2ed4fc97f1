"""GET /v3/public-key: what clients verify with, as PEM or as JSON."""

import hashlib

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from manyeyes.settings import Settings
from support.signed_customer import Shop, check_envelope, opened


@pytest.fixture(params=[1024, 2048])
def settings(request, tmp_path) -> Settings:
    return Settings(data=tmp_path, signing_key_bits=request.param)


async def test_it_is_the_key_that_answers_are_signed_with(shop: Shop, settings: Settings):
    reply = await shop.client.get("/v3/public-key")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert reply.text.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert check_envelope((await shop.recognise()).reply.content, reply.text)
    key = load_pem_public_key(reply.content)
    assert key.key_size == settings.signing_key_bits
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert reply.headers["x-key-fingerprint"] == f"sha256:{hashlib.sha256(der).hexdigest()}"


async def test_who_wants_json_gets_json(shop: Shop, settings: Settings):
    pem = (await shop.client.get("/v3/public-key")).text
    reply = await shop.client.get("/v3/public-key", headers={"accept": "application/json"})
    assert reply.headers["content-type"] == "application/json"
    said = reply.json()
    assert list(said) == ["public_key", "fingerprint", "bits", "algorithm"]
    assert (said["public_key"], said["bits"]) == (pem, settings.signing_key_bits)
    assert reply.headers["x-key-fingerprint"] == f"sha256:{said['fingerprint']}"


async def test_its_head_alone_and_other_verbs(shop: Shop):
    reply = await shop.client.head("/v3/public-key")
    assert (reply.status_code, reply.content) == (200, b"")
    assert int(reply.headers["content-length"]) > 200
    assert opened(shop, await shop.client.post("/v3/public-key")).code == 15
