"""Who answers as somebody else does is found of all that a queue's people gave (docs/decisions/0066)."""

import random
from datetime import UTC, datetime

import msgspec
import pytest

from manyeyes.actions.count_evidence import CountEvidence, count_evidence
from manyeyes.actions.learn_skills import LearnSkills, learn_skills
from manyeyes.consensus.rules import Method
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.runtime.nightly_alike import GivenKey, PairTally, alike_people
from manyeyes.runtime.nightly_skills import WINDOW, learn
from manyeyes.skills import evidence, gold_items
from manyeyes.skills.alike import (
    MODEL_ALARM,
    AlikeKind,
    FoundAlike,
    is_copying_pair,
    is_model_user,
    shared_errors,
    stake_on_alike,
)
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.findings import store as findings
from manyeyes.skills.rules import EvidenceSource
from manyeyes.tasks.questions import LABEL, ChoiceOptions
from support.action_stage import Stage

LABELS = ("ant", "bee", "cat", "dog")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
OPTIONS = ChoiceOptions(labels=LABELS)


def given(chance: random.Random, truth: str, share: float) -> str:
    return truth if chance.random() < share else chance.choice([label for label in LABELS if label != truth])


def crowd(tasks: int) -> tuple[dict[int, str], dict[int, dict[int, str]]]:
    """Return truths, and by worker what they gave: 3 copies 2, 4 says what the model (0) says, 1 and 5 look."""
    chance, truths, said = random.Random(3), dict[int, str](), {n: dict[int, str]() for n in range(6)}
    for task in range(1, tasks + 1):
        truths[task] = truth = chance.choice(LABELS)
        for worker_id in (0, 1, 2, 5):
            said[worker_id][task] = given(chance, truth, 0.7)
        said[3][task], said[4][task] = said[2][task], said[0][task]
    return truths, said


def test_the_square_of_counts_is_the_rule_for_each_pair():
    truths, said = crowd(120)
    tally = PairTally([5, 3, 1, 2, 4])
    for task, truth in truths.items():
        keys = [GivenKey(w, said[w][task], NOW) for w in range(1, 6)]
        tally.known(truth, keys, len(LABELS), said[0][task])
    found = {(each.worker_id, each.kind, each.other_id): each for each in tally.found(5)}
    for a in range(1, 6):
        for b in range(a + 1, 6):
            errors = shared_errors(truths, said[a], said[b])
            assert ((a, AlikeKind.PAIR, b) in found) is is_copying_pair(errors, len(LABELS), 5), (a, b)
        errors = shared_errors(truths, said[a], said[0])
        assert ((a, AlikeKind.MODEL, 0) in found) is is_model_user(errors, len(LABELS)), a
    assert set(found) == {(2, "pair", 3), (4, "model", 0)}
    errors = shared_errors(truths, said[2], said[3])
    pair = found[2, AlikeKind.PAIR, 3]
    assert (pair.tasks, pair.alike, pair.first_at) == (len(errors), sum(e.is_alike for e in errors), NOW)
    assert pair.expected == pytest.approx(0.3 * len(errors), abs=0.01)
    assert stake_on_alike([], 4) == pytest.approx(1)
    assert pytest.approx(500) == MODEL_ALARM


async def check(stage: Stage, truths: dict[int, str], said: dict[int, dict[int, str]], source: EvidenceSource) -> None:
    """Let gold, or a reviewer, judge what each of 1 to 5 gave; the tasks are there."""
    pieces = [
        NewEvidence(
            queue_id=1, worker_id=w, task_id=task, source=source, truth=truth, given=said[w][task], labels=len(LABELS)
        )
        for task, truth in truths.items()
        for w in range(1, 6)
    ]
    async with stage.transaction() as tx:
        await evidence.insert_evidence(tx, stage.now, stage.cell, pieces)


async def ended_tasks(stage: Stage, tasks: int) -> list[int]:
    account_id = await stage.account(1_000_000_000)
    return [await stage.submit(account_id, kind=LABEL, options=OPTIONS) for _ in range(tasks)]


async def answered(stage: Stage, rows: list[tuple[int, int, int, str, int]]) -> None:
    """Keep answers (number, task, worker, text, ms) as seats have them."""
    await stage.change(
        "INSERT INTO answer (cell, answer_id, task_id, account_id, queue_id, question_id, purpose, worker_id, lease,"
        " answer, price_micros, pay_micros, took_ms, answered_at)"
        " SELECT $1, a.n, a.task, 1, 1, 0, 1, a.worker, 1, a.given, 0, 0, a.ms, $2"
        " FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::int[])"
        " AS a (n, task, worker, given, ms)",
        stage.now,
        *(list(column) for column in zip(*rows, strict=True)),
    )


