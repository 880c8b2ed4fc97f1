"""What the operator sees and decides of reports, alike for the command line and the screens: appeals and reviewers."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from manyeyes.actions.decide_appeals import AppealDecided, DecideAppeal, decide_appeals
from manyeyes.house import House
from manyeyes.money import number
from manyeyes.refusals import Reason, Refusal
from manyeyes.reports import appeals, slots, store
from manyeyes.reports.appeals import Appeal
from manyeyes.reports.rules import LONGEST_REASON, is_outlier
from manyeyes.reports.slots import ReviewerRecord
from manyeyes.reports.store import Cast
from manyeyes.tasks import lives
from manyeyes.tasks.lives import Question
from manyeyes.tasks.rules import ImageOptions, wire_id
from manyeyes.told import VoteTold, clean, options_of, picture_url
from manyeyes.workers import store as workers

LARGEST_LIST = 200


class OpenAppeal(msgspec.Struct, frozen=True):
    """An appeal that waits for the operator; ``pay`` in USD is what the worker lost; the picture may be gone."""

    cell: int
    task_id: int
    worker_id: int
    worker_name: str
    words: str
    pay: float
    filed_at: datetime
    options: ImageOptions
    answer: str
    votes: list[VoteTold]
    image_url: str | None


class Standing(msgspec.Struct, frozen=True):
    """A reviewer's votes on decided complaints; ``is_outlier``: far more often against the verdict than the others."""

    worker_id: int
    name: str
    votes: int
    against: int
    is_outlier: bool


async def open_appeals(house: House) -> list[OpenAppeal]:
    """Return the appeals that wait, the oldest first."""
    names = await _names(house)
    found: list[OpenAppeal] = []
    for cell in house.cells.numbers:
        waiting, questions, answers, votes = await _waiting(house, cell)
        found += [
            OpenAppeal(
                cell,
                wire_id(each.task_id),
                each.worker_id,
                names.get(each.worker_id, ""),
                each.words,
                number(each.pay_micros),
                each.filed_at,
                options_of(questions[each.task_id]),
                answers.get(each.task_id, ""),
                [VoteTold(cast.vote, cast.reason, cast.at) for cast in votes.get(each.task_id, [])],
                picture_url(house, cell, questions[each.task_id]),
            )
            for each in waiting
        ]
    return sorted(found, key=lambda each: each.filed_at)


async def decide_appeal(house: House, task_id: int, *, accepted: bool, answer: str = "") -> AppealDecided | Refusal:
    """Decide the open appeal about the task with this wire id; ``answer`` is what the worker is told."""
    outcome: AppealDecided | Refusal = Refusal(Reason.UNKNOWN_REPORT, f"there is no appeal about task {task_id}")
    for cell in house.cells.numbers:
        serial = await house.serials.of_wire(cell, task_id)
        command = DecideAppeal(cell, serial, accepted, clean(answer, LONGEST_REASON))
        outcome = await house.gather.ask(decide_appeals, command)
        if not isinstance(outcome, Refusal) or outcome.reason is not Reason.UNKNOWN_REPORT:
            break
    return outcome


async def standings(house: House) -> list[Standing]:
    """Return every reviewer's record, those who vote against the majority most often first."""
    records: dict[int, ReviewerRecord] = {}
    for cell in house.cells.numbers:
        async with house.cells.pool(cell).acquire() as db:
            found = await slots.records(db, cell)
        for record in found:
            before = records.get(record.reviewer_id, ReviewerRecord(record.reviewer_id, 0, 0))
            votes, against = before.votes + record.votes, before.against + record.against
            records[record.reviewer_id] = ReviewerRecord(record.reviewer_id, votes, against)
    names = await _names(house)
    seen = [_standing(record, list(records.values()), names) for record in records.values()]
    return sorted(seen, key=lambda each: (-each.against / each.votes, each.worker_id))


def _standing(record: ReviewerRecord, every: Sequence[ReviewerRecord], names: dict[int, str]) -> Standing:
    others_votes = sum(each.votes for each in every) - record.votes
    others_against = sum(each.against for each in every) - record.against
    is_far = is_outlier(record.votes, record.against, others_votes, others_against)
    return Standing(record.reviewer_id, names.get(record.reviewer_id, ""), record.votes, record.against, is_far)


async def _waiting(
    house: House, cell: int
) -> tuple[list[Appeal], dict[int, Question], dict[int, str], dict[int, list[Cast]]]:
    async with house.cells.pool(cell).acquire() as db:
        waiting = await appeals.open_appeals(db, cell, LARGEST_LIST)
        ids = [each.task_id for each in waiting]
        questions, answers = await lives.questions(db, cell, ids), await lives.answers(db, cell, ids)
        return waiting, questions, answers, await store.votes_of(db, cell, ids)


async def _names(house: House) -> dict[int, str]:
    async with house.cells.directory.acquire() as db:
        return {worker.worker_id: worker.name for worker in await workers.every_worker(db)}
