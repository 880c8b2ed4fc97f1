"""The floor: what must hold at any time in any crowd, whoever comes, goes and passes tasks on."""

import random
from collections import defaultdict
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from manyeyes.dispatch.rules import WaitingTask
from manyeyes.simulator.event_queue import BEGINNING, Agenda
from manyeyes.simulator.preferences import Regards
from manyeyes.simulator.workplace import DrawnTask, Floor
from manyeyes.simulator.world import CUSTOMER, Crowd, Traffic, World
from manyeyes.tasks.rules import RECAPTCHA_V3

RESTLESS = World(workers=12, rate=20.0, load=0.5, others=2, here=0.5, stay_seconds=40.0, shift_seconds=600.0)
MINUTES = 15


class Watched:
    """A crowd under a load that makes tasks wait, lie queued and change desks; the customer lists half of it."""

    def __init__(self, seed: int, pass_share: float) -> None:
        self.agenda, self.regards = Agenda(), Regards()
        self.floor = Floor(
            self.agenda, self.regards, lambda job, worker: self.ended.append((job, worker, self.agenda.now))
        )
        self.taken_in: list[DrawnTask] = []
        self.ended: list[tuple[DrawnTask, int | None, float]] = []
        world = msgspec.structs.replace(RESTLESS, pass_share=pass_share)
        self.crowd = Crowd(world, self.agenda, self.floor, seed)
        for worker_id in range(1, 7):
            self.regards.praise(CUSTOMER, worker_id, 0.0)
        traffic = Traffic(world, self.agenda, self.take_in)
        traffic.begin(world.rate, range(CUSTOMER, CUSTOMER + 1), random.Random(f"{seed} customer"))
        traffic.begin(world.others_rate, range(CUSTOMER + 1, CUSTOMER + 3), random.Random(f"{seed} others"))

    def end(self, job: DrawnTask, worker_id: int | None) -> None:
        self.ended.append((job, worker_id, self.agenda.now))

    def take_in(self, job: DrawnTask) -> None:
        self.taken_in.append(job)
        self.floor.submit(job)


worlds = given(seed=st.integers(0, 10_000), pass_share=st.sampled_from([0.0, 0.1, 0.5]))
few = settings(max_examples=12, deadline=None)


@few
@worlds
def test_desks_hold_at_most_two_tasks_each_task_lies_on_one_desk_and_none_on_that_of_who_tried_it(seed, pass_share):
    watched = Watched(seed, pass_share)
    full = 0
    for second in range(MINUTES * 60):
        watched.agenda.run(float(second))
        desks = watched.floor.desks
        assert all(len(desk) <= 2 for desk in desks.values())
        assert {worker for worker, desk in desks.items() if not desk} == watched.floor.idle.keys()
        lying = [job.task.task_id for desk in desks.values() for job in desk]
        assert len(lying) == len(set(lying))
        assert not [w for w, desk in desks.items() for job in desk if w in job.task.tried]
        full += any(len(desk) == 2 for desk in desks.values())
    assert full > 10  # the load was such that something could go wrong


@few
@worlds
def test_nobody_works_on_two_tasks_at_once_and_no_answer_comes_from_who_passed_the_task_on(seed, pass_share):
    watched = Watched(seed, pass_share)
    watched.agenda.run(MINUTES * 60.0)
    spans = defaultdict(list)
    for job, worker, ended in watched.ended:
        if worker is not None:
            spans[worker].append((job.started, ended))
            assert worker not in job.task.tried
    assert sum(map(len, spans.values())) > 100
    for worked in spans.values():
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(worked)))


@few
@worlds
def test_every_task_ends_once_or_is_still_there(seed, pass_share):
    watched = Watched(seed, pass_share)
    watched.agenda.run(MINUTES * 60.0)
    ended = [job.task.task_id for job, _, _ in watched.ended]
    assert len(ended) == len(set(ended))
    taken_in = {job.task.task_id for job in watched.taken_in}
    open_still = watched.floor.open_tasks()
    assert (set(ended) | open_still, set(ended) & open_still) == (taken_in, set())


def task(
    number: int, account: int = CUSTOMER, *, passes: int = 0, effort: float = 10.0, created: float = 1.0
) -> DrawnTask:
    return DrawnTask(
        task=WaitingTask(task_id=number, account_id=account, created_at=BEGINNING, kind=RECAPTCHA_V3),
        effort_seconds=effort,
        luck=0.5,
        passes=passes,
        created=created,
    )


def floor_of(*workers: int) -> tuple[Agenda, Regards, Floor, list[tuple[int, int | None, float]]]:
    agenda, regards, ended = Agenda(), Regards(), []
    floor = Floor(agenda, regards, lambda job, worker: ended.append((job.task.task_id, worker, agenda.now)))
    for worker in workers:
        agenda.after(0.0, floor.come, worker)
    agenda.run(1.0)
    return agenda, regards, floor, ended


