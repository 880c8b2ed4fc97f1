"""Paths that are not there, and methods that one does not take: each edge says so in its own shape, signed or not."""

import json

import pytest

from support.in_process_client import Client
from support.signed_customer import check_envelope
from support.v1_problems import PROBLEM

SID = "0123456789abcdef01234567"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


@pytest.mark.parametrize(
    "path",
    [
        *(f"/v1/feedback/image/url/{SID}", "/v1", "/v1/", "/v1/reports/1/2/3", "/v1/worker", "/v1/worker/online/"),
        *("/v1/createTask", "/v1//reports", "/v1/%2e%2e/healthz", "/v1/openapi.json/x", "/v1/é"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
async def test_a_path_of_v1_that_is_not_there_is_404_in_json(client: Client, method: str, path: str):
    reply = await client.request(method, path, content=b"x" * 100_000 if method != "GET" else b"")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert set(reply.json()) == PROBLEM
    assert reply.json()["refusal"] == "unknown_call"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        *(("GET", "/v1/worker/answers", "POST"), ("POST", "/v1/reports", "GET"), ("PUT", "/v1/reports/7", "GET")),
        *(("POST", "/v1/openapi.json", "GET"), ("DELETE", "/v1/webhooks/7/replay", "POST")),
    ],
)
async def test_another_method_is_405_in_json_and_names_its_own(client: Client, method: str, path: str, allowed: str):
    reply = await client.request(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)
    assert reply.json()["refusal"] == "wrong_method"
    assert allowed in reply.json()["reason"]


async def test_what_is_there_still_is(client: Client):
    assert (await client.get("/v1/openapi.json")).json()["openapi"] == "3.1.0"
    assert (await client.get("/v1/reports")).json()["refusal"] == "unknown_key"


@pytest.mark.parametrize("path", ["/v3", "/v3/", "/v3/nothing", f"/v3/feedback/{SID}", "/v3.1/recognition/x", "/v3.1"])
@pytest.mark.parametrize("method", METHODS)
async def test_a_path_of_tupu_s_that_is_not_there_is_a_signed_15(client: Client, method: str, path: str):
    reply = await client.request(method, path)
    assert reply.status_code == 200
    assert json.loads(check_envelope(reply.content, client.context.signer.public_key))["code"] == 15


@pytest.mark.parametrize("method", [m for m in METHODS if m != "POST"])
async def test_a_call_of_tupu_s_with_another_method_is_a_signed_15(client: Client, method: str):
    reply = await client.request(method, f"/v3/recognition/{SID}")
    assert json.loads(check_envelope(reply.content, client.context.signer.public_key))["code"] == 15
