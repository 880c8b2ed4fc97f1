"""The simulated allow-list: held against theory where there is one, and against itself."""

import msgspec
import pytest

from manyeyes.simulator.allow_list import AllowListOutcome, Meeting, Plan, Reporting, live_through
from manyeyes.simulator.allow_list_study import StudyQuestion, counted_seconds, grid, study, variations
from manyeyes.simulator.closed_form import accuracy_of_first_praised, accuracy_of_stay_or_shift, mean_wait
from manyeyes.simulator.confidence_intervals import interval
from manyeyes.simulator.world import World

SMALL = World(workers=20, rate=5.0)
ALONE = World(  # one customer, and a crowd that is always there, never busy and never all filtered
    workers=220, rate=60.0, load=0.0, here=1.0, handling_seconds=1e-6, report_seconds=0.0, pass_share=0.0,
    accuracy=0.7, spread=0.1,
)  # fmt: skip


def runs(plan: Plan, seeds: int) -> list[AllowListOutcome]:
    return [live_through(plan, seed) for seed in range(seeds)]


@pytest.mark.parametrize("reporting", Reporting)
def test_the_same_seed_is_the_same_life_and_another_one_is_another(reporting):
    plan = Plan(SMALL, reporting, measured=1_800.0)
    assert msgspec.to_builtins(live_through(plan, 1)) == msgspec.to_builtins(live_through(plan, 1))
    assert live_through(plan, 1) != live_through(plan, 2)


def test_whoever_reports_what_the_same_tasks_come():
    tasks = {live_through(Plan(SMALL, reporting), 3).meetings.total() for reporting in Reporting}
    assert len(tasks) == 1
    assert tasks.pop() > 200


def test_without_reports_the_share_is_the_mean_accuracy_of_the_crowd():
    found = runs(Plan(World(workers=100, rate=30.0), Reporting.SILENT, warm_up=300.0, measured=600.0), 12)
    share = interval([run.customer.share for run in found])
    assert share.low < 0.8 < share.high
    assert share.reach < 0.03
    assert all(run.meetings[Meeting.NOBODY] == run.meetings.total() for run in found)


def test_the_counted_share_is_the_one_to_expect_of_who_answered():
    found = runs(Plan(World(workers=80, rate=30.0), Reporting.PRAISE, measured=900.0), 8)
    luck = interval([run.customer.correct / run.customer.solved - run.customer.share for run in found])
    assert luck.low < 0 < luck.high
    assert luck.reach < 0.03


def test_tasks_wait_as_long_as_erlang_says():
    """With everybody there and nothing passed on the floor is M/M/c, however desks and lists are ordered."""
    world = World(workers=8, rate=18.0, load=0.4, here=1.0, pass_share=0.0, handling_seconds=10.0)
    assert world.total_load == pytest.approx(0.775)
    found = runs(Plan(world, Reporting.PRAISE, warm_up=600.0, measured=10_800.0), 10)
    wait = interval(
        [(run.customer.waited + run.others.waited) / (run.customer.solved + run.others.solved) for run in found]
    )
    assert wait.low < mean_wait(8, 0.775, 10.0) < wait.high
    assert wait.reach < 1.0


def test_who_filters_everybody_is_refused_and_waits_while_one_is_left():
    """A worker who erred once is filtered for an hour: a big customer of a small installation runs out of people."""
    world = World(workers=8, rate=18.0, load=0.0, here=1.0, pass_share=0.0, handling_seconds=10.0)
    silent, both = (live_through(Plan(world, way), 2) for way in (Reporting.SILENT, Reporting.BOTH))
    assert (silent.meetings[Meeting.REFUSED], silent.customer.unanswered) == (0, 0)
    assert both.meetings[Meeting.REFUSED] > 0
    assert both.customer.unanswered > 100
    assert both.filtered > both.here / 2
    assert silent.customer.wait < 1 < 100 < both.customer.wait


def test_in_a_house_of_five_the_filtered_ones_come_last_and_nobody_is_refused():
    world = World(workers=5, rate=10.0, load=0.0, here=1.0, pass_share=0.0, handling_seconds=10.0)
    silent, both = (live_through(Plan(world, way), 1) for way in (Reporting.SILENT, Reporting.BOTH))
    assert both.meetings[Meeting.REFUSED] == 0
    assert both.customer.unanswered == silent.customer.unanswered == 0
    assert both.filtered > both.here / 3, "many of them were"


def test_praise_alone_keeps_whoever_was_praised_first():
    world = msgspec.structs.replace(ALONE, workers=40, rate=12.0)
    found = runs(Plan(world, Reporting.PRAISE, warm_up=60.0, measured=120.0), 150)
    share = interval([run.customer.share for run in found])
    assert share.low < accuracy_of_first_praised(0.7, 0.1) < share.high
    assert share.low > 0.7
    assert all(run.listed == run.meetings.total() for run in found)


def test_praise_and_its_twin_keep_a_worker_until_their_first_mistake():
    found = runs(Plan(ALONE, Reporting.BOTH, warm_up=60.0, measured=540.0), 20)
    share = interval([run.customer.share for run in found])
    assert share.low < accuracy_of_stay_or_shift(0.7, 0.1) < share.high
    assert share.low > accuracy_of_first_praised(0.7, 0.1)


def test_a_report_at_60_seconds_is_too_late_and_one_just_before_is_not():
    def outcome(reporting: Reporting, seconds: float) -> AllowListOutcome:
        return live_through(Plan(msgspec.structs.replace(SMALL, report_seconds=seconds), reporting), 4)

    assert outcome(Reporting.BOTH, 60.0) == outcome(Reporting.SILENT, 60.0)
    assert outcome(Reporting.BOTH, 59.9).listed > 0


def test_a_study_holds_every_way_against_silence_seed_by_seed():
    world = World(workers=20, rate=5.0)
    finding = study(StudyQuestion(world), 3)
    silent, both = finding.arms[Reporting.SILENT], finding.arms[Reporting.BOTH]
    assert (silent.gain.mean, silent.gain.reach, silent.hours_to_notice, silent.listed) == (0.0, 0.0, None, 0.0)
    pairs = [
        live_through(Plan(world, way, measured=counted_seconds(5.0)), seed).customer.share
        for way in (Reporting.SILENT, Reporting.BOTH)
        for seed in range(3)
    ]
    assert both.gain.mean == pytest.approx(sum(pairs[3:]) / 3 - sum(pairs[:3]) / 3)
    assert sum(both.meetings.values()) == pytest.approx(1.0)


def test_the_grid_leaves_out_what_the_workers_cannot_do():
    found = [(q.world.workers, q.world.rate) for q in grid([10, 100], [1.0, 10.0, 100.0], World())]
    assert found == [(10, 1.0), (100, 1.0), (100, 10.0)]


def test_a_variation_changes_one_thing_and_keeps_how_many_are_here():
    base = World()
    questions = list(variations(base))
    assert {q.world.workers * q.world.here for q in questions} == {base.workers * base.here}
    assert {q.world.rate for q in questions} == {1.0, 10.0}
    assert [q.world for q in questions if q.name == "as it is"][1] == base
    assert len(questions) == len(set(questions)) == 16
