"""Drawings: columns that stay within their scale and apart, and a curve that shows what matters."""

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.console.operator.calibration_curve import Words, curve
from manyeyes.console.shared.charts import HAIR, HEIGHT, TOP, WIDTH, stacked_chart
from manyeyes.recognitions.calibration import Point

WORDS = Words(lambda share: f"{share:.0%}", lambda threshold: f"{threshold:.2f}", lambda point: str(point.threshold))


def point(threshold, *, verdicts=100, errors=0, bound=0.01, proven=True) -> Point:
    return Point(threshold, 0.5, verdicts, errors, bound, proven)


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
        top = HEIGHT - 22.0
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
    assert below.now < below.proposed


def test_what_is_far_above_the_target_has_no_dot():
    found = curve([point(1.0, verdicts=5, bound=0.6, proven=False), point(0.9)], 0.02, 0.9, 0.9, WORDS)
    assert [dot.is_proven for dot in found.dots] == [True]
    assert len(found.bound.split()) == 2
