"""Complaints about numbers, labels and fields at the pages of the worker, the customer and the operator."""

from typing import Any

import pytest
from test_customer_pages import OWN

from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.actions.file_complaints import FileComplaint, file_complaints
from manyeyes.reports.rules import Vote
from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, NumberOptions
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import customer_subject, link, worker_subject
from support.given_answers import RECEIPT
from support.in_process_client import Client
from support.question_tasks import ask
from support.screen_disputes import reviewer, vote

KINDS = [
    (
        NumberOptions(comment="The meter?", unit="m³"),
        "12,5",
        "12.5",
        ["Type the number you see", "in m³", "The meter?"],
    ),
    (ChoiceOptions(labels=("cat", "dog")), "dog", "dog", ["Which label fits the picture?"]),
    (ChoicesOptions(labels=("cat", "dog")), '["dog","cat"]', "cat, dog", ["Choose all that do"]),
    (RECEIPT, '{"total":3.1,"currency":"EUR"}', "total: 3.1; currency: EUR", ["Type what each field asks for"]),
]


@pytest.mark.parametrize(("options", "text", "shown", "asked"), KINDS, ids=["number", "label", "labels", "fields"])
async def test_a_refused_answer_is_read_by_all_sides(
    client: Client, options: Any, text: str, shown: str, asked: list[str]
):
    context = client.context
    customer, author = await factories.customer(context), await factories.hand(context)
    task_id = await ask(context, customer, options)
    lease = await factories.taken(context, author)
    await WorkerDesk(context).answer(author.worker, lease.lease, text)
    queues = await context.lookups.queues()
    await context.batcher.ask(
        file_complaints, FileComplaint(cell=1, account_id=customer.account_id, task_id=task_id, queues=queues)
    )
    for _ in range(2):
        await vote(context, await reviewer(context), Vote.CONFIRM, "look again")
    await context.batcher.ask(file_appeals, FileAppeal(1, author.worker.worker_id, task_id, "I was right"))
    pages = {
        "/worker/reports": (worker_subject(author), [shown, *asked]),
        f"/customer/reports/{task_id}": (customer_subject(customer), [shown]),
        "/operator/recourse": (Subject("operator", 0, 0), [shown, *asked]),
    }
    for path, (subject, wanted) in pages.items():
        await client.post(await link(context, subject), headers=OWN)
        page = await client.get(path)
        assert page.status_code == 200
        assert [each for each in wanted if each not in page.text] == []
        assert "look again" in page.text
