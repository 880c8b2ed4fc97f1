"""What terms cost and how often they are wrong, as one picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from manyeyes.consensus.rehearsal import Rehearsal
from manyeyes.simulator.certainty import PICTURES, RUNS, CertaintyPoint
from manyeyes.simulator.drawing import BLUE, GREEN, GREY, VERMILION, sheet

_BAND = 0.18


def draw(points: Sequence[CertaintyPoint], expected: Rehearsal, out: Path) -> None:
    """Write the picture: cost against error of the terms asked about (first of the points) and of others like them."""
    world = points[0].question.world
    kinds = f"{world.options} labels" if world.options else "typed answers"
    note = (
        f"{kinds}, people {world.accuracy:.0%} right, errors correlate by {world.difficulty:g}, "
        f"{world.careless:.0%} do not look; "
        f"{RUNS} runs of {PICTURES} pictures; bands: 95 %."
    )
    with sheet(11.5, 5.6, "What certainty costs", note, out) as figure:
        errors, left = figure.subplots(1, 2, width_ratios=(3, 2))
        _errors(errors, points, expected)
        _uncertain(left, points)


def _errors(axes: Axes, points: Sequence[CertaintyPoint], expected: Rehearsal) -> None:
    axes.set_title("Wrong among the certain results")
    _lines(axes, points)
    asked = points[0]
    axes.plot([asked.people.mean], [asked.wrong.mean], "*", color=VERMILION, markersize=15, label="these terms")
    axes.fill_between(
        [expected.people.low, expected.people.high],
        1 - expected.accuracy.high,
        1 - expected.accuracy.low,
        color=VERMILION,
        alpha=_BAND,
        label="rehearsal's band",
    )
    target = asked.question.how_many.wrong_at_most
    if target is not None:
        axes.axhline(target, color=VERMILION, linewidth=1.2, linestyle="--", label=f"asked for: {target:.0%}")
    axes.set(xlabel="people per picture", xlim=(0.8, None), ylim=(0, None))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.legend(loc="upper right")


def _lines(axes: Axes, points: Sequence[CertaintyPoint]) -> None:
    for is_sure, colour, label in ((False, GREY, "a fixed number of people"), (True, BLUE, "asked until sure")):
        mine = sorted(
            (p for p in points if (p.question.how_many.wrong_at_most is not None) is is_sure),
            key=lambda point: point.people.mean,
        )
        places = [p.people.mean for p in mine]
        axes.plot(places, [p.wrong.mean for p in mine], "o-", color=colour, markersize=4.5, label=label)
        axes.fill_between(
            places, [max(p.wrong.low, 0) for p in mine], [p.wrong.high for p in mine], color=colour, alpha=_BAND
        )


def _uncertain(axes: Axes, points: Sequence[CertaintyPoint]) -> None:
    sure = sorted(
        (p for p in points if p.question.how_many.wrong_at_most is not None),
        key=lambda point: point.question.how_many.wrong_at_most or 0,
    )
    axes.set_title("Left uncertain, for a reviewer")
    places = range(len(sure))
    axes.barh(places, [p.uncertain.mean for p in sure], 0.6, color=GREEN, xerr=[p.uncertain.reach for p in sure])
    axes.set_yticks(places, [f"{p.question.how_many.wrong_at_most:.0%} wrong at most" for p in sure])
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
