"""Who gets what: `dispatch.rules.match` over any crowd and any queue."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.dispatch.rules import (
    NO_FILTERS,
    Assignment,
    Idle,
    WaitingTask,
    WorkerFilters,
    age,
    in_turn,
    match,
    virtual_turn,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORKERS = range(1, 9)
KINDS = ("picture", "token")


Crowd = tuple[list[WaitingTask], list[Idle], dict[int, frozenset[int]]]


def crowd_of(fresh: int, queued: int, present: int, listing: int, seed: int) -> Crowd:
    """Return tasks in the queue's order (those that lie on desks last), present workers, and allow-lists."""
    chance = random.Random(seed)

    def some() -> frozenset[int]:
        return frozenset(chance.sample(WORKERS, chance.randint(0, 5)))

    numbers = chance.sample(range(1, 100), fresh + queued)

    def task(n: int, holder: int = 0) -> WaitingTask:
        came = NOW - timedelta(seconds=chance.randint(0, 4))
        laid = came + (NOW - came) * chance.choice((0, 0.5, 1))
        return WaitingTask(
            task_id=n,
            account_id=chance.randint(1, 3),
            created_at=came,
            tried=some(),
            holder=holder,
            kind=chance.choice(KINDS),
            turn=chance.randint(0, 3),
            bid_micros=chance.randint(0, 1),
            desk_since=laid if holder else None,
            is_coming=bool(holder) and chance.random() < 0.3,
        )

    workers = chance.sample(WORKERS, present)
    waiting = in_turn(task(n) for n in numbers[:fresh])
    waiting += in_turn(task(n, chance.choice([*workers, 100 + n])) for n in numbers[fresh:])
    idle = [somebody(w, chance, held=w in {t.holder for t in waiting}) for w in workers]
    return waiting, idle, {account: some() for account in chance.sample(range(1, 4), listing)}


def somebody(worker_id: int, chance: random.Random, *, held: bool) -> Idle:
    since = NOW - timedelta(seconds=chance.randint(0, 3))
    took_ms = chance.choice((0, 100, 1_500, 3_000))
    return Idle(worker_id, since, int(held or chance.random() < 0.5), chance.random() < 0.3, took_ms)


def crowds() -> st.SearchStrategy[Crowd]:
    """Return crowds whose sizes shrink; what they are made of comes from a seed, because drawing it is slow."""
    sizes = [st.integers(0, largest) for largest in (8, 4, 8, 2)]
    return st.builds(crowd_of, *sizes, st.integers(0, 2**32))


def by_worker(pairs: list[Assignment]) -> dict[int, Assignment]:
    return {pair.worker_id: pair for pair in pairs}


@given(crowds())
def test_each_task_and_each_worker_at_most_once(crowd: Crowd):
    pairs = match(*crowd, NOW)
    assert len({p.task_id for p in pairs}) == len(pairs) == len({p.worker_id for p in pairs})
    assert {p.task_id for p in pairs} <= {t.task_id for t in crowd[0]}
    assert {p.worker_id for p in pairs} <= {w.worker_id for w in crowd[1]}


@given(crowds())
def test_who_tried_a_task_never_gets_it_again(crowd: Crowd):
    tried = {t.task_id: t.tried for t in crowd[0]}
    assert all(p.worker_id not in tried[p.task_id] for p in match(*crowd, NOW))


@given(crowds())
def test_what_lies_on_a_desk_goes_only_where_it_is_seen_sooner(crowd: Crowd):
    waiting, idle, _ = crowd
    workers, tasks = {w.worker_id: w for w in idle}, {t.task_id: t for t in waiting}
    for pair in match(*crowd, NOW):
        worker, task = workers[pair.worker_id], tasks[pair.task_id]
        assert pair.lease_until - NOW == timedelta(seconds=120)
        assert worker.worker_id != task.holder
        if task.holder and not worker.asks():
            assert worker.held, "it was not taken from one who is silent for another one"
            assert task.is_ripe(NOW)
            lain, took = NOW - task.desk_since, timedelta(milliseconds=worker.took_ms)
            assert lain >= max(took, timedelta(seconds=2)), "longer than who gets it takes for a whole task"
            assert worker.took_ms
            assert NOW - worker.idle_since <= max(took, timedelta(seconds=2)), "and they were heard of as lately"


