"""What the pictures share: palette, figures, intervals. Needs matplotlib (the extra `plots`), and no display."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from manyeyes.simulator.confidence_intervals import Interval

# Okabe and Ito, "Color Universal Design" (2008): told apart with any colour vision.
BLUE, VERMILION, GREEN, ORANGE, SKY, GREY = "#0072b2", "#d55e00", "#009e73", "#e69f00", "#56b4e9", "#7c8998"
INK, FAINT, LINE = "#161b22", "#556070", "#d3dae2"
STYLE: dict[Any, Any] = {
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": FAINT,
    "axes.edgecolor": LINE,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.minor.size": 0,
    "legend.frameon": False,
}


@contextmanager
def sheet(width: float, height: float, title: str, note: str, out: Path) -> Iterator[Figure]:
    """Give a figure of so many inches to draw on, with a title and a note; write it to ``out`` (png or svg)."""
    with mpl.rc_context(STYLE):
        layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12, rect=(0.0, 0.045, 1.0, 0.945))
        figure = Figure(figsize=(width, height), dpi=130, layout=layout)
        figure.suptitle(title, x=0.012, ha="left", fontsize=15, fontweight="bold")
        figure.text(0.012, 0.016, note, fontsize=8.5, color=FAINT)
        yield figure
        figure.savefig(out, metadata={"Date": None} if out.suffix == ".svg" else {"Software": None})


def plain_ticks(axes: Axes, values: Sequence[float]) -> None:
    """Make the x axis logarithmic, with these values written out and no others."""
    axes.set_xscale("log")
    axes.set_xticks(values, [f"{value:g}" for value in values])
    axes.set_xticks([], minor=True)


def whiskers(
    axes: Axes,
    places: Sequence[float],
    found: Sequence[Interval],
    look: tuple[str, str, str | None],
    *,
    unit: float = 100.0,
    joined: bool = False,
    lying: bool = False,
) -> None:
    """Draw means with their intervals, in ``unit`` (100: per cent). ``look`` is colour, marker and label."""
    colour, marker, label = look
    means, reaches = [unit * value.mean for value in found], [unit * value.reach for value in found]
    axes.errorbar(
        means if lying else places,
        places if lying else means,
        yerr=None if lying else reaches,
        xerr=reaches if lying else None,
        color=colour,
        marker=marker,
        markersize=5,
        linestyle="-" if joined else "none",
        linewidth=1.6,
        elinewidth=1.1,
        capsize=2.5,
        label=label,
    )
