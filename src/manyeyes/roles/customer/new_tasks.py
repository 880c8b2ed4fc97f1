"""A customer asks about one picture, alike for every edge: it is judged, the question stored, a task made."""

import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import Owner
from manyeyes.actions.submit_tasks import SubmitTask, Submitted, submit_tasks
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.roles.customer.asked_people import too_few_people
from manyeyes.roles.customer.picture_sources import fetch_picture
from manyeyes.roles.customer.questions import GivenQuestion, picture_faults
from manyeyes.roles.picture_check import NO_MONEY, has_money, why_not_shown
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import PictureOptions
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.rules import Contract, QueueTerms
from manyeyes.values.refusals import MemberFault, Reason, Refusal


class WantedTask(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. Of ``picture`` and ``picture_url`` one is given; ``comment``: words about this picture alone.

    ``terms``: how many people; None: as the queue does. ``price_at_most_micros``: of a task, 0 for any price.
    ``truth``: the right answer where it is known, in its one form. ``marks``: what it may show, beside its queue's.
    """

    queue: QueueTerms
    question: GivenQuestion
    life_seconds: int
    picture: Picture | None = None
    picture_url: str = ""
    comment: str = ""
    external_id: str = ""
    callback_url: str = ""
    base_url: str = ""
    ip: str = ""
    terms: PeopleTerms | None = None
    price_at_most_micros: int = 0
    truth: str = ""
    marks: int = 0


async def create(context: Context, owner: Owner, wanted: WantedTask, key: CallKey | None = None) -> Submitted | Refusal:
    """Return the task that was made, or by an earlier call with this key; else why not, and then nothing is left.

    The picture of an address is fetched at once, within ten seconds.
    """
    if no_room := context.disk_room.refusal():
        return no_room
    few = await too_few_people(context, wanted.queue, wanted.terms)
    if few:
        return few
    picture = await _picture(context, owner, wanted)
    if isinstance(picture, Refusal):
        return picture
    faults = await picture_faults(context, owner.account_id, wanted.question)
    if isinstance(faults, Refusal):
        return faults
    if faults:
        found = tuple(MemberFault(why, f"/question{pointer}") for pointer, why in faults)
        return Refusal(Reason.TASK_PROPERTIES, f"{found[0].pointer}: {found[0].detail}", found)
    outcome = await context.batcher.ask(submit_tasks, await _command(context, owner, wanted, picture, key))
    if isinstance(outcome, Submitted) and not outcome.replayed:
        context.dispatcher.wake(owner.cell, [outcome.queue_id], became_idle=False)
    return outcome


async def _picture(context: Context, owner: Owner, wanted: WantedTask) -> Picture | Refusal:
    """Return the picture, judged to its pixels; an account without money is refused before anything is done for it."""
    if wanted.picture is not None:
        return await why_not_shown(context, owner, wanted.picture) or wanted.picture
    if not await has_money(context, owner):
        return NO_MONEY
    found = await fetch_picture(context, owner.cell, owner.account_id, wanted.picture_url)
    if isinstance(found, Refusal):
        return msgspec.structs.replace(found, findings=(MemberFault(found.detail, "/picture_url"),))
    return found


async def _command(
    context: Context, owner: Owner, wanted: WantedTask, picture: Picture, key: CallKey | None
) -> SubmitTask:
    question, is_explained = wanted.question, bool(wanted.question.instructions or wanted.question.examples)
    question_id = await context.id_blocks.take(owner.cell) if is_explained else 0
    return SubmitTask(
        cell=owner.cell,
        task_id=await context.id_blocks.take(owner.cell),
        account_id=owner.account_id,
        queue=wanted.queue,
        kind=question.kind,
        options=_commented(question.options, wanted.comment),
        picture=picture,
        life_seconds=wanted.life_seconds,
        ip=wanted.ip,
        callback_url=wanted.callback_url,
        base_url=wanted.base_url if wanted.callback_url else "",
        contract=Contract.OWN,
        external_id=wanted.external_id,
        key=key,
        terms=wanted.terms,
        price_at_most_micros=wanted.price_at_most_micros,
        question=question.new(question_id, owner.account_id) if is_explained else None,
        truth=wanted.truth,
        marks=wanted.marks,
    )


def _commented(options: PictureOptions, comment: str) -> PictureOptions:
    """Return what people are asked about this picture: the question's words, then those about it alone."""
    if not comment:
        return options
    return msgspec.structs.replace(options, comment=f"{options.comment}\n{comment}".strip())
