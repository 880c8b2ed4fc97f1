"""The tool `ask_people`: people look at a picture and answer a question about it.

Nothing is asked, or paid, twice (docs/decisions/0053): a caller's ``key`` names one question for ever; without one,
the same question about the same picture within a day is the one that was asked before, unless nobody answered that.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from manyeyes.mcp.asked_question import AgentQuestion
from manyeyes.mcp.given_picture import picture_members
from manyeyes.mcp.installation import ToldTask
from manyeyes.mcp.replies import Reply, reply_of
from manyeyes.mcp.tool import Asking, Tool
from manyeyes.mcp.waiting import waited

SAME_FOR = timedelta(days=1)
USUAL_PATIENCE = 45.0


class AskArguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `ask_people` takes."""

    question: AgentQuestion
    picture: Annotated[str, Meta(description="the picture in base64: PNG, JPEG or GIF, at most 500 kB")] = ""
    picture_url: Annotated[str, Meta(description="or its address: https://… or s3://…")] = ""
    picture_path: Annotated[str, Meta(description="or the path of a file on this machine")] = ""
    price_at_most: Annotated[
        str | float | None,
        Meta(description='US dollars that all of it may cost, such as "0.005"; dearer queues are refused'),
    ] = None
    answers: Annotated[
        int | None,
        Meta(description="how many people answer, each paid; the majority is the answer. Left out: one"),
    ] = None
    answers_at_most: Annotated[
        int | None, Meta(description="how many in all, one more at a time where they do not agree yet")
    ] = None
    wrong_at_most: Annotated[
        float | None,
        Meta(description="ask until it is sure: the share of such answers that may be wrong, such as 0.05"),
    ] = None
    queue: Annotated[
        str, Meta(description="name of the queue, which is the language people read; usually left out")
    ] = ""
    patience: Annotated[
        float,
        Meta(ge=0, description="seconds to wait for the answer, at most 50; 0: only ask, and `wait` for it later"),
    ] = USUAL_PATIENCE
    key: Annotated[
        str,
        Meta(
            max_length=200,
            description="a name of yours for this question; asking again with it never asks or pays twice, and gives"
            " the answer that there is",
        ),
    ] = ""


async def ask_people(asking: Asking, asked: AskArguments) -> Reply:
    """Return how the question stands when it is answered or the patience is at its end. Raises `Problem`."""
    return reply_of(await waited(asking, await asked_task(asking, asked), asked.patience))


async def asked_task(asking: Asking, asked: AskArguments) -> ToldTask:
    """Return the task of a question: a new one, or the one that was made of it before. Raises `Problem`."""
    picture = picture_members(
        asked.picture, asked.picture_url, asked.picture_path, may_read_files=asking.may_read_files
    )
    question = msgspec.to_builtins(asked.question)
    content = {**picture, "question": question, **({"queue": asked.queue} if asked.queue else {})}
    if asked.key:
        return await asking.installation.make(_body(content, asked, asked.key), f"mcp:{_digest(asked.key.encode())}")
    name = f"mcp:{_digest(_canonical({**content, **_people(asked)}))[:32]}"
    before = await asking.installation.newest(name)
    if before and _still_counts(before, datetime.now(UTC)):
        return before
    # Who asks the same at the same moment saw the same task before, so that one of them makes the next.
    return await asking.installation.make(_body(content, asked, name), f"{name}:{before.id if before else 0}")


def _still_counts(before: ToldTask, now: datetime) -> bool:
    """Tell whether a task made earlier answers the same question.

    What ended without an answer and cost nothing is asked anew; what people looked at in vain was paid, and stands.
    """
    is_void = before.state in ("failed", "cancelled") and not Decimal(before.cost)
    is_lost = before.result is not None and not before.result.kept
    return not is_void and not is_lost and now - before.created_at < SAME_FOR


def _body(content: dict[str, Any], asked: AskArguments, external_id: str) -> bytes:
    """Return the JSON body of the task; the same arguments give the same bytes."""
    terms = _people(asked)
    if asked.price_at_most is not None:
        terms["price_at_most"] = _money(asked.price_at_most)
    return _canonical({**content, **({"terms": terms} if terms else {}), "external_id": external_id})


def _people(asked: AskArguments) -> dict[str, Any]:
    """Return how many people are asked, as far as it is said."""
    said = {name: getattr(asked, name) for name in ("answers", "answers_at_most", "wrong_at_most")}
    return {name: value for name, value in said.items() if value is not None}


def _money(amount: str | float) -> str:
    """Return an amount as /v1 takes it; models write 0.00001 as 1e-05 sometimes."""
    return amount if isinstance(amount, str) else f"{Decimal(repr(amount)):f}"


def _canonical(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


ASK_PEOPLE = Tool(
    name="ask_people",
    title="Ask people about a picture",
    description=(
        "Asks real people what is on a picture: read a meter, a receipt, a sign or handwriting, count, choose a label."
        " Use it when you cannot read a picture surely yourself and the answer matters.\n"
        "It costs real money, usually a tenth of a cent to a cent for an answer, taken from the account whose key is"
        " used; `price_at_most` is the cap. Nothing is charged when nobody was there to answer.\n"
        "A person takes ten seconds to some minutes. This waits `patience` seconds; when `ended` is false then, the"
        " question stays with the people: call `wait` with its `id`. Asking the same about the same picture again"
        " within a day gives the same task and costs nothing more.\n"
        "People see the picture and your words and nothing else: say in `words` exactly what you want, and send nothing"
        " that strangers must not see. They are never asked to pass the check of somebody else's site: a CAPTCHA, or"
        " another challenge that tells people from programs, is outside the terms."
    ),
    arguments=AskArguments,
    run=ask_people,
    begin=asked_task,
    only_with_files=frozenset({"picture_path"}),
)
