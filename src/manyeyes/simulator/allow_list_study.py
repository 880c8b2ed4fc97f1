"""Many runs of the allow-list: for rates and sizes of the crowd, and one thing changed at a time."""

from collections.abc import Iterator, Sequence

import msgspec

from manyeyes.simulator.allow_list import AllowListOutcome, Meeting, Plan, Reporting, live_through
from manyeyes.simulator.confidence_intervals import Interval, interval, tasks_to_notice
from manyeyes.simulator.world import MINUTE, World

LARGEST_LOAD = 0.9  # above it the queue grows for hours, and a run says nothing about an installation that is used
CLAIMED_RATES = (1.0, 10.0)  # docs/contracts/anticaptcha.md#allow-list: felt at 10 tasks a minute, not at 1
SMALLEST_RATE = 0.5  # below it a run has hardly a task to count
AS_IT_IS = "as it is"
CONTRAST = (Reporting.SILENT, Reporting.BOTH)


class Arm(msgspec.Struct, frozen=True, kw_only=True):
    """One way to report, over all seeds. Shares are of correct answers; ``gain`` is against silence, paired by seed.

    ``counted`` is the plain share of answers that were correct, ``share`` the one to expect of the same answers'
    workers. ``meetings`` and ``unanswered`` are shares of the customer's tasks, ``listed`` are workers, ``filtered`` is
    a share of those on the queue, waits are in seconds. ``hours_to_notice`` is how long a customer must count, first
    without reports and then as long with them, to see the gain at all (None: there is none).
    """

    reporting: Reporting
    share: Interval
    counted: float
    gain: Interval
    others_gain: Interval
    meetings: dict[Meeting, float]
    listed: float
    filtered: float
    unanswered: float
    wait: float
    others_wait: float
    hours_to_notice: float | None


class StudyQuestion(msgspec.Struct, frozen=True):
    """A world to live in, what the other accounts report in it, and what is special about it."""

    world: World
    others: Reporting = Reporting.SILENT
    name: str = AS_IT_IS


class StudyFinding(msgspec.Struct, frozen=True):
    """What came of a question: one arm for each way to report, silence first."""

    question: StudyQuestion
    arms: dict[Reporting, Arm]


def grid(pools: Sequence[int], rates: Sequence[float], base: World) -> list[StudyQuestion]:
    """Return the worlds of all sizes and rates, without those in which the customer's tasks are too many."""
    worlds = [msgspec.structs.replace(base, workers=pool, rate=rate) for pool in pools for rate in rates]
    return [StudyQuestion(world) for world in worlds if world.total_load <= LARGEST_LOAD]


def variations(base: World, rates: Sequence[float] = CLAIMED_RATES) -> Iterator[StudyQuestion]:
    """Yield the base and worlds that differ from it in one thing, each at every rate.

    The number of workers who are on the customer's queue stays the same throughout.
    """
    here = base.workers * base.here
    changes: dict[str, dict[str, float]] = {
        AS_IT_IS: {},
        "the other accounts report too": {},
        "busy: others fill 70 %": {"load": 0.7},
        "quiet: others fill 10 %": {"load": 0.1},
        "nobody switches queues": {"workers": here, "here": 1.0},
        "restless: 20 queues, 2 min on each": {"workers": here * 20, "here": 0.05, "stay_seconds": 120.0},
        "workers nearly alike (spread 0.05)": {"spread": 0.05},
        "workers far apart (spread 0.25)": {"spread": 0.25},
    }
    for name, change in changes.items():
        for rate in rates:
            world = msgspec.structs.replace(base, **{**change, "rate": rate})
            world = msgspec.structs.replace(world, workers=round(world.workers))
            others = Reporting.BOTH if "report" in name else Reporting.SILENT
            if world.total_load <= LARGEST_LOAD:
                yield StudyQuestion(world, others, name)


def study(question: StudyQuestion, seeds: int, ways: Sequence[Reporting] = tuple(Reporting)) -> StudyFinding:
    """Live through the world with every way to report, ``seeds`` times each with the same tasks and workers.

    Silence must be among the ways: the others are held against it.
    """
    measured = counted_seconds(question.world.rate)
    outcomes: dict[Reporting, list[AllowListOutcome]] = {}
    for reporting in ways:
        plan = Plan(question.world, reporting, question.others, measured=measured)
        outcomes[reporting] = [live_through(plan, seed) for seed in range(seeds)]
    silence = outcomes[Reporting.SILENT]
    return StudyFinding(question, {r: _arm(question.world, r, runs, silence) for r, runs in outcomes.items()})


def counted_seconds(rate: float) -> float:
    """Return how long a run is counted: until about 300 tasks of the customer came, but from 10 minutes to an hour."""
    return min(max(300 / rate, 10.0), 60.0) * MINUTE


def _arm(
    world: World, reporting: Reporting, runs: Sequence[AllowListOutcome], silence: Sequence[AllowListOutcome]
) -> Arm:
    came = sum(run.meetings.total() for run in runs)
    solved = sum(run.customer.solved for run in runs)
    pairs = [(run, still) for run, still in zip(runs, silence, strict=True) if run.customer.solved]
    share = interval([run.customer.share for run, _ in pairs])
    gain = interval([run.customer.share - still.customer.share for run, still in pairs if still.customer.solved])
    others_gain = interval([run.others.share - still.others.share for run, still in pairs])
    is_real = gain.low > 0
    return Arm(
        reporting=reporting,
        share=share,
        counted=sum(run.customer.correct for run in runs) / solved,
        gain=gain,
        others_gain=others_gain,
        meetings={meeting: sum(run.meetings[meeting] for run in runs) / came for meeting in Meeting},
        listed=sum(run.listed for run in runs) / came,
        filtered=sum(run.filtered for run in runs) / sum(run.here for run in runs),
        unanswered=sum(run.customer.unanswered for run in runs) / came,
        wait=sum(run.customer.waited for run in runs) / solved,
        others_wait=sum(run.others.waited for run in runs) / max(sum(run.others.solved for run in runs), 1),
        hours_to_notice=tasks_to_notice(share.mean - gain.mean, share.mean) / world.rate / 60 if is_real else None,
    )
