"""A house in which every page has something to show, and whose names are as long as names may be."""

import random
from datetime import UTC, datetime, timedelta

import httpx
import msgspec

from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.roles import PersonRole
from manyeyes.accounts.rules import EVERY_SCOPE
from manyeyes.accounts.top_ups import TopUpRequest, TopUpState
from manyeyes.reports.rules import Vote
from manyeyes.roles.customer import account_keys, people, top_ups
from manyeyes.roles.customer.account_keys import FreshKey, WantedKey
from manyeyes.roles.customer.buckets import GivenBucket, keep_bucket
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.rules import ImageOptions
from manyeyes.values.actor import BY_ITSELF
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import customer_subject, worker_subject
from support.paid_people import request_payouts
from support.practising import fall_below
from support.proven_sites import add_proven_site
from support.question_tasks import ask
from support.recognition_results import open_app, open_recognition, record, some
from support.screen_disputes import complaint, decided, reviewer, vote
from support.screen_results import UNSETTLED
from support.served_site import Site
from support.skipped_days import SKIPPED, TIMED

# Sixty letters without a blank, and as many in words.
UNBROKEN = "Rijksdienst" + "voorhetcultureelerfgoedvandeprovincie" + "Gelderland12"
LONG = "Regional archive of handwritten meter readings, volume 17 of 24"
WORKERS = (
    *("/worker", "/worker/mine", "/worker/mine?show=payable", "/worker/accuracy", "/worker/reports"),
    *("/worker/queues", "/worker/keys"),
    *("/reviewer", "/reviewer/results", "/reviewer/history", "/sessions", "/customer"),
)
CERTAIN = """
INSERT INTO certainty (cell, account_id, queue_id, question_id, target, accepted, audits, wrong, threshold, is_refused,
                       needed, since)
VALUES (1, $1, 1, 0, 0.05, 8000, 412, 6, 0.95, false, 211, now() - interval '9 days'),
       (1, $1, 1, 0, 0.2, 40, 30, 12, null, true, 0, now())"""


OPERATORS = (
    *("/operator", "/operator/queues", "/operator/queues/1", "/operator/queues/1/agreement", "/operator/recognition"),
    *("/operator/accounts", "/operator/accounts/{account}", "/operator/accounts/{account}/statement"),
    *("/operator/accounts/{account}/work", "/operator/sites", "/operator/sites/{account}/shop.example"),
    *("/operator/soft-apps", "/operator/addresses", "/operator/settings", "/operator/apps", "/operator/apps/{app}"),
    *("/operator/recognition/{recognition}", "/operator/recognition/{recognition}/terms", "/operator/workers"),
    *("/operator/workers/{worker}", "/operator/tasks", "/operator/tasks/1/{task}", "/operator/people"),
    *("/operator/people/1", "/operator/certainty", "/operator/recourse", "/operator/audit", "/operator/announcements"),
    *("/operator/links", "/operator/staff", "/operator/audit/check"),
    *("/operator/audit?what=account.set", "/operator/top-ups", "/operator/payouts", "/sessions"),
)


class FullHouse(msgspec.Struct, frozen=True):
    """``pages``: of each who signs in, the paths that show something."""

    pages: list[tuple[str, Subject, tuple[str, ...]]]


