"""What POST /v1/tasks is sent: JSON, or a form with the task's JSON and its picture (docs/reference/v1/tasks.md)."""

from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from manyeyes.outbound.given_address import read_callback_address
from manyeyes.roles.customer.new_tasks import WantedTask
from manyeyes.roles.customer.picture_sources import read_picture_address
from manyeyes.roles.customer.questions import GivenQuestion
from manyeyes.roles.sign_in import caller_address
from manyeyes.runtime.context import Context
from manyeyes.tasks.item_texts import LONGEST_ADDRESS, LONGEST_ID, text_fault
from manyeyes.tasks.options import answer_obstacle, answer_text, canonical
from manyeyes.tasks.pictures import LARGEST_BYTES, Picture, inspect
from manyeyes.tasks.queue_names import queue_said
from manyeyes.tasks.rules import LONGEST_LIFE, QueueTerms, life_of, sentence
from manyeyes.tasks.tokens import QUEUES as TOKEN_QUEUES
from manyeyes.v1.json_messages import base_url, whole_body
from manyeyes.v1.question_views import LARGEST_ASKED, AnyJson, QuestionBody, TextQuestion, json_value, read_question
from manyeyes.v1.terms import GivenTerms, TermsBody, read_terms, wrong
from manyeyes.values.base64_text import base64_bytes
from manyeyes.values.marks import MARK_NAMES, marks_named
from manyeyes.values.refusals import MemberFault, Reason, Refusal, Refused
from manyeyes.values.text.rules import kept_words

FORM = "multipart/form-data"


class TaskBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Of ``picture`` (base64), ``picture_url`` and a form's file one is sent. ``queue``: its name or number.

    ``comment``: words about this picture alone; ``truth``: the right answer where it is known. ``marks``: what
    it may show that upsets, beside its queue's.
    """

    picture: str | None = None
    picture_url: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_ADDRESS})] | None = None
    question: QuestionBody = msgspec.field(default_factory=TextQuestion)
    queue: int | str = 1
    terms: TermsBody = TermsBody()
    external_id: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_ID})] = ""
    comment: str = ""
    callback_url: str = ""
    truth: AnyJson | msgspec.UnsetType = msgspec.UNSET
    marks: Annotated[list[str], msgspec.Meta(extra_json_schema={"items": {"enum": [*MARK_NAMES]}})] = []


class SentTask(msgspec.Struct, frozen=True):
    """A body as it came: the task's JSON, and the file of a form; ``parts``: both, for the call's hash."""

    body: bytes
    file: bytes | None

    @property
    def parts(self) -> tuple[bytes, ...]:
        """Return what the body says."""
        return (self.body,) if self.file is None else (self.body, self.file)


async def read_sent(request: Request) -> SentTask:
    """Return what was sent. Raises `Refused` for what is too large, and for a form that is none."""
    raw = await whole_body(request, LARGEST_ASKED)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return SentTask(raw, None)
    parser = MultiPartParser(request.headers, _once(raw), max_files=2, max_fields=2, max_part_size=LARGEST_ASKED)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError) as error:
        raise Refused(Refusal(Reason.UNREADABLE, f"the form cannot be read: {error}")) from error
    return await _of_form(form)


async def _once(raw: bytes) -> AsyncGenerator[bytes, None]:
    yield raw


async def _of_form(form: FormData) -> SentTask:
    names = [name for name, _ in form.multi_items()]
    if set(names) - {"task", "picture"} or len(names) != len(set(names)):
        raise Refused(Refusal(Reason.UNREADABLE, "a form has the parts task and picture, each once"))
    task, picture = form.get("task", ""), form.get("picture")
    body = await task.read() if isinstance(task, UploadFile) else task.encode("utf-8", "surrogatepass")
    if picture is None:
        return SentTask(body, None)
    return SentTask(
        body, await picture.read() if isinstance(picture, UploadFile) else picture.encode("latin-1", "replace")
    )


async def wanted_task(context: Context, request: Request, body: TaskBody, file: bytes | None) -> WantedTask:
    """Return what is asked for. Raises `Refused` with the members that are wrong."""
    queue = await picture_queue(context, body.queue)
    question = _question(body.question)
    picture, url = _picture(context, body, file)
    terms = read_terms(body.terms, queue)
    for name in ("external_id", "comment"):
        if fault := text_fault(name, getattr(body, name)):
            raise wrong(f"/{name}", fault)
    return WantedTask(
        queue=queue,
        question=question,
        life_seconds=life_seconds(terms, queue, context.settings.task_life_seconds, datetime.now(UTC)),
        picture=picture,
        picture_url=url,
        comment=kept_words(body.comment),
        external_id=body.external_id,
        callback_url=callback_address(context, body.callback_url),
        base_url=base_url(context, request),
        ip=caller_address(request),
        terms=terms.people,
        price_at_most_micros=terms.price_at_most_micros or 0,
        truth=_truth(question, body.truth),
        marks=_marks(body.marks),
    )


def life_seconds(terms: GivenTerms, queue: QueueTerms, usual: int, now: datetime) -> int:
    """Return for how long a task may wait: as its terms say, at most to their deadline; else as its queue does.

    Raises `Refused`.
    """
    if terms.deadline is None:
        return life_of(queue, usual) if terms.life_seconds is None else terms.life_seconds
    left = int((terms.deadline - now).total_seconds())
    if not 0 < left <= LONGEST_LIFE:
        raise wrong("/terms/deadline", f"it must be in the future, at most {LONGEST_LIFE} seconds")
    return left if terms.life_seconds is None else min(left, terms.life_seconds)


def callback_address(context: Context, text: str) -> str:
    """Return the address where ends are told; empty for none. Raises `Refused`."""
    try:
        return read_callback_address(text, context.settings.private_networks())
    except ValueError as error:
        raise wrong("/callback_url", str(error)) from error


async def picture_queue(context: Context, said: int | str) -> QueueTerms:
    """Return the queue of a name or number. Raises `Refused` for none, and for one of tokens."""
    queues: Mapping[int, QueueTerms] = await context.lookups.queues()
    of_pictures = {queue_id: terms for queue_id, terms in queues.items() if queue_id not in TOKEN_QUEUES}
    queue_id = queue_said(of_pictures, str(said)[:1_000])
    if queue_id is None:
        names = ", ".join(f"{terms.queue_id} ({terms.name})" for terms in list(of_pictures.values())[:20])
        raise wrong("/queue", f"the number or name of a queue for pictures: {names}", Reason.UNKNOWN_QUEUE)
    return of_pictures[queue_id]


def _question(body: QuestionBody) -> GivenQuestion:
    found = read_question(body)
    if isinstance(found, GivenQuestion):
        return found
    faults = tuple(MemberFault(why, f"/question{pointer}") for pointer, why in found)
    raise Refused(Refusal(Reason.TASK_PROPERTIES, f"{faults[0].pointer}: {faults[0].detail}", faults))


def _picture(context: Context, body: TaskBody, file: bytes | None) -> tuple[Picture | None, str]:
    """Return the picture that came along, or the address where it lies."""
    if sum(each is not None for each in (body.picture, body.picture_url, file)) != 1:
        raise wrong("/picture", "one picture is wanted: picture, picture_url, or a form's file")
    if body.picture_url is not None:
        try:
            return None, read_picture_address(body.picture_url, context.settings.private_networks())
        except ValueError as error:
            raise wrong("/picture_url", str(error)) from error
    if file is None:
        text = body.picture or ""
        if len(text) > 2 * LARGEST_BYTES:
            raise wrong("/picture", f"at most {LARGEST_BYTES} bytes are taken", Reason.PICTURE_TOO_BIG)
        try:
            file = base64_bytes(text)
        except ValueError as error:
            raise wrong("/picture", f"it is no base64: {error}", Reason.PICTURE_NOT_SUPPORTED) from error
    found = inspect(file)
    if isinstance(found, Refusal):
        raise wrong("/picture", found.detail, found.reason)
    return found, ""


def _marks(names: list[str]) -> int:
    """Return the marks of these names. Raises `Refused`."""
    try:
        return marks_named(names)
    except ValueError as error:
        raise wrong("/marks", str(error)) from error


def _truth(question: GivenQuestion, raw: msgspec.Raw | msgspec.UnsetType) -> str:
    """Return the right answer in its one form; empty when it is not said."""
    if isinstance(raw, msgspec.UnsetType):
        return ""
    text = canonical(question.options, answer_text(json_value(raw, "/truth")))
    obstacle = answer_obstacle(question.options, text)
    if obstacle:
        raise wrong("/truth", sentence(obstacle))
    return text
