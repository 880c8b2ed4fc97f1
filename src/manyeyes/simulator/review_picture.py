"""The findings on reviewers as one picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from manyeyes.simulator.closed_form import majority_error, majority_votes
from manyeyes.simulator.drawing import BLUE, FAINT, GREY, VERMILION, sheet, whiskers
from manyeyes.simulator.review import RULES, Verdicts

LOOKS = dict(zip(RULES, ((GREY, "o"), (VERMILION, "D"), (BLUE, "s")), strict=True))
STEPS = 60


def draw(verdicts: Sequence[Verdicts], out: Path) -> None:
    """Write the picture: errors over the reviewers' accuracy, alone and alike; votes; refunds per 100 complaints."""
    note = "Points: simulated, with 95 % intervals over seeds; all rules see the same complaints. Lines: closed form."
    likenesses = sorted({v.bench.likeness for v in verdicts})
    with sheet(12.5, 7.6, "Two of three reviewers, against one and against three of five", note, out) as figure:
        panels = figure.subplots(2, 2)
        for axes, likeness in zip(panels[0], (likenesses[0], likenesses[-1]), strict=True):
            _errors(axes, [v for v in verdicts if v.bench.likeness == likeness])
        top = max(axes.get_ylim()[1] for axes in panels[0])
        for axes in panels[0]:
            axes.set_ylim(0, top)
        panels[0][0].legend()
        independent = [v for v in verdicts if v.bench.likeness == likenesses[0]]
        _votes(panels[1][0], independent)
        _refunds(panels[1][1], independent)


def _errors(axes: Axes, verdicts: Sequence[Verdicts]) -> None:
    likeness = verdicts[0].bench.likeness
    kind = f"errors alike, correlation {likeness:g}" if likeness else "errors independent"
    axes.set_title(f"Decided wrongly: {kind}")
    for rule, (colour, marker) in LOOKS.items():
        found = _of_one_share(verdicts, rule)
        line = _accuracies(found)
        axes.plot(line, [100 * majority_error(a, RULES[rule], likeness) for a in line], color=colour, linewidth=1.4)
        whiskers(axes, [v.bench.accuracy for v in found], [v.errors for v in found], (colour, marker, rule))
    axes.set(xlabel="a reviewer's accuracy", ylabel="complaints, %")
    axes.invert_xaxis()


def _votes(axes: Axes, verdicts: Sequence[Verdicts]) -> None:
    axes.set_title("Votes paid per complaint, with an early end")
    for rule, (colour, marker) in LOOKS.items():
        found = _of_one_share(verdicts, rule)
        line = _accuracies(found)
        axes.plot(line, [majority_votes(a, RULES[rule]) for a in line], color=colour, linewidth=1.4)
        whiskers(axes, [v.bench.accuracy for v in found], [v.votes for v in found], (colour, marker, None), unit=1.0)
    axes.set(xlabel="a reviewer's accuracy", ylabel="votes", ylim=(0, 5))
    axes.invert_xaxis()


def _refunds(axes: Axes, verdicts: Sequence[Verdicts]) -> None:
    """Draw bars for the accuracy nearest to 0.9: what a customer and what the operator lose by errors."""
    accuracy = min({v.bench.accuracy for v in verdicts}, key=lambda a: abs(a - 0.9))
    shares = sorted({v.bench.justified for v in verdicts}, reverse=True)
    axes.set_title(f"Per 100 complaints, reviewers at {accuracy:g}")
    for nth, (rule, (colour, _)) in enumerate(LOOKS.items()):
        found = {v.bench.justified: v for v in verdicts if v.rule == rule and v.bench.accuracy == accuracy}
        places = [i + 0.27 * (nth - 1) for i in range(len(shares))]
        wrong = [100 * found[share].wrong_refunds.mean for share in shares]
        missed = [100 * found[share].missed_refunds.mean for share in shares]
        reach = [100 * found[share].errors.reach for share in shares]
        axes.bar(places, wrong, width=0.24, color=colour, label="wrong refunds" if nth == 0 else None)
        axes.bar(
            places,
            missed,
            bottom=wrong,
            yerr=reach,
            ecolor=FAINT,
            width=0.24,
            facecolor="white",
            edgecolor=colour,
            hatch="///",
            label="missed refunds" if nth == 0 else None,
        )
    axes.set_xticks(range(len(shares)), [f"{share:.0%} justified" for share in shares])
    axes.set_ylabel("decided wrongly")
    axes.grid(axis="x", visible=False)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.25)
    axes.legend(ncols=2, loc="upper right")


def _of_one_share(verdicts: Sequence[Verdicts], rule: str) -> list[Verdicts]:
    """Return the rule's verdicts where half the complaints are justified, or the share nearest to it."""
    share = min({v.bench.justified for v in verdicts}, key=lambda share: abs(share - 0.5))
    return [v for v in verdicts if v.rule == rule and v.bench.justified == share]


def _accuracies(found: Sequence[Verdicts]) -> list[float]:
    low, high = min(v.bench.accuracy for v in found), max(v.bench.accuracy for v in found)
    return [low + (high - low) * step / STEPS for step in range(STEPS + 1)]
