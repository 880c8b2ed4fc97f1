"""The periodic jobs. Each is a period in seconds and a call; all of them may run in every process at once.

Those that look for something to do every second are begun by `sweeps` when there is something.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Sequence

import structlog
from prometheus_client import Counter

from manyeyes.actions.close_overdue_judgements import LARGEST_SWEEP as JUDGEMENTS_SWEEP
from manyeyes.actions.close_overdue_judgements import CloseOverdueJudgements, close_overdue_judgements
from manyeyes.actions.count_evidence import LARGEST_SWEEP as EVIDENCE_SWEEP
from manyeyes.actions.count_evidence import CountEvidence, count_evidence
from manyeyes.actions.end_overdue_tasks import LARGEST_SWEEP as OVERDUE_SWEEP
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.forget_credentials import ForgetCredentials, forget_credentials
from manyeyes.actions.forget_refused_reports import ForgetRefusedReports, forget_refused_reports
from manyeyes.actions.forget_standings import LARGEST_SWEEP as STANDINGS_SWEEP
from manyeyes.actions.forget_standings import ForgetStandings, forget_standings
from manyeyes.actions.forget_tasks import ForgetTasks, forget_tasks
from manyeyes.actions.hush_workers import HushWorker, hush_workers
from manyeyes.actions.lay_gold import LayGold, lay_gold
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from manyeyes.actions.replace_answers import LARGEST_SWEEP as REPLACED_SWEEP
from manyeyes.actions.replace_answers import ReplaceAnswers, replace_answers
from manyeyes.actions.retire_dead_nodes import LARGEST_SWEEP as ORPHANS_SWEEP
from manyeyes.actions.retire_dead_nodes import RetireDeadNodes, retire_dead_nodes
from manyeyes.actions.return_lapsed_judgements import ReturnLapsedJudgements, return_lapsed_judgements
from manyeyes.actions.return_lapsed_leases import LARGEST_SWEEP as LAPSED_SWEEP
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.actions.send_on_breaks import SendOnBreaks, send_on_breaks
from manyeyes.actions.settle_overdue_reports import LARGEST_SWEEP as REPORTS_SWEEP
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.sign_heads import SignHeads, sign_heads
from manyeyes.actions.sweep_calls import LARGEST_SWEEP as CALLS_SWEEP
from manyeyes.actions.sweep_calls import SweepCalls, sweep_calls
from manyeyes.actions.sweep_deliveries import LARGEST_SWEEP as DELIVERY_SWEEP
from manyeyes.actions.sweep_deliveries import SweepDeliveries, sweep_deliveries
from manyeyes.actions.vest_pay import LARGEST_SWEEP as VEST_SWEEP
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.actions.watch_reporters import WatchReporters, watch_reporters
from manyeyes.db.picture_days import keep_days
from manyeyes.db.pool import DIRECTORY
from manyeyes.runtime.books_proof import due_of, seal_cell
from manyeyes.runtime.context import Context, today
from manyeyes.runtime.heartbeat import beat
from manyeyes.runtime.notifier import EVERY_REVIEWER
from manyeyes.runtime.skill_process import learn_apart
from manyeyes.skills.evidence import queues_to_learn

LAPSED = Counter("manyeyes_lapsed_leases", "Leases that ran out before their answer")
EXPIRED = Counter("manyeyes_expired_tasks", "Tasks that nobody finished in their longest life")
log = structlog.get_logger()
SEED_BYTES = 16  # of chance: what a sweep decides may be drawn for an audit
FAILED_SECONDS = 60.0  # how soon a job that failed is tried again at the latest
PeriodicJob = Callable[[Context, int], Awaitable[object]]


async def return_leases(context: Context, cell: int) -> None:
    """Give lapsed leases back and match their queues anew."""
    while True:
        swept = await context.batcher.ask(return_lapsed_leases, ReturnLapsedLeases(cell))
        LAPSED.inc(len(swept.worker_ids))
        context.notifier.notify(swept.worker_ids)
        context.dispatcher.wake(cell, swept.queue_ids)
        if len(swept.worker_ids) < LAPSED_SWEEP:
            return


async def lay_gold_down(context: Context, cell: int) -> None:
    """Lay gold on desks by lot, and tell those who get it as of any other task."""
    context.notifier.notify(await context.batcher.ask(lay_gold, LayGold(cell, context.gold_seed)))


async def count_all_evidence(context: Context, cell: int) -> None:
    """Count what proved right or wrong, until nothing is left; tell those who lose a queue by it."""
    while True:
        counted = await context.batcher.ask(count_evidence, CountEvidence(cell))
        context.notifier.notify(worker_id for _, worker_id in counted.barred)
        context.dispatcher.wake(cell, counted.queue_ids)
        if counted.pieces < EVIDENCE_SWEEP:
            return
        await asyncio.sleep(0)


async def replace_barred(context: Context, cell: int) -> None:
    """Ask others in the place of people who fell below a floor, until nothing is left."""
    while True:
        replaced = await context.batcher.ask(replace_answers, ReplaceAnswers(cell))
        context.dispatcher.wake(cell, replaced.queue_ids)
        if replaced.answers < REPLACED_SWEEP:
            return
        await asyncio.sleep(0)


async def sign_trail(context: Context, cell: int) -> None:
    """Sign where the audit trails have got to, the cell's and the look-ups': once a day, in UTC."""
    for each in (DIRECTORY, cell):
        await context.batcher.ask(sign_heads, SignHeads(each, context.trail_key))


async def seal_past_months(context: Context, cell: int) -> None:
    """Seal months that are over, if the books balance: the proof of the books then begins behind them."""
    if await due_of(context, cell):
        sealing = await seal_cell(context, cell)
        if sealing.difference_micros:
            log.warning("month_not_sealed", cell=cell, difference_micros=sealing.difference_micros)


async def learn_nightly(context: Context, cell: int) -> None:
    """Let a process of its own work out the skills of queues where people answered: once a day."""
    async with context.cells.pool(cell).acquire() as db:
        due = await queues_to_learn(db, await db.fetchval("SELECT now()"), cell)
    if due and (code := await learn_apart(context.dsn, cell)):
        log.warning("skills_not_learned", cell=cell, code=code)


async def end_overdue(context: Context, cell: int) -> None:
    """End tasks that nobody finished in their longest life, until none is left; lines of their jobs may follow."""
    while ended := await context.batcher.ask(end_overdue_tasks, EndOverdueTasks(cell, os.urandom(SEED_BYTES))):
        EXPIRED.inc(ended)
        context.job_bell.ring()
        if ended < OVERDUE_SWEEP:
            return
        await asyncio.sleep(0)


async def hand_out_all(context: Context, cell: int) -> None:
    """Match all queues, though nothing is known to have changed: a lost wake-up costs at most this job's period."""
    context.dispatcher.wake(cell, await context.lookups.queues())


