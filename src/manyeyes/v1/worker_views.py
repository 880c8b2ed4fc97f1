"""A worker's tasks, presence and pay as /v1 shows them; money in USD."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from manyeyes.roles.pictures import KeptPicture
from manyeyes.roles.presences import WorkerSession
from manyeyes.roles.worker import AnswerTaken, LeasedTask
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import AnyOptions, PictureOptions
from manyeyes.tasks.rules import QueueTerms
from manyeyes.tasks.tokens import TokenOptions, needs_start
from manyeyes.values.lease_time import Renewed
from manyeyes.values.marks import mark_names
from manyeyes.values.money import number
from manyeyes.workers.rules import WorkerState

PICTURES = ("ImageOptions", "LabelOptions", "NumberOptions", "ChoiceOptions", "ChoicesOptions", "FieldsOptions")
TASK_OPTIONS = (*PICTURES, "WidgetOptions")
OPTIONS_SCHEMA = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in TASK_OPTIONS]}


class QueueView(msgspec.Struct, frozen=True):
    """``marks``: what its pictures may show, as docs/reference/v1/worker.md lists it."""

    id: int
    name: str
    marks: list[str] = []


class WidgetOptions(msgspec.Struct, frozen=True):
    """What a worker is told of a token task: whose widget it is, and whether it wants a press of a button."""

    site: str
    needs_start: bool


class QuestionRef(msgspec.Struct, frozen=True):
    """``unread``: there are instructions or examples that the worker has not gone past."""

    id: str
    unread: bool


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """``options``: of the kind; WidgetOptions of a token task. Of the two addresses one is empty.

    ``question``: one with instructions or examples, which `/v1/worker/questions/{question}` tells. ``practice``: true
    for a picture of a training set; no member of others. ``marks``: what the picture may show, its own and its queue's;
    no member of one that has none.
    """

    kind: str
    options: Annotated[Any, msgspec.Meta(extra_json_schema=OPTIONS_SCHEMA)]
    image_url: str
    widget_url: str
    queue: QueueView
    pay: float
    question: QuestionRef | msgspec.UnsetType = msgspec.UNSET
    practice: bool | msgspec.UnsetType = msgspec.UNSET
    marks: list[str] | msgspec.UnsetType = msgspec.UNSET


class LeaseView(msgspec.Struct, frozen=True):
    """``renewable_until``: until when more time may be asked for; null while the task waits behind another one."""

    lease: str
    expires_at: datetime
    renewable_until: datetime | None
    task: TaskView


class LeaseRequest(msgspec.Struct):
    """Names a lease that something is asked about."""

    lease: str


class RenewalView(msgspec.Struct, frozen=True):
    """Until when the lease lasts now, and until when it may be renewed."""

    expires_at: datetime
    renewable_until: datetime | None


class SlipView(msgspec.Struct, frozen=True):
    """What was answered, and earned by that in USD, until the break began."""

    answered: int
    earned: float


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """``state``: idle, busy, away or offline; money in USD; earned and answered since they went online.

    ``lost``: queues that they no longer get, since they are below the floor there; ``none_left``: these are all.
    ``practising``: the queue whose training set they practise with. ``slip``: of who is offline and has worked.
    """

    worker_id: int
    name: str
    state: str
    queues: list[QueueView]
    languages: list[str]
    earned: float
    answered: int
    pending: float
    payable: float
    lost: list[QueueView]
    none_left: bool
    practising: QueueView | None
    slip: SlipView | msgspec.UnsetType = msgspec.UNSET


class AnswerView(msgspec.Struct, frozen=True):
    """``undo_until``: until when it can be taken back; no such member where it cannot."""

    earned: float
    next: LeaseView | None
    undo_until: datetime | msgspec.UnsetType = msgspec.UNSET


class NextReply(msgspec.Struct, frozen=True):
    """``undo_until``: as of an answer."""

    next: LeaseView | None
    undo_until: datetime | msgspec.UnsetType = msgspec.UNSET


class Tasks(msgspec.Struct, frozen=True):
    """What lies on the desk. The picture of ``upcoming`` may be fetched in advance."""

    current: LeaseView | None
    upcoming: LeaseView | None


def queue_view(queue: QueueTerms) -> QueueView:
    """Return what is told of a queue."""
    return QueueView(queue.queue_id, queue.name, mark_names(queue.marks))


def lease_view(context: Context, leased: LeasedTask | None) -> LeaseView | None:
    """Return a leased task with the addresses of its picture and widget; None for none."""
    return None if leased is None else leased_view(context, leased)


def leased_view(context: Context, leased: LeasedTask) -> LeaseView:
    """Return a leased task with the addresses of its picture and widget."""
    task = TaskView(
        kind=leased.kind,
        options=_shown(leased.kind, leased.options),
        image_url=leased.picture.peoples_path(context.pictures) if leased.picture else "",
        widget_url=context.widgets.url(leased.widget, leased.expires_at) if leased.widget else "",
        queue=queue_view(leased.queue),
        pay=number(leased.pay_micros),
        question=QuestionRef(str(leased.question), leased.is_unread) if leased.question else msgspec.UNSET,
        practice=True if leased.is_practice else msgspec.UNSET,
        marks=marks_view(leased.picture.marks if leased.picture else 0),
    )
    return LeaseView(str(leased.lease), leased.expires_at, leased.renewable_until, task)


def marks_view(marks: int) -> list[str] | msgspec.UnsetType:
    """Return the names of a picture's marks; no member where there are none."""
    return mark_names(marks) or msgspec.UNSET


def uncounted_url(context: Context, picture: KeptPicture | None, marks: int) -> str | None:
    """Return where somebody sees a picture again that they were shown before; None for one that has marks, or is gone.

    A look at a marked one is counted where it begins: on a page of theirs (docs/decisions/0079).
    """
    return picture.peoples_path(context.pictures) if picture and not marks else None


def session_view(session: WorkerSession) -> SessionView:
    """Return a worker's presence. What somebody offline earned is written as a whole 0: clients may compare texts."""
    is_offline = session.state is WorkerState.OFFLINE
    return SessionView(
        worker_id=session.worker_id,
        name=session.name,
        state=session.state,
        queues=[queue_view(queue) for queue in session.queues],
        languages=list(session.languages),
        earned=0 if is_offline else number(session.earned_micros),
        answered=session.answered,
        pending=number(session.pending_micros),
        payable=number(session.payable_micros),
        lost=[queue_view(queue) for queue in session.lost],
        none_left=session.none_left,
        practising=queue_view(session.practising) if session.practising else None,
        slip=SlipView(session.slip.answered, number(session.slip.earned_micros))
        if session.slip.answered
        else msgspec.UNSET,
    )


def renewal_view(renewed: Renewed) -> RenewalView:
    """Return until when a lease lasts."""
    return RenewalView(renewed.expires_at, renewed.renewable_until)


def answer_view(context: Context, taken: AnswerTaken) -> AnswerView:
    """Return what an answer earned, and what comes next."""
    until = taken.undo_until or msgspec.UNSET
    return AnswerView(number(taken.earned_micros), lease_view(context, taken.next), until)


def skip_view(context: Context, taken: AnswerTaken) -> NextReply:
    """Return what comes next, and until when the skip can be taken back."""
    return NextReply(lease_view(context, taken.next), taken.undo_until or msgspec.UNSET)


def _shown(kind: str, options: AnyOptions) -> PictureOptions | WidgetOptions:
    if isinstance(options, TokenOptions):
        return WidgetOptions(options.host, needs_start(kind, options))
    return options
