"""A recognition call from its pictures to its answer: fetch, unfold, recognise, judge, record."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, TypeVar

import msgspec
import structlog

from manyeyes.actions.record_recognitions import NewResult, RecordRecognition, record_recognitions
from manyeyes.outbound.picture_fetcher import Unfetched
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.picture_intake import LARGEST_RECOGNISED_BYTES
from manyeyes.recognisers.pool import RecogniserAway, RecogniserBusy
from manyeyes.recognisers.unfolded_picture import part_of_file
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import FAILED, Recognition, is_certain
from manyeyes.tasks.pictures import Picture
from manyeyes.tupu.call import SignedCall
from manyeyes.tupu.request import RecognitionRequest, Sent, wanted
from manyeyes.tupu.response_json import Entry, recognition_answer
from manyeyes.values.refusals import Reason, Refusal

log = structlog.get_logger()
Value = TypeVar("Value")


class Frame(msgspec.Struct, frozen=True):
    """One picture, or one frame of an animated one, to be recognised; a failure when there is nothing to look at."""

    sent: Sent
    picture: Picture | Failure


class JudgedFrame(msgspec.Struct, frozen=True, kw_only=True):
    """What a recognition made of a frame. ``review``: uncertain; ``sampled``: certain, and a person is asked all the
    same; ``asks``: a person is asked."""

    recognition: Recognition
    frame: Frame
    outcome: Finding | Failure
    review: bool = False
    sampled: bool = False
    asks: bool = False


async def answer(call: SignedCall, asked: RecognitionRequest) -> str | Refusal:
    """Return the answer to a question that was read, recorded; or the refusal, and then nothing is left of it."""
    chosen = await wanted(call, asked)
    if isinstance(chosen, Refusal):
        return chosen
    too_fast = call.too_fast()
    if too_fast:
        return too_fast
    digest = asked.digest()
    if call.triple:
        key = (call.app.secret_id, call.triple, digest)
        known = await call.context.batcher.read(recognitions.replay, call.app.cell, key)
        if known is not None:
            return known
    if no_room := call.context.disk_room.refusal():
        return no_room
    try:
        frames = await _frames(call, asked)
        if isinstance(frames, Refusal):
            return frames
        results = await _results(call, asked, frames, chosen)
    except RecogniserAway as away:
        if isinstance(away, RecogniserBusy):
            return Refusal(Reason.TOO_FAST, away.detail)
        # The operator's paths and a child's last words are not the customer's business.
        log.error("call_without_recogniser", secret_id=call.app.secret_id, fault=away.detail)
        return Refusal(Reason.RECOGNISER_AWAY)
    return await _record(call, asked, digest, results)


async def _frames(call: SignedCall, asked: RecognitionRequest) -> list[Frame] | Refusal:
    """Return what there is to look at. Of several pictures each gives its first frame; a single one up to ten.

    TUPU unfolds an animation only when it is the one picture of its request (docs/contracts/tupu.md#limits).
    """
    got = await _all(_data(call, sent, asked.referer) for sent in asked.pictures)
    failures = [data for data in got if isinstance(data, Failure)]
    if len(failures) == len(got) and all(sent.url for sent in asked.pictures):
        return Refusal(Reason.PICTURES_FAILED, failures[0].fault)
    unfolded = await _all(_unfolded(call, data) for data in got)
    is_only = len(unfolded) == 1
    return [
        Frame(sent, picture)
        for sent, found in zip(asked.pictures, unfolded, strict=True)
        for picture in ([found] if isinstance(found, Failure) else found if is_only else _first(found))
    ]


async def _all(calls: Iterable[Coroutine[Any, Any, Value]]) -> list[Value]:
    """Return what the calls return, made at the same time; a lone one, as nearly always, needs no task of its own."""
    each = list(calls)
    return [await each[0]] if len(each) == 1 else await asyncio.gather(*each)


def _first(frames: Sequence[Picture]) -> list[Picture]:
    """Return the first frame alone; where there are others it knows that they were left out."""
    return [part_of_file(frames[0])] if len(frames) > 1 else list(frames)


async def _data(call: SignedCall, sent: Sent, referer: str) -> bytes | Failure:
    if sent.url:
        found = await call.context.fetcher.fetch(
            call.context.door, call.app.secret_id, sent.url, largest_bytes=LARGEST_RECOGNISED_BYTES, referer=referer
        )
        if isinstance(found, Unfetched):
            return Failure(found.fault)
        if call.share.take(len(found)):
            return found
        return Failure("too much is being recognised at this moment")
    return Failure(sent.fault) if sent.fault else sent.data


async def _unfolded(call: SignedCall, data: bytes | Failure) -> list[Picture] | Failure:
    if isinstance(data, Failure):
        return data
    return await call.context.recognisers.unfold(data, account=call.app.account_id)


async def _results(
    call: SignedCall, asked: RecognitionRequest, frames: Sequence[Frame], chosen: Sequence[Recognition]
) -> list[NewResult]:
    """Return every frame's result under every recognition, recognition by recognition, with its serial numbers."""
    queues = await call.context.lookups.queues()
    outcomes = await _all(_recognised(call, recognition, frames) for recognition in chosen)
    judged = [
        _judged(recognition, frame, outcome, has_queue=recognition.queue_id in queues)
        for recognition, found in zip(chosen, outcomes, strict=True)
        for frame, outcome in zip(frames, found, strict=True)
    ]
    shown = await _shown(call, judged)
    milliseconds = int((time.monotonic() - call.arrived) * 1000)
    return [await _new_result(call, asked, found, shown.get(id(found.frame)), milliseconds) for found in judged]


async def _recognised(call: SignedCall, recognition: Recognition, frames: Sequence[Frame]) -> list[Finding | Failure]:
    pictures = [frame.picture for frame in frames if isinstance(frame.picture, Picture)]
    names, recognisers = recognition.names, call.context.recognisers
    findings = (
        await recognisers.recognise(
            recognition.recogniser, recognition.model, names, pictures, account=call.app.account_id
        )
        if pictures
        else []
    )
    found = iter(findings)
    return [frame.picture if isinstance(frame.picture, Failure) else next(found) for frame in frames]


def _judged(of: Recognition, frame: Frame, outcome: Finding | Failure, *, has_queue: bool) -> JudgedFrame:
    """Return whether a result stands, and whether a person looks at it: at uncertain ones, and at a sample."""
    if isinstance(outcome, Failure):
        return JudgedFrame(recognition=of, frame=frame, outcome=outcome)
    certain = is_certain(outcome.rate, of.threshold)
    sampled = certain and has_queue and random.random() < of.sample_share
    return JudgedFrame(
        recognition=of,
        frame=frame,
        outcome=outcome,
        review=not certain,
        sampled=sampled,
        asks=has_queue and (sampled or not certain),
    )


async def _shown(call: SignedCall, judged: Sequence[JudgedFrame]) -> dict[int, Picture | Failure]:
    """Return what people are sent of each frame that they are asked about, by the frame's identity."""
    asked = {id(found.frame): found.frame.picture for found in judged if found.asks}
    pictures = {key: picture for key, picture in asked.items() if isinstance(picture, Picture)}
    for_people, account_id = call.context.recognisers.for_people, call.app.account_id
    light = await _all(for_people(picture, account=account_id) for picture in pictures.values())
    return dict(zip(pictures, light, strict=True))


async def _new_result(
    call: SignedCall, asked: RecognitionRequest, found: JudgedFrame, shown: Picture | Failure | None, milliseconds: int
) -> NewResult:
    """Return what is recorded. What nobody can look at (``shown`` is a failure) has failed, whatever was found."""
    sent, outcome = found.frame.sent, shown if found.asks and isinstance(shown, Failure) else found.outcome
    take = call.context.id_blocks.take
    result = NewResult(
        result_id=await take(call.app.cell),
        recognition=found.recognition,
        name=sent.name,
        tag=sent.tag or "",
        uid=asked.uid,
        sequence_id=sent.sequence_id,
        label=FAILED,
        rate=0.0,
        milliseconds=milliseconds,
    )
    if isinstance(outcome, Failure):
        return msgspec.structs.replace(result, fault=outcome.fault)
    return msgspec.structs.replace(
        result,
        label=outcome.label,
        rate=outcome.rate,
        details=outcome.details or None,
        review=found.review,
        sampled=found.sampled,
        task_id=await take(call.app.cell) if found.asks else 0,
        picture=shown if found.asks and isinstance(shown, Picture) else None,
    )


async def _record(
    call: SignedCall, asked: RecognitionRequest, digest: bytes, results: Sequence[NewResult]
) -> str | Refusal:
    entries: dict[str, list[Entry]] = defaultdict(list)
    has_tags = asked.pictures[0].tag is not None
    for result in results:
        tag = result.tag if has_tags else None
        entries[result.recognition.task_id].append(Entry(result.rate, result.label, result.name, result.review, tag))
    of = {result.recognition.task_id: result.recognition for result in results}
    command = RecordRecognition(
        cell=call.app.cell,
        call_id=await call.context.id_blocks.take(call.app.cell),
        app=call.app,
        triple=call.triple,
        digest=digest,
        answer=recognition_answer([(of[task_id], found) for task_id, found in entries.items()], time.time()),
        results=tuple(results),
        queues=await call.context.lookups.queues(),
    )
    outcome = await call.context.batcher.ask(record_recognitions, command)
    if isinstance(outcome, Refusal):
        return outcome
    call.context.dispatcher.wake(call.app.cell, outcome.queue_ids, became_idle=False)
    return outcome.answer
