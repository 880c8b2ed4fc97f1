"""What reviewers' programs say otherwise than before, pass on and ask for beforehand."""

import httpx

from support import factories
from support.in_process_client import Client
from support.reviewer_calls import complain, next_of, vote


async def test_a_vote_is_corrected_until_two_agree_and_is_in_the_history(client: Client, solved):
    reviewers = [await factories.hand(client.context, reviewer=True) for _ in range(2)]
    await complain(client, solved)
    slots = [(await next_of(client, each)).json()["slot"] for each in reviewers]
    assert (await vote(client, reviewers[0], slots[0], "confirm")).json()["earned"] == 0.0001

    async def call(path: str, who: factories.Hand, **body: str) -> httpx.Response:
        return await client.post(f"/v1/reviewer/{path}", headers=who.headers, json=body)

    history = (await client.get("/v1/reviewer/history", headers=reviewers[0].headers)).json()
    [said] = history["said"]
    assert history["next"] is None
    assert (said["verdict"], said["state"], said["slot"], said["others"]) == ("confirm", "open", slots[0], None)
    corrected = await call("corrections", reviewers[0], slot=said["slot"], verdict="reject", reason="right")
    assert (corrected.status_code, corrected.json()) == (200, {"decided": False})
    await vote(client, reviewers[1], slots[1], "reject")
    late = await call("corrections", reviewers[0], slot=said["slot"], verdict="confirm")
    assert (late.status_code, late.json()["refusal"]) == (409, "already_decided")
    [said] = (await client.get("/v1/reviewer/history", headers=reviewers[0].headers)).json()["said"]
    assert (said["verdict"], said["state"], said["slot"], said["others"], said["alike"]) == (
        "reject",
        "rejected",
        None,
        1,
        1,
    )
    reply = await client.get("/v1/reviewer/history?cursor=x", headers=reviewers[0].headers)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "cursor_unknown")


async def test_what_comes_next_is_told_beforehand_and_a_complaint_is_passed_on(client: Client, solved):
    customer, hand, _ = solved
    reviewer = await factories.hand(client.context, reviewer=True)
    await complain(client, solved)
    other = await factories.solve(client.context, customer, hand, "other")
    await complain(client, (customer, hand, other))
    ahead = await client.post("/v1/reviewer/ahead", headers=reviewer.headers)
    assert ahead.status_code == 204, "nothing lies before them"
    first = (await next_of(client, reviewer)).json()
    ahead = await client.post("/v1/reviewer/ahead", headers=reviewer.headers)
    assert (ahead.status_code, ahead.json()["answer"]) == (200, {"text": "other"})
    skipped = await client.post("/v1/reviewer/skips", headers=reviewer.headers, json={"slot": first["slot"]})
    assert (skipped.status_code, skipped.json()["slot"]) == (200, ahead.json()["slot"])
    await client.post("/v1/reviewer/leave", headers=reviewer.headers)
    assert (await next_of(client, reviewer)).json()["answer"] == {"text": "other"}, (
        "what was passed on never comes back"
    )
