"""/v1/reports and /v1/worker/reports: what both sides of a report are told, page by page, and a worker's appeal."""

import json
from pathlib import Path

import httpx
import pytest

from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.reports.rules import WHYS
from manyeyes.roles.operator import decide_appeal, open_appeals, reviewer_standings
from manyeyes.roles.sign_in import COOKIE
from manyeyes.values.marks import ContentMark
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from support import factories
from support.in_process_client import Client

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "v1"
METHOD = "reportIncorrectImageCaptcha"


@pytest.fixture
async def people(client: Client) -> tuple[factories.Customer, factories.Hand]:
    """A customer and a worker."""
    return await factories.customer(client.context), await factories.hand(client.context)


async def dispute(client: Client, people, *votes, text="12345") -> int:
    """Run a task life, complain, have it judged; return the task's wire id."""
    customer, hand = people
    task_id = await factories.solve(client.context, customer, hand, text)
    await factories.call(client, METHOD, customer, taskId=task_id)
    await factories.judge(client.context, *votes)
    return task_id


async def get(client: Client, customer: factories.Customer, path="/v1/reports", **query) -> httpx.Response:
    return await client.get(path, params=query, headers={"authorization": f"Bearer {customer.key}"})


async def test_a_confirmed_complaint_from_its_votes_to_the_money(client: Client, people):
    task_id = await dispute(client, people, "reject", "confirm", "confirm", text="wr0ng")
    page = (await get(client, people[0])).json()
    [report] = page["reports"]
    votes = [(vote["verdict"], vote["reason"]) for vote in report["votes"]]
    assert votes == [(v, f"I say {v}") for v in ("reject", "confirm", "confirm")]
    assert (report["task_id"], report["kind"], report["state"]) == (task_id, "incorrect_image", "confirmed")
    assert (report["queue"], report["answer"], report["refunded"]) == ("English ImageToText", "wr0ng", 0.0007)
    assert (report["why"], report["reason"]) == ("", "")
    assert report["task_ended_at"] < report["filed_at"] < report["decided_at"]
    assert (await client.get(report["image_url"])).status_code == 200
    assert page["record"] == {"judged": 1, "confirmed": 1, "ratio": 1.0, "ignored_now": False}
    assert page["next"] is None
    assert (await get(client, people[0], f"/v1/reports/{task_id}")).json() == report


async def test_votes_are_shown_only_when_the_complaint_is_decided(client: Client, people):
    await dispute(client, people, "reject", "confirm")
    page = (await get(client, people[0])).json()
    assert [(r["state"], r["votes"], r["decided_at"]) for r in page["reports"]] == [("open", [], None)]
    assert page["record"]["ratio"] is None


async def test_every_state_and_what_it_says(client: Client, people):
    context, customer = client.context, people[0]
    tasks = {"rejected": await dispute(client, people, "reject", "reject")}
    tasks["confirmed"] = await dispute(client, people, "confirm", "confirm")
    tasks["open"] = await dispute(client, people)
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE reporter SET judged = 11, confirmed = 5")
    tasks["ignored"] = await dispute(client, people)
    await factories.call(client, METHOD, customer, taskId=tasks["ignored"])
    await factories.call(client, METHOD, customer, taskId=12345)
    page = (await get(client, customer)).json()
    assert [(r["state"], r["task_id"]) for r in page["reports"]] == [
        ("refused", 12345),
        ("refused", tasks["ignored"]),
        *[(state, tasks[state]) for state in ("ignored", "open", "confirmed", "rejected")],
    ]
    assert page["record"] == {"judged": 11, "confirmed": 5, "ratio": 5 / 11, "ignored_now": True}
    whys = [r["why"] for r in page["reports"]]
    assert whys == ["unknown_task", "report_repeated", "confirmed_too_seldom", "", "", ""]
    assert [r["reason"] for r in page["reports"]] == [WHYS.get(why, "") for why in whys]
    for state in ("rejected", "confirmed", "open", "ignored"):
        only = (await get(client, customer, state=state)).json()["reports"]
        assert [r["task_id"] for r in only] == [tasks[state]]
    assert len((await get(client, customer, state="refused")).json()["reports"]) == 2
    assert (await get(client, customer, state="counted")).json()["reports"] == []
    assert (await get(client, customer, "/v1/reports/12345")).json()["why"] == "unknown_task"
    assert (await get(client, customer, f"/v1/reports/{tasks['ignored']}")).json()["state"] == "ignored"


