"""Operators, auditors, support: what each may open and send, page by page, and what each is offered."""

import re

import pytest
from starlette.routing import Route

from manyeyes.accounts.rules import digest
from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.actions.remove_staff import RemoveStaff, remove_staff
from manyeyes.console.routes import routes
from manyeyes.staff.rules import SUPPORTS
from manyeyes.staff.store import StaffMember
from manyeyes.values.deeds import Deed
from manyeyes.workers.browser_sessions import browser_session
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import link
from support.in_process_client import Client
from support.recognition_results import open_app, open_recognition

OWN = {"origin": "http://manyeyes.test"}
STAFF = {"operator": 1, "auditor": 2, "support": 3}
# What each form does; one that is None is an operator's alone.
FORMS: dict[str, Deed | None] = {
    "/operator/appeal": Deed.APPEAL_DECIDE,
    "/operator/top-ups": Deed.TOP_UP_APPROVE,
    "/operator/payouts/move": Deed.PAYOUT_APPROVE,
    "/operator/staff": Deed.STAFF_ADD,
    "/operator/staff/link": Deed.STAFF_LINK,
    "/operator/staff/sign-out": Deed.STAFF_LINK,
    "/operator/staff/remove": Deed.STAFF_REMOVE,
    "/operator/certainty/anew": Deed.PROMISE_RENEW,
    "/operator/announcements": Deed.ANNOUNCEMENT_ADD,
    "/operator/announcements/end": Deed.ANNOUNCEMENT_END,
    "/operator/links/make": Deed.LINK_MAKE,
    "/operator/links/dismiss": Deed.LINK_CLOSE,
    "/operator/app": Deed.APP_SET,
    "/operator/recognition": Deed.RECOGNITION_SET,
    "/operator/recognition/{task_id}/terms": Deed.RECOGNITION_SET,
    "/operator/recognition/{task_id}/import": Deed.RECOGNITION_IMPORT,
    "/operator/accounts": Deed.ACCOUNT_OPEN,
    "/operator/accounts/{account_id}": Deed.ACCOUNT_SET,
    "/operator/accounts/{account_id}/freeze": Deed.ACCOUNT_SET,
    "/operator/accounts/{account_id}/top-up": Deed.BALANCE_TOP_UP,
    "/operator/accounts/{account_id}/keys": Deed.KEY_ISSUE,
    "/operator/accounts/{account_id}/keys/end": Deed.KEY_REVOKE,
    "/operator/accounts/{account_id}/people": Deed.COLLEAGUE_INVITE,
    "/operator/accounts/{account_id}/buckets": Deed.BUCKET_KEEP,
    "/operator/accounts/{account_id}/buckets/remove": Deed.BUCKET_REMOVE,
    "/operator/accounts/{account_id}/link": Deed.LINK_MAKE,
    "/operator/accounts/{account_id}/sign-out": Deed.SIGN_OUT_EVERYWHERE,
    "/operator/accounts/{account_id}/secret": Deed.WEBHOOK_SECRET_ROTATE,
    "/operator/accounts/{account_id}/resend": None,
    "/operator/people/decide": Deed.BAR_DECIDE,
    "/operator/workers": Deed.WORKER_ADD,
    "/operator/workers/{worker_id}": Deed.WORKER_SET,
    "/operator/workers/{worker_id}/caps": Deed.WORKER_CAPS,
    "/operator/workers/{worker_id}/disable": Deed.WORKER_DISABLE,
    "/operator/workers/{worker_id}/enable": Deed.WORKER_ENABLE,
    "/operator/workers/{worker_id}/link": Deed.LINK_MAKE,
    "/operator/workers/{worker_id}/sign-out": Deed.SIGN_OUT_EVERYWHERE,
    "/operator/workers/{worker_id}/payout": Deed.PAYOUT_ASK,
    "/operator/queues": Deed.QUEUE_ADD,
    "/operator/queues/{queue_id}": Deed.QUEUE_SET,
    "/operator/queues/{queue_id}/training": Deed.TRAINING_SET,
    "/operator/apps": Deed.APP_ADD,
    "/operator/apps/{secret_id}": Deed.APP_SET,
    "/operator/apps/{secret_id}/key": Deed.APP_SET,
    "/operator/apps/{secret_id}/suspend": Deed.APP_SET,
    "/operator/apps/{secret_id}/recognitions": Deed.RECOGNITION_ADD,
    "/operator/sites": Deed.SITE_ADD,
    "/operator/sites/{account_id}/{domain}/check": Deed.SITE_ADD,
    "/operator/sites/{account_id}/{domain}/withdraw": Deed.SITE_WITHDRAW,
    "/operator/soft-apps": Deed.SOFT_APP_ADD,
    "/operator/soft-apps/pay-out": Deed.SHARE_PAY_OUT,
    "/operator/addresses": Deed.NETWORK_BLOCK,
    "/operator/addresses/unblock": Deed.NETWORK_UNBLOCK,
}
OPERATORS_FILES = {"/operator/payouts.csv"}  # where people's money goes, in full: for whoever pays it out


