"""The stored pictures that a form's examples name; those of other accounts' questions are not given."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.jobs.question_form import QuestionForm, Stored
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import question_store
from manyeyes.tasks.question_rules import MOST_EXAMPLES
from manyeyes.values.integers import whole_number
from manyeyes.values.signed_links import ExampleId

Found = TypeVar("Found", bound=Mapping[str, Any])


async def stored_pictures(context: Context, place: AccountPlace, form: QuestionForm) -> Stored:
    """Return the bytes of the stored pictures that the form's examples name, of this account's questions alone."""

    async def read(db: asyncpg.Connection) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for name, (question_id, n) in (await _own(db, place, form)).items():
            picture = await question_store.picture(db, place.cell, question_id, n)
            found |= {name: picture[1]} if picture else {}
        return found

    return await _read(context, place, form, read)


async def picture_paths(context: Context, place: AccountPlace, form: QuestionForm) -> Mapping[str, str]:
    """Return the signed paths of the same pictures, as people see them, by what the form calls them."""
    today = datetime.now(UTC).date()

    async def read(db: asyncpg.Connection) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, (question_id, n) in (await _own(db, place, form)).items():
            media = (await question_store.media(db, place.cell, question_id)).get(n)
            example = ExampleId(place.cell, question_id, n)
            found |= {name: context.examples.path(example, today, media)} if media else {}
        return found

    return await _read(context, place, form, read)


async def _read(
    context: Context, place: AccountPlace, form: QuestionForm, read: Callable[[asyncpg.Connection], Awaitable[Found]]
) -> Found | dict[str, Any]:
    is_any = any(each.kept for each in form.examples)
    return await read_patiently(context.cells.pool(place.cell), read) if is_any else {}


async def _own(db: asyncpg.Connection, place: AccountPlace, form: QuestionForm) -> dict[str, tuple[int, int]]:
    """Return (question, place in it) of each named picture whose question is this account's."""
    found: dict[str, tuple[int, int]] = {}
    for name in sorted({each.kept for each in form.examples if each.kept}):
        question_id, n = (whole_number(part, 18) for part in (*name.split(".", 1), "")[:2])
        if question_id is None or n is None or n >= MOST_EXAMPLES:
            continue
        question = await question_store.question(db, place.cell, question_id)
        if question is not None and question.account_id == place.account_id:
            found[name] = (question_id, n)
    return found
