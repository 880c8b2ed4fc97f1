"""/v1/worker/practice: how a worker's program, or the screen's script, practises with a queue's training set."""

import msgspec

from manyeyes.roles.practising import PracticeDesk, PracticeOffer
from manyeyes.runtime.context import Context
from manyeyes.skills.training import Practice
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.worker_views import QueueView, queue_view
from manyeyes.values.money import number
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Worker


class PracticeRequest(msgspec.Struct):
    """``queue``: a queue's number."""

    queue: int


class PracticeView(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to practise in a queue, and the last try. ``pay``: of each picture in USD, 0: they are not paid.

    ``state``: none (not tried), open, passed, failed, or broken_off: there was nothing to practise for any more, and it
    is no try. ``right``, and ``needed`` of them in that try: null while it is open.
    """

    queue: QueueView
    pictures: int
    right_needed: int
    pay: float
    tries_left: int
    may_begin: bool
    state: str
    answered: int
    right: int | None
    needed: int | None


class PracticeList(msgspec.Struct, frozen=True):
    queues: list[PracticeView]


class PracticeApi:
    """Two calls, each for the worker that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._desk = PracticeDesk(context)

    async def show(self, call: Call[Worker, None]) -> PracticeList:
        """Return what the worker may practise, said before they begin, and how their last try in each queue went."""
        return await self._offers(call.person)

    async def begin(self, call: Call[Worker, PracticeRequest]) -> PracticeList | Refusal:
        """Begin to practise a queue, or go on; the worker is online by that, and the first picture on their desk."""
        outcome = await self._desk.begin(call.person, call.body.queue)
        return outcome if isinstance(outcome, Refusal) else await self._offers(call.person)

    async def _offers(self, worker: Worker) -> PracticeList:
        return PracticeList([practice_view(offer) for offer in await self._desk.offers(worker)])


def practice_view(offer: PracticeOffer) -> PracticeView:
    """Return an offer as it is told. Of a try that is over the figures are its own."""
    last = offer.last
    return PracticeView(
        queue=queue_view(offer.queue),
        pictures=offer.pictures,
        right_needed=offer.right_needed,
        pay=number(offer.pay_micros),
        tries_left=offer.tries_left,
        may_begin=offer.may_begin,
        state=_state(last),
        answered=last.given if last else 0,
        right=last.correct if last and not last.is_open else None,
        needed=last.right_needed if last and not last.is_open else None,
    )


def _state(last: Practice | None) -> str:
    if last is None:
        return "none"
    if last.is_broken_off:
        return "broken_off"
    return "open" if last.ended_at is None else "passed" if last.is_passed else "failed"


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/worker/practice",
        handler=PracticeApi.show,
        caller=signed_in_worker,
        reply=PracticeList,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/worker/practice",
        handler=PracticeApi.begin,
        caller=signed_in_worker,
        body=PracticeRequest,
        reply=PracticeList,
        statuses=(401, 403, 409, 422),
    ),
]