async def notice_absence(context: Context, cell: int) -> None:
    """Mark workers away whose connection is gone, all of them at once; what they have not seen goes to others."""
    await asyncio.gather(*[_put_away(context, gone, worker_id) for gone, worker_id in context.presence.silent()])


async def _put_away(context: Context, cell: int, worker_id: int) -> None:
    queue_ids = await context.batcher.ask(leave, Leave(cell, worker_id, offline=False, node_id=context.node_id))
    context.presence.forget(worker_id)  # only now: one whom the database did not hear of is tried again
    context.dispatcher.wake(cell, queue_ids)


async def notice_silence(context: Context, cell: int) -> None:
    """Tell the database who no longer asks: what they have not seen may go to others, who are matched before them."""
    hushed = context.presence.hushed()
    asked = [
        context.batcher.ask(hush_workers, HushWorker(there, worker_id, context.node_id)) for there, worker_id in hushed
    ]
    if any(await asyncio.gather(*asked)):
        context.dispatcher.wake(cell, await context.lookups.queues())
    for _, worker_id in hushed:  # only now: whoever called meanwhile is told to the database once more
        context.presence.note_changed(worker_id)


async def retire_nodes(context: Context, cell: int) -> None:
    """Take the workers of nodes that no longer beat out of the match, until none is left."""
    while True:
        retired = await context.batcher.ask(retire_dead_nodes, RetireDeadNodes(cell))
        context.dispatcher.wake(cell, retired.queue_ids)
        if retired.workers < ORPHANS_SWEEP:
            return


async def vest(context: Context, cell: int) -> None:
    """Make pay whose complaint window has closed payable, until none is left."""
    while await context.batcher.ask(vest_pay, VestPay(cell)) == VEST_SWEEP:
        await asyncio.sleep(0)


async def return_slots(context: Context, cell: int) -> None:
    """Open complaints and results again that a reviewer left undecided, and wake the others who wait for one."""
    complaints = await context.batcher.ask(return_lapsed_slots, ReturnLapsedSlots(cell))
    if await context.batcher.ask(return_lapsed_judgements, ReturnLapsedJudgements(cell)) or complaints:
        context.notifier.notify([EVERY_REVIEWER])


async def settle_reports(context: Context, cell: int) -> None:
    """Settle complaints that reviewers left undecided for too long, until none is left."""
    command = SettleOverdueReports(cell, context.settings.report_patience_hours)
    while await context.batcher.ask(settle_overdue_reports, command) == REPORTS_SWEEP:
        await asyncio.sleep(0)


