"""Who gets what: `dispatch.rules.match` over any crowd and any queue."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.dispatch.rules import Idle, Pair, Waiting, WorkState, match

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORKERS = range(1, 9)


Crowd = tuple[list[Waiting], list[Idle], dict[int, frozenset[int]]]


def crowd_of(fresh: int, queued: int, present: int, listing: int, seed: int) -> Crowd:
    """Return tasks in the queue's order (those queued on busy desks last), present workers, and allow-lists."""
    chance = random.Random(seed)

    def some() -> frozenset[int]:
        return frozenset(chance.sample(WORKERS, chance.randint(0, 5)))

    numbers = chance.sample(range(1, 100), fresh + queued)
    waiting = [Waiting(n, chance.randint(1, 3), NOW, some()) for n in numbers[:fresh]]
    waiting += [Waiting(n, chance.randint(1, 3), NOW, some(), holder=100 + n) for n in numbers[fresh:]]
    workers = chance.sample(WORKERS, present)
    idle = [Idle(w, NOW - timedelta(seconds=chance.randint(0, 3)), chance.randint(0, 1)) for w in workers]
    return waiting, idle, {account: some() for account in chance.sample(range(1, 4), listing)}


def crowds() -> st.SearchStrategy[Crowd]:
    """Return crowds whose sizes shrink; what they are made of comes from a seed, because drawing it is slow."""
    sizes = [st.integers(0, largest) for largest in (8, 4, 8, 2)]
    return st.builds(crowd_of, *sizes, st.integers(0, 2**32))


def by_worker(pairs: list[Pair]) -> dict[int, Pair]:
    return {pair.worker_id: pair for pair in pairs}


@given(crowds())
def test_each_task_and_each_worker_at_most_once(crowd):
    pairs = match(*crowd, NOW)
    assert len({p.task_id for p in pairs}) == len(pairs) == len({p.worker_id for p in pairs})
    assert {p.task_id for p in pairs} <= {t.task_id for t in crowd[0]}
    assert {p.worker_id for p in pairs} <= {w.worker_id for w in crowd[1]}


@given(crowds())
def test_who_tried_a_task_never_gets_it_again(crowd):
    tried = {t.task_id: t.tried for t in crowd[0]}
    assert all(p.worker_id not in tried[p.task_id] for p in match(*crowd, NOW))


@given(crowds())
def test_only_busy_workers_queue_and_only_fresh_tasks(crowd):
    waiting, idle, _ = crowd
    held, holder = {w.worker_id: w.held for w in idle}, {t.task_id: t.holder for t in waiting}
    for pair in match(*crowd, NOW):
        assert (pair.state is WorkState.QUEUED) == (held[pair.worker_id] == 1)
        assert pair.state is WorkState.LEASED or not holder[pair.task_id]
        assert pair.lease_until - NOW == timedelta(seconds=60 if pair.state is WorkState.LEASED else 120)


@given(crowds())
def test_nobody_is_idle_while_a_task_that_he_has_not_tried_waits(crowd):
    waiting, idle, _ = crowd
    pairs = match(*crowd, NOW)
    given_away, served = {p.task_id for p in pairs}, {p.worker_id for p in pairs}
    left = [t for t in waiting if t.task_id not in given_away]
    for worker in (w for w in idle if w.worker_id not in served):
        possible = left if worker.held == 0 else [t for t in left if not t.holder]
        assert all(worker.worker_id in task.tried for task in possible)


@given(crowds())
def test_nothing_is_queued_while_somebody_idle_could_have_had_it(crowd):
    waiting, idle, _ = crowd
    tried = {t.task_id: t.tried for t in waiting}
    pairs = match(*crowd, NOW)
    unserved = {w.worker_id for w in idle if w.held == 0} - {p.worker_id for p in pairs}
    assert all(unserved <= tried[p.task_id] for p in pairs if p.state is WorkState.QUEUED)


@given(crowds())
def test_listed_workers_serve_their_customer_first_and_the_oldest_task_wins(crowd):
    waiting, idle, allow_lists = crowd
    pairs = by_worker(match(*crowd, NOW))
    left = {t.task_id: t for t in waiting}
    free = {w.worker_id for w in idle if w.held == 0}
    for task in sorted((t for t in waiting if t.account_id in allow_lists), key=lambda t: t.task_id):
        able = (allow_lists[task.account_id] & free) - task.tried
        takers = {w for w in able if w in pairs and pairs[w].task_id == task.task_id}
        if able:
            assert len(takers) == 1, "a listed idle worker who may take the oldest task takes it"
            free -= takers
            del left[task.task_id]
        else:
            assert not takers


@given(st.permutations(range(1, 6)), st.lists(st.integers(0, 100), min_size=5, max_size=5, unique=True))
def test_the_longest_idle_worker_gets_the_first_task(order, seconds):
    waiting = [Waiting(n, 1, NOW) for n in order]
    idle = [Idle(w, NOW - timedelta(seconds=s)) for w, s in zip(WORKERS, seconds, strict=False)]
    longest_first = sorted(idle, key=lambda w: w.idle_since)
    assert [(p.task_id, p.worker_id) for p in match(waiting, idle, {}, NOW)] == [
        (task.task_id, worker.worker_id) for task, worker in zip(waiting, longest_first, strict=True)
    ]


@given(crowds())
def test_the_same_crowd_is_matched_the_same_way(crowd):
    assert match(*crowd, NOW) == match(*crowd, NOW)