@given(crowds())
def test_who_asks_is_served_before_who_is_merely_there(crowd: Crowd):
    waiting, idle, _ = crowd
    pairs = match(*crowd, NOW)
    served = {p.worker_id for p in pairs}
    others = {w.worker_id for w in idle if not w.asks()}
    tasks = {t.task_id: t for t in waiting}
    for worker in (w for w in idle if w.asks() and w.worker_id not in served):
        assert all(worker.worker_id in tasks[p.task_id].tried for p in pairs if p.worker_id in others)


@given(crowds())
def test_nobody_is_idle_while_a_task_that_they_have_not_tried_waits(crowd: Crowd):
    waiting, idle, _ = crowd
    pairs = match(*crowd, NOW)
    given_away, served = {p.task_id for p in pairs}, {p.worker_id for p in pairs}
    left = [t for t in waiting if t.task_id not in given_away]
    for worker in (w for w in idle if w.worker_id not in served):
        possible = left if worker.asks() else [t for t in left if not t.holder]
        assert all(worker.worker_id in task.tried for task in possible)


@given(crowds())
def test_nothing_is_queued_while_somebody_idle_could_have_had_it(crowd: Crowd):
    waiting, idle, _ = crowd
    tried = {t.task_id: t.tried for t in waiting}
    pairs = match(*crowd, NOW)
    unserved = {w.worker_id for w in idle if w.asks()} - {p.worker_id for p in pairs}
    busy = {w.worker_id for w in idle if w.held}
    assert all(unserved <= tried[p.task_id] for p in pairs if p.worker_id in busy)


@given(crowds())
def test_a_task_is_taken_off_a_desk_in_its_turn_when_it_is_ripe_else_for_who_tried_all_that_waits(crowd: Crowd):
    waiting, idle, _ = crowd
    pairs = match(waiting, idle, {}, NOW)
    asking = {w.worker_id for w in idle if w.asks()}
    tasks, taken = {t.task_id: t for t in waiting}, {p.task_id for p in pairs if p.worker_id in asking}
    left = [t for t in waiting if not t.holder and t.task_id not in taken]
    for pair in (p for p in pairs if tasks[p.task_id].holder and p.worker_id in asking):
        task = tasks[pair.task_id]
        before = [t for t in left if not task.is_ripe(NOW) or in_turn([task, t]) != [task, t]]
        assert all(pair.worker_id in t.tried for t in before)


@given(st.permutations(range(1, 6)), st.sampled_from((1.999, 2.0)))
def test_from_two_seconds_of_age_on_bid_and_turn_decide_wherever_a_task_lies(turns, seconds):
    came = NOW - timedelta(seconds=seconds)
    tasks = [WaitingTask(task_id=n, account_id=1, created_at=came, turn=turn) for n, turn in enumerate(turns)]
    laid = [msgspec.structs.replace(t, holder=100, desk_since=came) for t in tasks[3:]]
    [pair] = match([*in_turn(tasks[:3]), *laid], [Idle(1, NOW)], {}, NOW)
    first = min(tasks if seconds >= 2 else tasks[:3], key=lambda task: task.turn)
    assert pair.task_id == first.task_id


