"""/v1/worker/practice: said before it begins, done like any work, refused in words (docs/decisions/0065)."""

import json
import re
from pathlib import Path
from typing import Any

import httpx

from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.roles.accuracy import decide_bar
from manyeyes.roles.practising import queue_training
from support import factories
from support.in_process_client import Client
from support.practising import TRUTH, fall_below, open_training

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "v1" / "worker.md"
CALL = "/v1/worker/practice"


async def offers(client: Client, hand: factories.Hand) -> list[dict[str, Any]]:
    reply = await client.get(CALL, headers=hand.headers)
    assert reply.status_code == 200
    found: list[dict[str, Any]] = reply.json()["queues"]
    return found


async def begin(client: Client, hand: factories.Hand, queue: int = 1) -> httpx.Response:
    return await client.post(CALL, headers=hand.headers, json={"queue": queue})


async def give(client: Client, hand: factories.Hand, text: str) -> dict[str, Any]:
    lease = (await client.get("/v1/worker/next?wait=2", headers=hand.headers)).json()
    assert lease["task"]["practice"] is True
    body = {"lease": lease["lease"], "answer": {"text": text}}
    reply = await client.post("/v1/worker/answers", headers=hand.headers, json=body)
    assert reply.status_code == 200
    found: dict[str, Any] = reply.json()
    return found


async def test_from_the_offer_to_the_queue(client: Client):
    await open_training(client.context, 2, is_paid=True, pass_mark=0.5)
    hand = await factories.hand(client.context)
    await fall_below(client.context, hand)
    told = {"queue": {"id": 1, "name": "English ImageToText", "marks": []}, "pictures": 2, "right_needed": 1}
    told |= {"pay": 0.0005, "tries_left": 3, "may_begin": True, "state": "none", "answered": 0}
    told |= {"right": None, "needed": None}
    assert await offers(client, hand) == [told]
    assert (await client.post("/v1/worker/online", headers=hand.headers, json={})).json()["refusal"] == "below_floor"
    reply = await begin(client, hand)
    assert (reply.status_code, reply.json()) == (200, {"queues": [{**told, "state": "open", "tries_left": 2}]})
    session = (await client.get("/v1/worker/session", headers=hand.headers)).json()
    assert (session["state"], session["practising"]["id"], session["none_left"]) == ("busy", 1, True)
    assert (await client.post("/v1/worker/online", headers=hand.headers, json={})).json() == session
    first = await give(client, hand, "9")
    assert (first["earned"], first["next"]["task"]["practice"]) == (0.0005, True)
    (open_try,) = await offers(client, hand)
    assert (open_try["answered"], open_try["right"], open_try["pictures"]) == (1, None, 2)
    assert (await give(client, hand, TRUTH))["next"] is None
    (over,) = await offers(client, hand)
    assert (over["state"], over["answered"], over["may_begin"]) == ("passed", 2, False)
    assert (over["right"], over["needed"]) == (1, 1)
    session = (await client.get("/v1/worker/session", headers=hand.headers)).json()
    assert (session["state"], session["practising"], session["lost"]) == ("idle", None, [])
    assert [queue["id"] for queue in session["queues"]] == [1]


async def test_what_is_refused(client: Client):
    hand = await factories.hand(client.context)
    assert (await begin(client, hand)).json()["refusal"] == "not_below_floor"
    await fall_below(client.context, hand)
    assert (await begin(client, hand)).json()["refusal"] == "no_training"
    assert (await begin(client, hand, 2)).json()["refusal"] == "queue_not_allowed"
    assert (await begin(client, hand, 987)).status_code == 422
    assert await offers(client, hand) == []
    await open_training(client.context, 1)
    for _ in range(3):
        assert (await begin(client, hand)).status_code == 200
        await give(client, hand, "9")
    (failed,) = await offers(client, hand)
    assert (failed["state"], failed["tries_left"], failed["may_begin"], failed["right"]) == ("failed", 0, False, 0)
    reply = await begin(client, hand)
    assert (reply.status_code, reply.json()["refusal"]) == (409, "tried_enough")
    assert (await client.get("/v1/worker/next?wait=0", headers=hand.headers)).json()["refusal"] == "below_floor"


async def test_an_open_try_outlives_its_set(client: Client):
    await open_training(client.context, 2, pass_mark=1.0)
    hand = await factories.hand(client.context)
    await fall_below(client.context, hand)
    await begin(client, hand)
    await client.post("/v1/worker/offline", headers=hand.headers)
    await client.context.batcher.ask(set_trainings, SetTraining(cell=1, queue_id=1))
    (left,) = await offers(client, hand)
    assert (left["pictures"], left["right_needed"], left["may_begin"], left["state"]) == (2, 2, True, "open")
    assert (await begin(client, hand)).status_code == 200
    await give(client, hand, TRUTH)
    assert (await give(client, hand, TRUTH))["next"] is None
    (over,) = await offers(client, hand)
    assert (over["state"], over["pictures"]) == ("passed", 0)


async def test_a_try_that_the_operator_ended_is_no_try(client: Client):
    """The queue is back at once; the paid picture in hand is taken, and after it nothing of practice comes."""
    await open_training(client.context, 3, is_paid=True, pass_mark=0.5)
    hand = await factories.hand(client.context)
    await fall_below(client.context, hand)
    await begin(client, hand)
    lease = (await client.get("/v1/worker/next?wait=2", headers=hand.headers)).json()
    assert await decide_bar(client.context, hand.worker.worker_id, 1, is_lifted=True) is True
    (over,) = await offers(client, hand)
    assert (over["state"], over["may_begin"], over["tries_left"], over["right"]) == ("broken_off", False, 3, 0)
    session = (await client.get("/v1/worker/session", headers=hand.headers)).json()
    assert ([queue["id"] for queue in session["queues"]], session["practising"]) == ([1], None)
    body = {"lease": lease["lease"], "answer": {"text": TRUTH}}
    taken = (await client.post("/v1/worker/answers", headers=hand.headers, json=body)).json()
    assert (taken["earned"], taken["next"]) == (0.0005, None)


async def test_a_set_that_is_worn_out_is_offered_to_nobody_and_the_operator_is_told(client: Client):
    """Two of ten typed answers are hardly guessed; of the four that are left one must be right, and that is."""
    await open_training(client.context, 10, pass_mark=0.2)
    hand = await factories.hand(client.context)
    await fall_below(client.context, hand)
    assert len(await offers(client, hand)) == 1
    (before,) = await queue_training(client.context, 1)
    assert before.training is not None
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE gold SET aside_at = now() WHERE task_id <> ALL ($1)", before.training.task_ids[:4])
    (after,) = await queue_training(client.context, 1)
    assert (before.fault, after.fault[:31]) == ("", "6 of its 10 pictures are gone; ")
    assert await offers(client, hand) == []
    assert (await begin(client, hand)).json()["refusal"] == "no_training"


async def test_the_page_shows_the_members_that_there_are(client: Client):
    await open_training(client.context, 1)
    hand = await factories.hand(client.context)
    await fall_below(client.context, hand)
    shown = re.search(r'^\{"queues":\[.*"may_begin".*$', PAGE.read_text("utf-8"), re.M)
    assert shown is not None
    (told,) = json.loads(shown.group())["queues"]
    (given,) = await offers(client, hand)
    assert list(told) == list(given)
