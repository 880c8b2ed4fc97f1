"""The widget's frame over HTTP: for whom it is there, and the policy that it carries."""

from typing import Any

import httpx
import msgspec
import pytest

from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.roles.worker import LeasedTask
from manyeyes.runtime.context import Context
from manyeyes.settings import Settings, from_environment
from manyeyes.tasks.rules import HCAPTCHA, RECAPTCHA_V2, RECAPTCHA_V3, TURNSTILE
from manyeyes.values.signed_links import WidgetLinks
from support import factories, proven_sites
from support.in_process_client import Client


async def leased(
    context: Context, kind: str = RECAPTCHA_V2, **given: Any
) -> tuple[factories.Customer, factories.Hand, LeasedTask]:
    """A token task on a worker's desk."""
    customer, asking = await factories.customer(context), proven_sites.asking(kind=kind, **given)
    await proven_sites.add_proven_site(context, customer.account_id)
    hand = await factories.hand(context, queues=(asking["queue_id"],))
    await factories.submit(context, customer, **asking)
    return customer, hand, await factories.taken(context, hand)


def frame_of(client: Client, lease: LeasedTask) -> str:
    """Return the address of the widget's frame."""
    context: Context = client.context
    assert lease.widget is not None
    return context.widgets.url(lease.widget, lease.expires_at)


def directives(reply: httpx.Response) -> dict[str, list[str]]:
    parts = (part.split() for part in reply.headers["content-security-policy"].split(";"))
    return {name: sources for name, *sources in parts}


RECAPTCHA = ["https://www.google.com/recaptcha/", "https://www.gstatic.com/recaptcha/"]
HCAPTCHA_HOSTS = ["https://hcaptcha.com", "https://*.hcaptcha.com"]


@pytest.mark.parametrize(
    ("kind", "given", "scripts"),
    [
        (RECAPTCHA_V2, {"api_host": "www.google.com"}, RECAPTCHA),
        (RECAPTCHA_V3, {"api_host": "www.google.com", "min_score": 0.3}, RECAPTCHA),
        (
            RECAPTCHA_V2,
            {"api_host": "www.recaptcha.net"},
            ["https://www.recaptcha.net/recaptcha/", "https://www.gstatic.com/recaptcha/"],
        ),
        (HCAPTCHA, {}, HCAPTCHA_HOSTS),
        (TURNSTILE, {}, ["https://challenges.cloudflare.com"]),
    ],
)
async def test_the_policy_names_this_widget_s_hosts_and_no_other(
    client: Client, kind: str, given: dict[str, Any], scripts: list[str]
):
    _, _, lease = await leased(client.context, kind, **given)
    reply = await client.get(frame_of(client, lease))
    assert reply.status_code == 200
    found = directives(reply)
    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == ["'self'", *scripts]
    assert found["frame-ancestors"] == ["http://manyeyes.test"]
    assert found["form-action"] == ["'none'"]
    assert "'self'" not in found["connect-src"]
    assert found["sandbox"] == ["allow-scripts", "allow-same-origin", "allow-forms"]
    allowed = {host for sources in found.values() for host in sources if host.startswith("https:")}
    assert all(
        any(word in host for word in ("google", "gstatic", "recaptcha", "hcaptcha", "cloudflare")) for host in allowed
    )


async def test_the_right_is_in_the_address_and_ends_with_the_lease(client: Client):
    context: Context = client.context
    _, hand, lease = await leased(context)
    assert (await client.get(frame_of(client, lease))).status_code == 200
    assert (await client.get(frame_of(client, lease)[:-2])).status_code == 404
    assert (await client.get("/widget/" + "A" * 60)).status_code == 404
    skip = {"lease": str(lease.lease), "reason": "widget_failed"}
    assert (await client.post("/v1/worker/skips", headers=hand.headers, json=skip)).status_code == 200
    gone = await client.get(frame_of(client, lease))
    assert gone.status_code == 404
    assert proven_sites.KEY not in gone.text
    assert directives(gone)["script-src"] == ["'self'"]


async def test_a_withdrawn_site_s_widget_is_not_shown(client: Client):
    context: Context = client.context
    customer, _, lease = await leased(context)
    await context.batcher.ask(
        withdraw_sites, WithdrawSite(1, await context.id_blocks.take(1), customer.account_id, "shop.example")
    )
    reply = await client.get(frame_of(client, lease))
    assert reply.status_code in (404, 410)  # 404 when the sweep was there before
    assert proven_sites.KEY not in reply.text


