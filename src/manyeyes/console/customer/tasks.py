"""/customer/tasks: an account's tasks with their answers, newest first; saying that one is wrong; taking one back."""

import hashlib
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from babel.support import Translations
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.task_lines import STATES, TaskLine, task_line
from manyeyes.console.customer.task_query import ID_DIGITS, PATH, ROWS_PATH, TaskQuery, asked
from manyeyes.console.shared.appearance import look_of, own_path
from manyeyes.console.shared.connect import origin_of
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.reader_zone import ReaderZone, keep_zone, zone_of
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.report_wording import WHY
from manyeyes.console.shared.task_wording import WORDS, words_for
from manyeyes.roles.customer.tasks import CustomerTask, cancel, report, tasks_named, tasks_of
from manyeyes.runtime.context import Context
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal

PAGE_TASKS = 50
MOST_ROWS = 200  # that one look at rows which lie on a page asks for
PRAISE, KINDS = "praise", ("complaint", "praise")
REFUSED = {
    **WHY,
    Reason.NOT_CANCELLABLE: mark("It could not be taken back: somebody is answering it, or it has ended"),
}
FIRST_TASK = """\
curl -s {origin}/v1/tasks -H "Authorization: Bearer YOUR_CLIENT_KEY" \\
  -F picture=@picture.png -F 'task={{"question": {{"kind": "text", "words": "What does the sign say?"}}}}'"""
SCRIPT_WORDS = {
    "time.left": WORDS["time.left"],
    "new.tasks": mark("Show new tasks: %(n)s"),
    "picture.gone": mark("no longer kept"),
}


class ShownPage(msgspec.Struct, frozen=True):
    """Tasks, newest first; ``newer``, ``older``: the places where the pages beside this one begin, None for none."""

    tasks: list[CustomerTask]
    newer: int | None
    older: int | None


class TaskPages:
    """A customer's list of tasks, and what its forms send."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/tasks?state=&queue=&job=&external_id=&from=&to=&before=&after=: a page of tasks."""
        queues, zone = await self._context.lookups.queues(), zone_of(request)
        query = asked(request.query_params, queues, zone.zone)
        found = await self._page(place, query)
        if query.after is not None and found.newer is None:  # there are none in front of these: the page of the newest
            query = first_page(query)
            found = await self._page(place, query)
        translations = catalogue(look_of(request).language)
        top = {"top": str(query.of.place(found.tasks[0].task) if found.tasks else 0)} if query.is_first else {}
        response = render(
            request,
            "customer/tasks.html",
            person=place.name,
            query=query,
            zone=zone,
            tasks=self._lines(translations, zone, found.tasks),
            states={state: translations.ugettext(message) for state, message in STATES.items()},
            queues=sorted((queue.name, queue_id) for queue_id, queue in queues.items()),
            refused=_refused(translations, request.query_params.get("refused", "")),
            rows_url=query.address(ROWS_PATH, **top),
            newer="" if found.newer is None else query.newer(found.newer),
            older="" if found.older is None else query.older(found.older),
            first_task=FIRST_TASK.format(origin=origin_of(request)),
            script_data={"words": words_for(translations, SCRIPT_WORDS), "most": PAGE_TASKS},
        )
        keep_zone(request, response)
        return response

    @for_customers
    async def rows(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/tasks/rows?ids=&top=: tasks that lie on a page, as they are now, and how many are new since.

        ``If-None-Match`` with the `ETag` of the last answer is answered with 304 while nothing changed.
        """
        queues, zone = await self._context.lookups.queues(), zone_of(request)
        query = asked(request.query_params, queues, zone.zone)
        ids = [whole_number(each, ID_DIGITS) or 0 for each in request.query_params.get("ids", "").split(",")]
        found = await tasks_named(self._context, place, ids[:MOST_ROWS])
        top, fresh = whole_number(request.query_params.get("top", ""), ID_DIGITS), 0
        if top is not None:
            page = await tasks_of(self._context, place, query.of, after=top, newest=False, limit=PAGE_TASKS)
            fresh = len(page.tasks)
        translations = catalogue(look_of(request).language)
        back = own_tasks_path(request.query_params.get("back", ""))
        lines = self._lines(translations, zone, found)
        response = render(request, "customer/task_rows.html", person=place.name, tasks=lines, fresh=fresh, back=back)
        tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
        if request.headers.get("if-none-match", "") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        response.headers["ETag"] = tag
        return response

    @for_customers
    async def report(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/tasks/{id}/report: say that an answer is wrong, or a token right; field `kind`.

        The same said twice is said once: the form names its call.
        """
        form = await request.form()
        kind, number = text_of(form, "kind"), _number(request)
        if kind not in KINDS:
            return RedirectResponse(PATH, status_code=303)
        said = await report(
            self._context, place, number, is_praise=kind == PRAISE, key=_named(f"report {number} {kind}")
        )
        return _back(text_of(form, "back"), number, said if isinstance(said, Refusal) else None)

    @for_customers
    async def cancel(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/tasks/{id}/cancel: take a task back that nobody is answering."""
        form, number = await request.form(), _number(request)
        outcome = await cancel(self._context, place, number)
        return _back(text_of(form, "back"), number, outcome if isinstance(outcome, Refusal) else None)

    async def _page(self, place: AccountPlace, query: TaskQuery) -> ShownPage:
        is_back = query.after is None
        start = query.before if is_back else query.after
        page = await tasks_of(self._context, place, query.of, after=start, newest=is_back, limit=PAGE_TASKS)
        places = [query.of.place(each.task) for each in page.tasks]
        if is_back:  # an address that somebody changed may begin before the first
            newer = None if query.is_first else max(places[0] if places else (start or 0) - 1, 0)
            return ShownPage(page.tasks, newer, page.after)
        return ShownPage(page.tasks[::-1], page.after, places[0] if places else (start or 0) + 1)

    def _lines(self, translations: Translations, zone: ReaderZone, found: Sequence[CustomerTask]) -> list[TaskLine]:
        return [task_line(each, translations, self._context.pictures, zone.zone) for each in found]


def first_page(query: TaskQuery) -> TaskQuery:
    """Return the question for the newest of the same tasks."""
    return TaskQuery(of=query.of, asked=query.asked, is_readable=query.is_readable)


def own_tasks_path(path: str) -> str:
    """Return the path if it is one of the pages of tasks, else the list's: no crafted form sends anybody elsewhere."""
    found = own_path(path)
    return found if urlsplit(found).path.startswith(PATH) else PATH


def _number(request: Request) -> int:
    return whole_number(request.path_params["task_id"], ID_DIGITS) or 0


def _named(call: str) -> CallKey:
    """Return the name of what a form does; the first byte is none of those that customers' own keys may have."""
    return CallKey(hashlib.sha256(f"\x00page {call}".encode()).digest(), hashlib.sha256(call.encode()).digest())


def _back(path: str, number: int, refusal: Refusal | None) -> Response:
    """Return to the page that the form was on, at its task; a refusal is told there."""
    parts = urlsplit(own_tasks_path(path))
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "refused"]
    if refusal is not None:
        query.append(("refused", str(refusal.reason)))
    target = f"{parts.path}?{urlencode(query)}" if query else parts.path
    return RedirectResponse(f"{target}#task-{number}", status_code=303)


def _refused(translations: Translations, reason: str) -> str:
    return translations.ugettext(REFUSED[reason]) if reason in REFUSED else ""
