"""createTask: submit a picture, or a widget of one's own site (docs/contracts/anticaptcha.md#createtask).

Token kinds need a live proof of control over the site (docs/how-to/prove-a-site.md); every other kind is error 23.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from manyeyes.accounts.rules import TASKS_WRITE
from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.count_app_refusals import CountAppRefusal, count_app_refusals
from manyeyes.actions.submit_tasks import SubmitTask, Submitted, submit_tasks
from manyeyes.anticaptcha import lenient_values
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.queue_choice import check_token_queue, picture_queue
from manyeyes.anticaptcha.token_task import kind_of, read_token_task, why_not_taken
from manyeyes.outbound.given_address import LONGEST_CALLBACK, read_callback_address
from manyeyes.roles.picture_check import why_not_shown
from manyeyes.tasks.pictures import LARGEST_BYTES, Picture, inspect
from manyeyes.tasks.rules import ImageOptions, QueueTerms, life_of, wire_id
from manyeyes.values.base64_text import base64_bytes
from manyeyes.values.refusals import Reason, Refusal, Refused

IMAGE_KIND = "ImageToTextTask"
LONGEST_COMMENT = 2_000
LONGEST_URL = 2_000
_LARGEST_BASE64 = LARGEST_BYTES * 2  # what is longer cannot hold a picture small enough


class CreateTaskReply(msgspec.Struct, frozen=True):
    errorId: int
    taskId: int


async def create_task(call: AntiCaptchaCall) -> CreateTaskReply | Refusal:
    """Return the new task's id. Checks in order: key 1, 11, 21 · task 22 · kind 23 · properties 24 · picture 3, 4, 15
    by its structure · no room 2 · balance 10 · picture 15 by its pixels, no process free for that 2 · proof 24 ·
    account 55, balance 10 · workers 54 · slot 2."""
    owner = await call.owner(TASKS_WRITE)
    if isinstance(owner, Refusal):
        return owner
    soft_id = await _known_app(call)
    outcome = await _submit(call, owner, soft_id)
    if isinstance(outcome, Refusal):
        if soft_id and outcome.reason is not Reason.NO_ROOM:  # that one is no app's doing, and each write takes room
            refused = CountAppRefusal(owner.cell, soft_id, outcome.reason)
            await call.context.batcher.ask(count_app_refusals, refused)
        return outcome
    call.context.dispatcher.wake(owner.cell, [outcome.queue_id], became_idle=False)
    return CreateTaskReply(0, wire_id(outcome.task_id))


async def _known_app(call: AntiCaptchaCall) -> int:
    """Return the softId when it is a registered app's, else 0."""
    if not call.body.get("softId"):
        return 0
    try:
        soft_id = lenient_values.whole(call.body, "softId")
    except Refused:
        return 0  # refused when the properties are read
    return soft_id if soft_id in await call.context.lookups.soft_apps() else 0


async def _submit(call: AntiCaptchaCall, owner: KeyOwner, known_app: int) -> Submitted | Refusal:
    try:
        command = _read(call, owner, await call.context.lookups.queues())
    except Refused as refused:
        return refused.refusal
    if isinstance(command, Refusal):
        return command
    if no_room := call.context.disk_room.refusal():
        return no_room
    unfit = await why_not_shown(call.context, owner, command.picture) if command.picture else None
    if unfit:
        return unfit
    command = msgspec.structs.replace(
        command,
        task_id=await call.context.id_blocks.take(owner.cell),
        share_percent=call.context.settings.soft_app_share_percent if known_app else None,
    )
    outcome = await call.context.batcher.ask(submit_tasks, command)
    return outcome


