"""Signing in: one-time links, keys, cookies, and forms that come from elsewhere."""

import re
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from manyeyes.console.routes import routes
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import customer_subject, link, worker_subject
from support.in_process_client import Client

OWN = {"origin": "http://manyeyes.test"}
FOREIGN = {"origin": "http://elsewhere.test"}
PAGES = ["/worker", "/customer", "/customer/statement", "/customer/statement.csv", "/operator"]
ACTS = ("online", "offline", "answer", "skip")
OF_ROLE = {"worker": "worker", "reviewer": "worker", "customer": "customer", "operator": "operator"}
FORMS = ["/login", "/login/x", "/logout", "/look", *(f"/worker/{act}" for act in ACTS)]


@pytest.fixture
async def hand(client: Client) -> factories.Hand:
    return await factories.hand(client.context)


async def sign_in(client: Client, subject) -> httpx.Response:
    reply = await client.post(await link(client.context, subject), headers=OWN)
    assert reply.status_code == 303
    return reply


def cookie(reply) -> Morsel[str]:
    return SimpleCookie(reply.headers["set-cookie"])["manyeyes_session"]


async def test_looking_at_a_link_does_not_spend_it(client: Client, hand: factories.Hand):
    path = await link(client.context, worker_subject(hand))
    for _ in range(3):
        page = await client.get(path)
        assert page.status_code == 200
        assert f'action="{path}"' in page.text
        assert "set-cookie" not in page.headers
    assert (await client.post(path, headers=OWN)).status_code == 303


async def test_a_link_signs_in_once(client: Client, hand: factories.Hand):
    path = await link(client.context, worker_subject(hand))
    first = await client.post(path, headers=OWN)
    assert (first.status_code, first.headers["location"]) == (303, "/worker")
    for here_again in (await client.get(path), await client.post(path, headers=OWN)):
        assert (here_again.status_code, here_again.headers["location"]) == (303, "/worker")
        assert "set-cookie" not in here_again.headers
    client.cookies.clear()
    again = await client.post(path, headers=OWN)
    assert again.status_code == 410
    assert "set-cookie" not in again.headers
    assert "has been used or is too old" in again.text
    assert "has been used or is too old" in (await client.get(path)).text


async def test_a_spent_link_says_nothing_to_somebody_else(client: Client, hand: factories.Hand):
    path = await link(client.context, worker_subject(hand))
    await client.post(path, headers=OWN)
    await sign_in(client, worker_subject(await factories.hand(client.context)))
    assert (await client.get(path)).status_code == 410


async def test_a_link_ends(client: Client, hand: factories.Hand):
    path = await link(client.context, worker_subject(hand), seconds=-1)
    assert (await client.get(path)).status_code == 410
    assert (await client.post(path, headers=OWN)).status_code == 410


async def test_a_token_is_no_link_and_a_link_no_session(client: Client, hand: factories.Hand):
    assert (await client.get(f"/login/{hand.token}")).status_code == 410
    path = await link(client.context, worker_subject(hand))
    client.cookies.set("manyeyes_session", path.rsplit("/", 1)[1])
    assert (await client.get("/worker")).status_code == 303


@pytest.mark.parametrize(
    ("role", "home"), [("worker", "/worker"), ("customer", "/customer"), ("operator", "/operator")]
)
async def test_each_role_goes_home_and_nowhere_else(client: Client, hand: factories.Hand, role, home):
    customer = await factories.customer(client.context)
    subjects = {
        "worker": worker_subject(hand),
        "customer": customer_subject(customer),
        "operator": Subject("operator", 0, 0),
    }
    reply = await sign_in(client, subjects[role])
    assert reply.headers["location"] == home
    for page in PAGES:
        found = await client.get(page)
        assert found.status_code == (200 if page.startswith(home) else 403), page
        told = "You are signed in here as" in found.text and f'href="{home}"' in found.text
        assert told == (not page.startswith(home)), page
    assert f'href="{home}"' in (await client.get("/")).text


async def test_every_page_and_form_of_a_role_is_shut_to_everybody_else(client: Client, hand: factories.Hand):
    """A page that forgot its guard would be open: all that are served are asked, whoever wrote them."""
    customer = await factories.customer(client.context)
    subjects = {
        "worker": worker_subject(hand),
        "customer": customer_subject(customer),
        "operator": Subject("operator", 0, 0),
    }
    asked = [
        (method, re.sub(r"{\w+}", "1", route.path)) for route in routes(client.context) for method in route.methods
    ]
    personal = [(method, path) for method, path in asked if path.split("/")[1] in OF_ROLE]
    assert len({path.split("/")[1] for _, path in personal}) == len(OF_ROLE)
    for role in (None, *subjects):
        client.cookies.clear()
        if role:
            await sign_in(client, subjects[role])
        for method, path in personal:
            if OF_ROLE[path.split("/")[1]] != role:
                reply = await client.request(method, path, headers=OWN | {"content-length": "0"})
                shut = (reply.status_code, reply.headers.get("location"))
                assert shut == ((403, None) if role else (303, "/")), (role, method, path)


