"""The findings as tables to read in a terminal."""

from collections.abc import Sequence

from manyeyes.consensus.rehearsal import Rehearsal
from manyeyes.consensus.rules import HowMany
from manyeyes.simulator.allow_list import Meeting, Reporting
from manyeyes.simulator.allow_list_study import AS_IT_IS, StudyFinding
from manyeyes.simulator.calibration import Kept
from manyeyes.simulator.certainty import CertaintyPoint
from manyeyes.simulator.confidence_intervals import Interval
from manyeyes.simulator.review import Verdicts

WAYS = {Reporting.SILENT: "nothing", Reporting.PRAISE: "correct", Reporting.BOTH: "both"}


def allow_list(findings: Sequence[StudyFinding]) -> str:
    """Return one line per world and way to report; worlds that were varied have their variation's name above them."""
    lines = [
        "Share of correct answers and its gain over reporting nothing, with 95 % intervals, in per cent.",
        "listed: workers on the list. filtered: share of those on the queue. idle, busy, elsewhere: where tasks of the",
        "customer found the listed ones. no answer: refused (all filtered), or not taken in 10 minutes. noticed: how",
        "long to count without reports, and then as long with them, until the gain shows.",
        "",
        f"{'workers':>7} {'tasks/min':>9} {'load':>5}  {'reports':8} {'correct':>12} {'gain':>12} {'listed':>6} "
        f"{'filtered':>8} {'idle':>5} {'busy':>5} {'elsewhere':>9} {'no answer':>9} {'wait':>7} {'noticed':>9}",
    ]
    name = AS_IT_IS
    for finding in findings:
        if finding.question.name != name:
            name = finding.question.name
            lines.append(f"\n{name}")
        lines += _arms(finding)
    return "\n".join(lines)


def _arms(finding: StudyFinding) -> list[str]:
    world = finding.question.world
    lines = []
    for reporting, arm in finding.arms.items():
        is_first = reporting is Reporting.SILENT
        head = f"{world.workers:>7} {world.rate:>9g} {world.total_load:>5.2f}" if is_first else " " * 23
        met = [f"{arm.meetings[meeting]:.0%}" for meeting in (Meeting.IDLE, Meeting.BUSY, Meeting.ELSEWHERE)]
        gain = "" if is_first else _per_cent(arm.gain, "+")
        lines.append(
            f"{head}  {WAYS[reporting]:8} {_per_cent(arm.share):>12} {gain:>12} {arm.listed:>6.1f} "
            f"{arm.filtered:>8.0%} {met[0]:>5} {met[1]:>5} {met[2]:>9} {arm.unanswered:>9.1%} {arm.wait:>5.1f} s "
            f"{_span(arm.hours_to_notice):>9}"
        )
    return lines


def review(findings: Sequence[Sequence[Verdicts]]) -> str:
    """Return one line per bench and rule."""
    lines = [
        "Complaints decided wrongly, in per cent of all complaints, and votes paid per complaint; 95 % intervals.",
        "alike: correlation of two reviewers' errors on one picture.",
        "",
        f"{'accuracy':>8} {'justified':>9} {'alike':>5}  {'rule':13} {'wrong refunds':>14} {'missed refunds':>14} "
        f"{'votes':>13}",
    ]
    for verdicts in findings:
        for n, v in enumerate(verdicts):
            head = f"{v.bench.accuracy:>8g} {v.bench.justified:>9.0%} {v.bench.likeness:>5g}" if n == 0 else " " * 24
            votes = f"{v.votes.mean:.2f} ± {v.votes.reach:.2f}"
            lines.append(
                f"{head}  {v.rule:13} {_per_cent(v.wrong_refunds):>14} {_per_cent(v.missed_refunds):>14} {votes:>13}"
            )
    return "\n".join(lines)


def calibration(findings: Sequence[Kept]) -> str:
    """Return one line per kind of recogniser."""
    lines = [
        "How often more than the target was really wrong among what a calibration made certain.",
        "in order: as shipped. one by one: every candidate tested as if it were the only one. proven: anything was.",
        "certain: mean share of results. possible: of the lowest threshold that keeps the target, had one known.",
        "",
        f"{'recogniser':32} {'trials':>6} {'in order':>8} {'one by one':>10} {'proven':>6} {'certain':>7} "
        f"{'possible':>8}",
    ]
    lines += [
        f"{k.kind:32} {k.trials:>6,} {k.broken:>8.1%} {k.hasty_broken:>10.1%} {k.proven:>6.0%} {k.certain_share:>7.0%} "
        f"{k.best_share:>8.0%}"
        for k in findings
    ]
    return "\n".join(lines)


def certainty(findings: Sequence[CertaintyPoint]) -> str:
    """Return one line for each terms, those that were asked about first."""
    lines = [
        "People asked per picture, wrong ones among the certain results, and results left uncertain; 95 % intervals.",
        "The first line: the terms asked about. Nothing is proven by audits here: scores are taken at their word.",
        "",
        f"{'terms':38} {'people':>13} {'wrong, %':>13} {'uncertain, %':>13}",
    ]
    for found in findings:
        people = f"{found.people.mean:.2f} ± {found.people.reach:.2f}"
        lines.append(
            f"{terms(found.question.how_many):38} {people:>13} {_per_cent(found.wrong):>13} "
            f"{_per_cent(found.uncertain):>13}"
        )
    return "\n".join(lines)


def terms(how_many: HowMany) -> str:
    """Return terms in words."""
    asked = f"{how_many.first} to {how_many.at_most} people"
    return asked if how_many.wrong_at_most is None else f"{asked}, {how_many.wrong_at_most:.0%} wrong at most"


def rehearsal(expected: Rehearsal) -> str:
    """Return what the terms asked about are expected to bring, in one sentence."""
    right, people, left = expected.accuracy, expected.people, expected.uncertain
    return (
        f"rehearsal: {right.expected:.1%} right ({right.low:.1%} to {right.high:.1%}), "
        f"{people.expected:.2f} people per picture ({people.low:.2f} to {people.high:.2f}), "
        f"{left.expected:.1%} uncertain ({left.low:.1%} to {left.high:.1%})"
    )


def _per_cent(value: Interval, sign: str = "") -> str:
    return f"{100 * value.mean:{sign}.1f} ± {100 * value.reach:.1f}"


def _span(hours: float | None) -> str:
    """Return a time in the unit that suits it; a dash where there is nothing to notice."""
    if hours is None:
        return "-"
    if hours < 1:
        return f"{60 * hours:.0f} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"
