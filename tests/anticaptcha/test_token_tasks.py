"""Token kinds over the wire: what is read, what is refused and why, what comes back, and for how long."""

import json
import time
from typing import Any

import pytest

from manyeyes.actions.end_barred_tasks import EndBarredTasks, end_barred_tasks
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.anticaptcha.task_results import callback_body
from manyeyes.roles.site_checks import end_barred
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.store import TaskOutcome, progress
from support import factories, proven_sites
from support.anticaptcha_contract import REPLY_KEYS, assert_error
from support.factories import Customer
from support.in_process_client import Client
from support.token_calls import QUEUES, TASKS, URL, create, options_of, task


@pytest.fixture
async def customer(calm: Client) -> Customer:
    """A customer for whom shop.example is proven by a record."""
    customer = await factories.customer(calm.context)
    await proven_sites.add_proven_site(calm.context, customer.account_id)
    return customer


@pytest.mark.parametrize("kind", TASKS)
async def test_each_kind_lives_from_the_call_to_its_solution(calm: Client, customer: Customer, kind: str):
    hand = await factories.hand(calm.context, queues=(QUEUES[kind],))
    created = await create(calm, customer, kind=kind)
    assert set(created) == REPLY_KEYS["createTask"], created
    pending = await factories.call(calm, "getTaskResult", customer, taskId=created["taskId"])
    assert pending == {"errorId": 0, "status": "processing"}
    lease = await factories.taken(calm.context, hand)
    reply = await calm.post(
        "/v1/worker/answers",
        headers=hand.headers,
        json={"lease": str(lease.lease), "answer": {"text": proven_sites.TOKEN}},
    )
    assert reply.status_code == 200
    ready = await factories.call(calm, "getTaskResult", customer, taskId=created["taskId"])
    assert set(ready) == REPLY_KEYS["getTaskResult, ready"]
    member = "token" if kind == "TurnstileTaskProxyless" else "gRecaptchaResponse"
    assert ready["solution"] == {member: proven_sites.TOKEN}
    stats = await factories.call(calm, "getQueueStats", queueId=QUEUES[kind])
    assert (stats["errorId"], stats["total"]) == (0, 1)
    name = (await calm.context.lookups.queues())[QUEUES[kind]].name
    spent = await factories.call(calm, "getSpendingStats", customer, queue=name, date=int(time.time()) - 3_600)
    assert sum(window["volume"] for window in spent["data"]) == 1


# What published clients send with these kinds beside the site and its key: nothing of it hinders.
@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("RecaptchaV2TaskProxyless", {"websiteSToken": None, "recaptchaDataSValue": None}),
        ("RecaptchaV2TaskProxyless", {"websiteSToken": "", "recaptchaDataSValue": "", "isInvisible": True}),
        ("RecaptchaV2EnterpriseTaskProxyless", {"enterprisePayload": None}),
        ("RecaptchaV2EnterpriseTaskProxyless", {"enterprisePayload": {}, "isInvisible": 1}),
        ("RecaptchaV3TaskProxyless", {"minScore": 0.9, "pageAction": "", "isEnterprise": False}),
        ("RecaptchaV3TaskProxyless", {"minScore": "0.7", "apiDomain": "www.recaptcha.net"}),
        ("HCaptchaTaskProxyless", {"userAgent": "", "isInvisible": False, "enterprisePayload": None}),
        (
            "HCaptchaTaskProxyless",
            {"userAgent": "Mozilla/5.0", "cookies": "a=1", "enterprisePayload": {"rqdata": "x/y"}},
        ),
        ("TurnstileTaskProxyless", {"action": "", "cData": "", "chlPageData": ""}),
        ("TurnstileTaskProxyless", {"action": "sign-up", "turnstileCData": "order 7"}),
    ],
)
async def test_what_clients_send_is_read(calm: Client, customer: Customer, kind: str, given: dict[str, Any]):
    assert (await create(calm, customer, kind=kind, **given))["errorId"] == 0