@pytest.mark.parametrize("page", PAGES)
async def test_nobody_sees_a_page_without_signing_in(client: Client, page):
    reply = await client.get(page)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client, hand: factories.Hand):
    reply = await sign_in(client, worker_subject(hand))
    session = cookie(reply)
    assert (session["httponly"], session["samesite"], session["path"], session["secure"]) == (True, "lax", "/", "")
    assert len(session.value) >= 32
    over_tls = await client.post(
        f"https://manyeyes.test{await link(client.context, worker_subject(hand))}",
        headers={"origin": "https://manyeyes.test"},
    )
    assert cookie(over_tls)["secure"] is True


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("headers", [FOREIGN, {"origin": "null"}, {}], ids=["foreign", "null", "none"])
async def test_a_form_from_elsewhere_is_refused(client: Client, hand: factories.Hand, form, headers):
    await sign_in(client, worker_subject(hand))
    assert (await client.post(form, headers=headers)).status_code == 403
    assert (await client.get("/worker")).status_code == 200


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_of_any_size_is_refused(client: Client, form):
    reply = await client.post(form, headers=OWN, data={"text": "a" * 70_000})
    assert reply.status_code == 413


async def test_a_foreign_page_cannot_spend_a_link(client: Client, hand: factories.Hand):
    path = await link(client.context, worker_subject(hand))
    assert (await client.post(path, headers=FOREIGN)).status_code == 403
    assert (await client.post(path, headers=OWN)).status_code == 303


async def test_signing_out_ends_the_session_everywhere(client: Client, hand: factories.Hand):
    reply = await sign_in(client, worker_subject(hand))
    secret = cookie(reply).value
    assert (await client.post("/logout", headers=OWN)).headers["location"] == "/"
    client.cookies.set("manyeyes_session", secret)
    assert (await client.get("/worker")).status_code == 303


async def test_a_client_key_signs_a_customer_in(client: Client):
    customer = await factories.customer(client.context)
    reply = await client.post("/login", headers=OWN, data={"key": f" {customer.key} "})
    assert (reply.status_code, reply.headers["location"]) == (303, "/customer")


async def test_a_key_is_bound_to_its_addresses(client: Client):
    customer = await factories.customer(client.context, addresses=("198.51.100.0/24",))
    assert (await client.post("/login", headers=OWN, data={"key": customer.key})).status_code == 403


async def test_a_token_signs_a_worker_in_and_an_unknown_key_nobody(client: Client, hand: factories.Hand):
    assert (await client.post("/login", headers=OWN, data={"key": hand.token})).headers["location"] == "/worker"
    client.cookies.clear()
    for key in ("0" * 32, "", "'; --"):
        reply = await client.post("/login", headers=OWN, data={"key": key})
        assert reply.status_code == 403
        assert "not known here" in reply.text
        assert "set-cookie" not in reply.headers


async def test_settings_go_back_to_own_pages_only(client: Client):
    choices = {"lang": "th", "theme": "dark", "text": "large"}
    for back, goal in [
        ("/help", "/help"),
        ("//elsewhere.test", "/"),
        ("https://elsewhere.test/", "/"),
        ("/\\elsewhere.test", "/"),
    ]:
        reply = await client.post("/look", headers=OWN, data={**choices, "back": back})
        assert (reply.status_code, reply.headers["location"]) == (303, goal)
    page = (await client.get("/help")).text
    assert '<html lang="th" data-theme="dark" data-text="large" data-soften="no">' in page
    await client.post("/look", headers=OWN, data={"lang": "xx", "theme": '"><b>', "text": "huge"})
    assert '<html lang="th" data-theme="dark" data-text="large" data-soften="no">' in (await client.get("/help")).text


async def test_pages_allow_nothing_from_elsewhere_and_nothing_inline(client: Client):
    for page in ("/", "/help", "/login/unknown"):
        reply = await client.get(page)
        policy = reply.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert not any(word in policy for word in ("unsafe", "http", "*", "data:"))
        assert reply.headers["referrer-policy"] == "same-origin"
        assert reply.headers["cache-control"] == "no-store"
        assert not any(inline in reply.text for inline in (" style=", "<style", " onclick=", " onload="))


async def test_static_files_are_kept_for_ever_under_their_version(client: Client):
    page = (await client.get("/")).text
    path = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    current, old = await client.get(path), await client.get("/static/old/shared/base.css")
    assert current.headers["content-type"].startswith("text/css")
    assert "immutable" in current.headers["cache-control"]
    assert old.headers["cache-control"] == "no-cache"
    for outside in (
        "../pages.py",
        "..%2Fpages.py",
        "..%2Froutes.py",
        "shared/..%2F..%2Froutes.py",
        "shared/../../routes.py",
    ):
        assert (await client.get(f"/static/x/{outside}")).status_code == 404, outside
    for folder in ("", "shared", "shared/", "/etc/passwd", "%2Fetc%2Fpasswd"):
        assert (await client.get(f"/static/x/{folder}")).status_code == 404, folder