async def test_a_complaint_that_nobody_decided_says_so(client: Client, people):
    task_id = await dispute(client, people, "reject")
    await client.context.batcher.ask(settle_overdue_reports, SettleOverdueReports(1, 0))
    report = (await get(client, people[0], f"/v1/reports/{task_id}")).json()
    assert (report["state"], report["why"], report["refunded"]) == ("confirmed", "undecided", 0.0007)
    assert (await client.get("/v1/worker/reports", headers=people[1].headers)).json() == {"reports": []}


async def test_pages_hold_every_report_once(client: Client, people):
    customer = people[0]
    task_ids = [await dispute(client, people) for _ in range(5)]
    for task_id in [*task_ids[:3], 777, 778]:
        await factories.call(client, METHOD, customer, taskId=task_id)
    async with client.context.cells.pool(1).acquire() as db:  # the hardest case: all at one instant
        await db.execute("UPDATE report SET filed_at = '2026-01-01'; UPDATE refused_report SET at = '2026-01-01'")
    whole = (await get(client, customer)).json()["reports"]
    assert len(whole) == 10
    for limit in (1, 2, 3, 10):
        seen, before = [], ""
        while before is not None:
            page = (await get(client, customer, limit=limit, before=before)).json()
            assert len(page["reports"]) <= limit
            seen += page["reports"]
            before = page["next"]
        assert seen == whole


async def test_others_see_nothing_of_it(client: Client, people):
    task_id = await dispute(client, people, "confirm", "confirm")
    stranger = await factories.customer(client.context)
    assert (await get(client, stranger)).json()["reports"] == []
    reply = await get(client, stranger, f"/v1/reports/{task_id}")
    assert (reply.status_code, reply.json()["refusal"]) == (404, "unknown_report")
    assert (await client.get("/v1/worker/reports", headers=(await factories.hand(client.context)).headers)).json() == {
        "reports": []
    }


@pytest.mark.parametrize(
    "query",
    [{"before": "x"}, {"before": "1_2"}, {"state": "lost"}, {"limit": "x"}, {"limit": "-1"}, {"before": "1_2_x"}],
)
async def test_what_cannot_be_asked(client: Client, people, query):
    reply = await get(client, people[0], **query)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")


@pytest.mark.parametrize("task_id", ["x", "99999999999", "1.5", "-1", "%00", ""])
async def test_a_report_that_is_not_there(client: Client, people, task_id):
    assert (await get(client, people[0], f"/v1/reports/{task_id}")).status_code == 404


async def test_who_is_not_known_is_told_how_to_sign_in(client: Client):
    for headers in ({}, {"authorization": "Bearer " + "0" * 32}, {"cookie": f"{COOKIE}=nobody"}):
        reply = await client.get("/v1/reports", headers=headers)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
        assert reply.json()["refusal"] == "unknown_key"
    shut_out = await factories.customer(client.context, addresses=("198.51.100.0/24",))
    reply = await get(client, shut_out)
    assert (reply.status_code, reply.json()["refusal"]) == (403, "address_not_allowed")


async def test_the_console_s_session_is_as_good_as_the_key(client: Client, people):
    await dispute(client, people)
    secret = new_token()
    subject = Subject("customer", people[0].account_id, 1)
    async with client.context.cells.directory.acquire() as db:
        await workers.insert_credential(db, digest(secret), "session", subject, 3600.0)
    reply = await client.get("/v1/reports", headers={"cookie": f"{COOKIE}={secret}"})
    assert len(reply.json()["reports"]) == 1


async def test_the_worker_is_told_why_and_what_they_lost_and_nobody_s_name(client: Client, people):
    task_id = await dispute(client, people, "confirm", "reject", "confirm", text="wr0ng")
    await dispute(client, people, "reject", "reject")
    opened = await dispute(client, people, "confirm")
    reports = (await client.get("/v1/worker/reports", headers=people[1].headers)).json()["reports"]
    assert [(r["task_id"], r["state"]) for r in reports] == [(opened, "open"), (task_id, "confirmed")]
    refused = reports[1]
    assert refused["reasons"] == ["I say confirm"] * 2
    assert (refused["answer"], refused["pay_cancelled"], refused["appeal"]) == ("wr0ng", 0.0005, None)
    assert (reports[0]["reasons"], reports[0]["pay_cancelled"]) == ([], 0)
    assert set(refused) == {
        *("task_id", "task", "image_url", "marks", "answer", "state", "reasons", "pay_cancelled", "filed_at"),
        *("decided_at", "appeal"),
    }


