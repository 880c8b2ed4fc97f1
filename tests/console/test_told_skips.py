"""What somebody skipped is told on the operator's page of them and on their own, with the reasons of the screen."""

import re

from manyeyes.console.shared.languages import LANGUAGES, catalogue
from manyeyes.console.shared.skip_words import SKIP_WORDS
from manyeyes.workers.rules import SkipReason
from support import factories
from support.action_stage import set_stage
from support.browser_visits import link, worker_subject
from support.factories import Hand
from support.house_visits import OWN_PAGE, sign_in
from support.in_process_client import Client, client_of
from support.paid_people import earn
from support.skipped_days import SKIPPED, TIMED


async def own_page(client: Client, hand: Hand) -> str:
    """Return the page of somebody's own work, in a browser of their own."""
    own = client_of(client.context)
    await own.post(await link(client.context, worker_subject(hand)), headers=OWN_PAGE)
    return (await own.get("/worker/mine")).text


def rows(page: str) -> list[list[str]]:
    """Return the words of the table of paces, row by row."""
    body = re.search(r'<table id="paces".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found]
    return [[re.sub(r"<[^>]+>", " ", cell).strip() for cell in row] for row in cells]


def test_every_reason_has_words():
    assert list(SKIP_WORDS) == [f"skip.{reason}" for reason in SkipReason]


async def test_skips_are_told_by_queue_and_reason_to_the_operator_and_to_whose_they_are(client: Client):
    hand = await factories.hand(client.context)
    path = f"/operator/workers/{hand.worker.worker_id}"
    await sign_in(client)
    assert '<dd id="skipped">0</dd>' in (await client.get(path)).text
    assert 'id="paces"' not in await own_page(client, hand)
    await earn(await set_stage(client.context.cells.directory), hand.worker.worker_id, 3)
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(SKIPPED, hand.worker.worker_id)
        await db.execute(TIMED, hand.worker.worker_id)
    page = (await client.get(path)).text
    assert re.search(r'<dd id="skipped">8 <span[^>]*>· 72\.7% of what they were shown', page), "8 of 11"
    first, second = rows(page)
    assert first[0] == "English ImageToText"
    assert first[2:] == ["4", "I cannot read it: 3 It is upsetting: 1"]
    assert re.fullmatch(r"3 sec +· median of 3 timed", first[1])
    assert second[1:] == ["not known", "4", "I do not know this language: 4"]
    # They themselves are told the same, and not how many were timed: that would tell gold from the rest.
    own = await own_page(client, hand)
    assert rows(own) == [[first[0], "3 sec", *first[2:]], second]
    assert "timed" not in own


async def test_a_skip_over_v1_is_on_both_pages_at_once_and_the_reasons_speak_every_language(client: Client):
    customer, hand = await factories.customer(client.context), await factories.hand(client.context)
    await factories.submit(client.context, customer)
    lease = str((await factories.taken(client.context, hand)).lease)
    for _ in range(2):
        body = {"lease": lease, "reason": "upsetting"}
        assert (await client.post("/v1/worker/skips", headers=hand.headers, json=body)).status_code == 200
    await sign_in(client)
    path = f"/operator/workers/{hand.worker.worker_id}"
    assert [row[2:] for row in rows(await own_page(client, hand))] == [["1", "It is upsetting: 1"]]
    for language in LANGUAGES:
        page = (await client.get(path, params={"lang": language}, follow_redirects=True)).text
        said = catalogue(language).ugettext(SKIP_WORDS["skip.upsetting"])
        assert f"{said}: 1" in page, language
