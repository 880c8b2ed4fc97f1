"""Jobs: many pictures, one question.

Made from aio/jobs.py by tools/make_client.py: change that one.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from manyeyes_client import requests
from manyeyes_client.blocking.connection import Connection
from manyeyes_client.errors import NotYet
from manyeyes_client.jobs_over import LOOK_SECONDS, OVER
from manyeyes_client.messages import Job
from manyeyes_client.questions import Question


class JobVerbs(Connection):
    """The verbs of jobs."""

    def create_job(
        self,
        name: str,
        question: Question,
        *,
        queue: str | int | None = None,
        answers: int | None = None,
        answers_at_most: int | None = None,
        wrong_at_most: float | None = None,
        price_at_most: Decimal | str | None = None,
        uncertain: str | None = None,
        life: int | None = None,
        deadline: datetime | None = None,
        budget: Decimal | str | None = None,
        callback_url: str | None = None,
        start: bool | None = None,
        key: str | None = None,
    ) -> Job:
        """Make a job, a draft unless ``start``: it costs nothing until it is started, and tells what it may cost.

        Its terms are those of each task; see `create_task`.
        """
        terms = requests.terms(
            answers=answers,
            answers_at_most=answers_at_most,
            wrong_at_most=wrong_at_most,
            price_at_most=price_at_most,
            uncertain=uncertain,
            life=life,
            deadline=deadline,
        )
        body = {"name": name, "question": question, "queue": queue, "terms": terms, "budget": budget}
        return self.send(requests.create_job({**body, "callback_url": callback_url, "start": start}, key=key))

    def job(self, job_id: int) -> Job:
        """Return a job as it is."""
        return self.send(requests.job(job_id))

    def jobs(self, *, order: str | None = None) -> Iterator[Job]:
        """Yield the account's jobs, page by page."""
        cursor: str | None = None
        while True:
            page = self.send(requests.jobs(order=order, cursor=cursor))
            yield from page.items
            cursor = page.next
            if not cursor:
                return

    def start(self, job_id: int, *, key: str | None = None) -> Job:
        """Start a draft: from now on its tasks are given to people, and cost."""
        return self.send(requests.start(job_id, key=key))

    def pause(self, job_id: int) -> Job:
        """Let nothing more of a job begin; what people work at is finished."""
        return self.send(requests.change(job_id, {"state": "paused"}))

    def resume(self, job_id: int) -> Job:
        """Let a paused job go on."""
        return self.send(requests.change(job_id, {"state": "running"}))

    def change(
        self,
        job_id: int,
        *,
        name: str | None = None,
        budget: Decimal | str | None = None,
        deadline: datetime | None = None,
    ) -> Job:
        """Change a job's name, budget or deadline."""
        return self.send(requests.change(job_id, {"name": name, "budget": budget, "deadline": deadline}))

    def cancel_job(self, job_id: int) -> Job:
        """End a job: what waits is given back, what was answered stays."""
        return self.send(requests.cancel_job(job_id))

    def wait_job(self, job_id: int, timeout: float = 86400.0) -> Job:
        """Return the job when it is over. Raises `NotYet` when it is not within ``timeout`` seconds."""
        until = time.monotonic() + timeout
        while (found := self.job(job_id)).state not in OVER:
            left = until - time.monotonic()
            if left <= 0:
                raise NotYet(f"job {job_id} is not over yet; it goes on")
            time.sleep(min(left, LOOK_SECONDS))
        return found