@given(crowds())
def test_listed_workers_serve_their_customer_first_and_the_oldest_task_wins(crowd: Crowd):
    waiting, idle, allow_lists = crowd
    pairs = by_worker(match(*crowd, NOW))
    left = {t.task_id: t for t in waiting}
    free = {w.worker_id for w in idle if w.asks()}
    in_line = [t for t in waiting if not t.holder or t.is_ripe(NOW)]
    for task in sorted((t for t in in_line if t.account_id in allow_lists), key=age):
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
    waiting = [WaitingTask(task_id=n, account_id=1, created_at=NOW) for n in order]
    idle = [Idle(w, NOW - timedelta(seconds=s)) for w, s in zip(WORKERS, seconds, strict=False)]
    longest_first = sorted(idle, key=lambda w: w.idle_since)
    assert [(p.task_id, p.worker_id) for p in match(waiting, idle, {}, NOW)] == [
        (task.task_id, worker.worker_id) for task, worker in zip(waiting, longest_first, strict=True)
    ]


@given(crowds())
def test_the_same_crowd_is_matched_the_same_way(crowd: Crowd):
    assert match(*crowd, NOW) == match(*crowd, NOW)


FILTERS = st.dictionaries(st.integers(1, 3), st.frozensets(st.sampled_from(WORKERS)), max_size=3)


@given(crowds(), FILTERS)
def test_nobody_gets_a_token_of_an_account_that_filters_them(crowd: Crowd, filtered):
    tasks = {t.task_id: t for t in crowd[0]}
    for pair in match(*crowd, NOW, WorkerFilters(frozenset({"token"}), filtered)):
        task = tasks[pair.task_id]
        assert task.kind == "picture" or pair.worker_id not in filtered.get(task.account_id, ())


@given(crowds(), FILTERS)
def test_a_filter_is_as_if_the_workers_had_tried_the_token_tasks_and_no_other(crowd: Crowd, filtered):
    waiting, idle, allow_lists = crowd
    tried = [
        msgspec.structs.replace(t, tried=t.tried | filtered.get(t.account_id, frozenset())) if t.kind == "token" else t
        for t in waiting
    ]
    assert match(*crowd, NOW, WorkerFilters(frozenset({"token"}), filtered)) == match(tried, idle, allow_lists, NOW)


@given(crowds(), FILTERS)
def test_filters_of_other_kinds_and_of_nobody_change_nothing(crowd: Crowd, filtered):
    assert match(*crowd, NOW, WorkerFilters(frozenset({"sound"}), filtered)) == match(*crowd, NOW, NO_FILTERS)


@given(crowds())
def test_lists_of_workers_who_are_not_there_change_nothing(crowd: Crowd):
    waiting, idle, _ = crowd
    absent = {account: frozenset({1_000 + account}) for account in range(1, 4)}
    assert match(waiting, idle, absent, NOW) == match(waiting, idle, {}, NOW)


@given(crowds())
def test_a_list_keeps_nobody_from_work(crowd: Crowd):
    """As many tasks are given with allow-lists as the same crowd could give of the listed ones alone."""
    waiting, idle, allow_lists = crowd
    pairs = match(waiting, idle, allow_lists, NOW)
    served = {p.worker_id for p in pairs}
    for worker in (w for w in idle if w.held == 0 and w.worker_id not in served):
        left = [t for t in waiting if t.task_id not in {p.task_id for p in pairs} and (worker.asks() or not t.holder)]
        assert all(worker.worker_id in task.tried for task in left)


@given(st.integers(0, 50), st.lists(st.integers(0, 100), max_size=5), st.lists(st.integers(0, 100), max_size=5))
def test_virtual_time_never_goes_back_and_listed_tasks_never_push_it_past_the_first_that_waited(before, turns, jumped):
    def tasks(numbers: list[int]) -> list[WaitingTask]:
        return [WaitingTask(task_id=n, account_id=1, created_at=NOW, turn=turn) for n, turn in enumerate(numbers)]

    first = min([*turns, *jumped], default=0)
    newest = virtual_turn(before, tasks(turns), tasks(jumped), first)
    assert newest >= before
    assert newest == max([before, *turns, *([first] if jumped else [])])