def _read(call: AntiCaptchaCall, owner: KeyOwner, queues: Mapping[int, QueueTerms]) -> SubmitTask | Refusal:
    task = call.body.get("task")
    if not isinstance(task, dict) or not task:
        return Refusal(Reason.TASK_ABSENT)
    kind = task.get("type")
    if kind is None:
        return Refusal(Reason.TASK_PROPERTIES, "Missing property 'type'")
    if kind_of(task):
        return _read_token(call, owner, task, queues)
    if kind != IMAGE_KIND:
        return Refusal(Reason.TASK_NOT_SUPPORTED, why_not_taken(task))
    pool, queue = picture_queue(call.body, task, queues)
    options = _options(task)
    website = lenient_values.text(task, "websiteURL" if "websiteURL" in task else "websiteUrl", LONGEST_URL)
    soft_id = lenient_values.whole(call.body, "softId")
    callback = _callback(call)
    picture = _picture(task)
    if isinstance(picture, Refusal):
        return picture
    return SubmitTask(
        cell=owner.cell,
        task_id=0,  # taken when all is read, so that a refusal costs no number
        account_id=owner.account_id,
        queue=queue,
        options=options,
        picture=picture,
        life_seconds=life_of(queue, call.context.settings.task_life_seconds),
        soft_id=soft_id,
        ip=call.address,
        website_url=website,
        callback_url=callback,
        base_url=call.base_url if callback else "",
        language_pool=pool,
    )


def _read_token(
    call: AntiCaptchaCall, owner: KeyOwner, task: Mapping[str, Any], queues: Mapping[int, QueueTerms]
) -> SubmitTask | Refusal:
    found = read_token_task(task)
    if isinstance(found, Refusal):
        return found
    kind, queue_id, options = found
    check_token_queue(call.body, task, queues, queue_id)
    callback = _callback(call)
    return SubmitTask(
        cell=owner.cell,
        task_id=0,
        account_id=owner.account_id,
        queue=queues[queue_id],
        kind=kind,
        options=options,
        picture=None,
        life_seconds=life_of(queues[queue_id], call.context.settings.task_life_seconds),
        filter_terms=call.context.filter_terms,
        soft_id=lenient_values.whole(call.body, "softId"),
        ip=call.address,
        website_url=options.website_url,
        callback_url=callback,
        base_url=call.base_url if callback else "",
    )


def _options(task: Mapping[str, Any]) -> ImageOptions:
    options = ImageOptions(
        phrase=lenient_values.switch(task, "phrase"),
        case=lenient_values.switch(task, "case" if "case" in task else "Case", default=True),
        numeric=lenient_values.whole(task, "numeric", largest=2, takes_true=True),
        math=lenient_values.switch(task, "math"),
        min_length=lenient_values.whole(task, "minLength", largest=500),
        max_length=lenient_values.whole(task, "maxLength", largest=500),
        comment=lenient_values.words(task, "comment", LONGEST_COMMENT),
    )
    if 0 < options.max_length < options.min_length:
        raise lenient_values.bad_property("maxLength", "0 or at least minLength", options.max_length)
    return options


def _callback(call: AntiCaptchaCall) -> str:
    try:
        said = lenient_values.address(call.body, "callbackUrl", LONGEST_CALLBACK)
        return read_callback_address(said, call.context.settings.private_networks())
    except ValueError as error:
        raise Refused(Refusal(Reason.TASK_PROPERTIES, f"callbackUrl: {error}")) from error


def _picture(task: Mapping[str, Any]) -> Picture | Refusal:
    body = task.get("body")
    if body is None:
        return Refusal(Reason.TASK_PROPERTIES, "Missing property 'body'")
    if not isinstance(body, str):
        raise lenient_values.bad_property("body", "a string", body)
    if body.lstrip()[:5].lower() == "data:":
        return Refusal(Reason.PICTURE_NOT_SUPPORTED, "leave the data: prefix away and send the base64 alone")
    if len(body) > _LARGEST_BASE64:
        return Refusal(Reason.PICTURE_TOO_BIG, f"at most {LARGEST_BYTES} bytes are taken")
    try:
        data = base64_bytes(body)
    except ValueError as error:
        return Refusal(Reason.PICTURE_NOT_SUPPORTED, f"body is no base64: {error}")
    return inspect(data)
