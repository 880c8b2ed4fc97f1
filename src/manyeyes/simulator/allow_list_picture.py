"""The allow-list's findings as one picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from manyeyes.simulator.allow_list import Meeting, Reporting
from manyeyes.simulator.allow_list_study import Finding
from manyeyes.simulator.drawing import BLUE, FAINT, GREY, INK, ORANGE, SKY, VERMILION, plain_ticks, sheet, whiskers

LOOKS = {
    Reporting.SILENT: (GREY, "o", "no reports"),
    Reporting.PRAISE: (BLUE, "s", "correct ones reported"),
    Reporting.BOTH: (VERMILION, "D", "incorrect ones reported too"),
}
MEETINGS = {
    Meeting.IDLE: (BLUE, "a listed worker, idle"),
    Meeting.BUSY: (ORANGE, "listed ones here, all busy"),
    Meeting.ELSEWHERE: (SKY, "listed ones all elsewhere"),
    Meeting.NOBODY: (GREY, "nobody listed"),
}
PER_MINUTE = "the customer's tasks per minute"


def draw(grid: Sequence[Finding], varied: Sequence[Finding], out: Path) -> None:
    """Write the picture: shares over rates for every size of the crowd, and below what explains them."""
    seen = next(iter(grid)).question.world
    pools = sorted({finding.question.world.workers for finding in grid})
    note = (
        f"Means and 95 % intervals over paired seeds. Worker accuracy {seen.accuracy:.0%} ± {seen.spread:.0%}; "
        f"{seen.handling_seconds:g} s a task; other accounts fill {seen.load:.0%}; a worker is on the customer's queue "
        f"{seen.here:.0%} of his time, {seen.stay_seconds / 60:g} min at a stretch."
    )
    with sheet(12.5, 8.6, "Does reporting answers bring more correct ones?", note, out) as figure:
        halves = figure.add_gridspec(2, 1)
        shares, below = halves[0].subgridspec(1, len(pools)), halves[1].subgridspec(1, 3 if varied else 2)
        first: Axes | None = None
        for nth, pool in enumerate(pools):
            axes = figure.add_subplot(shares[nth], sharex=first, sharey=first)
            _shares(axes, [f for f in grid if f.question.world.workers == pool], grid)
            axes.tick_params(labelleft=first is None)
            first = first or axes
        if first is not None:
            first.set_ylabel("correct answers, %")
            first.legend(loc="upper right", fontsize=8.5)
        _meetings(figure.add_subplot(below[0]), [f for f in grid if f.question.world.workers == _middle(pools)])
        _noticed(figure.add_subplot(below[1]), grid, pools)
        if varied:
            _gains(figure.add_subplot(below[2]), varied)


def _middle(pools: Sequence[int]) -> int:
    """Return the size that the lower panels explain: 100 where there is one."""
    return 100 if 100 in pools else pools[-1]


def _shares(axes: Axes, findings: Sequence[Finding], grid: Sequence[Finding]) -> None:
    world = findings[0].question.world
    axes.set_title(f"{world.workers:,} workers, {world.workers * world.here:g} here on average")
    for reporting, look in LOOKS.items():
        found = [finding.arms[reporting].share for finding in findings]
        whiskers(axes, [finding.question.world.rate for finding in findings], found, look, joined=True)
    rates = sorted({finding.question.world.rate for finding in grid})
    plain_ticks(axes, rates)
    axes.set_xlabel(PER_MINUTE)
    beyond = [rate for rate in rates if rate > findings[-1].question.world.rate]
    if beyond:
        axes.text(
            beyond[0], 0.04, "more than\nthey can do", transform=axes.get_xaxis_transform(), color=FAINT, fontsize=8
        )


def _meetings(axes: Axes, findings: Sequence[Finding]) -> None:
    axes.set_title(f"What a task meets, {findings[0].question.world.workers} workers")
    below = [0.0] * len(findings)
    for meeting, (colour, label) in MEETINGS.items():
        shares = [100 * finding.arms[Reporting.BOTH].meetings[meeting] for finding in findings]
        axes.bar(range(len(findings)), shares, bottom=below, color=colour, width=0.72, label=label)
        below = [low + share for low, share in zip(below, shares, strict=True)]
    axes.set_xticks(range(len(findings)), [f"{finding.question.world.rate:g}" for finding in findings])
    axes.set(xlabel=PER_MINUTE, ylabel="tasks, %", ylim=(0, 100))
    axes.grid(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, fontsize=8.5, columnspacing=1.0)


def _noticed(axes: Axes, grid: Sequence[Finding], pools: Sequence[int]) -> None:
    axes.set_title("How long until it can be noticed")
    for pool, marker in zip(pools, "os^Dv<>p*h", strict=False):
        points = [
            (finding.question.world.rate, hours)
            for finding in grid
            if finding.question.world.workers == pool
            and (hours := finding.arms[Reporting.BOTH].hours_to_notice) is not None
        ]
        if points:
            colour = VERMILION if pool == _middle(pools) else GREY
            axes.plot(*zip(*points, strict=True), color=colour, marker=marker, markersize=5, label=f"{pool} workers")
    plain_ticks(axes, sorted({finding.question.world.rate for finding in grid}))
    axes.set_yscale("log")
    marks = {1 / 60: "1 min", 1 / 6: "10 min", 1.0: "1 h", 8.0: "8 h", 24.0: "1 day", 168.0: "1 week"}
    axes.set_yticks(list(marks), list(marks.values()))
    axes.set_yticks([], minor=True)
    axes.set(xlabel=PER_MINUTE, ylabel="counting before, and again after")
    if axes.lines:
        axes.legend(fontsize=8.5)


def _gains(axes: Axes, varied: Sequence[Finding]) -> None:
    axes.set_title("One thing changed at a time")
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
    axes.set_xlabel("gain by reporting both, percentage points")
    axes.legend(fontsize=8.5, loc="lower right")
