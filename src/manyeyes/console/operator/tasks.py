"""/operator/tasks: finding a task by its number, and the page of one: each step from its picture to its money."""

from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.operator.account_work import TASK_STATES
from manyeyes.console.operator.house_page import HousePages, number_in
from manyeyes.console.operator.task_steps import steps_of
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.task_wording import question, words_for
from manyeyes.roles.house import accounts as house_accounts
from manyeyes.roles.house import task_life as house
from manyeyes.roles.house.task_life import TaskLife
from manyeyes.tasks.options import AnyOptions
from manyeyes.tasks.tokens import TokenOptions
from manyeyes.values.integers import whole_number

PATH = "/operator/tasks"
LEAD = mark(
    "Find one task by its number: the one on the wire (taskId) or its own. Tasks of one customer are listed on the "
    "account's page."
)
LEAD_ONE = mark(
    "Everything that happened to one task, in order: when it came, who had it, what was answered, what reviewers said, "
    "and every movement of money. Skips are known only while it is open. Times are UTC."
)
ID_DIGITS = 18


class TaskFinder(msgspec.Struct, frozen=True):
    """What was typed into the search; ``is_unknown``: there is no such task, ``is_dropped``: any more."""

    words: str
    after: int = 0
    is_unknown: bool = False
    is_dropped: bool = False


class HouseTaskPages(HousePages):
    """The operator's pages of tasks."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/tasks?q=: look for a task by its number; the only one that it names is shown at once."""
        words = request.query_params.get("q", "").strip()[:ID_DIGITS]
        number = whole_number(words, ID_DIGITS)
        found = await house.found_tasks(self._context, number) if number else []
        if len(found) == 1:
            return RedirectResponse(f"{PATH}/{found[0].cell}/{found[0].task_id}", status_code=303)
        is_dropped = bool(number) and not found and await house.was_dropped(self._context, number or 0)
        return await self.draw(
            request,
            "tasks",
            here="tasks",
            title=mark("Tasks"),
            lead=LEAD,
            asked=TaskFinder(words, is_unknown=bool(words) and not found, is_dropped=is_dropped),
            found=found,
        )

    @for_operators
    async def show_one(self, request: Request) -> Response:
        """GET /operator/tasks/{cell}/{task_id}: one task from its picture to its money; 404 of none."""
        found = await house.life_of(self._context, number_in(request, "cell"), number_in(request, "task_id"))
        if found is None:
            return self.missing(request)
        task, language = found.task.task, look_of(request).language
        say = catalogue(language).ugettext
        account = await house_accounts.account_of(self._context, task.account_id)
        return await self.draw(
            request,
            "task",
            here="task",
            name=say(mark("Task %(number)s")) % {"number": task.task_id},
            lead=LEAD_ONE,
            life=found,
            task=task,
            queue=found.task.queue,
            account=account,
            state=say(TASK_STATES[task.state]),
            picture=found.task.picture.peoples_path(self._context.pictures) if found.task.picture else "",
            asks=_asked(language, found.task.options),
            steps=steps_of(language, found),
            gives=_answers(found),
        )


def _asked(language: str, options: AnyOptions) -> str:
    """Return what is asked, in the customer's words or a screen's."""
    if isinstance(options, TokenOptions):
        return options.host
    return options.comment or str(words_for(catalogue(language))[question(options)])


def _answers(life: TaskLife) -> list[dict[str, Any]]:
    """Return who gave what; of a task of one answer that one."""
    if life.answers:
        return [_answer(each.worker_id, each.text, each.answered_at, each.pay_micros) for each in life.answers]
    if life.solved is None:
        return []
    one = life.solved
    return [_answer(one.worker_id, one.shown or one.text or None, life.task.task.ended_at, one.pay_micros)]


def _answer(worker_id: int, text: str | None, at: datetime | None, pay_micros: int) -> dict[str, Any]:
    return {"worker": worker_id, "text": text, "at": at, "pay_micros": pay_micros}
