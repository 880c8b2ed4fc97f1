"""How far people agree on a job's items, and in a queue: off the hot path, of a bounded number of answers.

One is worked out at a time in a process, in a thread; who asks again within a quarter of a minute sees the same one.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import asyncpg
import msgspec

from manyeyes.consensus.rated import AgreedPart, ItemAnswered, agreed_parts
from manyeyes.consensus.rules import Shape
from manyeyes.jobs.rules import Job
from manyeyes.panels import several_answers
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.shapes import shape_of

MOST_ANSWERS = 100_000  # of a job: seconds; of more, items are drawn by lot
MOST_RECENT = 20_000  # of a queue
MOST_KINDS = 12  # of a queue: those with the most answers
FRESH_SECONDS = 15.0
_LINES = 5_000  # of one read


class KindAgreed(msgspec.Struct, frozen=True, kw_only=True):
    """How far people agree on questions of one kind.

    By person: their ``answers`` to items of at least two people, and ``beside`` how many answers of others those stand.
    """

    shape: Shape
    parts: list[AgreedPart]
    answers: dict[int, int]
    beside: dict[int, int]


class PeopleAgreed(msgspec.Struct, frozen=True, kw_only=True):
    """``share``: of the answers that there are, how many were looked at; below 1 items were drawn by lot."""

    share: float
    kinds: list[KindAgreed]


class Agreements:
    """What an edge asks; it works out one at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._one = asyncio.Lock()

    async def of_job(self, cell: int, job: Job, options: PictureOptions) -> PeopleAgreed:
        """Return how far people agree on a job's items whose results stand."""

        async def look() -> PeopleAgreed:
            async with self._one:
                return await self._of_job(cell, job, shape_of(options))

        return await self._context.lookups.cached("job_agreement", (cell, job.job_id), FRESH_SECONDS, look)

    async def of_queue(self, queue_id: int) -> PeopleAgreed:
        """Return how far people agree on a queue's last answers, over all cells, by kind of question."""

        async def look() -> PeopleAgreed:
            async with self._one:
                return await self._of_queue(queue_id)

        return await self._context.lookups.cached("queue_agreement", queue_id, FRESH_SECONDS, look)

    async def _of_job(self, cell: int, job: Job, shape: Shape) -> PeopleAgreed:
        pool = self._context.cells.pool(cell)
        there = await read_patiently(pool, lambda db: several_answers.number_of_answers(db, cell, job.job_id))
        of_1024 = several_answers.LOTS
        if there > MOST_ANSWERS:
            of_1024 = max(1, of_1024 * MOST_ANSWERS // there)
        given: list[ItemAnswered] = []
        for after in range(0, job.items, _LINES):

            async def lines(db: asyncpg.Connection, after: int = after) -> list[several_answers.SeatAnswer]:
                return await several_answers.several_answers(
                    db, cell, job.job_id, after=after, until=after + _LINES, of_1024=of_1024
                )

            found = await read_patiently(pool, lines)
            given += [ItemAnswered(one.task_id, one.worker_id, one.text) for one in found]
        kind = await asyncio.to_thread(_agreed, shape, given)
        return PeopleAgreed(share=of_1024 / several_answers.LOTS, kinds=[kind])

    async def _of_queue(self, queue_id: int) -> PeopleAgreed:
        found: list[tuple[int, several_answers.RecentAnswer]] = []
        for cell in self._context.cells.numbers:

            async def recent(db: asyncpg.Connection, cell: int = cell) -> list[several_answers.RecentAnswer]:
                return await several_answers.recent_answers(db, cell, queue_id, MOST_RECENT)

            found += [(cell, each) for each in await read_patiently(self._context.cells.pool(cell), recent)]
        return PeopleAgreed(share=1.0, kinds=await asyncio.to_thread(_by_kind, found))


def _by_kind(found: Iterable[tuple[int, several_answers.RecentAnswer]]) -> list[KindAgreed]:
    """Return the agreement on questions that take the same answers, those with the most answers first."""
    keys: dict[tuple[str, str], bytes] = {}  # of what was asked: what answers it takes, as JSON
    shapes: dict[bytes, Shape] = {}
    given: defaultdict[bytes, list[ItemAnswered]] = defaultdict(list)
    for cell, one in found:
        asked = one.kind, one.options
        if asked not in keys:
            shape = shape_of(picture_options(*asked))
            keys[asked] = msgspec.json.encode(shape)
            shapes[keys[asked]] = shape
        given[keys[asked]].append(ItemAnswered((cell, one.task_id), one.worker_id, one.text))
    most = sorted(given, key=lambda key: -len(given[key]))[:MOST_KINDS]
    agreed = [_agreed(shapes[key], given[key]) for key in most]
    return [kind for kind in agreed if kind.parts[0].agreed.items]


def _agreed(shape: Shape, given: Sequence[ItemAnswered]) -> KindAgreed:
    people = Counter(one.item for one in given)
    answers: Counter[int] = Counter()
    beside: Counter[int] = Counter()
    for one in given:
        others = people[one.item] - 1
        answers[one.worker_id] += others > 0
        beside[one.worker_id] += others
    # Equal answers give equal intervals: the lots are no secret, and a page that is looked at again does not flicker.
    parts = agreed_parts(shape, given, random.Random(len(given)))
    return KindAgreed(shape=shape, parts=parts, answers=dict(answers), beside=dict(beside))
