"""Drawings: columns that stay within their scale and apart, and a curve that shows what matters."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.console.customer.day_range import Days
from manyeyes.console.customer.recognition_charts import ChartSeries, DayLine, drawings
from manyeyes.console.shared.calibration_curve import MOST_POINTS, CurveWords, curve
from manyeyes.console.shared.charts import HAIR, MOST_COLUMNS, TOP, WIDTH, neighbours, stacked_chart
from manyeyes.recognitions.calibration import CalibrationPoint

WORDS = CurveWords(
    lambda share: f"{share:.0%}", lambda threshold: f"{threshold:.2f}", lambda point: str(point.threshold), str
)


def point(threshold, *, verdicts=100, errors=0, bound=0.01, proven=True) -> CalibrationPoint:
    return CalibrationPoint(
        threshold=threshold, certain_share=0.5, verdicts=verdicts, errors=errors, upper_bound=bound, is_proven=proven
    )


@given(
    st.lists(st.lists(st.integers(0, 10**9), min_size=3, max_size=3), min_size=1, max_size=366),
)
def test_columns_stay_within_the_drawing_and_apart(values):
    names = ["a", "b", "c"]
    titles = [str(i) for i in range(len(values))]
    chart = stacked_chart(names, values, titles, titles, str)
    assert [column.title for column in chart.columns] == titles
    for column, following in zip(chart.columns, chart.columns[1:], strict=False):
        assert column.x + column.width < following.x
    for column, each in zip(chart.columns, values, strict=True):
        assert column.x + column.width <= WIDTH
        assert [part.kind for part in column.parts] == [n for n, value in zip(names, each, strict=True) if value]
        top = chart.base
        for part in column.parts:
            assert part.height >= HAIR
            assert abs(part.y + part.height - top) < 0.05  # each stands on the one below
            top = part.y
        assert top >= TOP - 3 * HAIR - 0.05


def test_heights_are_in_proportion():
    chart = stacked_chart(["a", "b"], [[50, 100], [0, 0]], ["", ""], ["", ""], str)
    low, high = chart.columns[0].parts
    assert abs(high.height - 2 * low.height) < 0.02
    assert chart.columns[1].parts == []


def test_what_changes_nothing_is_not_drawn():
    flat = [point(0.5 - n / 100) for n in range(40)]
    found = curve([point(0.9, verdicts=50), *flat], 0.02, 0.9, 0.9, WORDS)
    assert len(found.dots) == 2
    assert [tick.label for tick in found.ticks] == ["0.50", "0.60", "0.70", "0.80", "0.90", "1.00"]


def test_marks_off_the_scale_are_left_out():
    found = curve([point(0.95)], 0.02, 2.0, 2.0, WORDS)
    assert (found.now, found.proposed) == (None, None)
    assert found.ticks[0].label == "0.90"
    below = curve([point(0.95)], 0.02, 0.31, 0.95, WORDS)
    assert below.ticks[0].label == "0.30"
    assert below.now is not None
    assert below.proposed is not None
    assert below.now.x < below.proposed.x


def test_what_is_far_above_the_target_has_no_dot():
    found = curve([point(1.0, verdicts=5, bound=0.6, proven=False), point(0.9)], 0.02, 0.9, 0.9, WORDS)
    assert [dot.is_proven for dot in found.dots] == [True]
    assert len(found.bound.split()) == 2


@given(st.integers(0, 20_000), st.integers(1, 500))
def test_neighbours_share_a_place_in_turn_and_none_is_lost(number, most):
    runs = neighbours(number, most)
    assert [i for run in runs for i in run] == list(range(number))
    assert len(runs) == min(number, most)
    lengths = {len(run) for run in runs}
    assert not lengths or max(lengths) - min(lengths) <= 1


def test_ten_thousand_days_are_drawn_in_as_many_columns_as_have_room():
    first = date(2001, 1, 1)
    every = Days(first, first + timedelta(days=9_999)).every
    lines = [
        DayLine(day=day, by_series=[i % 7, 1], certain=i % 7, uncertain=1, failed=0, reviewed=2, overturned=1)
        for i, day in enumerate(every)
    ]
    found = drawings(
        lines, [ChartSeries("hue-a", "cat", frozenset([1])), ChartSeries("hue-b", "dog", frozenset([2]))], "en"
    )
    for drawing in found.values():
        assert len(drawing.chart.columns) == MOST_COLUMNS
        assert sum(len(column.parts) for column in drawing.chart.columns) <= 3 * MOST_COLUMNS
    titles = [column.title for column in found["labels"].chart.columns]
    assert titles[0] == "Jan 1 – Jan 27 · cat 78 · dog 27"
    dogs = [int(title.rsplit("dog ", 1)[1]) for title in titles]
    assert sum(dogs) == 10_000


def test_a_day_that_has_room_has_a_column_of_its_own():
    line = DayLine(day=date(2026, 3, 1), by_series=[5], certain=4, uncertain=1, failed=0, reviewed=1, overturned=0)
    found = drawings([line], [ChartSeries("hue-a", "cat", frozenset([1]))], "en")
    assert [column.title for column in found["labels"].chart.columns] == ["Mar 1 · cat 5"]


def test_more_columns_than_have_room_are_not_drawn():
    values = [[1]] * (MOST_COLUMNS + 1)
    words = [""] * len(values)
    with pytest.raises(ValueError, match="366 have room"):
        stacked_chart(["a"], values, words, words, str)


def test_of_ten_thousand_points_no_peak_is_lost():
    points = [point(1 - n / 20_000, verdicts=n + 1, bound=0.05 if n == 7_321 else 0.01) for n in range(10_000)]
    found = curve(points, 0.02, 0.9, 0.9, WORDS)
    assert len(found.dots) == MOST_POINTS
    assert len(found.bound.split()) == len(found.seen.split()) == MOST_POINTS
    peak = min(found.dots, key=lambda dot: dot.y)
    assert peak.title == str(1 - 7_321 / 20_000)
