"""The interval that is shown beside a reviewer's share, against published values."""

import pytest

from manyeyes.reports.rules import share_interval


@pytest.mark.parametrize(
    ("part", "whole", "least", "most"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score, no continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_the_interval_is_wilsons(part, whole, least, most):
    assert share_interval(part, whole) == (pytest.approx(least, abs=5e-5), pytest.approx(most, abs=5e-5))


def test_a_share_of_nothing_is_none():
    with pytest.raises(ValueError, match="nothing"):
        share_interval(0, 0)