async def test_what_is_read_is_kept(calm: Client, customer: Customer):
    v3 = await create(calm, customer, kind="RecaptchaV3TaskProxyless", isEnterprise=True, apiDomain="www.recaptcha.net")
    kept = await options_of(calm, v3["taskId"])
    assert (kept["website_url"], kept["host"], kept["website_key"]) == (URL, "shop.example", proven_sites.KEY)
    assert (kept["action"], kept["min_score"], kept["enterprise"]) == ("login", 0.3, True)
    assert kept["api_host"] == "www.recaptcha.net"
    turnstile = await create(calm, customer, kind="TurnstileTaskProxyless", action="sign-up", cData="order 7")
    kept = await options_of(calm, turnstile["taskId"])
    assert (kept["action"], kept["data"], kept["invisible"]) == ("sign-up", "order 7", False)
    invisible = await create(calm, customer, isInvisible="1")
    assert (await options_of(calm, invisible["taskId"]))["invisible"] is True


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"websiteURL": None}, "websiteURL"),
        ({"websiteURL": ""}, "websiteURL"),
        ({"websiteURL": 7}, "websiteURL"),
        ({"websiteURL": "shop.example"}, "websiteURL"),
        ({"websiteURL": "ftp://shop.example/"}, "websiteURL"),
        ({"websiteURL": "https://user:word@shop.example/"}, "websiteURL"),
        ({"websiteURL": "https://shop.example@evil.example/"}, "websiteURL"),
        ({"websiteURL": "https://evil.example\\@shop.example/"}, "websiteURL"),
        ({"websiteURL": "https://shop.example:99999/"}, "websiteURL"),
        ({"websiteURL": "https://shop.example/\n"}, "websiteURL"),
        ({"websiteURL": "https://2130706433/"}, "websiteURL"),
        ({"websiteURL": "https://shop.example/" + "a" * 2_000}, "websiteURL"),
        ({"websiteKey": None}, "websiteKey"),
        ({"websiteKey": "short"}, "websiteKey"),
        ({"websiteKey": "<script>alert(1)</script>"}, "websiteKey"),
        ({"websiteKey": "a" * 129}, "websiteKey"),
        ({"isInvisible": "perhaps"}, "isInvisible"),
        ({"recaptchaDataSValue": "abc"}, "recaptchaDataSValue"),
        ({"websiteSToken": "abc"}, "websiteSToken"),
        ({"apiDomain": "evil.example"}, "apiDomain"),
        ({"kind": "RecaptchaV3TaskProxyless", "minScore": None}, "minScore"),
        ({"kind": "RecaptchaV3TaskProxyless", "minScore": 0}, "minScore"),
        ({"kind": "RecaptchaV3TaskProxyless", "minScore": 1}, "minScore"),
        ({"kind": "RecaptchaV3TaskProxyless", "minScore": "nan"}, "minScore"),
        ({"kind": "RecaptchaV3TaskProxyless", "minScore": True}, "minScore"),
        ({"kind": "RecaptchaV3TaskProxyless", "minScore": []}, "minScore"),
        ({"kind": "RecaptchaV3TaskProxyless", "pageAction": "a'b"}, "pageAction"),
        ({"kind": "RecaptchaV2EnterpriseTaskProxyless", "enterprisePayload": {"s": "abc"}}, "enterprisePayload"),
        ({"kind": "RecaptchaV2EnterpriseTaskProxyless", "enterprisePayload": "abc"}, "enterprisePayload"),
        ({"kind": "HCaptchaTaskProxyless", "enterprisePayload": {"rqdata": "a", "sentry": True}}, "enterprisePayload"),
        ({"kind": "TurnstileTaskProxyless", "chlPageData": "abc"}, "chlPageData"),
        ({"kind": "TurnstileTaskProxyless", "cData": "a" * 8_001}, "cData"),
    ],
)
async def test_a_property_that_makes_no_sense_is_named(
    calm: Client, customer: Customer, given: dict[str, Any], named: str, nothing_left: Any
):
    async with nothing_left():
        reply = await create(calm, customer, **given)
    assert_error(reply, 24)
    assert named in reply["errorDescription"]


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/",
        "http://shop.example",
        "HTTPS://SHOP.EXAMPLE/Login?next=/#top",
        "https://shop.example./login",
        "https://www.shop.example:8443/login",
        "https://a.b.shop.example/",
    ],
)
async def test_every_way_to_write_a_covered_host_is_covered(calm: Client, customer: Customer, url: str):
    assert (await create(calm, customer, websiteURL=url))["errorId"] == 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://other.example/", "manyeyes site add other.example`"),
        ("https://notshop.example/", "manyeyes site add notshop.example`"),
        ("https://shop.example.evil.example/", "manyeyes site add shop.example.evil.example`"),
        ("https://example/", "nobody can prove control of example"),
        ("https://192.0.2.7/", "nobody can prove control of 192.0.2.7"),
        ("https://[2001:db8::1]/", "nobody can prove control of 2001:db8::1"),
        ("https://shop.exаmple/", "manyeyes site add shop.xn--"),  # the third letter of the end is Cyrillic
        ("https://localhost/", "nobody can prove control of localhost"),
    ],
)
async def test_a_host_without_a_proof_is_told_how_to_prove_it(
    calm: Client, customer: Customer, url: str, told: str, nothing_left: Any
):
    async with nothing_left():
        reply = await create(calm, customer, websiteURL=url)
    assert_error(reply, 24)
    assert told in reply["errorDescription"]


async def test_an_international_name_is_its_ascii_form(calm: Client, customer: Customer):
    await proven_sites.add_proven_site(calm.context, customer.account_id, "xn--bcher-kva.example")
    for url in ("https://bücher.example/", "https://www.BÜCHER.example/", "https://xn--bcher-kva.example/"):
        assert (await create(calm, customer, websiteURL=url))["errorId"] == 0


async def test_another_account_may_not(calm: Client, customer: Customer):
    assert_error(await create(calm, await factories.customer(calm.context)), 24)