async def close_judgements(context: Context, cell: int) -> None:
    """End what reviewers were asked and left undecided for too long, until none is left."""
    command = CloseOverdueJudgements(cell, context.settings.judgement_patience_hours)
    while closed := await context.batcher.ask(close_overdue_judgements, command):
        context.job_bell.ring()
        if closed < JUDGEMENTS_SWEEP:
            return
        await asyncio.sleep(0)


async def forget_refused(context: Context, cell: int) -> None:
    """Forget refused reports that are too old."""
    await context.batcher.ask(forget_refused_reports, ForgetRefusedReports(cell))


async def forget_spent_credentials(context: Context, cell: int) -> None:
    """Forget links and sessions that are over."""
    await context.batcher.ask(forget_credentials, ForgetCredentials())


async def forget_deliveries(context: Context, cell: int) -> None:
    """Forget deliveries, with their logs, that are too old, until none is left."""
    while await context.batcher.ask(sweep_deliveries, SweepDeliveries(cell)) == DELIVERY_SWEEP:
        await asyncio.sleep(0)


async def forget_calls(context: Context, cell: int) -> None:
    """Forget the answers of signed calls whose timestamps are too old to be taken again."""
    command = SweepCalls(cell, context.settings.timestamp_window_seconds)
    while await context.batcher.ask(sweep_calls, command) == CALLS_SWEEP:
        await asyncio.sleep(0)


async def measure(context: Context, cell: int) -> None:
    """Measure how deep the queues are."""
    await context.batcher.ask(measure_depths, MeasureDepths(cell))


async def keep_picture_days(context: Context, cell: int) -> None:
    """Make the picture partitions of the days ahead, and drop those of past days in which nothing is left."""
    async with context.cells.pool(cell).acquire() as db:
        await keep_days(db, today(), keep_days=2)


async def forget_past_keep(context: Context, cell: int) -> None:
    """Forget answers, pictures and words that are past their account's keep, until none is left."""
    while await context.batcher.ask(forget_tasks, ForgetTasks(cell, context.settings.result_readable_seconds)):
        await asyncio.sleep(0)


async def forget_past_standings(context: Context, cell: int) -> None:
    """Forget what customers thought of workers longer than an hour ago, until nothing is left."""
    while await context.batcher.ask(forget_standings, ForgetStandings(cell)) == STANDINGS_SWEEP:
        await asyncio.sleep(0)


async def guard_reports(context: Context, cell: int) -> None:
    """Log whose reports of incorrect tokens stand out so far that they are ignored from now on."""
    for account_id in await context.batcher.ask(watch_reporters, WatchReporters(cell)):
        log.warning("incorrect_reports_ignored", cell=cell, account=account_id)


async def send_people_on_breaks(context: Context, cell: int) -> None:
    """Let people who have worked for two hours have a break, and tell their screens."""
    sent = await context.batcher.ask(send_on_breaks, SendOnBreaks(cell))
    context.notifier.notify(sent.worker_ids)


JOBS: list[tuple[float, PeriodicJob]] = [
    (2.0, beat),
    (3600.0, learn_nightly),
    (600.0, sign_trail),
    (3600.0, seal_past_months),
    (0.5, notice_silence),
    (2.0, notice_absence),
    (60.0, settle_reports),
    (60.0, close_judgements),
    (60.0, forget_past_standings),
    (300.0, guard_reports),
    (3600.0, forget_refused),
    (3600.0, forget_spent_credentials),
    (3600.0, keep_picture_days),
    (60.0, forget_past_keep),
    (600.0, forget_deliveries),
    (300.0, forget_calls),
    (10.0, send_people_on_breaks),
]


def start_jobs(context: Context, jobs: Sequence[tuple[float, PeriodicJob]]) -> list[asyncio.Task[None]]:
    """Run every job for every cell until its task is cancelled."""
    return [
        asyncio.create_task(_repeat(context, cell, seconds, job), name=f"{job.__name__}-{cell}")
        for cell in context.cells.numbers
        for seconds, job in jobs
    ]


async def _repeat(context: Context, cell: int, seconds: float, job: PeriodicJob) -> None:
    """Repeat a job with jitter, so that processes do not meet; one that failed is logged and soon tried again."""
    while True:
        pause = seconds
        try:
            await job(context, cell)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("job_failed", job=job.__name__, cell=cell, error=repr(error))
            pause = min(seconds, FAILED_SECONDS)
        await asyncio.sleep(pause * random.uniform(0.8, 1.2))
