"""The findings on calibrated thresholds as one picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from manyeyes.recognitions.calibration import NOTHING_CERTAIN
from manyeyes.simulator.calibration import Trial, summed
from manyeyes.simulator.drawing import BLUE, GREY, VERMILION, sheet

MOST_SHOWN = 2.5  # times the target: true errors above are drawn at the edge


def draw(trials: Sequence[Trial], target: float, allowed: float, out: Path) -> None:
    """Write the picture: how often each kind broke the promise, and the true errors of all that was made certain."""
    note = f"{len(trials):,} simulated recognisers whose true error is known; the same ones in every run."
    with sheet(12.5, 5.6, "Does a calibrated threshold keep its promise?", note, out) as figure:
        kinds, errors = figure.subplots(1, 2, width_ratios=(5, 4))
        _kinds(kinds, trials, target, allowed)
        _errors(errors, trials, target)


def _kinds(axes: Axes, trials: Sequence[Trial], target: float, allowed: float) -> None:
    found = summed(trials, target)[::-1]
    places = range(len(found))
    axes.set_title("Calibrations after which more than the target was wrong")
    axes.barh([p + 0.2 for p in places], [k.broken for k in found], 0.36, color=BLUE, label="tested in order (shipped)")
    axes.barh([p - 0.2 for p in places], [k.hasty_broken for k in found], 0.36, color=GREY, label="tested one by one")
    axes.axvline(allowed, color=VERMILION, linewidth=1.2, linestyle="--", label=f"allowed: {allowed:.0%}")
    axes.set_yticks(places, [k.kind for k in found])
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.legend(loc="lower right")


def _errors(axes: Axes, trials: Sequence[Trial], target: float) -> None:
    found = [min(t.error, MOST_SHOWN * target) for t in trials if t.threshold < NOTHING_CERTAIN]
    axes.set_title(f"True error where anything became certain ({len(found)})")
    axes.hist(found, bins=40, range=(0, MOST_SHOWN * target), color=BLUE)
    axes.axvline(target, color=VERMILION, linewidth=1.2, linestyle="--", label=f"target: {target:.0%}")
    axes.set(xlabel="wrong among the certain", ylabel="recognisers")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    axes.legend(loc="upper right")
