"""What a job is, what may become of it, how many lines may enter, and what is told of its end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms
from manyeyes.jobs.rules import (
    FEWEST_AT_ONCE,
    FEWEST_FOR_ETA,
    OPEN_AT_ONCE,
    STUCK_FOR,
    Job,
    JobChange,
    JobState,
    JobVerb,
    LineRoom,
    WaitsFor,
    changed,
    closed,
    eta_seconds,
    life,
    may_be_fed,
    needs_settling,
    queue_room,
    read_job_name,
    room,
)
from manyeyes.values.refusals import Reason, Refusal

NOW = datetime(2027, 1, 30, 12, tzinfo=UTC)
PRICE = 700
SECOND = timedelta(seconds=1)
AMOUNTS = st.integers(0, 20 * PRICE)
RUNNING, PAUSED, DRAFT = JobState.RUNNING, JobState.PAUSED, JobState.DRAFT
FINISHED, CANCELLED = JobState.FINISHED, JobState.CANCELLED


def a_job(state: JobState = RUNNING, **given: Any) -> Job:
    """Return a job of ten items of which nothing has entered."""
    values: dict[str, Any] = dict.fromkeys(field.name for field in msgspec.structs.fields(Job) if field.required)
    values |= dict.fromkeys((name for name, kind in Job.__annotations__.items() if kind is int), 0)
    values |= {"name": "meters", "waits_for": WaitsFor.NOTHING, "items": 10, "state": state, "terms": ONE_ANSWER}
    return Job(**{**values, **given})


def moved(state: JobState, verb: JobVerb, **given: Any) -> JobState | Reason:
    outcome = changed(a_job(state, **given), JobChange(verb=verb), NOW, PRICE)
    return outcome.reason if isinstance(outcome, Refusal) else outcome.state


@pytest.mark.parametrize(
    ("state", "start", "pause", "cancel"),
    [
        (DRAFT, RUNNING, Reason.JOB_NOT_STARTED, CANCELLED),
        (RUNNING, RUNNING, PAUSED, CANCELLED),
        (PAUSED, RUNNING, PAUSED, CANCELLED),
        (FINISHED, Reason.JOB_ENDED, Reason.JOB_ENDED, FINISHED),
        (CANCELLED, Reason.JOB_ENDED, Reason.JOB_ENDED, CANCELLED),
    ],
)
def test_where_each_verb_leads_from_each_state(state: JobState, start: object, pause: object, cancel: object):
    assert [moved(state, verb) for verb in (JobVerb.START, JobVerb.PAUSE, JobVerb.CANCEL)] == [start, pause, cancel]


def test_what_keeps_a_job_from_starting():
    assert moved(DRAFT, JobVerb.START, items=0) is Reason.JOB_EMPTY
    assert moved(DRAFT, JobVerb.START, price_at_most_micros=PRICE - 1) is Reason.PRICE_TOO_HIGH
    assert moved(DRAFT, JobVerb.START, price_at_most_micros=PRICE) is RUNNING


def test_a_job_that_goes_on_was_started_when_it_was_started():
    first = NOW - SECOND
    assert changed(a_job(DRAFT), JobChange(verb=JobVerb.START), NOW, PRICE).started_at == NOW
    assert changed(a_job(PAUSED, started_at=first), JobChange(verb=JobVerb.START), NOW, PRICE).started_at == first


def test_a_pause_and_a_cancellation_wait_for_nothing():
    for verb in (JobVerb.PAUSE, JobVerb.CANCEL):
        assert changed(a_job(waits_for=WaitsFor.BUDGET), JobChange(verb=verb), NOW, PRICE).waits_for == ""


def test_bounds_change_as_long_as_it_is_not_over():
    bounded = changed(a_job(), JobChange(budget_micros=5, deadline=NOW + SECOND), NOW, PRICE)
    assert isinstance(bounded, Job)
    assert (bounded.budget_micros, bounded.deadline, bounded.changed_at) == (5, NOW + SECOND, NOW)
    assert changed(bounded, JobChange(budget_micros=None), NOW, PRICE).budget_micros is None
    assert changed(a_job(), JobChange(deadline=NOW), NOW, PRICE).reason is Reason.TASK_PROPERTIES
    for state in (FINISHED, CANCELLED):
        assert changed(a_job(state), JobChange(budget_micros=5), NOW, PRICE).reason is Reason.JOB_ENDED
        assert changed(a_job(state), JobChange(name="x"), NOW, PRICE).name == "x"


def test_what_changes_nothing_leaves_the_instant_of_the_last_change():
    before = NOW - SECOND
    assert changed(a_job(changed_at=before), JobChange(verb=JobVerb.START), NOW, PRICE).changed_at == before


@pytest.mark.parametrize(
    ("state", "given", "is_over"),
    [
        (RUNNING, {"solved": 7, "unsolvable": 1, "unanswered": 1, "failed": 1}, True),
        (PAUSED, {"solved": 9, "cancelled": 1}, True),
        (RUNNING, {"solved": 9}, False),
        (RUNNING, {"solved": 9, "open": 1}, False),
        (CANCELLED, {"cancelled": 10}, True),
        (CANCELLED, {"cancelled": 9, "open": 1}, False),
        (DRAFT, {"items": 0}, False),
    ],
)
def test_a_job_ends_with_its_last_item(state: JobState, given: dict[str, int], is_over: bool):
    job = closed(a_job(state, **given), NOW)
    assert job.is_over is is_over
    assert job.ended_at == (NOW if is_over else None)
    assert job.state is (state if not is_over or state is CANCELLED else FINISHED)


@given(
    available=AMOUNTS,
    budget=st.none() | AMOUNTS,
    spent=AMOUNTS,
    queue=st.integers(-5, 30),
    open_=st.integers(OPEN_AT_ONCE - 15, OPEN_AT_ONCE + 5),
    wanted=st.integers(1, 30),
)
def test_no_more_lines_enter_than_every_bound_lets_and_what_bounds_is_said(
    available: int, budget: int | None, spent: int, queue: int, open_: int, wanted: int
):
    job = a_job(items=1_000, open=open_, held_micros=spent, budget_micros=budget)
    found = room(job, price_micros=PRICE, available_micros=available, queue_room=queue, wanted=wanted)
    bounds = {WaitsFor.BALANCE: available // PRICE, WaitsFor.QUEUE: max(0, queue)}
    if budget is not None:
        bounds[WaitsFor.BUDGET] = max(0, budget - spent) // PRICE
    most = max(0, min(wanted, OPEN_AT_ONCE - open_))
    assert found.lines == min(most, *bounds.values())
    assert (found.waits_for == WaitsFor.NOTHING) == (found.lines == most)
    assert found.waits_for == WaitsFor.NOTHING or bounds[found.waits_for] == found.lines


def test_what_comes_back_of_a_budget_may_be_spent_again():
    job = a_job(budget_micros=3 * PRICE, held_micros=PRICE, charged_micros=2 * PRICE, refunded_micros=PRICE)
    assert job.spent_micros == 2 * PRICE
    found = room(job, price_micros=PRICE, available_micros=9 * PRICE, queue_room=9, wanted=9)
    assert found == LineRoom(1, WaitsFor.BUDGET)


def test_a_dearer_queue_than_was_agreed_to_lets_nothing_in():
    job = a_job(price_at_most_micros=PRICE - 1)
    found = room(job, price_micros=PRICE, available_micros=9 * PRICE, queue_room=9, wanted=9)
    assert found == LineRoom(0, WaitsFor.PRICE)


def test_a_bound_that_pays_for_one_never_makes_sure_and_that_is_said_whatever_the_budget():
    """The queue became dearer while it runs; neither a budget nor the balance is what keeps it."""
    sure = PeopleTerms(answers=2, answers_at_most=7, wrong_at_most=0.05)
    for budget in (None, 0, PRICE, 99 * PRICE):
        job = a_job(terms=sure, price_at_most_micros=2 * PRICE, budget_micros=budget)
        cheap = room(job, price_micros=PRICE, available_micros=9 * PRICE, queue_room=9, wanted=1)
        dear = room(job, price_micros=PRICE + 1, available_micros=0, queue_room=0, wanted=1)
        assert cheap.waits_for in (WaitsFor.NOTHING, WaitsFor.BUDGET)
        assert dear == LineRoom(0, WaitsFor.PRICE)
    assert WaitsFor.PRICE in STUCK_FOR


def test_a_line_of_several_people_takes_the_most_that_it_may_cost():
    three = PeopleTerms(answers=3, answers_at_most=4)
    plenty: dict[str, int] = {"available_micros": 99 * PRICE, "queue_room": 99, "wanted": 9}
    job = a_job(terms=three, budget_micros=8 * PRICE)
    assert room(job, price_micros=PRICE, **plenty) == LineRoom(2, WaitsFor.BUDGET)
    assert room(a_job(terms=three), price_micros=PRICE, **plenty | {"available_micros": 7 * PRICE}).lines == 1
    bounded = a_job(terms=three, price_at_most_micros=3 * PRICE)
    assert bounded.people(PRICE) == PeopleTerms(answers=3, answers_at_most=3)
    assert (bounded.most_micros(PRICE), bounded.most_micros(PRICE + 1)) == (3 * PRICE, 4 * (PRICE + 1))
    assert room(bounded, price_micros=PRICE + 1, **plenty) == LineRoom(0, WaitsFor.PRICE)
    assert moved(DRAFT, JobVerb.START, terms=three, price_at_most_micros=3 * PRICE - 1) is Reason.PRICE_TOO_HIGH


@pytest.mark.parametrize(
    ("capacity", "waiting", "lines"), [(10_000, 0, 7_500), (10_000, 7_499, 1), (8, 6, 0), (1, 0, 1), (10, 9, -2)]
)
def test_jobs_leave_a_quarter_of_a_queue_to_others(capacity: int, waiting: int, lines: int):
    assert queue_room(capacity, waiting) == lines


@pytest.mark.parametrize(
    ("given", "is_fed"),
    [
        ({}, True),
        ({"claimed_until": NOW}, True),
        ({"claimed_until": NOW + SECOND}, False),
        ({"deadline": NOW + SECOND}, True),
        ({"deadline": NOW}, False),
        ({"state": PAUSED}, False),
        ({"open": 10}, False),
        ({"items": 9_000, "open": OPEN_AT_ONCE}, False),
        ({"items": 9_000, "open": OPEN_AT_ONCE - FEWEST_AT_ONCE + 1}, False),
        ({"items": 9_000, "open": OPEN_AT_ONCE - FEWEST_AT_ONCE}, True),
        ({"items": OPEN_AT_ONCE, "open": OPEN_AT_ONCE - 1}, True),
    ],
)
def test_which_jobs_may_be_fed(given: dict[str, Any], is_fed: bool):
    assert may_be_fed(a_job(**given), NOW) is is_fed


@pytest.mark.parametrize(
    ("given", "wanting"),
    [
        ({}, {"resting"}),
        ({"state": PAUSED}, {"waiting", "queued"}),
        ({"state": CANCELLED, "solved": 10}, {"waiting", "resting", "queued"}),
        ({"deadline": NOW, "solved": 10}, {"waiting", "resting", "queued"}),
        ({"deadline": NOW + SECOND}, {"resting"}),
    ],
)
def test_which_tasks_are_not_where_the_job_wants_them(given: dict[str, Any], wanting: set[str]):
    nothing = dict.fromkeys(("waiting", "resting", "queued"), False)
    assert not needs_settling(a_job(**given), **nothing, now=NOW)
    assert {each for each in nothing if needs_settling(a_job(**given), **nothing | {each: True}, now=NOW)} == wanting


def test_lines_that_never_entered_are_settled_with_a_cancellation():
    assert needs_settling(a_job(CANCELLED), waiting=False, resting=False, queued=False, now=NOW)


@pytest.mark.parametrize(
    ("seconds", "left", "waits"), [(None, None, 600), (60, None, 60), (60, 30, 30), (None, 3_600, 600), (60, -1, 0)]
)
def test_a_task_waits_as_its_job_says_and_not_beyond_the_deadline(seconds: int | None, left: int | None, waits: int):
    deadline = None if left is None else NOW + timedelta(seconds=left)
    assert life(a_job(life_seconds=seconds, deadline=deadline), 600, NOW) == waits


@pytest.mark.parametrize(
    ("left", "answered", "workers", "seconds"),
    [
        (0, 0, 0, 0),
        (100, 450, 3, 200),
        (1, 9_000, 3, 1),
        (100, FEWEST_FOR_ETA - 1, 3, None),
        (100, FEWEST_FOR_ETA, 3, 18_000),
        (100, 450, 0, None),
    ],
)
def test_when_it_is_likely_done(left: int, answered: int, workers: int, seconds: int | None):
    assert eta_seconds(left, answered, 900, workers) == seconds


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), ("  Meters\r\nof \t May ", "Meters of May"), ("a\0b\u202ec", "abc"), ("x" * 200, "x" * 200)],
)
def test_a_name_is_kept_on_one_line_without_what_is_not_seen(typed: str, kept: str):
    assert read_job_name(typed) == kept


@pytest.mark.parametrize("typed", ["x" * 201, "\u200b" * 10_000])
def test_a_name_that_is_too_long_is_not_cut(typed: str):
    with pytest.raises(ValueError, match="at most 200"):
        read_job_name(typed)
