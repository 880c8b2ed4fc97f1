"""manyeyes floor: the operator's word for people whom a queue's floor stopped; queue alike and worker skills."""

import pytest

from manyeyes.actions.learn_skills import LearnSkills, learn_skills
from manyeyes.consensus.rules import Method
from manyeyes.roles.accuracy import appeal_bar
from manyeyes.runtime.context import open_context
from manyeyes.settings import Settings
from manyeyes.skills import evidence
from manyeyes.skills.alike import AlikeKind, FoundAlike
from support import factories


@pytest.fixture
def stopped(dsn, tmp_path, run_async):
    """The numbers of two who are below the floor of queue 1; the first has appealed, and answers as the other does."""

    async def play() -> tuple[int, int]:
        context = await open_context(Settings(data=tmp_path), dsn)
        try:
            one, other = await factories.hand(context), await factories.hand(context)
            ids = one.worker.worker_id, other.worker.worker_id
            async with context.cells.pool(1).acquire() as tx, tx.transaction():
                await evidence.lock_skills(tx, await tx.fetchval("SELECT now()"), 1, [(1, n) for n in ids])
                await tx.execute("UPDATE skill SET barred_at = now(), barred_why = 'floor'")
            await appeal_bar(context, one.worker, 1, "I can read these.")
            pair = FoundAlike(
                worker_id=ids[0], kind=AlikeKind.PAIR, other_id=ids[1], tasks=20, alike=18, expected=6.0, first_at=None
            )
            night = LearnSkills(cell=1, queue_id=1, method=Method.MAJORITY, learned=(), alike=(pair,))
            await context.batcher.ask(learn_skills, night)
            return ids
        finally:
            await context.close()

    return run_async(play())


def test_appeals_are_listed_and_lifted_or_turned_down(manyeyes, stopped):
    one, other = stopped
    (found,) = manyeyes("floor", "list", "--json").json["appeals"]
    assert (found["queue_id"], found["worker_id"], found["words"]) == (1, one, "I can read these.")
    assert "I can read these." in manyeyes("floor", "list").out
    assert "no appeal" in manyeyes("floor", "keep", "1", str(other)).complaint
    said = manyeyes("floor", "keep", "1", str(one), "--answer", "We looked at all of them.", "--json").json
    assert said == {"queue_id": 1, "worker_id": one, "lifted": False}
    assert manyeyes("floor", "list", "--json").json["appeals"] == []
    assert "nobody waits" in manyeyes("floor", "list").out
    assert manyeyes("floor", "lift", "1", str(other), "--json").json["lifted"] is True
    assert "is not stopped" in manyeyes("floor", "lift", "1", str(other)).complaint
    people = {p["worker_id"]: p for p in manyeyes("queue", "skills", "1", "--json").json["people"]}
    assert (people[one]["stopped_at"] is None, people[other]["stopped_at"]) == (False, None)


def test_who_is_alike_is_told_of_a_queue_and_of_a_worker(manyeyes, stopped):
    one, other = stopped
    (found,) = manyeyes("queue", "alike", "1", "--json").json["alike"]
    told = {"kind": "pair", "worker_id": one, "other_id": other, "tasks": 20, "alike": 18, "expected_at_most": 6.0}
    assert told.items() <= found.items()
    assert "18 of 20 pictures that not both had right" in manyeyes("queue", "alike", "1").out
    assert "nobody answers as somebody else" in manyeyes("queue", "alike", "2").out
    assert "no queue 99" in manyeyes("queue", "alike", "99").complaint
    whole = manyeyes("worker", "skills", str(other), "--json").json
    assert ([each["queue_id"] for each in whole["queues"]], whole["alike"]) == ([1], [found])
    assert "18 of 20" in manyeyes("worker", "skills", str(other)).out


def test_a_floor_that_nothing_measures_is_refused_with_how_gold_comes(manyeyes):
    refused = manyeyes("queue", "set", "1", "--floor", "0.7").complaint
    assert "this floor can never fire" in refused
    assert "`truth`" in refused
    assert "--wrong-at-most" in refused
    assert "Gold comes" not in manyeyes("queue", "set", "1", "--floor", "0.995").complaint
