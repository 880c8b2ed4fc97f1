"""Finds what people name on the command line, and makes what signs them in."""

from collections.abc import Sequence
from typing import TypeVar

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import AccountPlace
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App
from manyeyes.cli.command import CommandFailed
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Recognition
from manyeyes.runtime.context import Context
from manyeyes.tasks.queue_names import queue_said
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.text.rules import normalised
from manyeyes.workers import store as workers
from manyeyes.workers.store import Worker

LARGEST_NUMBER = 2**63 - 1  # of whatever a database numbers
Named = TypeVar("Named", AccountPlace, Worker)


async def find_account(context: Context, name_or_id: str) -> AccountPlace:
    """Return the account. Raises `CommandFailed` when there is none or the name fits several."""
    async with context.cells.directory.acquire() as db:
        found = await accounts.places(db, name_or_id) or await accounts.places(db, normalised(name_or_id))
    return _only(found, "account", name_or_id)


async def find_worker(context: Context, name_or_id: str, *, disabled: bool = False) -> Worker:
    """Return the worker, of those who may work or of the disabled ones.

    Raises `CommandFailed` when there is none or the name fits several.
    """
    async with context.cells.directory.acquire() as db:
        named = await workers.workers_named(db, name_or_id) or await workers.workers_named(db, normalised(name_or_id))
    found = [each for each in named if each.disabled == disabled]
    return _only(found, "disabled worker" if disabled else "worker", name_or_id)


async def find_app(context: Context, name_or_id: str) -> App:
    """Return the app of this secretId or name. Raises `CommandFailed` when there is none or the name fits several."""
    async with context.cells.directory.acquire() as db:
        known = await apps.app(db, name_or_id)
        found = (
            [known]
            if known
            else [each for each in await apps.apps_of(db) if each.name in (name_or_id, normalised(name_or_id))]
        )
    if not found:
        raise CommandFailed(f"there is no app {name_or_id}; see `manyeyes app list`")
    if len(found) > 1:
        ids = ", ".join(each.secret_id for each in found)
        raise CommandFailed(f"{name_or_id} is the name of several apps; use one of the ids {ids}")
    return found[0]


async def find_recognition(context: Context, task_id: str) -> Recognition:
    """Return the recognition of this taskId. Raises `CommandFailed` when there is none."""
    async with context.cells.directory.acquire() as db:
        found = await recognitions.recognition(db, task_id)
    if found is None:
        raise CommandFailed(f"there is no recognition {task_id}; see `manyeyes recognition list`")
    return found


async def find_queue(context: Context, name_or_id: str) -> QueueTerms:
    """Return the queue of this number or name. Raises `CommandFailed` when there is none."""
    queues = await context.lookups.queues()
    found = queue_said(queues, name_or_id) or queue_said(queues, normalised(name_or_id))
    if found is None:
        raise CommandFailed(f"there is no queue {name_or_id}; see `manyeyes queue list`")
    return queues[found]


async def queue_numbered(context: Context, queue_id: int) -> QueueTerms:
    """Return the queue of this number. Raises `CommandFailed` when there is none."""
    found = (await context.lookups.queues()).get(queue_id)
    if found is None:
        raise CommandFailed(f"there is no queue {queue_id}; see `manyeyes queue list`")
    return found


def numbered(number: int, what: str) -> int:
    """Return the number of a request, a task or a person, which may have been typed wrongly.

    Raises `CommandFailed` for one that nothing has, and that no database could look for.
    """
    if not 0 < number <= LARGEST_NUMBER:
        raise CommandFailed(f"there is no {what} {number}")
    return number


def _only(found: Sequence[Named], what: str, name_or_id: str) -> Named:
    if not found:
        raise CommandFailed(f"there is no {what} {name_or_id}")
    key = f"{what.split()[-1]}_id"
    by_id = [item for item in found if str(getattr(item, key)) == name_or_id]
    if len(found) > 1 and not by_id:
        ids = ", ".join(str(getattr(item, key)) for item in found)
        raise CommandFailed(f"{name_or_id} is the name of several {what}s; use one of the ids {ids}")
    return by_id[0] if by_id else found[0]