async def look(stage: Stage) -> list[FoundAlike]:
    async with stage.pool.acquire() as db:
        return await alike_people(db, stage.cell, 1, stage.now - WINDOW)


async def test_a_night_finds_them_by_gold_and_by_reviewers_and_keeps_since_when(stage: Stage, dsn: str):
    numbers = await ended_tasks(stage, 120)
    truths, said = crowd(120)
    truths = {numbers[task - 1]: truth for task, truth in truths.items()}
    said = {w: {numbers[task - 1]: text for task, text in each.items()} for w, each in said.items()}
    await check(stage, truths, said, EvidenceSource.VERDICT)
    rows = [
        (900_000 + 10 * n + w, task, w, said[w][task], 300 if w == 5 else 4_000)
        for n, task in enumerate(numbers)
        for w in range(1, 6)
    ]
    await answered(stage, rows)
    found = await look(stage)
    assert {(each.worker_id, each.kind, each.other_id) for each in found} == {(2, "pair", 3), (5, "haste", 0)}
    for _ in range(2):
        await stage.act(count_evidence, CountEvidence(stage.cell))
    assert await learn(dsn, stage.cell) == 1
    kept = await stage.read(findings.alike_in_queue, stage.cell, 1)
    assert sorted((each.worker_id, each.other_id) for each in kept) == [(2, 3), (5, 0)]
    assert await stage.read(findings.alike_of_worker, stage.cell, 3) == [each for each in kept if each.other_id == 3]
    since = {each.kind: each.found_at for each in kept}
    stage.later(90_000)
    pair = next(each for each in found if each.kind is AlikeKind.PAIR)
    more = msgspec.structs.replace(pair, alike=pair.alike + 1)
    night = LearnSkills(cell=stage.cell, queue_id=1, method=Method.MAJORITY, learned=(), alike=(more,))
    assert await stage.act(learn_skills, night) == [True]
    (left,) = await stage.read(findings.alike_in_queue, stage.cell, 1)
    assert (left.alike, left.found_at) == (pair.alike + 1, since[AlikeKind.PAIR])
    assert await stage.rows("skill", "barred_at", "barred_at IS NOT NULL") == [], "it stops nobody"


async def test_two_others_say_what_is_right_only_of_those_who_were_asked_at_once(stage: Stage):
    account_id = await stage.account(1_000_000_000)
    people = [await stage.worker() for _ in range(5)]
    four, fewer = PeopleTerms(answers=4, answers_at_most=5), PeopleTerms(answers=2, answers_at_most=5)
    for terms, is_found in ((fewer, False), (four, True)):
        for _ in range(8):
            await stage.submit(account_id, kind=LABEL, options=OPTIONS, terms=terms)
            for _ in range(3):
                await stage.hand_out()
                for n, worker_id in enumerate(people):
                    if await stage.desk(worker_id):
                        await stage.answer(worker_id, await stage.lease(worker_id), "bee" if n < 2 else "cat")
        found = [each for each in await look(stage) if each.kind is AlikeKind.PAIR]
        assert bool(found) is is_found
    pairs = {(each.worker_id, each.other_id): each for each in found}
    pair = pairs[people[0], people[1]]
    assert (pair.tasks, pair.alike) == (8, 8)
    assert not {key for key in pairs if len({*key} & {*people[:2]}) == 1}, "nobody of both sides"


async def test_haste_brings_a_newcomers_share_of_gold_and_nothing_else(stage: Stage):
    async with stage.transaction() as tx:
        await evidence.lock_skills(tx, stage.now, stage.cell, [(1, 7), (1, 8), (2, 7)])
    before = await stage.rows("skill")
    haste = FoundAlike(worker_id=7, kind=AlikeKind.HASTE, tasks=20, alike=15, expected=10.0)
    night = LearnSkills(cell=stage.cell, queue_id=1, method=Method.MAJORITY, learned=(), alike=(haste,))
    await stage.act(learn_skills, night)
    standings = await stage.read(gold_items.standings, stage.cell, [(1, 7), (1, 8), (2, 7)])
    assert {key: each.suspicion for key, each in standings.items()} == {(1, 7): 1, (1, 8): 0, (2, 7): 0}
    assert await stage.rows("skill") == before
