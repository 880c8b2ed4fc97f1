"""Nothing is asked, or paid, twice: with a key of the agent's for ever, without one for a day."""

import asyncio
from datetime import timedelta

from support import factories
from support.answering_people import answering
from support.mcp_agents import charged, over_http, picture, question, tasks_made, told, words_of
from support.served_site import Site

ASKED = {"picture": picture(), "question": question(), "patience": 0}


async def test_the_same_question_is_the_same_task(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key) as agent, answering(site, "once", "twice"):
        first = told(await agent.call_tool("ask_people", {**ASKED, "patience": 30}))
        again = told(await agent.call_tool("ask_people", {**ASKED, "price_at_most": "0.9"}))
    assert again == first
    assert len(await tasks_made(site, customer)) == 1


async def test_another_question_or_picture_is_another_task(site: Site, customer: factories.Customer):
    others = [
        {**ASKED, "question": question("Something else?")},
        {**ASKED, "picture": picture("67890")},
        {**ASKED, "key": "mine"},
    ]
    async with over_http(site, customer.key) as agent:
        found = [told(await agent.call_tool("ask_people", asked))["id"] for asked in (ASKED, *others, ASKED)]
    assert found[0] == found[-1]
    assert len(set(found)) == 4


async def test_agents_who_ask_at_the_same_moment_share_one_task(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key) as agent:
        calls = [agent.call_tool("ask_people", asked) for asked in [ASKED, {**ASKED, "key": "k"}] * 10]
        found = [told(result)["id"] for result in await asyncio.gather(*calls)]
    assert len(set(found[::2])) == len(set(found[1::2])) == 1
    assert len(await tasks_made(site, customer)) == 2


async def test_a_question_that_was_taken_back_is_asked_anew_without_a_key_and_stays_so_with_one(
    site: Site, customer: factories.Customer
):
    async with over_http(site, customer.key) as agent:
        for asked, is_new in ((ASKED, True), ({**ASKED, "key": "a name"}, False)):
            first = told(await agent.call_tool("ask_people", asked))
            await agent.call_tool("cancel", {"id": first["id"]})
            again = told(await agent.call_tool("ask_people", asked))
            assert (again["id"] != first["id"]) is is_new
            assert again["state"] == ("waiting" if is_new else "cancelled")


async def test_after_a_day_the_same_question_is_a_new_one(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key) as agent:
        first = told(await agent.call_tool("ask_people", ASKED))
        async with site.context.cells.pool(customer.cell).acquire() as db:
            await db.execute("UPDATE task SET created_at = created_at - $1::interval", timedelta(hours=23))
        assert told(await agent.call_tool("ask_people", ASKED))["id"] == first["id"]
        async with site.context.cells.pool(customer.cell).acquire() as db:
            await db.execute("UPDATE task SET created_at = created_at - $1::interval", timedelta(hours=2))
        assert told(await agent.call_tool("ask_people", ASKED))["id"] != first["id"]


async def test_a_key_names_one_question(site: Site, customer: factories.Customer):
    async with over_http(site, customer.key) as agent:
        first = told(await agent.call_tool("ask_people", {**ASKED, "key": "Zähler 7"}))
        other = await agent.call_tool("ask_people", {**ASKED, "key": "Zähler 7", "picture": picture("other")})
        again = told(await agent.call_tool("ask_people", {**ASKED, "key": "Zähler 7"}))
    assert words_of(other).startswith("key_reused: ")
    assert again == first


async def test_a_key_is_the_accounts_own(site: Site, customer: factories.Customer):
    stranger = await factories.customer(site.context)
    async with over_http(site, customer.key) as agent, over_http(site, stranger.key) as other:
        mine, theirs = [told(await each.call_tool("ask_people", {**ASKED, "key": "k"})) for each in (agent, other)]
    assert mine["id"] != theirs["id"]
    assert await charged(site, stranger) == 0
