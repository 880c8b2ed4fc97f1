"""A program of its own: works skills out from all answers of a cell's queues. ``python -m ...nightly_skills CELL``.

The address of the database comes on its standard input. Killed at any moment it has written whole queues or nothing of
them, and the next look begins with what is left. numpy is here and not in the serving process (decision 0062).
"""

import asyncio
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

import msgspec
import numpy as np

from manyeyes.actions.learn_skills import LearnedSkill, LearnSkills, learn_skills
from manyeyes.consensus.choosing import choose
from manyeyes.consensus.crowd_evidence import evidence as crowd_evidence
from manyeyes.consensus.em import NOT_GOLD, AnswersOfAll, Floats, Whole, fit
from manyeyes.consensus.rules import Method, Skill
from manyeyes.db.pool import PATIENT_SETTINGS
from manyeyes.db.primary import connect
from manyeyes.logs.lines import set_up_logs
from manyeyes.panels import store as panels
from manyeyes.panels.store import LabelAnswer
from manyeyes.runtime.nightly_alike import alike_people
from manyeyes.skills import evidence
from manyeyes.skills.floor import peers_right
from manyeyes.skills.rules import days_counted, fading
from manyeyes.tasks.labels import LABEL_PICTURE
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.questions import LABEL
from manyeyes.tasks.shapes import shape_of

WINDOW = timedelta(days=60)  # older answers have faded to a quarter
_NICE = 10  # people's answers come first
_NOTHING = 1e-3  # weights below are not written down


async def learn(dsn: str, cell: int) -> int:
    """Work out the skills of all queues that are due, one after the other; return how many were written."""
    db = await connect(dsn, PATIENT_SETTINGS)
    try:
        now: datetime = await db.fetchval("SELECT now()")
        written = 0
        for queue_id in await evidence.queues_to_learn(db, now, cell):
            given = await panels.label_answers(db, cell, queue_id, now - WINDOW, [LABEL, LABEL_PICTURE])
            truths = await evidence.truths(db, cell, queue_id)
            alike = await alike_people(db, cell, queue_id, now - WINDOW)
            told = await evidence.peers_checked(db, cell, queue_id, now - WINDOW)
            command = msgspec.structs.replace(
                learned(cell, queue_id, given, truths, now), alike=tuple(alike), peers_right=peers_right(*told)
            )
            async with db.transaction():
                (is_written,) = await learn_skills(db, await db.fetchval("SELECT now()"), [command])
            written += is_written
        return written
    finally:
        await db.close()


def learned(
    cell: int, queue_id: int, given: Sequence[LabelAnswer], truths: Mapping[int, str], now: datetime
) -> LearnSkills:
    """Return what the answers of a queue say of its people, by the method that its gold shows to be the best.

    Of the labels that most answers chose among; where other ones are asked too, what is known of these stays as it was
    counted.
    """
    by_labels: defaultdict[tuple[str, ...], list[LabelAnswer]] = defaultdict(list)
    for answer in given:
        by_labels[_labels(answer.kind, answer.options)].append(answer)
    labels, most = max(by_labels.items(), key=lambda one: len(one[1]), default=((), []))
    most = [answer for answer in most if answer.text in labels]
    if len(labels) < 2 or not most:
        return LearnSkills(cell=cell, queue_id=queue_id, method=Method.MAJORITY, learned=())
    items = {task_id: n for n, task_id in enumerate(dict.fromkeys(answer.task_id for answer in most))}
    people = {worker_id: n for n, worker_id in enumerate(sorted({answer.worker_id for answer in most}))}
    numbers = {label: n for n, label in enumerate(labels)}
    crowd = AnswersOfAll(
        items=np.array([items[answer.task_id] for answer in most]),
        workers=np.array([people[answer.worker_id] for answer in most]),
        labels=np.array([numbers[answer.text] for answer in most]),
        n_items=len(items),
        n_workers=len(people),
        n_labels=len(labels),
    )
    gold = np.array([numbers.get(truths.get(task_id, ""), NOT_GOLD) for task_id in items])
    method = choose(crowd, gold).method
    chances = fit(crowd, method, gold).chances
    found = _skills(crowd, chances, method, gold, labels)
    faded = _faded(most, now)
    skills = [LearnedSkill(worker_id=w, skill=_times(found[n], faded[w])) for w, n in people.items()]
    return LearnSkills(cell=cell, queue_id=queue_id, method=method, learned=tuple(skills))


def _skills(crowd: AnswersOfAll, chances: Floats, method: Method, gold: Whole, labels: Sequence[str]) -> list[Skill]:
    """Return what the others say of each person; of gold something better is known, so its answers are left out."""
    is_plain = gold[crowd.items] == NOT_GOLD
    parts = {name: getattr(crowd, name)[is_plain] for name in ("items", "workers", "labels")}
    plain = msgspec.structs.replace(crowd, **parts)
    if not plain.items.size:
        return [Skill() for _ in range(crowd.n_workers)]
    found = crowd_evidence(plain, chances, method)
    confusion: defaultdict[int, dict[str, dict[str, float]]] = defaultdict(dict)
    for pair, (worker, label) in enumerate(zip(found.pairs.workers, found.pairs.labels, strict=True)):
        for truth, name in enumerate(labels):
            weight = float(found.confusion[truth, pair])
            if weight >= _NOTHING:
                confusion[int(worker)].setdefault(name, {})[labels[int(label)]] = weight
    return [
        Skill(right=float(found.right[n]), wrong=float(found.wrong[n]), confusion=confusion[n])
        for n in range(crowd.n_workers)
    ]


def _faded(given: Sequence[LabelAnswer], now: datetime) -> dict[int, float]:
    """Return by worker what share of their answers' weight is left, all together."""
    number: Counter[int] = Counter()
    shares: defaultdict[int, float] = defaultdict(float)
    for answer in given:
        number[answer.worker_id] += 1
        shares[answer.worker_id] += fading(days_counted(answer.answered_at, now))
    return {worker_id: shares[worker_id] / count for worker_id, count in number.items()}


def _times(skill: Skill, share: float) -> Skill:
    confusion = {truth: {label: n * share for label, n in row.items()} for truth, row in skill.confusion.items()}
    return Skill(right=skill.right * share, wrong=skill.wrong * share, confusion=confusion)


@cache
def _labels(kind: str, options: str) -> tuple[str, ...]:
    return shape_of(picture_options(kind, options)).labels


if __name__ == "__main__":
    os.nice(_NICE)
    set_up_logs()
    asyncio.run(learn(sys.stdin.readline().strip(), int(sys.argv[1])))
