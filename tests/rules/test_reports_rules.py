"""reports/rules.py: when a complaint counts, when a reporter is ignored, when votes decide, who judges what."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.reports.rules import (
    FEWEST_JUDGED,
    FEWEST_VOTES,
    REPORT_SECONDS,
    WHYS,
    Reported,
    Slot,
    SlotState,
    Vote,
    assign,
    check_complaint,
    is_ignored,
    is_late,
    is_outlier,
    verdict,
)
from manyeyes.values.refusals import Reason

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GOOD = Reported(7, is_picture=True, accepts_complaints=True, ended_at=NOW - timedelta(seconds=5), is_solved=True)
CONFIRM, REJECT = Vote.CONFIRM, Vote.REJECT


def changed(**given) -> Reported:
    return msgspec.structs.replace(GOOD, **given)


CHECKS = [
    # the task, whether it has a report, what is said
    (GOOD, False, None),
    (None, False, Reason.UNKNOWN_TASK),
    (changed(account_id=8), False, Reason.UNKNOWN_TASK),
    (changed(ended_at=None, is_solved=False), False, Reason.TASK_UNFINISHED),
    (changed(is_solved=False), False, Reason.TASK_FAILED),
    (changed(ended_at=NOW - timedelta(seconds=60)), False, Reason.REPORT_LATE),
    (GOOD, True, Reason.REPORT_REPEATED),
    (changed(is_picture=False, accepts_complaints=False), False, Reason.REPORT_WRONG_KIND),
    (changed(accepts_complaints=False), False, Reason.REPORT_NOT_ACCEPTED),
]


@pytest.mark.parametrize(("task", "is_repeated", "reason"), CHECKS)
def test_a_complaint_has_one_reason_against_it_or_none(task, is_repeated, reason):
    refusal = check_complaint(task, 7, is_repeated=is_repeated, now=NOW)
    assert (refusal.reason if refusal else None) is reason
    assert refusal is None or refusal.detail == WHYS[reason]


def test_somebody_elses_task_is_told_from_none_by_nothing():
    foreign = changed(account_id=8, is_picture=False, ended_at=NOW - timedelta(days=1))
    unknown = check_complaint(None, 7, is_repeated=False, now=NOW)
    assert check_complaint(foreign, 7, is_repeated=True, now=NOW) == unknown


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (59.999999, False), (60, True), (60.000001, True)])
def test_sixty_seconds_are_strict(seconds, late):
    assert is_late(NOW - timedelta(seconds=seconds), NOW) is late
    assert REPORT_SECONDS == 60


@pytest.mark.parametrize(
    ("judged", "confirmed", "ignored"),
    [(0, 0, False), (9, 0, False), (10, 5, False), (10, 4, True), (11, 5, True), (11, 6, False), (1000, 499, True)],
)
def test_under_half_of_ten_or_more_is_ignored(judged, confirmed, ignored):
    assert is_ignored(judged, confirmed) is ignored
    assert FEWEST_JUDGED == 10


@given(st.lists(st.sampled_from([CONFIRM, REJECT]), max_size=3))
def test_two_equal_votes_are_a_verdict_and_three_always_are(votes):
    decided = verdict(votes)
    assert decided == next((v for v in (CONFIRM, REJECT) if votes.count(v) >= 2), None)
    assert len(votes) < 3 or decided is not None


def slot(task_id, n=0, author=99, queue=1) -> Slot:
    return Slot(
        task_id=task_id,
        n=n,
        state=SlotState.OPEN,
        author_id=author,
        queue_id=queue,
        reviewer_id=0,
        lease=0,
        lease_until=None,
        vote=None,
        reason="",
        pay_micros=100,
    )


def test_each_reviewer_gets_the_first_slot_that_fits_them():
    slots = [slot(1, 0), slot(1, 1), slot(2, 0, author=11), slot(3, queue=2), slot(4)]
    given = assign(slots, {11: {1}, 12: {1}, 13: {1, 2}, 14: {2}}, {(1, 12)})
    assert {reviewer: (s.task_id, s.n) for s, reviewer in given} == {11: (1, 0), 13: (1, 1), 12: (2, 0), 14: (3, 0)}


def test_nobody_judges_their_own_answer_or_a_complaint_twice():
    slots = [slot(1, n, author=11) for n in range(3)]
    assert assign(slots, {11: {1}}, set()) == []
    assert assign(slots, {12: {1}}, {(1, 12)}) == []
    assert len(assign(slots, {12: {1}}, set())) == 1


@pytest.mark.parametrize(
    ("votes", "against", "others", "outlier"),
    [
        (FEWEST_VOTES - 1, FEWEST_VOTES - 1, (1000, 50), False),
        (100, 5, (1000, 50), False),
        (100, 11, (1000, 50), False),
        (100, 13, (1000, 50), True),
        (20, 20, (1000, 0), True),
        (20, 2, (1000, 0), False),
        (20, 3, (1000, 0), True),
        (20, 0, (1000, 0), False),
        (20, 20, (0, 0), False),
    ],
)
def test_a_reviewer_far_from_the_others_is_seen(votes, against, others, outlier):
    assert is_outlier(votes, against, *others) is outlier
