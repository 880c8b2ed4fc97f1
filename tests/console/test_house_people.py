"""/operator/workers and /operator/queues without a browser: what somebody may do, and what holds for a kind of work."""

import re

import httpx

from manyeyes.accounts.rules import digest
from manyeyes.actions.change_queues import ChangeQueue, change_queues
from manyeyes.roles.wellbeing import cap_worker, mark_choices
from manyeyes.roles.worker import WorkerDesk
from manyeyes.values.actor import BY_ITSELF
from manyeyes.values.marks import ContentMark
from manyeyes.wellbeing.rules import Cap
from manyeyes.workers import store as workers
from support import factories
from support.house_visits import OWN_PAGE, hidden, led_to, send, shown_once, sign_in
from support.in_process_client import Client
from support.skipped_days import TIMED

WORKERS, QUEUES = "/operator/workers", "/operator/queues"
GOLD_HAD = """
INSERT INTO gold_seen (cell, worker_id, task_id, queue_id, work_id, laid_at, passed_lease)
SELECT 1, $1, 900 + n, 1, 800 + n, now() - make_interval(days => days), passed
FROM (VALUES (1, 0, 0), (2, 0, 1), (3, 0, 0), (4, 3, 0), (5, 40, 1)) AS t (n, days, passed)"""
NEW = {"queue_id": "901", "name": "Meters", "language": "en", "price": "0.002", "pay": "0.001", "vote_pay": "0.0001"}
NEW |= {"capacity": "100", "lease_seconds": "45", "life": "10m", "complaints": "yes", "answers": "", "uncertain": ""}
NEW |= {"answers_at_most": "", "wrong_at_most": ""}


async def known(client: Client, worker_id: int) -> workers.Worker:
    async with client.context.cells.directory.acquire() as db:
        return next(each for each in await workers.every_worker(db) if each.worker_id == worker_id)


async def test_a_worker_is_registered_with_a_link_and_a_token_that_are_shown_once(client: Client):
    await sign_in(client)
    assert "Nobody yet." in (await client.get(WORKERS)).text
    refused = await send(client, WORKERS, name="Ann", languages="")
    assert (refused.status_code, 'value="Ann"' in refused.text) == (422, True)
    made = await client.post(
        WORKERS, data={"name": "Ann", "languages": "en, vi", "queues": ["1"], "reviewer": "yes"}, headers=OWN_PAGE
    )
    url, token = shown_once(made.text)
    async with client.context.cells.directory.acquire() as db:
        subject = await workers.credential(db, digest(token), ["token"])
    ann = await known(client, subject.subject_id)
    assert (ann.name, ann.languages, ann.queues, ann.reviewer) == ("Ann", ("en", "vi"), (1,), True)
    assert (await client.get(httpx.URL(url).path)).status_code == 200
    found = (await client.get(WORKERS, params={"q": "an"})).text
    assert f'href="{WORKERS}/{ann.worker_id}"' in found
    assert token not in (await client.get(f"{WORKERS}/{ann.worker_id}")).text
    assert (await client.get(f"{WORKERS}/4711")).status_code == 404


async def test_what_somebody_may_do_is_changed_box_by_box_and_not_written_over(client: Client):
    hand = await factories.hand(client.context)
    worker_id = hand.worker.worker_id
    path = f"{WORKERS}/{worker_id}"
    await sign_in(client)
    page = (await client.get(path)).text
    shown = {f"was.{name}": hidden(page, f"was.{name}") for name in ("languages", "queues", "reviewer")}
    boxes = shown["was.queues"].split(",")
    same = {"languages": shown["was.languages"], "queues": boxes}
    more = await client.post(path, data=shown | same | {"reviewer": "yes"}, headers=OWN_PAGE)
    assert led_to(more) == f"{path}?notice=changed"
    other = await client.post(path, data=shown | same | {"languages": "de"}, headers=OWN_PAGE)
    assert led_to(other) == f"{path}?notice=changed"
    over = await client.post(path, data=shown | same | {"languages": "vi"}, headers=OWN_PAGE)
    assert (over.status_code, "It is now: de" in over.text, 'value="vi"' in over.text) == (422, True, True)
    changed = await known(client, worker_id)
    assert (changed.languages, changed.reviewer, changed.queues) == (("de",), True, hand.worker.queues)
    none = await client.post(path, data={"was.queues": shown["was.queues"], "was.reviewer": "yes"}, headers=OWN_PAGE)
    assert led_to(none) == f"{path}?notice=changed"
    assert ((await known(client, worker_id)).queues, (await known(client, worker_id)).reviewer) == ((), False)


