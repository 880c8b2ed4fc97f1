"""Gold cannot be told from any other task over /v1/worker: members, their order, sizes, forms (docs/decisions/0062)."""

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from manyeyes.actions.lay_gold import LayGold, lay_gold
from support import factories

FORMS = (
    (re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z"), "INSTANT"),
    (re.compile(r"/pictures/[A-Za-z0-9_-]{48}\."), "/pictures/SIGNED."),
    (re.compile(r"\b1-\d+-1\b"), "LEASE"),
)


def form(text: str) -> str:
    """Return a reply with what differs between any two tasks by its form alone."""
    for found, name in FORMS:
        text = found.sub(name, text)
    return text


async def test_gold_has_the_same_members_order_sizes_and_a_picture(client):
    context = client.context
    customer, author, hand = (
        await factories.customer(context),
        await factories.hand(context),
        await factories.hand(context),
    )
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE queue SET gold_share = 0.5 WHERE queue_id = 1")
    await client.post("/v1/worker/online", headers=author.headers)
    for _ in range(3):
        await factories.submit(context, customer, truth="12345")
        lease = (await client.get("/v1/worker/next?wait=2", headers=author.headers)).json()
        await client.post(
            "/v1/worker/answers", headers=author.headers, json={"lease": lease["lease"], "answer": {"text": "12345"}}
        )
    await client.post("/v1/worker/offline", headers=author.headers)
    await client.post("/v1/worker/online", headers=hand.headers)
    for _ in range(60):
        await factories.submit(context, customer)
    seen: list[tuple[bool, str, dict[str, Any]]] = []
    for n in range(40):
        reply = await client.get("/v1/worker/next?wait=2", headers=hand.headers)
        task = reply.json()
        async with context.cells.pool(1).acquire() as db:
            number = int(task["lease"].split("-")[1])
            is_gold = await db.fetchval("SELECT purpose = 2 FROM work WHERE cell = 1 AND task_id = $1", number)
        picture = await client.get(task["task"]["image_url"])
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        signed = task["task"]["image_url"].rpartition("/")[2].partition(".")[0]
        named = context.pictures.open(signed, time.time())
        assert (named.task_id, named.day) == (number, datetime.now(UTC).date()), "it names what lies on the desk"
        answer = {"lease": task["lease"], "answer": {"text": "12345"}}
        answered = await client.post("/v1/worker/answers", headers=hand.headers, json=answer)
        assert answered.status_code == 200
        seen.append((is_gold, form(json.dumps(task)), answered.json()))
        await context.batcher.ask(lay_gold, LayGold(1, b"%d" % n))
    gold, plain = ([text for is_gold, text, _ in seen if is_gold is kind] for kind in (True, False))
    assert gold, "none was laid"
    assert plain
    assert set(gold) == set(plain)
    assert len({tuple(answered) for _, _, answered in seen}) == 1
    assert len({answered["earned"] for _, _, answered in seen}) == 1