def test_the_listed_worker_comes_before_who_has_been_idle_longer():
    agenda, regards, floor, ended = floor_of(1, 2, 3)
    regards.praise(CUSTOMER, 3, agenda.now)
    floor.submit(task(1, CUSTOMER + 1))
    floor.submit(task(2))
    agenda.run(20.0)
    assert ended == [(1, 1, 11.0), (2, 3, 11.0)]


def test_an_entry_is_over_after_an_hour():
    agenda, regards, floor, ended = floor_of(1, 2)
    regards.praise(CUSTOMER, 2, agenda.now)
    agenda.run(3_601.0)
    floor.submit(task(1, created=3_601.0))
    agenda.run(3_700.0)
    assert ended == [(1, 1, 3_611.0)]


def test_whom_the_customer_filters_gets_none_of_their_tasks_and_all_of_others():
    agenda, regards, floor, ended = floor_of(*range(1, 7))
    for worker in range(1, 7):
        regards.complain(CUSTOMER, worker, agenda.now)
    floor.submit(task(1))
    floor.submit(task(2, CUSTOMER + 1))
    agenda.run(100.0)
    assert ended == [(2, 1, 11.0)]
    agenda.after(0.0, floor.come, 7)
    agenda.run(200.0)
    assert ended == [(2, 1, 11.0), (1, 7, 110.0)]


def test_where_few_are_there_whom_the_customer_filters_comes_last():
    agenda, regards, floor, ended = floor_of(1, 2)
    regards.complain(CUSTOMER, 1, agenda.now)
    floor.submit(task(1))
    agenda.run(100.0)
    assert ended == [(1, 2, 11.0)], "they had been idle for as long"
    floor.leave(2)
    floor.submit(task(2))
    agenda.run(200.0)
    assert ended == [(1, 2, 11.0), (2, 1, 110.0)]


def test_somebody_is_found_behind_many_who_are_filtered():
    agenda, regards, floor, ended = floor_of(*range(1, 21))
    for worker in range(1, 20):
        regards.complain(CUSTOMER, worker, agenda.now)
    floor.submit(task(1))
    agenda.run(20.0)
    assert ended == [(1, 20, 11.0)]


def test_the_last_word_on_a_worker_counts_for_an_hour():
    regards = Regards()
    regards.praise(CUSTOMER, 1, 0.0)
    regards.complain(CUSTOMER, 1, 10.0)
    assert (regards.listed(CUSTOMER, 11.0), regards.filtered(CUSTOMER, {1, 2}, 11.0)) == (frozenset(), {1})
    assert regards.filtered(CUSTOMER, {1, 2}, 3_610.0) == frozenset()
    regards.praise(CUSTOMER, 1, 20.0)
    assert (regards.listed(CUSTOMER, 3_619.0), regards.filtered(CUSTOMER, {1, 2}, 21.0)) == ({1}, frozenset())
    assert regards.listed(CUSTOMER, 3_620.0) == frozenset()


def test_five_who_pass_a_task_on_end_it():
    agenda, _, floor, ended = floor_of(*range(1, 8))
    floor.submit(task(1, passes=5))
    agenda.run(100.0)
    assert ended == [(1, None, 51.0)]


def test_nobody_takes_it_for_ten_minutes():
    agenda, _, floor, ended = floor_of()
    floor.submit(task(1))
    agenda.run(602.0)
    floor.come(1)
    agenda.run(700.0)
    assert (ended, floor.open_tasks()) == ([(1, None, 602.0)], set())


def test_who_leaves_finishes_what_is_in_their_hand_and_gives_back_what_lay_queued():
    agenda, _, floor, ended = floor_of(1)
    floor.submit(task(1))
    floor.submit(task(2))
    floor.leave(1)
    agenda.run(30.0)
    assert (ended, floor.desks, floor.open_tasks()) == ([(1, 1, 11.0)], {}, {2})
    floor.come(2)
    agenda.run(60.0)
    assert ended == [(1, 1, 11.0), (2, 2, 40.0)]


def test_who_turns_round_before_they_finished_just_stays():
    agenda, _, floor, ended = floor_of(1)
    floor.submit(task(1))
    floor.leave(1)
    floor.come(1)
    floor.submit(task(2))
    agenda.run(60.0)
    assert ended == [(1, 1, 11.0), (2, 1, 21.0)]


def test_who_becomes_idle_takes_what_lies_queued_on_another_desk():
    agenda, _, floor, ended = floor_of(1)
    floor.submit(task(1, effort=50.0))
    floor.submit(task(2))
    floor.come(2)
    agenda.run(60.0)
    assert ended == [(2, 2, 11.0), (1, 1, 51.0)]
