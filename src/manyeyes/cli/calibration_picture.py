"""The calibration's curve as a picture: what each threshold would make certain, and how much of that may be wrong."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from manyeyes.recognitions.calibration import NOTHING_CERTAIN, Calibration
from manyeyes.recognitions.rules import Recognition
from manyeyes.simulator.drawing import BLUE, FAINT, GREEN, GREY, VERMILION, sheet

MOST_SHOWN = 6  # times the target: what lies above is cut off


def draw(found: Calibration, recognition: Recognition, target: float, out: Path) -> None:
    """Write the picture of a calibration that has points."""
    note = (
        f"{found.verdicts:,} verdicts that make up a random sample of all results. At most: with the confidence asked."
    )
    with sheet(9.5, 6.4, f"{recognition.name}: from which rate on is it believed?", note, out) as figure:
        errors, share = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        _errors(errors, found, target)
        _share(share, found)
        for axes in (errors, share):
            _thresholds(axes, found, recognition)
        # Beside the title: no line runs through it.
        errors.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4)


def _errors(axes: Axes, found: Calibration, target: float) -> None:
    places = [point.threshold for point in found.points]
    measured = [point.errors / point.verdicts for point in found.points]
    bounds = [point.upper_bound for point in found.points]
    axes.set_title("Wrong among what would be certain")
    axes.fill_between(places, measured, bounds, color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(places, bounds, color=BLUE, linewidth=1.6, label="at most")
    axes.plot(places, measured, color=GREY, linewidth=1.4, label="measured")
    axes.axhline(target, color=VERMILION, linewidth=1.2, linestyle="--", label=f"target {target:.2%}")
    top = min(max(*bounds, 1.2 * target), MOST_SHOWN * target)
    axes.set(ylim=(0, top))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))


def _share(axes: Axes, found: Calibration) -> None:
    axes.set_title("Certain, of all results")
    axes.step([p.threshold for p in found.points], [p.certain_share for p in found.points], color=GREEN, linewidth=1.6)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set(xlabel="threshold", xlim=(0, 1), ylim=(0, 1.02))


def _thresholds(axes: Axes, found: Calibration, recognition: Recognition) -> None:
    """Mark the threshold that was found, and the one that holds now."""
    if recognition.threshold <= 1:
        axes.axvline(recognition.threshold, color=FAINT, linewidth=1.0, linestyle=":", label="threshold now")
    if found.threshold < NOTHING_CERTAIN:
        axes.axvline(found.threshold, color=GREEN, linewidth=1.6, label=f"lowest proven: {found.threshold:g}")