async def test_somebody_is_shut_out_and_let_in_and_their_page_says_what_they_did(client: Client):
    context = client.context
    customer, hand = await factories.customer(context), await factories.hand(context)
    await factories.solve(context, customer, hand, "12345")
    path = f"{WORKERS}/{hand.worker.worker_id}"
    await sign_in(client)
    page = (await client.get(path)).text
    assert re.search(r"<dt>Answers paid</dt><dd>1</dd>", page)
    assert "They are signed in nowhere." in page
    (url,) = shown_once((await send(client, f"{path}/link")).text)
    assert url.startswith("http")
    assert led_to(await send(client, f"{path}/sign-out")).endswith("signed_out")
    assert led_to(await send(client, f"{path}/disable")).endswith("disabled")
    assert (await known(client, hand.worker.worker_id)).disabled
    assert "shut out" in (await client.get(WORKERS)).text
    assert (await send(client, f"{path}/link")).status_code == 404
    assert led_to(await send(client, f"{path}/enable")).endswith("enabled")
    assert not (await known(client, hand.worker.worker_id)).disabled
    await WorkerDesk(context).offline(hand.worker)


async def test_what_somebody_is_shown_of_a_mark_a_day_is_said_mark_by_mark_and_not_written_over(client: Client):
    context, hand = client.context, await factories.hand(client.context)
    path = f"{WORKERS}/{hand.worker.worker_id}"
    await sign_in(client)
    page = (await client.get(path)).text
    assert [hidden(page, f"was.{name}") for name in ("cap.gore", "zone")] == ["", "UTC"]
    for name, unfit, words in (
        ("cap.gore", "50", "Write pictures/minutes"),
        ("cap.gore", "100001/5", "Write pictures/minutes"),
        ("cap.hate", "5/1441", "Write pictures/minutes"),
        ("zone", "Mars/Olympus", "Write a time zone"),
        ("zone", "", "Write a time zone"),
    ):
        was = {"was.cap.gore": "", "was.cap.hate": "", "was.zone": "UTC"}
        refused = await send(client, f"{path}/caps", **(was | {"cap.hate": "1/1", name: unfit}))
        assert (refused.status_code, words in refused.text, f'value="{unfit}"' in refused.text) == (422, True, True), (
            unfit
        )
    before = await mark_choices(context, hand.worker)
    assert before.caps == {}, "what is refused leaves nothing"
    fields = {"cap.gore": "50/30", "was.cap.gore": "", "zone": "Asia/Bangkok", "was.zone": "UTC"}
    assert led_to(await send(client, f"{path}/caps", **fields)) == f"{path}?notice=changed"
    choices = await mark_choices(context, hand.worker)
    assert (choices.caps, choices.zone) == ({ContentMark.GORE: Cap(50, 30)}, "Asia/Bangkok")
    over = await send(client, f"{path}/caps", **{"cap.gore": "9/9", "was.cap.gore": ""})
    assert (over.status_code, "It is now: 50/30" in over.text) == (422, True)
    caps: dict[int, Cap | None] = {ContentMark.GORE: Cap(7, 7)}
    late = await cap_worker(context, hand.worker.worker_id, caps, None, BY_ITSELF, before)
    assert late is False, "the action decides under lock: what the page saw is what is compared"
    usual = await send(client, f"{path}/caps", **{"cap.gore": "", "was.cap.gore": "50/30"})
    assert led_to(usual) == f"{path}?notice=changed"
    assert (await mark_choices(context, hand.worker)).caps == {}
    assert (await send(client, f"{WORKERS}/4711/caps")).status_code == 404
    trail = (await client.get("/operator/audit?what=worker.caps")).text
    assert f"worker:{hand.worker.worker_id}" in trail
    await WorkerDesk(context).offline(hand.worker)


async def test_a_workers_page_tells_how_long_they_take_and_how_much_gold_they_pass_on(client: Client):
    hand = await factories.hand(client.context)
    path, worker_id = f"{WORKERS}/{hand.worker.worker_id}", hand.worker.worker_id
    await sign_in(client)
    assert (await client.get(path)).text.count("not known") == 1
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(TIMED, worker_id)
        await db.execute(GOLD_HAD, worker_id)
    page = (await client.get(path)).text
    assert re.search(r"English ImageToText</bdi></a></th>\s*<td[^>]*><span>3 sec <span[^>]*>· median of 3 timed", page)
    assert re.search(r'<dd id="passed">1/4 <span[^>]*>· 25\s?%', page)
    await WorkerDesk(client.context).offline(hand.worker)


