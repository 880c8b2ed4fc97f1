"""What a job will bring before it starts: accuracy, cost and time, from what is known of its queue's people."""

import asyncio
import math

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.certainty import store as certainty
from manyeyes.consensus.difficulty import USUAL_DIFFICULTY, CheckedTogether, learnt_difficulty
from manyeyes.consensus.rehearsal import ExpectedBand, KnownCrowd, Rehearsal, rehearse
from manyeyes.consensus.rules import NOT_PROVEN, Proof, Shape
from manyeyes.consensus.skills import PRIOR_RIGHT, PRIOR_WRONG
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.jobs.rules import FEWEST_FOR_ETA, Job
from manyeyes.panels import store as panels
from manyeyes.roles.customer.queue_pace import PACE_MINUTES, pace_of
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.skills import store as skills
from manyeyes.skills.store import KnownPeople
from manyeyes.tasks.rules import QueueTerms

UNSENT = 100  # pictures that a draft without any is reckoned for
FRESH_SECONDS = 30.0
LATELY_SECONDS = PACE_MINUTES * 60.0
_TWO_SIDED_95 = 1.96


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, and of which queue."""

    cell: int
    account_id: int
    queue_id: int
    question_id: int
    shape: Shape
    terms: PeopleTerms
    items: int
    price_micros: int


class JobExpectation(msgspec.Struct, frozen=True, kw_only=True):
    """What to expect of ``items`` pictures. ``known``: people of the queue of whom anything is known; 0: it is a guess.

    ``seconds``: None when nobody is there or too little was answered lately to tell. ``difficulty``: correlation of two
    people's errors on a picture that was reckoned with; None: too little gold tells, so it was `USUAL_DIFFICULTY`.
    """

    items: int
    known: int
    accuracy: ExpectedBand
    uncertain: ExpectedBand
    people: ExpectedBand
    micros: ExpectedBand
    seconds: ExpectedBand | None
    difficulty: float | None


async def expectation(
    context: Context, owner: Owner, queue: QueueTerms, shape: Shape, terms: PeopleTerms, job: Job | None
) -> JobExpectation:
    """Return what such terms will bring for a job's items; ``job`` None: for a draft that is not made yet.

    The same question is worked out twice a minute at most, in a thread: up to a second and a half for twenty people.
    """
    asked = Rehearsed(
        cell=owner.cell,
        account_id=owner.account_id,
        queue_id=queue.queue_id,
        question_id=job.question_id if job else 0,
        shape=shape,
        terms=terms,
        items=job.items if job else 0,
        price_micros=queue.price_micros,
    )
    key = msgspec.json.encode(asked)
    return await context.lookups.cached("rehearsal", key, FRESH_SECONDS, lambda: _worked_out(context, asked))


async def _worked_out(context: Context, asked: Rehearsed) -> JobExpectation:
    async def look(db: asyncpg.Connection) -> tuple[_KnownCrowdSoFar, int, Proof]:
        seen = _KnownCrowdSoFar(
            await skills.known_people(db, asked.cell, asked.queue_id),
            await skills.checked_together(db, asked.cell, asked.queue_id),
        )
        given = await panels.answered_lately(db, asked.cell, asked.queue_id, LATELY_SECONDS)
        return seen, given, await _proof(db, asked)

    pace = await pace_of(context, asked.cell, asked.queue_id)
    seen, given, proof = await read_patiently(context.cells.pool(asked.cell), look)
    # A minute of a queue counts tasks; those of several people are as many answers as were given. Where it has both
    # kinds the larger one is too slow rather than too quick.
    answers = max(pace.answered, given) if pace.present else 0
    return await asyncio.to_thread(_expected, asked, seen, answers, proof)


class _KnownCrowdSoFar(msgspec.Struct, frozen=True):
    """What is known of a queue's people, and of how they err together."""

    people: KnownPeople
    together: CheckedTogether


async def _proof(db: asyncpg.Connection, asked: Rehearsed) -> Proof:
    if asked.terms.wrong_at_most is None:
        return NOT_PROVEN
    scope = (asked.account_id, asked.queue_id, asked.question_id)
    found = await certainty.proofs(db, asked.cell, [scope])
    return found.get((*scope, round(asked.terms.wrong_at_most, 4)), NOT_PROVEN)


def _expected(asked: Rehearsed, seen: _KnownCrowdSoFar, answers: int, proof: Proof) -> JobExpectation:
    known, difficulty = seen.people, learnt_difficulty(seen.together)
    weight = known.right_weight + known.wrong_weight
    prior = PRIOR_RIGHT + PRIOR_WRONG
    crowd = KnownCrowd(
        accuracy=min(max((known.right_weight + PRIOR_RIGHT) / (weight + prior), 0.02), 0.995),
        checked=prior + (weight / known.people if known.people else 0.0),
        difficulty=USUAL_DIFFICULTY if difficulty is None else difficulty,
        seconds=LATELY_SECONDS / max(answers, 1),
    )
    items = asked.items or UNSENT
    told = rehearse(crowd, asked.shape, asked.terms.how_many(), items, asked.price_micros, proof)
    return JobExpectation(
        items=items,
        known=known.people,
        accuracy=told.accuracy,
        uncertain=told.uncertain,
        people=told.people,
        micros=told.micros,
        seconds=_at_this_pace(told, answers) if answers >= FEWEST_FOR_ETA else None,
        difficulty=difficulty,
    )


def _at_this_pace(told: Rehearsal, answers: int) -> ExpectedBand:
    """Return the time with the luck of so few answers in its band, too: they come as they come (Poisson)."""
    luck = _TWO_SIDED_95 / math.sqrt(answers)
    expected = told.seconds.expected
    below = math.hypot((expected - told.seconds.low) / expected, luck)
    above = math.hypot((told.seconds.high - expected) / expected, luck)
    return ExpectedBand(expected, expected * max(1 - below, 0.0), expected * (1 + above))
