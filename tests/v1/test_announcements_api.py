"""/v1/worker/announcements: what a worker is told until they have read it, by their languages and its end."""

from datetime import UTC, datetime, timedelta

from manyeyes.roles.house.announcements import announce, end_announcement, open_announcements
from manyeyes.values.actor import BY_ITSELF
from support import factories
from support.in_process_client import Client

ALL = "/v1/worker/announcements"


async def test_each_is_told_what_is_for_them_until_they_have_read_it(client: Client):
    context = client.context
    ada, ben = await factories.hand(context), await factories.hand(context)
    soon = datetime.now(UTC) + timedelta(days=1)
    for words, code in (("One", ""), ("Two", "en")):
        await announce(context, words, code, soon, BY_ITSELF)
    mine = [each.announcement_id for each in reversed(await open_announcements(context))]
    await announce(context, "Ba", "vi", None, BY_ITSELF)

    async def unread(hand) -> list[str]:
        reply = await client.get(ALL, headers={"authorization": f"Bearer {hand.token}"})
        return [each["words"] for each in reply.json()["announcements"]]

    assert await unread(ada) == ["One", "Two"]
    for _ in range(2):
        headers = {"authorization": f"Bearer {ada.token}"}
        reply = await client.post(f"{ALL}/dismiss", json={"announcement": mine[0]}, headers=headers)
        assert (reply.status_code, [each["id"] for each in reply.json()["announcements"]]) == (200, [mine[1]])
    assert (await unread(ada), await unread(ben)) == (["Two"], ["One", "Two"])
    assert await end_announcement(context, mine[0], BY_ITSELF)
    assert await unread(ben) == ["Two"]
    async with context.cells.directory.acquire() as db:
        await db.execute("UPDATE announcement SET until = now() WHERE words = 'Two'")
    context.lookups.forget()
    assert await unread(ben) == []
    assert [each.words for each in await open_announcements(context)] == ["Ba"]


async def test_what_is_no_number_is_refused_and_an_unknown_one_changes_nothing(client: Client):
    hand = await factories.hand(client.context)
    headers = {"authorization": f"Bearer {hand.token}"}
    for wrong in ({}, {"announcement": 0}, {"announcement": 2**63}, {"announcement": "1"}, {"announcement": 1, "x": 1}):
        assert (await client.post(f"{ALL}/dismiss", json=wrong, headers=headers)).status_code == 400, wrong
    assert (await client.post(f"{ALL}/dismiss", json={"announcement": 4711}, headers=headers)).status_code == 200
    async with client.context.cells.directory.acquire() as db:
        assert await db.fetch("SELECT * FROM dismissal") == []
    assert (await client.get(ALL)).status_code == 401
