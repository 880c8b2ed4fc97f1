"""Tasks: one picture, one question.

Made from aio/tasks.py by tools/make_client.py: change that one.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from manyeyes_client import requests
from manyeyes_client.blocking.connection import Connection
from manyeyes_client.errors import Conflict, NotAnswered, NotYet
from manyeyes_client.messages import Report, Task, Tasks
from manyeyes_client.questions import Question
from manyeyes_client.requests import LONGEST_WAIT_SECONDS, Picture

ENDED = frozenset({"done", "failed", "cancelled"})


class TaskVerbs(Connection):
    """The verbs of tasks."""

    def create_task(
        self,
        picture: Picture,
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
        external_id: str | None = None,
        comment: str | None = None,
        callback_url: str | None = None,
        truth: object = None,
        key: str | None = None,
        wait: float = 0.0,
    ) -> Task:
        """Ask people about a picture: its bytes, its path, or an address (https or s3) as text.

        ``answers``: how many people at once; ``answers_at_most``: in all; ``wrong_at_most``: ask until it is as sure,
        such as 0.05; ``uncertain``: "return" or "review" what is not. ``price_at_most``: of all of it. ``life`` in
        seconds. With the same ``key`` the same task comes back, however often it is called, and nothing is
        paid twice. ``wait``: seconds (at most 60) to wait for the end.
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
        request = requests.create_task(
            picture,
            question,
            queue=queue,
            terms=terms,
            external_id=external_id,
            comment=comment,
            callback_url=callback_url,
            truth=truth,
            key=key,
            wait=wait,
        )
        return self.send(request)

    def task(self, task_id: int, *, wait: float = 0.0) -> Task:
        """Return a task as it is, or as it is when it ended within ``wait`` seconds (at most 60)."""
        return self.send(requests.task(task_id, wait=wait))

    def wait(self, task: Task | int, timeout: float = 3600.0) -> Task:
        """Return the task when it has ended. Raises `NotYet` when it has not within ``timeout`` seconds."""
        found = None if isinstance(task, int) else task
        task_id = task if isinstance(task, int) else task.id
        until = time.monotonic() + timeout
        while found is None or found.state not in ENDED:
            left = until - time.monotonic()
            if left <= 0:
                raise NotYet(f"task {task_id} has not ended yet; it goes on")
            found = self.task(task_id, wait=min(left, LONGEST_WAIT_SECONDS))
        return found

    def ask(
        self,
        picture: Picture,
        question: Question,
        *,
        timeout: float = 3600.0,
        queue: str | int | None = None,
        price_at_most: Decimal | str | None = None,
        key: str | None = None,
    ) -> Any:
        """Return the answer to one question about one picture, as the kind of question says: text, number, list, dict.

        Raises `NotAnswered`, or `NotYet` after ``timeout`` seconds: asked again with the same ``key`` it goes on.
        """
        wait = min(timeout, LONGEST_WAIT_SECONDS)
        made = self.create_task(
            picture, question, queue=queue, price_at_most=price_at_most, life=None, key=key, wait=wait
        )
        ended = self.wait(made, timeout)
        if ended.result is None:
            told = ended.failure
            raise NotAnswered(told.reason if told else ended.state, told.detail if told else f"the task {ended.state}")
        return ended.result.value

    def tasks(
        self,
        *,
        job: int | None = None,
        state: str | None = None,
        external_id: str | None = None,
        uncertain: bool = False,
        order: str | None = None,
    ) -> Iterator[Task]:
        """Yield tasks, page by page: all of the account, or of a job, in a state, or with your own id.

        ``uncertain``: only those whose results did not become as sure as was asked.
        """
        asked = "true" if uncertain else None
        cursor: str | None = None
        while True:
            page = self.send(
                requests.tasks(
                    job=job, state=state, external_id=external_id, uncertain=asked, order=order, cursor=cursor
                )
            )
            yield from page.items
            cursor = page.next
            if not cursor:
                return

    def changes(self, since: str | datetime = "", *, limit: int | None = None) -> Tasks:
        """Return what ended or was refunded after a point, in the order in which it did; ``next`` is the next point."""
        return self.send(requests.tasks(since=since, limit=limit))

    def cancel(self, task_id: int) -> Task:
        """Take a task back that nobody works at, and its money; one that is cancelled already is no error."""
        try:
            return self.send(requests.cancel(task_id))
        except Conflict:
            found = self.task(task_id)
            if found.state != "cancelled":
                raise
            return found

    def report(self, task_id: int, kind: str = "complaint", *, key: str | None = None) -> Report:
        """Say that a result is wrong (``complaint``) or right (``praise``)."""
        return self.send(requests.report(task_id, kind, key=key))
