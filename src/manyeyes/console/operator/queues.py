"""/operator/queues: the list of queues, opening one, and the page of one with all its terms."""

from typing import Any

from babel.support import Translations
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.actions.set_trainings import SetTraining
from manyeyes.console.operator.accounts import NO_NUMBER
from manyeyes.console.operator.house_page import HousePages, cut, done, list_page, number_in
from manyeyes.console.operator.queue_charts import asked_reach, drawn_history
from manyeyes.console.operator.queue_fields import NO_SHARE, USUAL, asked_in, change_in, now_of, opening_in, terms_in
from manyeyes.console.operator.readers import numbers_in_order, whole_in, yes_in
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import number_in as share_in
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.reader_zone import keep_zone, zone_of
from manyeyes.console.shared.sheets import DrawnSheet, Field, Typed, draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house import queues as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.queue_history import queue_history
from manyeyes.roles.practising import queue_training, set_training
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.actor import Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal

PATH = "/operator/queues"
LEAD = mark(
    "A queue is a kind of work: its language, its price, its pay, and the people who may do it. Customers put tasks "
    "into it, workers are given it."
)
LEAD_ONE = mark(
    "Everything that holds for one kind of work. A change counts for tasks that come from then on; what was submitted "
    "keeps its price and pay."
)
NO_NUMBERS = mark("Write whole numbers with commas between them.")
TRAINING = (
    Field(
        name="items",
        label=mark("Pictures in the training set"),
        hint=mark("Of the queue's gold those that were asked least."),
        mode="numeric",
        reads=whole_in,
        unfit=NO_NUMBER,
        size=12,
    ),
    Field(
        name="tasks",
        label=mark("Or these tasks of its gold, in the order asked"),
        hint=mark("Numbers with commas between them. Empty: those that were asked least."),
        reads=numbers_in_order,
        unfit=NO_NUMBERS,
    ),
    Field(name="pass_mark", label=mark("Share to be right"), mode="decimal", reads=share_in, unfit=NO_SHARE, size=12),
    Field(name="paid", label=mark("Each picture is paid as the queue's are"), kind="check", reads=yes_in),
)
TRAINING_USUAL = {"items": "10", "tasks": "", "pass_mark": "0.8", "paid": ""}


