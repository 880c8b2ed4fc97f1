"""The allow-list's findings as one picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.gridspec import SubplotSpec

from manyeyes.simulator.allow_list import Meeting, Reporting
from manyeyes.simulator.allow_list_study import StudyFinding
from manyeyes.simulator.drawing import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    SKY,
    VERMILION,
    plain_ticks,
    sheet,
    whiskers,
)

LOOKS = {
    Reporting.SILENT: (GREY, "o", "nothing reported"),
    Reporting.PRAISE: (BLUE, "s", "correct ones reported"),
    Reporting.BOTH: (VERMILION, "D", "incorrect ones too"),
}
MEETINGS = {
    Meeting.IDLE: (BLUE, "a listed worker, idle"),
    Meeting.BUSY: (ORANGE, "listed ones here, all busy"),
    Meeting.ELSEWHERE: (SKY, "listed ones all elsewhere"),
    Meeting.NOBODY: (GREY, "nobody listed"),
    Meeting.REFUSED: (INK, "refused: all filtered"),
}
POOL_LOOKS = ((SKY, "o"), (ORANGE, "^"), (VERMILION, "D"), (BLUE, "s"), (GREEN, "v"), (GREY, "*"))
PER_MINUTE = "the customer's tasks per minute"


def draw(grid: Sequence[StudyFinding], varied: Sequence[StudyFinding], out: Path) -> None:
    """Write the picture: shares over rates for every size of the crowd, and below what explains them."""
    seen = grid[0].question.world
    pools = sorted({finding.question.world.workers for finding in grid})
    note = (
        f"Means and 95 % intervals over paired seeds. Worker accuracy {seen.accuracy:.0%} ± {seen.spread:.0%}; "
        f"{seen.handling_seconds:g} s a task; other accounts fill {seen.load:.0%}; a worker is on the customer's queue "
        f"{seen.here:.0%} of their time, {seen.stay_seconds / 60:g} min at a stretch."
    )
    with sheet(13.0, 11.6, "Does reporting answers bring more correct ones?", note, out) as figure:
        rows = figure.add_gridspec(3, 1, height_ratios=(1.1, 0.9, 1))
        crowds = [[f for f in grid if f.question.world.workers == pool] for pool in pools]
        shares = [figure.add_subplot(place) for place in _places(rows[0], len(pools))]
        meetings = [figure.add_subplot(place) for place in _places(rows[1], len(pools))]
        for above, below, found in zip(shares, meetings, crowds, strict=True):
            above.sharex(shares[0])
            above.sharey(shares[0])
            _shares(above, found, grid)
            _meetings(below, found)
        shares[0].set_ylabel("correct answers, %")
        meetings[0].set_ylabel("tasks, %")
        meetings[0].set_title("What a task meets, reporting both")
        for right, is_stack in ((shares[-1], False), (meetings[-1], True)):
            right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8.5, reverse=is_stack)
        lower = [figure.add_subplot(place) for place in _places(rows[2], 3 if varied else 2)]
        _waits(lower[0], grid, pools)
        _noticed(lower[1], grid, pools)
        if varied:
            _gains(lower[2], varied)


def _places(row: SubplotSpec, count: int) -> list[SubplotSpec]:
    inner = row.subgridspec(1, count)
    return [inner[nth] for nth in range(count)]


def _shares(axes: Axes, findings: Sequence[StudyFinding], grid: Sequence[StudyFinding]) -> None:
    world = findings[0].question.world
    axes.set_title(f"{world.workers} workers, {world.workers * world.here:g} on the queue")
    for reporting, look in LOOKS.items():
        found = [finding.arms[reporting].share for finding in findings]
        whiskers(axes, [finding.question.world.rate for finding in findings], found, look, joined=True)
    rates = sorted({finding.question.world.rate for finding in grid})
    plain_ticks(axes, rates)
    axes.set_xlabel(PER_MINUTE)
    if rates[-1] > findings[-1].question.world.rate:
        axes.text(
            0.98, 0.97, "more are too many", transform=axes.transAxes, color=FAINT, fontsize=8, ha="right", va="top"
        )


def _meetings(axes: Axes, findings: Sequence[StudyFinding]) -> None:
    below = [0.0] * len(findings)
    for meeting, (colour, label) in MEETINGS.items():
        shares = [100 * finding.arms[Reporting.BOTH].meetings[meeting] for finding in findings]
        axes.bar(range(len(findings)), shares, bottom=below, color=colour, width=0.72, label=label)
        below = [low + share for low, share in zip(below, shares, strict=True)]
    axes.set_xticks(range(len(findings)), [f"{finding.question.world.rate:g}" for finding in findings])
    axes.set(xlabel=PER_MINUTE, ylim=(0, 100))
    axes.grid(False)


def _waits(axes: Axes, grid: Sequence[StudyFinding], pools: Sequence[int]) -> None:
    axes.set_title("Mean wait for a worker")
    for pool, (colour, marker) in zip(pools, POOL_LOOKS, strict=False):
        found = [f for f in grid if f.question.world.workers == pool]
        rates = [f.question.world.rate for f in found]
        both, silent = ([f.arms[way].wait for f in found] for way in (Reporting.BOTH, Reporting.SILENT))
        axes.plot(rates, both, color=colour, marker=marker, markersize=5)
        axes.plot(rates, silent, color=colour, linestyle=":", linewidth=1.2)
    plain_ticks(axes, sorted({f.question.world.rate for f in grid}))
    axes.set_yscale("log")
    marks = (0.1, 1.0, 10.0, 60.0, 300.0)
    axes.set_yticks(marks, ["0.1 s", "1 s", "10 s", "1 min", "5 min"])
    axes.set_yticks([], minor=True)
    axes.set(xlabel=PER_MINUTE, ylabel="reporting both (dotted: nothing)")


def _noticed(axes: Axes, grid: Sequence[StudyFinding], pools: Sequence[int]) -> None:
    axes.set_title("How long until it shows")
    for pool, (colour, marker) in zip(pools, POOL_LOOKS, strict=False):
        points = [
            (finding.question.world.rate, hours)
            for finding in grid
            if finding.question.world.workers == pool
            and (hours := finding.arms[Reporting.BOTH].hours_to_notice) is not None
        ]
        rates, hours_of = [rate for rate, _ in points], [hours for _, hours in points]
        axes.plot(rates, hours_of, color=colour, marker=marker, markersize=5, label=f"{pool} workers")
    plain_ticks(axes, sorted({finding.question.world.rate for finding in grid}))
    axes.set_yscale("log")
    marks = {1 / 60: "1 min", 1 / 6: "10 min", 1.0: "1 h", 8.0: "8 h", 24.0: "1 day", 168.0: "1 week"}
    axes.set_yticks(list(marks), list(marks.values()))
    axes.set_yticks([], minor=True)
    axes.set(xlabel=PER_MINUTE, ylabel="counting without reports, then with")
    axes.legend(fontsize=8.5)


def _gains(axes: Axes, varied: Sequence[StudyFinding]) -> None:
    axes.set_title("One change at a time")
    names = list(dict.fromkeys(finding.question.name for finding in varied))
    rates = sorted({finding.question.world.rate for finding in varied})
    for nth, rate in enumerate(rates):
        found = [finding for finding in varied if finding.question.world.rate == rate]
        gains = [finding.arms[Reporting.BOTH].gain for finding in found]
        shift = 0.24 * (nth - (len(rates) - 1) / 2)
        places = [names.index(finding.question.name) + shift for finding in found]
        look = ((BLUE, VERMILION, INK)[nth % 3], "so^"[nth % 3], f"{rate:g} a minute")
        whiskers(axes, places, gains, look, lying=True)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelcolor=INK, length=0)
    axes.invert_yaxis()
    axes.set_xlabel("gain by reporting both, points")
    axes.legend(fontsize=8.5, loc="lower center", bbox_to_anchor=(0.4, -0.4), ncols=2)