async def fill(site: Site) -> FullHouse:
    """Let customers, workers and reviewers of a fresh house leave something on every page."""
    context = site.context
    customer, author = await factories.customer(context), await factories.hand(context, reviewer=True)
    await _name(site)
    task = 0
    for amount in range(3):
        task = await factories.solve(context, customer, author, "12345", soft_id=amount)
    refused = await decided(context, customer, author, Vote.CONFIRM, "None of these digits is there", text=LONG)
    await complaint(context, customer, author, UNBROKEN)
    await WorkerDesk(context).offline(author.worker)
    other = await factories.hand(context)
    await complaint(context, customer, other, LONG)
    await WorkerDesk(context).offline(other.worker)
    await vote(context, author, Vote.REJECT, UNBROKEN)
    await factories.submit(context, customer, options=ImageOptions(comment=LONG))
    app = await open_app(context, customer)
    recognition, now = await open_recognition(context, app, LONG), datetime.now(UTC)
    await record(context, app, recognition, some(random.Random(5), 60, now - timedelta(days=10), now))
    await add_proven_site(context, customer.account_id)
    await ask(context, customer, ImageOptions(), terms=UNSETTLED)
    await fall_below(context, author)
    async with context.cells.pool(1).acquire() as db:
        await db.execute(CERTAIN, customer.account_id)
        await db.execute(SKIPPED, author.worker.worker_id)
        await db.execute(TIMED, author.worker.worker_id)
    async with httpx.AsyncClient(base_url=site.url, headers={"authorization": f"Bearer {customer.key}"}) as client:
        question = {"kind": "text", "words": LONG}
        job = (await client.post("/v1/jobs", json={"name": UNBROKEN, "question": question})).json()["id"]
    await _own_people(site, customer)
    await reviewer(context)
    await request_payouts(context, author.worker.worker_id)
    customers = (
        *("/customer", "/customer/jobs", "/customer/jobs/new", f"/customer/jobs/{job}"),
        *(f"/customer/jobs/{job}/agreement", f"/customer/jobs/{job}/cancel", "/customer/certainty"),
        *("/customer/tasks", f"/customer/tasks/{task}", "/customer/statement?work=yes", "/customer/callbacks"),
        *("/customer/recognitions", f"/customer/recognitions/{recognition.task_id}", "/customer/reports"),
        *(f"/customer/recognitions/{recognition.task_id}/threshold", "/customer/notices", "/customer/buckets"),
        *(f"/customer/reports/{refused}", "/customer/keys", "/customer/colleagues", "/customer/top-ups"),
        *("/sessions", "/help", "/"),
    )
    names = {"account": customer.account_id, "worker": author.worker.worker_id, "task": refused, "app": app.secret_id}
    operators = tuple(path.format(**names, recognition=recognition.task_id) for path in OPERATORS)
    return FullHouse(
        [
            ("customer", customer_subject(customer), customers),
            ("operator", Subject("operator", 0, 0), operators),
            ("worker", worker_subject(author), WORKERS),
        ]
    )


async def _own_people(site: Site, customer: factories.Customer) -> None:
    """Let an account have colleagues, keys and requests, a low balance, and one of its requests declined."""
    by = BY_ITSELF
    person = AccountPerson(customer.cell, customer.account_id, (), person_id=0, name="")
    for role in PersonRole:
        await people.invite_person(site.context, person, UNBROKEN, role, by)
    for label in (UNBROKEN, LONG):
        made = await account_keys.make_client_key(
            site.context, person, WantedKey(label, EVERY_SCOPE, ("2001:db8::/32",)), by
        )
        assert isinstance(made, FreshKey), made
    assert isinstance(made, FreshKey)
    await account_keys.rotate_key(site.context, person, made.key_id, 3_600, by)
    for amount in ("12345678.123456", "5"):
        asked = await top_ups.ask_top_up(site.context, person, (amount, UNBROKEN), UNBROKEN, by)
        assert isinstance(asked, TopUpRequest), asked
    assert isinstance(asked, TopUpRequest)
    store = f"https://{'a' * 60}.example"
    bucket = GivenBucket(name="b" * 63, endpoint=store, region="eu-1", access_key="K" * 128, secret="s")
    assert not isinstance(await keep_bucket(site.context, customer, bucket), Refusal)
    await top_ups.decide_top_up(site.context, by, asked.request_id, TopUpState.DECLINED, UNBROKEN)
    await top_ups.set_low_balance(site.context, person, "1000000", f"https://{'a' * 60}.example/{'b' * 60}", by)


async def _name(site: Site) -> None:
    """Give everybody and every queue a name that is as long as one may be."""
    async with site.context.cells.directory.acquire() as db:
        await db.execute("UPDATE account_place SET name = $1", UNBROKEN)
        await db.execute("UPDATE worker SET name = $1", UNBROKEN)
        await db.execute("UPDATE queue SET name = $1 WHERE queue_id = 1", LONG)
        await db.execute("UPDATE queue SET name = $1 WHERE queue_id <> 1", UNBROKEN)
    site.context.lookups.forget()