async def shown_again(client: Client, hand: factories.Hand) -> list[tuple[bool, list[str]]]:
    """Return, of the worker's answer and of the complaint about it, whether a picture is told, and its marks."""
    [answer] = (await client.get("/v1/worker/work", headers=hand.headers)).json()["recent"]
    [report] = (await client.get("/v1/worker/reports", headers=hand.headers)).json()["reports"]
    return [(each["image_url"] is not None, each["marks"]) for each in (answer, report)]


async def test_a_marked_picture_is_not_handed_out_uncounted(client: Client, people):
    await dispute(client, people)
    assert await shown_again(client, people[1]) == [(True, [])] * 2
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE task SET marks = $1", ContentMark.GORE)
    assert await shown_again(client, people[1]) == [(False, ["gore"])] * 2
    await factories.mark_queue(client.context, marks=ContentMark.VIOLENCE)
    assert await shown_again(client, people[1]) == [(False, ["violence", "gore"])] * 2


async def appeal(client: Client, hand: factories.Hand, task_id, words="Look at the last glyph.") -> httpx.Response:
    body = {"task_id": task_id, "words": words}
    return await client.post("/v1/worker/appeals", headers=hand.headers, json=body)


async def test_one_appeal_from_filing_to_the_operator_s_answer(client: Client, people):
    _, hand = people
    task_id = await dispute(client, people, "confirm", "confirm", text="wr0ng")
    reply = await appeal(client, hand, task_id)
    assert (reply.status_code, reply.json()) == (200, {"task_id": task_id, "pay": 0.0005})
    assert (await appeal(client, hand, task_id)).json()["refusal"] == "already_appealed"
    [waiting] = await open_appeals(client.context)
    assert (waiting.task_id, waiting.worker_name, waiting.words) == (
        task_id,
        hand.worker.name,
        "Look at the last glyph.",
    )
    assert (waiting.answer, waiting.pay_micros, len(waiting.votes)) == ("wr0ng", 500, 2)
    await decide_appeal(client.context, task_id, accepted=True, answer="You are right.")
    [report] = (await client.get("/v1/worker/reports", headers=hand.headers)).json()["reports"]
    assert (report["appeal"]["accepted"], report["appeal"]["answer"]) == (True, "You are right.")
    assert (await client.get("/v1/worker/session", headers=hand.headers)).json()["payable"] == 0.0005
    assert await open_appeals(client.context) == []


async def test_appeals_that_there_cannot_be(client: Client, people):
    _, hand = people
    refused = await dispute(client, people, "confirm", "confirm")
    opened = await dispute(client, people)
    reply = await appeal(client, hand, opened)
    assert (reply.status_code, reply.json()["refusal"]) == (409, "not_refused")
    stranger = await factories.hand(client.context)
    for wrong in (await appeal(client, stranger, opened), await appeal(client, hand, 987_654)):
        assert (wrong.status_code, wrong.json()["refusal"]) == (404, "unknown_report")
    for words in ("", "  \n", "\x00", "x" * 2_001, "x" * 10_000, "\u200b" * 20_000):
        assert (await appeal(client, hand, refused, words)).status_code == 400
    assert (await appeal(client, hand, refused, "x" * 2_000)).status_code == 200


async def test_reviewers_who_disagree_far_more_often_than_others_stand_out(client: Client):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(
            "INSERT INTO reviewer_record VALUES (1, 5, 200, 8), (1, 6, 300, 12), (1, 7, 50, 20), (1, 8, 4, 4)"
        )
    found = await reviewer_standings(client.context)
    assert [(s.worker_id, s.is_outlier) for s in found] == [(8, False), (7, True), (5, False), (6, False)]


async def test_the_pages_examples_have_the_members_that_there_are(client: Client, people):
    task_id = await dispute(client, people, "confirm", "confirm")
    await appeal(client, people[1], task_id)
    for name, found in (
        ("reports", (await get(client, people[0])).json()),
        ("worker", (await client.get("/v1/worker/reports", headers=people[1].headers)).json()),
    ):
        text = (PAGES / f"{name}.md").read_text()
        [example] = [line for line in text.splitlines() if line.startswith('{"reports":')]
        assert set(json.loads(example)) == set(found)
        shown, real = json.loads(example)["reports"][0], found["reports"][0]
        assert list(shown) == list(real)
        for inner in ("votes", "appeal", "task"):
            if inner in real:
                first = [v[0] if isinstance(v, list) else v for v in (shown[inner], real[inner])]
                assert list(first[0]) == list(first[1])