class QueuePages(HousePages):
    """The operator's pages of queues."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/queues?q=&after=: queues by number, those that are looked for."""
        return await self._list(request)

    @for_deed(Deed.QUEUE_ADD)
    async def create(self, request: Request) -> Response:
        """POST /operator/queues: open a queue with its terms."""
        fields = opening_in(_words(request))
        typed = read_sheet(fields, await request.form())
        people = asked_in(typed)
        fault = people if isinstance(people, FieldFault) else None
        if not typed.faults and fault is None:
            queue = _new(typed, people if any(typed.texts[name] for name in ("answers", "wrong_at_most")) else None)
            fault = await house.open_queue(self._context, queue, await actor_of(self._context, request))
            if fault is None:
                return done(f"{PATH}/{queue.queue_id}", "changed")
        return await self._list(request, draw_sheet(request, fields, USUAL, typed, fault), 422)

    @for_operators
    async def show_one(self, request: Request) -> Response:
        """GET /operator/queues/{queue_id}: one queue; 404 of none."""
        found = await self._found(request)
        return await self._one(request, found) if found else self.missing(request)

    @for_deed(Deed.QUEUE_SET)
    async def change(self, request: Request) -> Response:
        """POST /operator/queues/{queue_id}: of its terms what differs from what was shown."""
        found = await self._found(request)
        if found is None:
            return self.missing(request)
        now = now_of(found)
        typed = read_sheet(terms_in(_words(request)), await request.form(), now)
        fault: FieldFault | None = None
        if not typed.faults and typed.values:
            change = change_in(typed)
            if isinstance(change, FieldFault):
                fault = change
            else:
                actor = await actor_of(self._context, request)
                fault = await house.change_queue(self._context, found, change, actor, is_seen=True)
        if typed.faults or fault:
            return await self._one(
                request, found, 422, terms=draw_sheet(request, terms_in(_words(request)), now, typed, fault)
            )
        return done(f"{PATH}/{found.queue_id}", "changed" if typed.values else "unchanged")

    @for_deed(Deed.TRAINING_SET)
    async def train(self, request: Request) -> Response:
        """POST /operator/queues/{queue_id}/training: `items` or `tasks`, `pass_mark`, `paid` make a set; `clear`."""
        found = await self._found(request)
        if found is None:
            return self.missing(request)
        form = await request.form()
        is_cleared = text_of(form, "clear") == "yes"
        typed = read_sheet(TRAINING, form)
        fault = None
        if not typed.faults or is_cleared:
            actor = await actor_of(self._context, request)
            fault = await self._train(found.queue_id, {} if is_cleared else typed.values, actor)
            if fault is None:
                return done(f"{PATH}/{found.queue_id}", "changed")
        return await self._one(
            request, found, 422, training=draw_sheet(request, TRAINING, TRAINING_USUAL, typed, fault)
        )

    async def _train(self, queue_id: int, values: dict[str, Any], actor: Actor) -> FieldFault | None:
        """Set a queue's training set in every cell that has the gold for it; return why none has."""
        tasks = values.get("tasks", ())
        command = SetTraining(
            cell=0,
            queue_id=queue_id,
            task_ids=tasks,
            items=0 if tasks else values.get("items", 0),
            is_paid=values.get("paid", False),
            pass_mark=values.get("pass_mark", 0.8),
            actor=actor,
        )
        cells = self._context.cells.numbers
        outcomes = [await set_training(self._context, command.within(cell)) for cell in cells]
        refused = [each for each in outcomes if isinstance(each, Refusal)]
        return (
            FieldFault("tasks" if tasks else "items", "%(why)s", {"why": refused[0].detail})
            if len(refused) == len(outcomes)
            else None
        )

    async def _found(self, request: Request) -> QueueTerms | None:
        return (await self._context.lookups.queues()).get(number_in(request, "queue_id"))

    async def _one(self, request: Request, found: QueueTerms, status: int = 200, **sheets: DrawnSheet) -> Response:
        drawn = {
            "terms": draw_sheet(request, terms_in(_words(request)), now_of(found)),
            "training": draw_sheet(request, TRAINING, TRAINING_USUAL),
        }
        zone, reach = zone_of(request), asked_reach(request.query_params.get("reach", ""))
        spans = await queue_history(self._context, found.queue_id, reach, zone.zone)
        response = await self.draw(
            request,
            "queue",
            here="queue",
            name=found.name,
            lead=LEAD_ONE,
            status=status,
            path=f"{PATH}/{found.queue_id}",
            queue=found,
            training=await queue_training(self._context, found.queue_id),
            sheets=drawn | sheets,
            zone=zone,
            history=drawn_history(look_of(request).language, reach, spans),
        )
        keep_zone(request, response)
        return response

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        asked = list_page(request)
        words = asked.words.lower()
        fitting = [
            queue
            for queue in (await self._context.lookups.queues()).values()
            if queue.queue_id > asked.after and (words in queue.name.lower() or words == str(queue.queue_id))
        ]
        found, is_more = cut(fitting)
        return await self.draw(
            request,
            "queues",
            here="queues",
            title=mark("Queues"),
            lead=LEAD,
            status=status,
            asked=asked,
            queues=found,
            older=asked.address(PATH, found[-1].queue_id) if is_more else "",
            sheet=sheet or draw_sheet(request, opening_in(_words(request)), USUAL),
        )


def _words(request: Request) -> Translations:
    return catalogue(look_of(request).language)


def _new(typed: Typed, people: Any) -> QueueTerms:
    given = typed.values
    return QueueTerms(
        queue_id=given["queue_id"],
        name=given["name"],
        language=given["language"],
        price_micros=given["price"],
        pay_micros=given["pay"],
        capacity=given["capacity"],
        lease_seconds=given["lease_seconds"],
        marks=given["marks"],
        vote_micros=given["vote_pay"],
        accepts_complaints=given["complaints"],
        life_seconds=given["life"] or None,
        default_terms=people,
        guide=given["guide"],
    )