async def test_a_queue_is_opened_with_its_terms_and_bad_ones_leave_nothing(client: Client):
    await sign_in(client)
    for name, unfit, words in (
        ("queue_id", "0", "the id must be from 1 to"),
        ("queue_id", "1", "the id or the name is taken"),
        ("name", "", "A name has 1 to 60 characters"),
        ("price", "0", "the price must be more than 0"),
        ("pay", "0.003", "the pay must not be more than the price"),
        ("vote_pay", "0.003", "the pay for a vote must not be more than the price"),
        ("capacity", "0", "capacity must be from 1 to"),
        ("life", "5s", "Write a time like 90s"),
        ("answers", "99", "from 1 to 20"),
        ("wrong_at_most", "often", "Write a share like 0.05."),
        ("uncertain", "maybe", "This could not be read."),
    ):
        refused = await send(client, QUEUES, **(NEW | {name: unfit}))
        assert (refused.status_code, words in refused.text) == (422, True), (name, unfit)
    assert 901 not in await client.context.lookups.queues()
    opened = await send(client, QUEUES, **(NEW | {"answers": "3", "answers_at_most": "5"}))
    assert led_to(opened) == f"{QUEUES}/901?notice=changed"
    queue = (await client.context.lookups.queues())[901]
    assert (queue.name, queue.price_micros, queue.pay_micros, queue.life_seconds) == ("Meters", 2000, 1000, 600)
    assert (queue.default_terms.answers, queue.default_terms.answers_at_most, queue.marks) == (3, 5, 0)
    marked = NEW | {"queue_id": "902", "name": "Accidents", "marks": ["gore", "violence"]}
    assert led_to(await client.post(QUEUES, data=marked, headers=OWN_PAGE)) == f"{QUEUES}/902?notice=changed"
    assert (await client.context.lookups.queues())[902].marks == ContentMark.GORE | ContentMark.VIOLENCE
    assert "Meters" in (await client.get(QUEUES, params={"q": "meter"})).text


async def test_a_queues_terms_change_and_what_another_operator_changed_is_told(client: Client):
    await sign_in(client)
    await send(client, QUEUES, **NEW)
    path = f"{QUEUES}/901"
    page = (await client.get(path)).text
    changed = await send(client, path, **{"price": "0.004", "was.price": hidden(page, "was.price")})
    assert led_to(changed) == f"{path}?notice=changed"
    over = await send(client, path, **{"price": "0.009", "was.price": hidden(page, "was.price")})
    assert (over.status_code, "It is now: 0.004" in over.text, 'value="0.009"' in over.text) == (422, True, True)
    for name, unfit, words in (
        ("pay", "1", "the pay must not be more than the price"),
        ("audit_share", "2", "--audit-share must be from 0 to 1"),
        ("gold_share", "0.9", "the share of gold must be from 0 to 0.5"),
        ("floor", "0.7", "this floor can never fire"),
    ):
        now = hidden((await client.get(path)).text, f"was.{name}")
        refused = await send(client, path, **{name: unfit, f"was.{name}": now})
        assert (refused.status_code, words in refused.text, f'value="{unfit}"' in refused.text) == (422, True, True)
    page = (await client.get(path)).text
    boxes = {f"was.{name}": hidden(page, f"was.{name}") for name in ("complaints", "marks")}
    await send(client, path, **boxes, marks="violence")
    queue = (await client.context.lookups.queues())[901]
    assert (queue.marks, queue.accepts_complaints, queue.price_micros) == (1, False, 4000)
    asked = {"was.guide": "", "guide": "Dots do not count.\r\nA digit between two is the upper one."}
    assert led_to(await send(client, path, **asked)) == f"{path}?notice=changed"
    guide = (await client.context.lookups.queues())[901].guide
    assert guide == "Dots do not count.\nA digit between two is the upper one."
    assert guide in (await client.get(path)).text
    long = await send(client, path, **{"was.guide": guide, "guide": "x" * 4001})
    assert (long.status_code, "At most 4000 characters." in long.text) == (422, True)
    trained = await send(client, f"{path}/training", items="10", pass_mark="0.8")
    assert (trained.status_code, 'value="10"' in trained.text) == (422, True)
    assert (await client.get(f"{QUEUES}/4711")).status_code == 404


async def test_a_change_between_a_look_and_its_save_is_not_lost(client: Client):
    """The action decides under lock: what the page saw is what is compared."""
    before = (await client.context.lookups.queues())[1]
    first = ChangeQueue(cell=0, queue_id=1, capacity=7, seen=before)
    second = ChangeQueue(cell=0, queue_id=1, capacity=8, seen=before)
    outcomes = [await client.context.batcher.ask(change_queues, each) for each in (first, second)]
    assert outcomes == [True, False]
