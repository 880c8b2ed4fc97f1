"""Batches about single tasks, one function per action with its name; some of their calls have keys and come again."""

import hashlib
from collections.abc import Callable
from typing import Any

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions.cancel_tasks import CancelTask
from manyeyes.actions.file_complaints import FileComplaint
from manyeyes.actions.report_tokens import ReportToken
from manyeyes.actions.submit_tasks import SubmitTask
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.reports.rules import ReportKind
from manyeyes.tasks.rules import RECAPTCHA_KINDS, TOKEN_KINDS, ImageOptions
from support import proven_sites
from support.action_stage import PICTURE
from support.batch_draw import Draw, queue_terms
from support.batch_world import CALL_KEY, CELL, UNKNOWN, World
from support.directory_world import SOFT_ID

TWO, SURE = PeopleTerms(answers=2, answers_at_most=3), PeopleTerms(answers=2, answers_at_most=4, wrong_at_most=0.05)
_KEYS = [CALL_KEY.key_hash, hashlib.sha256(b"two").digest()]


def _reported(draw: Draw, world: World) -> Callable[[], tuple[int, int]]:
    """Return what draws an account and a task, mostly its own, of a few tasks."""
    some = [draw.one(world.unreported), *draw.few(list(world.owners))]

    def one() -> tuple[int, int]:
        task_id = draw.one(some)
        return (draw.one(world.account_ids) if draw.rarely() else world.owners[task_id]), task_id

    return one


def file_complaints(draw: Draw, world: World) -> list[FileComplaint]:
    """Draw complaints, mostly by the account whose task it is."""
    reported = _reported(draw, world)

    def one() -> FileComplaint:
        account_id, task_id = reported()
        named: dict[str, Any] = {"queues": world.stage.queues, "key": _key(draw, "complaint", task_id)}
        return FileComplaint(cell=CELL, account_id=account_id, task_id=task_id, **named)

    return draw.batch(one)


def report_tokens(draw: Draw, world: World) -> list[ReportToken]:
    """Draw good and bad reports on tokens, by each of the wire's methods."""
    reported = _reported(draw, world)
    tokens = draw.few(world.tokens)

    def one() -> ReportToken:
        account_id, task_id = reported() if draw.rarely() else draw.one(tokens)
        kind = draw.one((ReportKind.TOKEN_CORRECT, ReportKind.TOKEN_INCORRECT))
        takes = draw.one((RECAPTCHA_KINDS, TOKEN_KINDS, frozenset[str]()))
        named: dict[str, Any] = {"takes": takes, "key": _key(draw, kind, task_id)}
        return ReportToken(cell=CELL, account_id=account_id, task_id=task_id, kind=kind, **named)

    return draw.batch(one)


def submit_tasks(draw: Draw, world: World) -> list[SubmitTask]:
    """Draw picture and token tasks, some through an application and with a call-back."""
    terms, accounts = queue_terms(draw, world), draw.few(world.account_ids)
    sites = draw.few(world.sites)

    def one() -> SubmitTask:
        values: dict[str, Any] = {"queue_id": draw.one((1, 1, 2)), "options": ImageOptions(), "picture": PICTURE}
        account_id = draw.one(accounts)
        if draw.one((False, False, True)):
            account_id, domain, _ = draw.one(sites)
            values = proven_sites.asking(draw.one((domain, "www." + domain)))
        through: dict[str, Any] = draw.one(
            ({}, {"soft_id": SOFT_ID, "share_percent": 10, "callback_url": "https://receiver.example/"})
        )
        queue = terms[values.pop("queue_id")]
        at: dict[str, Any] = {
            "cell": CELL,
            "task_id": next(draw.ids),
            "account_id": account_id,
            "queue": queue,
            "life_seconds": 60,
            "key": _key(draw, "task"),
            "price_at_most_micros": draw.one((0, 0, 700)),
            "terms": draw.one((None, None, TWO, SURE)),
        }
        return SubmitTask(**at, **values, **through)

    return draw.batch(one, repeated=False)


def cancel_tasks(draw: Draw, world: World) -> list[CancelTask]:
    """Draw cancellations of tasks at every point of their life, now and then by somebody else."""
    some = [*draw.few(list(world.owners)), *draw.few([lease.task_id for _, lease in world.leases]), UNKNOWN]

    def one() -> CancelTask:
        task_id = draw.one(some)
        owner = draw.one(world.account_ids) if draw.rarely() else world.owners.get(task_id, UNKNOWN)
        return CancelTask(CELL, owner, task_id)

    return draw.batch(one)


def _key(draw: Draw, *said: object) -> CallKey | None:
    """Draw how a call is named: not at all mostly, else by one of two keys; ``said``: what it is about."""
    if draw.one((True, True, False)):
        return None
    return CallKey(draw.one(_KEYS), hashlib.sha256(repr(said).encode()).digest())
