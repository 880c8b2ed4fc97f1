"""Recognitions as the operator adds and changes them, alike for the command line and the pages."""

import asyncio
from typing import Any

import msgspec

from manyeyes.actions.add_recognitions import AddRecognition, add_recognitions
from manyeyes.actions.change_recognitions import ChangeRecognition, change_recognitions
from manyeyes.apps.rules import new_id
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.outbound.given_address import read_callback_address
from manyeyes.recognisers import catalogue
from manyeyes.recognitions import rules, store
from manyeyes.recognitions.rules import Recognition
from manyeyes.roles.house.faults import FieldFault
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import Refusal

SAMPLE_SHARE = 0.02
MODEL_PRICE_MICROS = 500  # of one picture recognised; people are paid by their queue's price


class RecognitionTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Terms of a recognition; None leaves one as it is. ``queue_id`` 0: nobody looks. ``review_url`` "": nowhere.

    ``bounds``: the lowest and the highest threshold that the customer may choose; empty: none.
    """

    threshold: float | None = None
    queue_id: int | None = None
    sample_share: float | None = None
    price_micros: int | None = None
    review_seconds: int | None = None
    review_url: str | None = None
    bounds: tuple[float, ...] | None = None
    terms: PeopleTerms | None = None
    closed: bool | None = None


async def recognition_of(context: Context, task_id: str) -> Recognition | None:
    """Return a recognition by its taskId; None when there is none."""
    async with context.cells.directory.acquire() as db:
        return await store.recognition(db, task_id)


async def recognitions_of(context: Context, secret_id: str) -> list[Recognition]:
    """Return the recognitions under an app, the oldest first."""
    async with context.cells.directory.acquire() as db:
        return await store.recognitions_of(db, secret_id)


def blank(secret_id: str, name: str, recogniser: str, model: str, labels: str) -> Recognition:
    """Return a new recognition before its terms are known. Raises ValueError for labels that are none."""
    return Recognition(
        task_id=new_id(),
        recognition_id=0,
        secret_id=secret_id,
        name=name,
        recogniser=recogniser,
        model=model,
        labels=rules.labels(labels),
        threshold=0.0,
        queue_id=0,
        sample_share=0.0,
        review_seconds=1,
        review_url="",
        price_micros=0,
        closed=False,
    )


def review_seconds(hours: float) -> int | FieldFault:
    """Return how long a review may wait, in seconds."""
    if not 0 < hours <= rules.LONGEST_REVIEW_SECONDS / 3600:
        most = rules.LONGEST_REVIEW_SECONDS // 3600
        said = "a review may wait for more than 0 and up to %(most)s hours"
        return FieldFault("review_hours", said, {"most": most})
    return max(1, round(hours * 3600))


async def add_recognition(
    context: Context, before: Recognition, wanted: RecognitionTerms, actor: Actor
) -> Recognition | FieldFault:
    """Add a recognition. Raises ValueError for terms or a recogniser that do not go together."""
    terms = _changes(context, before, wanted)
    if isinstance(terms, FieldFault):
        return terms
    new = msgspec.structs.replace(before, **terms)
    rules.check(new)
    memory = context.settings.recogniser_megabytes
    await asyncio.to_thread(catalogue.check, new.recogniser, new.model, new.names, memory)
    new = msgspec.structs.replace(new, recognition_id=await context.id_blocks.take_number("recognition"))
    await context.batcher.ask(add_recognitions, AddRecognition(new, actor=actor))
    await context.notifier.tell_changed()
    return new


async def change_recognition(
    context: Context, before: Recognition, wanted: RecognitionTerms, actor: Actor
) -> Recognition | FieldFault:
    """Change a recognition's terms. Raises ValueError for some that do not go together; servers follow in seconds."""
    terms = _changes(context, before, wanted)
    if isinstance(terms, FieldFault):
        return terms
    rules.check(msgspec.structs.replace(before, **terms))
    command = ChangeRecognition(task_id=before.task_id, actor=actor, **terms)
    outcome = await context.batcher.ask(change_recognitions, command)
    if isinstance(outcome, Refusal):  # the customer chose another threshold meanwhile
        raise ValueError(outcome.detail)
    await context.notifier.tell_changed()
    return outcome


def _changes(context: Context, before: Recognition, wanted: RecognitionTerms) -> dict[str, Any] | FieldFault:
    """Return the columns that change, with their values."""
    terms = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not None}
    queue_id = wanted.queue_id
    if wanted.sample_share is None and queue_id is not None and bool(queue_id) != bool(before.queue_id):
        terms["sample_share"] = SAMPLE_SHARE if queue_id else 0.0
    if wanted.terms and not (before.queue_id if queue_id is None else queue_id):
        said = "how many people look is for a review queue; without one nobody does: see --review-queue"
        return FieldFault("answers", said)
    if wanted.review_url:
        terms["review_url"] = read_callback_address(wanted.review_url, context.settings.private_networks())
    return terms
