"""Kinds whose names ask for a proxy: the proxyless ones while no property names one, and 23 when one does."""

from typing import Any

import pytest

from support import factories, proven_sites
from support.anticaptcha_contract import assert_error
from support.factories import Customer
from support.in_process_client import Client
from support.token_calls import QUEUES, TASKS, create, options_of


@pytest.fixture
async def customer(calm: Client) -> Customer:
    """A customer for whom shop.example is proven by a record."""
    customer = await factories.customer(calm.context)
    await proven_sites.add_proven_site(calm.context, customer.account_id)
    return customer


PROXIED = sorted(name.removesuffix("Proxyless") for name in TASKS)
A_PROXY = {"proxyType": "http", "proxyAddress": "198.51.100.7", "proxyPort": 8080}
NO_PROXY = [
    {},
    {"proxyType": None, "proxyAddress": None, "proxyPort": None, "proxyLogin": None, "proxyPassword": None},
    {"proxyType": "", "proxyAddress": " ", "proxyPort": 0, "proxyLogin": ""},
    {"proxy": None, "proxyPort": "0", "proxyAddress": False},
    {"proxy": {}, "userAgent": "Mozilla/5.0"},
]


@pytest.mark.parametrize("kind", PROXIED)
@pytest.mark.parametrize("given", NO_PROXY, ids=str)
async def test_a_proxied_kind_that_names_no_proxy_is_the_proxyless_one(
    calm: Client, customer: Customer, kind: str, given: dict[str, Any]
):
    created = await create(calm, customer, kind=kind, **TASKS[f"{kind}Proxyless"], **given)
    assert created["errorId"] == 0, created
    async with calm.context.cells.pool(1).acquire() as db:
        queue_id = await db.fetchval("SELECT queue_id FROM task WHERE task_id = $1", created["taskId"])
    assert queue_id == QUEUES[f"{kind}Proxyless"]


@pytest.mark.parametrize("kind", PROXIED)
@pytest.mark.parametrize("name", ["proxyType", "proxyAddress", "proxyPort", "proxyLogin", "ProxyAddress", "proxy"])
async def test_a_proxy_that_is_named_in_any_property_is_23(calm: Client, customer: Customer, kind: str, name: str):
    reply = await create(calm, customer, kind=kind, **TASKS[f"{kind}Proxyless"], **{name: A_PROXY.get(name, "x")})
    assert_error(reply, 23)
    assert f"{kind}Proxyless" in reply["errorDescription"]


@pytest.mark.parametrize("kind", PROXIED)
async def test_without_a_proof_the_proxied_name_is_refused_as_the_proxyless_one_is(
    calm: Client, customer: Customer, kind: str
):
    stranger = await factories.customer(calm.context)
    refused = await create(calm, stranger, kind=kind, **TASKS[f"{kind}Proxyless"])
    assert_error(refused, 24)
    assert refused == await create(calm, stranger, kind=f"{kind}Proxyless")


@pytest.mark.parametrize(
    "kind", ["FunCaptchaTask", "GeeTestTask", "RecaptchaV3EnterpriseTask", "turnstiletask", "Task"]
)
async def test_a_kind_that_is_not_known_stays_23(calm: Client, customer: Customer, kind: str):
    for given in ({}, A_PROXY):
        assert_error(await create(calm, customer, kind=kind, **given), 23)


async def test_turnstile_s_properties_have_capmonster_s_names_too(calm: Client, customer: Customer):
    made = await create(calm, customer, kind="TurnstileTask", pageAction="sign-up", data="order 7")
    kept = await options_of(calm, made["taskId"])
    assert (kept["action"], kept["data"]) == ("sign-up", "order 7")
    for name in ("cloudflareTaskType", "htmlPageBase64", "pageData"):
        reply = await create(calm, customer, kind="TurnstileTask", **{name: "token"})
        assert_error(reply, 24)
        assert name in reply["errorDescription"]
