"""The questions that tasks and jobs ask, each kept once for its account: found by its digest, or stored."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.tasks import question_store as questions
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.question_store import ExamplePicture, ExampleRow, QuestionRow


class NewExample(msgspec.Struct, frozen=True):
    """An example as it is asked with: its answer as a `canonical` text, why it is so, its judged picture if any."""

    answer: str
    words: str = ""
    picture: Picture | None = None


class NewQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A judged question (tasks/question_rules.py). ``question_id``: a fresh serial, which it gets if it is new.

    ``options_json``: its `tidied` options as they are stored with tasks.
    """

    question_id: int
    account_id: int
    kind: str
    options_json: str
    instructions: str = ""
    examples: tuple[NewExample, ...] = ()


async def hold_questions(
    tx: asyncpg.Connection, now: datetime, cell: int, asked: Sequence[NewQuestion]
) -> dict[int, int]:
    """Store those of the questions that are new to their account; return the stored one's id by the one offered.

    Two transactions that ask the same at once wait for each other here, and store it once.
    """
    rows = {question.question_id: _row(question) for question in asked}
    keys = {offered: (row.account_id, row.digest) for offered, row in rows.items()}
    if not keys:
        return {}
    stored = await questions.known(tx, cell, list(set(keys.values())))
    missing = [question for question in asked if keys[question.question_id] not in stored]
    if missing:
        fresh = await questions.insert(tx, now, cell, [rows[question.question_id] for question in missing])
        pictures = [picture for question in missing if question.question_id in fresh for picture in _pictures(question)]
        await questions.insert_pictures(tx, cell, pictures)
        stored = await questions.known(tx, cell, list(set(keys.values())))
    return {offered: stored[key] for offered, key in keys.items()}


def _row(question: NewQuestion) -> QuestionRow:
    examples = [ExampleRow(e.answer, e.words, e.picture is not None) for e in question.examples]
    return QuestionRow(
        question_id=question.question_id,
        account_id=question.account_id,
        digest=_digest(question),
        kind=question.kind,
        options=question.options_json,
        instructions=question.instructions,
        examples=msgspec.json.encode(examples).decode(),
    )


def _digest(question: NewQuestion) -> bytes:
    """Return the SHA-256 of all that is asked, pictures too."""
    pictures = [hashlib.sha256(e.picture.data).hexdigest() if e.picture else "" for e in question.examples]
    answers = [(e.answer, e.words) for e in question.examples]
    whole = (question.kind, question.options_json, question.instructions, answers, pictures)
    return hashlib.sha256(msgspec.json.encode(whole)).digest()


def _pictures(question: NewQuestion) -> list[ExamplePicture]:
    return [
        ExamplePicture(question.question_id, n, each.picture.media, each.picture.data)
        for n, each in enumerate(question.examples)
        if each.picture
    ]
