"""A promise's curve as a picture: what each threshold would accept, and how much of that may be wrong."""

from pathlib import Path

from matplotlib.ticker import PercentFormatter

from manyeyes.certainty.promises import Promise
from manyeyes.simulator.drawing import BLUE, FAINT, GREEN, GREY, VERMILION, sheet

MOST_SHOWN = 6  # times the target: what lies above is cut off
ROOM = 0.02  # beside a promise of one threshold


def draw(promise: Promise, queue: str, out: Path) -> None:
    """Write the picture of a promise that has points."""
    target, points = promise.known.scope[3], promise.points
    places = [point.threshold for point in points]
    measured = [point.wrong / point.accepted if point.accepted else 0.0 for point in points]
    bounds = [point.most_wrong if point.accepted else 1.0 for point in points]
    note = f"{points[-1].known:,} audits drawn by lot. At most: 95 % sure, for each threshold alone."
    with sheet(9.5, 6.4, f"{queue}: from which score on do results keep the promise?", note, out) as figure:
        wrong, share = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        wrong.set_title("Wrong among what would be accepted")
        wrong.plot(places, bounds, color=BLUE, linewidth=1.6, marker="o", label="at most")
        wrong.plot(places, measured, color=GREY, linewidth=1.4, marker="o", label="measured")
        wrong.axhline(target, color=VERMILION, linewidth=1.2, linestyle="--", label=f"promise {target:.2%}")
        wrong.set_ylim(0, min(max(*bounds, 1.2 * target), MOST_SHOWN * target))
        wrong.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
        share.set_title("Accepted, of all audited results")
        share.plot(places, [point.accepted / point.known for point in points], color=GREEN, linewidth=1.6, marker="o")
        share.yaxis.set_major_formatter(PercentFormatter(1.0))
        share.set(xlabel="threshold", ylim=(0, 1.02), xlim=(min(places) - ROOM, max(places) + ROOM))
        for axes in (wrong, share):
            axes.axvline(promise.threshold, color=FAINT, linewidth=1.0, linestyle=":", label="threshold now")
        # Beside the title: no line runs through it.
        wrong.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4)