async def test_the_worker_is_told_whose_widget_it_is_and_nothing_of_the_customer(client: Client):
    _, hand, lease = await leased(client.context, RECAPTCHA_V3, min_score=0.9, action="login")
    reply = (await client.get("/v1/worker/next", headers=hand.headers)).json()
    assert reply["lease"] == str(lease.lease)
    task = reply["task"]
    assert (task["kind"], task["options"]) == (RECAPTCHA_V3, {"site": "shop.example", "needs_start": True})
    assert task["image_url"] == ""
    assert task["widget_url"].startswith("/widget/")
    assert task["queue"]["id"] == 20
    assert proven_sites.KEY not in str(reply)


async def test_the_page_is_drawn_with_the_widget_and_may_frame_it(client: Client):
    context: Context = client.context
    _, _, lease = await leased(context)
    page = await client.get(frame_of(client, lease), headers={"accept-language": "vi"})
    assert '<html lang="vi"' in page.text


async def test_another_host_for_widgets_is_framed_by_the_console_alone(client: Client):
    context: Context = client.context
    context.settings = msgspec.structs.replace(
        context.settings, public_url="https://console.example.org/", widget_url="https://widgets.example.org"
    )
    context.widgets = WidgetLinks(b"k" * 32, context.settings.widget_url)
    _, _, lease = await leased(context)
    assert frame_of(client, lease).startswith("https://widgets.example.org/widget/")
    reply = await client.get(frame_of(client, lease), headers={"host": "widgets.example.org"})
    assert directives(reply)["frame-ancestors"] == ["https://console.example.org"]
    assert '"console": "https://console.example.org"' in reply.text


@pytest.mark.parametrize("host", ["console.example.org", "manyeyes.test", "widgets.example.org:8443", "", "x:y"])
async def test_with_a_host_for_widgets_none_is_ever_shown_on_another(client: Client, host: str):
    """A maker's script could lead its frame there, and would then run on the console's origin."""
    context: Context = client.context
    context.settings = msgspec.structs.replace(
        context.settings, public_url="https://console.example.org", widget_url="https://widgets.example.org"
    )
    _, hand, lease = await leased(context)
    reply = await client.get(frame_of(client, lease), headers={"host": host})
    assert reply.status_code == 404
    assert proven_sites.KEY not in reply.text
    assert directives(reply)["script-src"] == ["'self'"]
    home = await client.get(frame_of(client, lease), headers={"host": "WIDGETS.example.org:443"})
    assert home.status_code == 200
    signed_in = await client.post("/login", data={"key": hand.token}, headers={"origin": "http://manyeyes.test"})
    assert signed_in.status_code == 303
    page = await client.get("/worker", headers={"cookie": signed_in.headers["set-cookie"].split(";")[0]})
    assert directives(page)["frame-src"] == ["https://widgets.example.org"]


def test_a_host_for_widgets_needs_a_console_s_address():
    with pytest.raises(ValueError, match="MANYEYES_PUBLIC_URL"):
        from_environment({"MANYEYES_WIDGET_URL": "https://widgets.example.org"})
    with pytest.raises(ValueError, match="MANYEYES_PUBLIC_URL: it must begin"):
        from_environment({"MANYEYES_PUBLIC_URL": "console.example.org"})
    both = {"MANYEYES_WIDGET_URL": "https://w.example.org", "MANYEYES_PUBLIC_URL": "https://c.example.org"}
    assert isinstance(from_environment(both), Settings)


def test_a_network_that_is_none_ends_the_start():
    with pytest.raises(ValueError, match="MANYEYES_ALLOWED_PRIVATE_NETWORKS"):
        from_environment({"MANYEYES_ALLOWED_PRIVATE_NETWORKS": "10.0.0.0/8,nonsense"})
    settings = from_environment({"MANYEYES_ALLOWED_PRIVATE_NETWORKS": "10.0.0.0/8, 192.168.7.20/32,"})
    assert [str(network) for network in settings.private_networks()] == ["10.0.0.0/8", "192.168.7.20/32"]
