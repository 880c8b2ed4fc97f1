"""Batches about jobs, one function per action with its name (support/batch_draw.py)."""

from datetime import timedelta
from typing import Any

import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions.change_jobs import ChangeJob
from manyeyes.actions.claim_jobs import ClaimJob
from manyeyes.actions.feed_jobs import FedLine, FeedJob
from manyeyes.actions.open_jobs import OpenJob
from manyeyes.actions.revise_drafts import ReviseDraft
from manyeyes.actions.settle_jobs import SettleJob
from manyeyes.actions.shared.asked_questions import NewQuestion
from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms
from manyeyes.jobs.rules import JobChange, JobVerb
from manyeyes.jobs.store import NewJob
from manyeyes.tasks.questions import NUMBER
from manyeyes.tasks.rules import IMAGE_TO_TEXT
from support.action_stage import LIFE_SECONDS, PRICE
from support.batch_draw import Draw
from support.batch_world import CELL, World

MOST_TASKS = 60  # numbers behind a job's, among which its items are
THREE = PeopleTerms(answers=3, answers_at_most=4)


def open_jobs(draw: Draw, world: World) -> list[OpenJob]:
    """Draw drafts, some of whose questions or keys are the same."""
    accounts = draw.few(world.account_ids)

    def one() -> OpenJob:
        account_id, words = draw.one(accounts), draw.one(("first", "second"))
        draft = NewJob(
            job_id=next(draw.ids),
            account_id=account_id,
            name=words,
            queue_id=1,
            question_id=0,
            deadline=draw.one((None, world.stage.now + timedelta(seconds=30))),
            terms=draw.one((ONE_ANSWER, THREE)),
        )
        question = NewQuestion(
            question_id=next(draw.ids),
            account_id=account_id,
            kind=IMAGE_TO_TEXT,
            options_json=f'{{"comment":"{words}"}}',
        )
        key = draw.one((None, CallKey(b"k" * 32, words.encode().ljust(32))))
        return OpenJob(cell=CELL, job=draft, question=question, key=key)

    return draw.batch(one, repeated=False)


def change_jobs(draw: Draw, world: World) -> list[ChangeJob]:
    """Draw verbs and bounds for few jobs in every state, mostly by whose they are."""
    some = draw.few(world.jobs)

    def one() -> ChangeJob:
        account_id, job_id = draw.one(some)
        values: dict[str, Any] = draw.one(({}, {"name": "other"}, {"budget_micros": draw.one((None, 0, 9 * PRICE))}))
        verb = draw.one((None, *JobVerb))
        by = draw.one(world.account_ids) if draw.rarely() else account_id
        change = JobChange(**values, verb=verb)
        key = draw.one((None, None, CallKey(b"k" * 32, str((job_id, verb)).encode().ljust(32))))
        return ChangeJob(cell=CELL, job_id=job_id, account_id=by, change=change, price_micros=PRICE, key=key)

    return draw.batch(one)


def revise_drafts(draw: Draw, world: World) -> list[ReviseDraft]:
    """Draw questions, some of them alike, and bounds for few drafts, and for jobs that are none."""
    some = draw.few([*world.drafts, *world.jobs])

    def one() -> ReviseDraft:
        account_id, job_id = draw.one(some)
        by = draw.one(world.account_ids) if draw.rarely() else account_id
        words = draw.one(("first", "second"))
        wanted = NewJob(
            job_id=job_id,
            account_id=by,
            name=words,
            queue_id=1,
            question_id=0,
            budget_micros=draw.one((None, 9 * PRICE)),
            deadline=draw.one((None, world.stage.now - timedelta(seconds=30))),
            terms=draw.one((ONE_ANSWER, THREE)),
        )
        kind, options = draw.one(((IMAGE_TO_TEXT, '{{"comment":"{}"}}'), (NUMBER, '{{"kind":"number","words":"{}"}}')))
        question = NewQuestion(question_id=next(draw.ids), account_id=by, kind=kind, options_json=options.format(words))
        return ReviseDraft(cell=CELL, job=wanted, question=question)

    return draw.batch(one)


def claim_jobs(draw: Draw, world: World) -> list[ClaimJob]:
    """Draw claims of few jobs; of two of one job the first has it."""
    some = draw.few(world.jobs)
    return draw.batch(lambda: ClaimJob(CELL, draw.one(some)[1], draw.one((0, 1, 9))))


def feed_jobs(draw: Draw, world: World) -> list[FeedJob]:
    """Draw lines, right ones and others, for few jobs under good and bad claims."""
    some = draw.few(world.jobs)
    queue = world.stage.queues[1]

    def one() -> FeedJob:
        account_id, job_id = draw.one(some)
        first = draw.one(range(1, MOST_TASKS))
        tasks = [job_id + first + n for n in range(draw.one((0, 1, 4)))]
        lines = [FedLine(task_id, fault=draw.one(("", "", "gone"))) for task_id in tasks]
        late = draw.one((False, False, True))
        return FeedJob(
            cell=CELL,
            job_id=job_id,
            account_id=account_id,
            claim=draw.one((0, 1, 1, 1, 2)),
            queue=msgspec.structs.replace(queue, price_micros=draw.one((PRICE, 2 * PRICE))),
            life_seconds=LIFE_SECONDS,
            lines=tuple(lines),
            is_late=late,
            goes_on=late,
        )

    return draw.batch(one)


def settle_jobs(draw: Draw, world: World) -> list[SettleJob]:
    """Draw jobs that are paused, woken, cancelled or late, and others."""
    some = draw.few(world.jobs)
    return draw.batch(lambda: SettleJob(CELL, draw.one(some)[1], LIFE_SECONDS))
