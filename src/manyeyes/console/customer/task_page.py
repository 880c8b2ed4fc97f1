"""/customer/tasks/{id}: one task from its question to its money."""

from datetime import datetime, tzinfo
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.consensus.terms import ONE_ANSWER
from manyeyes.console.customer.callbacks import LOOKS as CALLBACK_LOOKS
from manyeyes.console.customer.callbacks import STATES as CALLBACK_STATES
from manyeyes.console.customer.report_timeline import Step, steps
from manyeyes.console.customer.statement_period import around
from manyeyes.console.customer.task_answers import ShownAnswer, fields_asked, rules_of, shown_answer
from manyeyes.console.customer.task_lines import FAILURES, STATES, task_line
from manyeyes.console.customer.task_query import ID_DIGITS
from manyeyes.console.customer.tasks import REFUSED, SCRIPT_WORDS
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue, duration, mark
from manyeyes.console.shared.reader_zone import ReaderZone, keep_zone, zone_of
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.task_wording import words_for
from manyeyes.ledger.rules import TransferKind
from manyeyes.ledger.store import Posting
from manyeyes.roles.customer.deliveries import Callback
from manyeyes.roles.customer.task_history import TaskHistory, history_of
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import Ending
from manyeyes.tasks.seen.store import TaskState
from manyeyes.v1.question_views import instructions_view
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.webhooks.rules import described

POSTINGS = {
    TransferKind.HOLD: mark("Held for it"),
    TransferKind.SETTLE: mark("Charged of that"),
    TransferKind.RELEASE: mark("Given back: it was not used"),
    TransferKind.REFUND: mark("Refunded after a complaint"),
}


class SingleAnswer(msgspec.Struct, frozen=True):
    """What one of several people gave; ``person``: their made-up name."""

    person: str
    answer: ShownAnswer
    at: datetime


class OneTaskPages:
    """A customer's page about one task."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/tasks/{id}: by its id or its wire id; 404 for a task that is not theirs."""
        number = whole_number(request.path_params["task_id"], ID_DIGITS) or 0
        found = await history_of(self._context, place, number)
        if isinstance(found, Refusal):
            is_dropped = found.reason is Reason.TASK_DROPPED
            status = 410 if is_dropped else 404
            return render(request, "shared/missing.html", status=status, person=place.name, is_dropped=is_dropped)
        zone, language = zone_of(request), look_of(request).language
        translations, options = catalogue(language), found.task.options
        translate, refused = translations.ugettext, request.query_params.get("refused", "")
        task = found.task.task
        response = render(
            request,
            "customer/task.html",
            person=place.name,
            zone=zone,
            task=task_line(found.task, translations, self._context.pictures, zone.zone),
            rules=rules_of(translations, options),
            fields=fields_asked(translations, options),
            told=instructions_view(self._context, found.told) if found.told else None,
            terms=task.terms or ONE_ANSWER,
            tried=task.solve_count,
            singles=self._singles(place, found, zone),
            is_answered=task.ending is Ending.SOLVED,
            is_over=task.ended_at is not None,
            waits_until=_local(task.expires_at, zone.zone),
            postings=[_entry(each, zone, translate) for each in found.postings if each.kind in POSTINGS],
            callback=_callback(found.callback, translate) if found.callback else None,
            steps=[(step, _local(step.at, zone.zone)) for step in task_steps(language, found)],
            refused=translate(REFUSED[refused]) if refused in REFUSED else "",
            script_data={"words": words_for(translations, SCRIPT_WORDS)},
        )
        keep_zone(request, response)
        return response

    def _singles(self, place: AccountPlace, found: TaskHistory, zone: ReaderZone) -> list[SingleAnswer]:
        """Return what each person gave, under the name by which this customer sees them."""
        options, name = found.task.options, self._context.pseudonyms.name
        return [
            SingleAnswer(
                name(place.account_id, each.worker_id),
                shown_answer(options, each.text),
                each.answered_at.astimezone(zone.zone),
            )
            for each in found.answers
            if each.text is not None
        ]


def task_steps(language: str, found: TaskHistory) -> list[Step]:
    """Return what happened to a task, in order; of one that has not ended the last step is what goes on now."""
    translate, task = catalogue(language).ugettext, found.task.task
    happened = [Step(translate("It came with its job") if task.job_id else translate("You sent it"), task.created_at)]
    held = next((each.at for each in found.postings if each.kind is TransferKind.HOLD), None)
    if task.job_id and held is not None:
        happened.append(Step(translate("It entered the queue"), held))
    if found.report is not None:
        happened += steps(language, found.report)
    elif task.ended_at is None:
        happened.append(Step(translate(STATES[task.state]), tone="now"))
    else:
        after = duration((task.ended_at - (held or task.created_at)).total_seconds() * 1000, language)
        took = translate("after %(time)s") % {"time": after}
        happened.append(_end(language, found, took))
    sent = found.callback.delivery if found.callback else None
    if sent is not None and described(sent.state) == "delivered" and sent.closed_at is not None:
        happened.append(Step(translate("The result was taken at your address"), sent.closed_at, tone="good"))
    return sorted(happened, key=lambda step: (step.at is None, step.at.timestamp() if step.at else 0.0))


def _end(language: str, found: TaskHistory, took: str) -> Step:
    translate, task = catalogue(language).ugettext, found.task.task
    if task.state is TaskState.DONE:
        is_one = task.confidence is None
        said = translate("A person answered it") if is_one else translate("The result of several people stands")
        return Step(said, task.ended_at, took, "good")
    if task.ending in FAILURES:
        return Step(translate(FAILURES[task.ending]), task.ended_at, took, "bad")
    return Step(translate("It was taken back; nothing is charged"), task.ended_at, took)


def _entry(posting: Posting, zone: ReaderZone, translate: Any) -> dict[str, Any]:
    """Return an entry; a hold stands on no statement, since what is held is still the customer's."""
    is_stated = posting.kind in (TransferKind.SETTLE, TransferKind.REFUND)
    return {
        "what": translate(POSTINGS[posting.kind]),
        "micros": posting.amount_micros,
        "at": _local(posting.at, zone.zone),
        "statement": around(posting.at, zone.name) if is_stated else "",
    }


def _callback(found: Callback, translate: Any) -> dict[str, Any]:
    delivery = found.delivery
    state = described(delivery.state)
    return {
        "url": delivery.url,
        "state": translate(CALLBACK_STATES[state]),
        "look": CALLBACK_LOOKS[state],
        "tries": delivery.tries,
        "status": delivery.last_status,
        "fault": delivery.last_fault,
    }


def _local(at: datetime | None, zone: tzinfo) -> datetime | None:
    return None if at is None else at.astimezone(zone)