async def sign_in(client: Client, staff_id: int) -> str:
    """Sign somebody of the staff in, and return their session's secret."""
    client.cookies.clear()
    reply = await client.post(await link(client.context, Subject("operator", staff_id, 0)), headers=OWN)
    assert reply.headers["location"] == "/operator"
    return reply.cookies["manyeyes_session"]


async def take_on(client: Client, role: str) -> str:
    member = StaffMember(STAFF[role], f"{role} of ours", role)
    assert await client.context.batcher.ask(add_staff, AddStaff(member)) is None
    return await sign_in(client, STAFF[role])


def paths(client: Client, method: str) -> list[str]:
    """Return every path of the operator's pages, or forms."""
    found = [route for route in routes(client.context) if isinstance(route, Route) and method in (route.methods or ())]
    return [route.path for route in found if route.path.startswith("/operator")]


def named(path: str) -> str:
    """Return a path about the first of everything."""
    return re.sub(r"\{\w+\}", "1", path)


@pytest.mark.parametrize("role", STAFF)
async def test_everybody_of_the_staff_opens_every_page(client: Client, role: str):
    await take_on(client, role)
    for path in paths(client, "GET"):
        if path in OPERATORS_FILES and role != "operator":
            assert (await client.get(named(path))).status_code == 403
            continue
        reply = await client.get(named(path))
        assert reply.status_code in (200, 303, 404), (path, reply.status_code)  # not 403, and nobody is sent away
        assert reply.headers.get("location") != "/", path
    assert len(paths(client, "GET")) >= 12


@pytest.mark.parametrize("role", STAFF)
async def test_each_form_is_sent_by_those_whose_role_may_do_it(client: Client, role: str):
    await take_on(client, role)
    forms = paths(client, "POST")
    assert sorted(forms) == sorted(FORMS), "say in FORMS what each form does"
    for path in forms:
        reply = await client.post(named(path), headers=OWN, data={"x": "y"})
        allowed = role == "operator" or (role == "support" and FORMS[path] in SUPPORTS)
        assert (reply.status_code == 403) is not allowed, (path, reply.status_code)
        assert ("Nothing was changed" in reply.text) is not allowed, path


@pytest.mark.parametrize(("role", "app_form", "terms_form"), [("operator", 1, 1), ("support", 1, 0), ("auditor", 0, 0)])
async def test_a_form_that_would_be_refused_is_not_offered(client: Client, role: str, app_form: int, terms_form: int):
    customer = await factories.customer(client.context)
    app = await open_app(client.context, customer)
    recognition = await open_recognition(client.context, app, "weapons")
    await take_on(client, role)
    listed = (await client.get("/operator/recognition")).text
    one = (await client.get(f"/operator/recognition/{recognition.task_id}")).text
    assert ('action="/operator/app"' in listed) is bool(app_form)
    assert ('action="/operator/recognition"' in one) is bool(terms_form)
    assert 'action="/logout"' in listed


async def test_who_is_removed_is_signed_out_at_once_and_their_link_is_worth_nothing(client: Client):
    secret = await take_on(client, "support")
    unused = await link(client.context, Subject("operator", STAFF["support"], 0))
    assert (await client.get("/operator")).status_code == 200
    assert await client.context.batcher.ask(remove_staff, RemoveStaff(STAFF["support"])) == 1
    client.context.lookups.forget()  # as every server does by the word of it
    assert (await client.get("/operator")).headers["location"] == "/"
    async with client.context.cells.directory.acquire() as db:
        assert await browser_session(db, digest(secret)) is None
    assert (await client.post(unused, headers=OWN)).status_code == 410


async def test_a_session_of_somebody_who_is_gone_opens_nothing(client: Client):
    """Though the row of the session were still there, as in a copy that was brought back."""
    await take_on(client, "operator")
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE staff SET removed_at = now()")
    client.context.lookups.forget()
    assert (await client.get("/operator")).headers["location"] == "/"


async def test_the_founding_operator_is_one_without_a_row(client: Client):
    await sign_in(client, 0)
    assert (await client.get("/operator/audit")).status_code == 200
    assert (await client.post("/operator/app", headers=OWN, data={"x": "y"})).status_code == 303
