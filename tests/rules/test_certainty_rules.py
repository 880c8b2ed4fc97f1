"""What reviewers are given, in which order, and what audits prove step by step (docs/decisions/0061)."""

import random
from datetime import UTC, datetime

import msgspec
import pytest

from manyeyes.certainty.proving import (
    MOST_AUDITS,
    Certainty,
    after_audit,
    anew,
    candidates,
    first_look,
    in_force,
)
from manyeyes.certainty.rules import Judgement, JudgementPurpose, JudgementState, assign, blind, is_drawn
from manyeyes.consensus.proof import Audited, Stop
from manyeyes.consensus.rules import Given, Method, Shape, ShapeKind
from manyeyes.consensus.stops import Reached, reached

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TARGET = 0.5
LOOK = 23  # audits that are likely to prove one half if a quarter is wrong


def fresh(target: float = TARGET, **given: object) -> Certainty:
    known = Certainty(
        account_id=1,
        queue_id=1,
        question_id=0,
        target=target,
        accepted=0,
        audits=0,
        wrong=0,
        threshold=None,
        is_refused=False,
        needed=first_look(target),
        since=NOW,
        proven_at=None,
        round=1,
        drawn=0,
    )
    return msgspec.structs.replace(known, **given)


def audited(known: Certainty, wrong: list[bool], score: float = 0.9, until: float = 2.0) -> Certainty:
    """Return what is known after audits one after the other; each is of an accepted result."""
    counted: list[Audited] = []
    for is_wrong in wrong:
        counted.append(Audited((Stop(score, is_wrong),), until))
        after = after_audit(known, counted, is_accepted=True, is_wrong=is_wrong, now=NOW)
        counted = counted if after.round == known.round else []
        known = after
    return known


def waiting(task_id: int, queue_id: int = 1, passed_by: tuple[int, ...] = ()) -> Judgement:
    return Judgement(
        task_id=task_id,
        purpose=JudgementPurpose.AUDIT,
        account_id=1,
        queue_id=queue_id,
        question_id=0,
        state=JudgementState.OPEN,
        reviewer_id=0,
        lease=0,
        lease_until=None,
        passed_by=passed_by,
        proposal="1",
        score=0.9,
        value=None,
        is_right=None,
        pay_micros=1,
        is_accepted=True,
        target=None,
        until=0.0,
        stops="[]",
        round=0,
        filed_at=NOW,
    )


def test_nothing_is_proven_one_audit_before_the_look_and_something_at_it():
    assert first_look(TARGET) == LOOK
    before = audited(fresh(), [False] * (LOOK - 1))
    assert (before.threshold, before.needed, before.drawn) == (None, 1, LOOK - 1)
    proven = audited(fresh(), [False] * LOOK)
    assert (proven.threshold, proven.proven_at, proven.round, proven.drawn) == (0.5, NOW, 2, 0)
    assert (proven.audits, proven.wrong) == (LOOK, 0), "the rule is the same, so what was counted stays"


def test_a_lower_threshold_is_another_rule_and_counting_begins_anew():
    lower = audited(fresh(0.2), [False] * first_look(0.2), score=0.85)
    assert lower.threshold == pytest.approx(0.6)
    assert (lower.audits, lower.accepted, lower.round) == (0, 0, 2)


def test_what_is_above_the_threshold_in_force_is_never_tested():
    assert candidates(0.05, None)[0] == in_force(0.05, None) == 0.95
    assert candidates(0.05, 0.7)[0] == 0.7
    assert list(candidates(0.05, None)) == sorted(set(candidates(0.05, None)), reverse=True)


def test_people_who_do_not_know_are_refused_before_the_look():
    refused = audited(fresh(), [True] * 12)
    assert refused.is_refused
    assert audited(refused, [False] * (refused.needed - 1)).is_refused, "it stays so until a look"
    lifted = audited(refused, [False] * refused.needed)
    assert (lifted.is_refused, lifted.threshold) == (False, 0.5)
    assert not anew(refused, NOW).is_refused


def test_a_look_that_proves_nothing_starts_with_fresh_audits():
    doubtful = [n % 5 < 2 for n in range(LOOK)]
    later = audited(fresh(), doubtful)
    assert (later.threshold, later.is_refused, later.round, later.drawn) == (None, False, 2, 0)
    assert later.needed >= LOOK
    assert later.audits == LOOK


def test_a_proof_stands_until_audits_speak_against_it():
    proven = audited(fresh(), [False] * LOOK)
    doubtful = audited(proven, [n % 5 < 2 for n in range(LOOK)])
    assert doubtful.threshold == 0.5
    assert audited(proven, [True] * 200).threshold is None


def test_a_lowered_threshold_falls_back_to_the_strict_one():
    lowered = fresh(0.1, threshold=0.7)
    number = next(n for n in range(1, 20) if audited(lowered, [True] * n, score=0.75).threshold is None)
    assert number > 1
    fallen = audited(lowered, [True] * number, score=0.75)
    assert (fallen.threshold, fallen.is_refused, fallen.audits) == (None, False, 0)


def test_a_promise_that_no_number_of_audits_proves_is_never_looked_at():
    assert first_look(0.0) == MOST_AUDITS


@pytest.mark.parametrize("share", [0.51, 0.6])
def test_a_false_promise_is_proven_in_at_most_one_of_twenty_looks(share: float):
    chance, runs = random.Random(f"looks {share}"), 300
    looks = [audited(fresh(), [chance.random() < share for _ in range(LOOK)]) for _ in range(runs)]
    assert sum(look.threshold is not None for look in looks) <= runs * 0.05


def test_each_reviewer_gets_the_oldest_that_fits_them():
    found = assign(
        [waiting(1, queue_id=2), waiting(2, passed_by=(7,)), waiting(3), waiting(4)],
        {7: {1}, 8: {1, 2}, 9: {1}},
        {(3, 7), (2, 9)},
    )
    assert [(judgement.task_id, reviewer) for judgement, reviewer in found] == [(1, 8), (3, 9), (4, 7)]


def test_the_order_tells_nothing_and_is_the_same_twice():
    values = ["b", "a", "c", "a"]
    assert blind(values, (1, 1, 7)) == blind(list(reversed(values)), (1, 1, 7))
    firsts = [blind(values, (task, 1, 7))[0] for task in range(300)]
    assert all(60 < firsts.count(value) < 140 for value in "abc")


def test_the_lot_draws_its_share_and_nothing_without_chance():
    drawn = sum(is_drawn(bytes([n % 256, n // 256]), n, 0.1) for n in range(1, 3_001))
    assert 220 < drawn < 380
    assert not any(is_drawn(b"", n, 1.0) for n in range(100))
    assert all(is_drawn(b"x", n, 1.0) for n in range(100))


def test_stops_are_what_could_have_been_accepted_after_each_answer():
    text = Shape(kind=ShapeKind.TEXT)
    given = [Given(n, value) for n, value in enumerate(("a", "b", "a", "a"))]
    found = reached(text, given, {}, 2, Method.MAJORITY)
    assert [stop.score > 0 for stop in found] == [False, True, True]
    assert {stop.value for stop in found[1:]} == {"a"}
    assert found[1].score < found[2].score
    assert reached(text, given[:1], {}, 2, Method.MAJORITY) == (Reached(0.0, "a"),)
