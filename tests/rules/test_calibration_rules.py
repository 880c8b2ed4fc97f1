"""Which verdicts count, where sequences of tests begin and end, and which threshold they prove."""

import pytest

from manyeyes.recognitions.calibration import (
    NOTHING_CERTAIN,
    ReviewVerdict,
    calibrate,
    lowest_proven,
    representative,
    starts,
)

STATIC, SHARE = 0.9, 0.05


def sampled(n: int, rate: float, *, is_wrong: bool = False) -> list[ReviewVerdict]:
    return [
        ReviewVerdict(task_id=task_id, rate=rate, is_wrong=is_wrong, threshold=STATIC, sample_share=SHARE, sampled=True)
        for task_id in range(n)
    ]


def uncertain(n: int, rate: float, *, is_wrong: bool = False, share: float = SHARE) -> list[ReviewVerdict]:
    return [
        ReviewVerdict(
            task_id=10_000 + task_id, rate=rate, is_wrong=is_wrong, threshold=STATIC, sample_share=share, sampled=False
        )
        for task_id in range(n)
    ]


def all_asked(n: int, rate: float, *, is_wrong: bool = False) -> list[ReviewVerdict]:
    return [
        ReviewVerdict(
            task_id=task_id, rate=rate, is_wrong=is_wrong, threshold=NOTHING_CERTAIN, sample_share=SHARE, sampled=False
        )
        for task_id in range(n)
    ]


def test_of_the_uncertain_as_large_a_share_is_kept_as_was_drawn_of_the_certain():
    kept = representative([*sampled(100, 0.95), *uncertain(20_000, 0.5)])
    certain = [v for v in kept if v.sampled]
    assert len(certain) == 100
    assert 900 < len(kept) - len(certain) < 1_100  # 5 % of 20,000; the draw is the same in every run
    assert kept[:100] == certain  # the highest rate first


def test_the_draw_does_not_change_and_knows_nothing_of_the_verdict():
    right, wrong = uncertain(500, 0.5), uncertain(500, 0.5, is_wrong=True)
    assert [v.task_id for v in representative(right)] == [v.task_id for v in representative(wrong)]


def test_uncertain_ones_from_a_time_when_nothing_certain_was_drawn_do_not_count():
    assert representative(uncertain(1_000, 0.5, share=0.0)) == []


def test_while_nothing_was_certain_everything_was_asked_and_counts():
    assert len(representative(all_asked(300, 0.4))) == 300


@pytest.mark.parametrize(
    ("verdicts", "expected"), [(148, []), (149, [149]), (731, [149]), (732, [183, 732]), (5_000, [203, 812, 3_248])]
)
def test_each_start_has_its_part_of_the_chance_to_err(verdicts, expected):
    assert starts(verdicts, 0.02, 0.95) == expected


def test_149_flawless_verdicts_prove_two_per_cent_and_148_say_that_one_is_missing():
    enough, short = calibrate(all_asked(149, 0.8)), calibrate(all_asked(148, 0.8))
    assert (enough.threshold, enough.missing) == (0.01, 0)  # nothing was seen below 0.8: all that is there is right
    assert (short.threshold, short.missing, short.verdicts) == (NOTHING_CERTAIN, 1, 148)
    assert not any(point.is_proven for point in short.points)


def test_the_lowest_threshold_before_the_errors_begin_is_chosen():
    found = calibrate([*all_asked(400, 0.83), *all_asked(100, 0.64, is_wrong=True)])
    assert found.threshold == 0.65
    at = {point.threshold: point for point in found.points}
    assert (at[0.83].verdicts, at[0.83].errors, at[0.83].certain_share) == (400, 0, 0.8)
    assert at[0.83].is_proven
    assert (at[0.64].verdicts, at[0.64].errors, at[0.64].is_proven) == (500, 100, False)
    assert at[0.64].upper_bound > 0.2


def test_a_sequence_that_has_ended_does_not_go_on_where_the_errors_are_diluted():
    bad, good = all_asked(150, 0.95, is_wrong=True)[:12], all_asked(160, 0.95)
    diluted = [*bad, *good, *all_asked(559, 0.5)]  # 731 verdicts: a single start, and 12 errors among 731 in the end
    assert starts(len(diluted), 0.02, 0.95) == [149]
    assert lowest_proven(diluted) == NOTHING_CERTAIN
    assert lowest_proven([*diluted, *all_asked(2_000, 0.5)]) == 0.01  # a later start finds them diluted enough


def test_where_people_disagree_everywhere_nothing_is_certain():
    assert calibrate(all_asked(2_000, 0.99, is_wrong=True)).threshold == NOTHING_CERTAIN


def test_without_verdicts_there_is_no_curve_and_all_are_missing():
    found = calibrate([])
    assert (found.threshold, found.points, found.verdicts, found.missing) == (NOTHING_CERTAIN, (), 0, 149)
    assert calibrate([]).points == ()


def test_a_recogniser_without_an_opinion_is_never_certain():
    assert calibrate(all_asked(1_000, 0.0)).points == ()


def test_the_curve_and_the_choice_are_of_one_mind():
    verdicts = [*all_asked(900, 0.9), *all_asked(60, 0.7, is_wrong=True), *all_asked(300, 0.4)]
    points = calibrate(verdicts).points
    assert [p.threshold for p in points] == sorted((p.threshold for p in points), reverse=True)
    assert lowest_proven(verdicts) == min(p.threshold for p in points if p.is_proven) == calibrate(verdicts).threshold
    assert all(p.upper_bound <= 0.02 for p in points if p.is_proven)


@pytest.mark.parametrize(("target", "confidence"), [(0.0, 0.95), (1.0, 0.95), (0.02, 1.0), (-1, 0.5)])
def test_shares_that_are_none_are_refused(target, confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibrate(all_asked(10, 0.9), target, confidence)
