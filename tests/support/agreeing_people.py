"""A job whose items three people answered: two of them alike, the third by their own mind."""

from typing import Any

from support.in_process_client import Client
from support.job_calls import JobCustomer, items
from support.several_hands import Hands

PETS = {"kind": "label", "words": "Which animal?", "labels": ["cat", "dog"]}
LABELLED = 12


def own_mind(item: int) -> str:
    """Return what the third one says: every third time another label than the others."""
    return "dog" if item % 3 == 0 else "cat"


async def agreed_job(customer: JobCustomer, people: Hands, count: int = LABELLED, **given: Any) -> int:
    """Open, start and answer a job of pets, all of which are cats to two of the three; return its number."""
    terms = {"answers": 3, "answers_at_most": 3}
    job_id = await customer.draft(items(count), **{"question": PETS, "terms": terms, **given})
    await customer.ask("POST", f"/{job_id}/start")
    await customer.until(job_id, lambda job: job["counts"]["open"] == count)
    for item in range(count):
        await people.answer("cat", "cat", own_mind(item))
    await customer.until(job_id, lambda job: job["counts"]["done"] == count)
    return job_id


async def forgotten(client: Client, job_id: int) -> None:
    """Let what people gave to the job be kept no longer."""
    await client.context.cells.directory.execute(
        "UPDATE answer SET answer = NULL WHERE task_id IN (SELECT task_id FROM task WHERE job_id = $1)", job_id
    )