@pytest.mark.parametrize(
    "kind",
    [
        *("RecaptchaV2Task", "NoCaptchaTask", "RecaptchaV2EnterpriseTask", "RecaptchaV3Task", "HCaptchaTask"),
        *("TurnstileTask", "FunCaptchaTask", "GeeTestTask", "FriendlyCaptchaTask", "ProsopoTask", "AmazonTask"),
        "AltchaTask",
    ],
)
async def test_proxied_kinds_are_refused_with_the_reason(calm: Client, customer: Customer, kind: str):
    reply = await create(calm, customer, kind=kind, proxyType="http", proxyAddress="8.8.8.8", proxyPort=8080)
    assert_error(reply, 23)
    assert "nothing is proxied here" in reply["errorDescription"]


@pytest.mark.parametrize("kind", ["AntiGateTask", "FunCaptchaTaskProxyless", "ImageToCoordinatesTask", "", 7, [], {}])
async def test_other_kinds_are_not_taken(calm: Client, customer: Customer, kind: Any):
    assert_error(
        await create(calm, customer, kind=kind) if kind.__hash__ else await unhashable(calm, customer, kind), 23
    )


async def unhashable(calm: Client, customer: Customer, kind: Any) -> dict[str, Any]:
    return await factories.call(calm, "createTask", customer, task={**task(), "type": kind})


async def test_a_withdrawal_ends_what_waits_and_gives_the_money_back(calm: Client, customer: Customer):
    created = await create(calm, customer)
    assert (await factories.call(calm, "getBalance", customer))["balance"] == 9.998
    withdrawal = WithdrawSite(1, await calm.context.id_blocks.take(1), customer.account_id, "shop.example")
    await calm.context.batcher.ask(withdraw_sites, withdrawal)
    await end_barred(calm.context, 1)
    reply = await factories.call(calm, "getTaskResult", customer, taskId=created["taskId"])
    assert_error(reply, 57)
    assert "not charged" in reply["errorDescription"]
    assert (await factories.call(calm, "getBalance", customer))["balance"] == 10
    assert_error(await create(calm, customer), 24)
    assert (await calm.context.batcher.ask(end_barred_tasks, EndBarredTasks(1))).ended == 0


@pytest.mark.parametrize(("age", "is_ready"), [(119.0, True), (121.0, False)])
async def test_a_token_is_delivered_for_two_minutes(calm: Client, customer: Customer, age: float, is_ready: bool):
    hand = await factories.hand(calm.context, queues=(6,))
    created = await create(calm, customer)
    lease = await factories.taken(calm.context, hand)
    await WorkerDesk(calm.context).answer(hand.worker, lease.lease, proven_sites.TOKEN)
    async with calm.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = now() - $1 * interval '1 s'", age)
    reply = await factories.call(calm, "getTaskResult", customer, taskId=created["taskId"])
    if is_ready:
        assert reply["status"] == "ready"
    else:
        assert_error(reply, 34)
    assert (await factories.call(calm, "getBalance", customer))["balance"] == 9.998


async def test_a_picture_of_that_age_is_still_delivered(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    task_id = await factories.solve(calm.context, customer, hand)
    async with calm.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = now() - interval '121 s'")
    assert (await factories.call(calm, "getTaskResult", customer, taskId=task_id))["status"] == "ready"


@pytest.mark.parametrize(("age", "error_id"), [(5.0, 0), (121.0, 34)])
async def test_a_call_back_that_is_tried_late_tells_that_the_token_is_too_old(
    calm: Client, customer: Customer, age: float, error_id: int
):
    task_id = await factories.solve(
        calm.context,
        customer,
        await factories.hand(calm.context, queues=(6,)),
        proven_sites.TOKEN,
        **proven_sites.asking(),
    )
    async with calm.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = now() - $1 * interval '1 s'", age)
        (outcome,) = await progress(db, 1, [(customer.account_id, task_id)])
    assert isinstance(outcome, TaskOutcome)
    body = json.loads(callback_body(calm.context.pictures, 1, outcome, "http://manyeyes.test"))
    assert (body["errorId"], body["taskId"]) == (error_id, task_id)
    assert ("solution" in body) is (error_id == 0)


async def test_a_report_on_a_token_tells_of_no_picture(calm: Client, customer: Customer):
    hand = await factories.hand(calm.context, queues=(18,))
    task_id = (await create(calm, customer, kind="RecaptchaV3TaskProxyless"))["taskId"]
    lease = await factories.taken(calm.context, hand)
    await WorkerDesk(calm.context).answer(hand.worker, lease.lease, proven_sites.TOKEN)
    assert (await factories.call(calm, "reportCorrectRecaptcha", customer, taskId=task_id))["errorId"] == 0
    told = (await calm.get(f"/v1/reports/{task_id}", headers={"authorization": f"Bearer {customer.key}"})).json()
    assert (told["kind"], told["answer"], told["image_url"]) == ("correct_token", proven_sites.TOKEN, None)
