"""/operator/staff: who runs the installation is taken on, gets links, is signed out and removed."""

import httpx

from manyeyes.roles.house.staff import staff_here
from support.house_visits import led_to, send, shown_once, sign_in
from support.in_process_client import Client

STAFF = "/operator/staff"


async def names(client: Client) -> list[tuple[str, str]]:
    return [(each.name, each.role) for each in await staff_here(client.context)]


async def test_somebody_is_taken_on_with_a_link_that_is_shown_once_and_parted_with(client: Client):
    await sign_in(client)
    for unfit, words in (
        ({"name": ""}, "A name has 1 to 60"),
        ({"role": "king"}, "Choose one of the roles."),
        ({"name": "operator"}, "somebody of the staff is called operator already"),
    ):
        refused = await send(client, STAFF, **({"name": "Eve", "role": "auditor"} | unfit))
        assert (refused.status_code, words in refused.text) == (422, True), unfit
    assert await names(client) == [("operator", "operator")], "what is refused leaves nobody"
    (first,) = shown_once((await send(client, STAFF, name="Eve", role="auditor")).text)
    assert await names(client) == [("operator", "operator"), ("Eve", "auditor")]
    eve = (await staff_here(client.context))[1]
    (again,) = shown_once((await send(client, f"{STAFF}/link", staff=eve.staff_id)).text)
    page = (await client.get(STAFF)).text
    assert ("Eve" in page, first in page, again in page) == (True, False, False)
    assert led_to(await send(client, f"{STAFF}/sign-out", staff=eve.staff_id)) == f"{STAFF}?notice=signed_out"
    assert (await client.get(httpx.URL(again).path)).status_code == 410, "unused links end with the sessions"
    assert led_to(await send(client, f"{STAFF}/remove", staff=eve.staff_id)) == f"{STAFF}?notice=staff_removed"
    assert await names(client) == [("operator", "operator")]
    for form in ("link", "sign-out", "remove"):
        assert led_to(await send(client, f"{STAFF}/{form}", staff=eve.staff_id)) == f"{STAFF}?notice=refused"
    assert led_to(await send(client, f"{STAFF}/remove", staff=0)) == f"{STAFF}?notice=refused", "the founder stays"
    trail = (await client.get("/operator/audit")).text
    assert all(what in trail for what in ("operator.add", "operator.link", "operator.remove"))
