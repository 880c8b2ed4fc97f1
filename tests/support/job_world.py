"""Jobs of every sort for the world of the batches."""

from datetime import timedelta

from manyeyes.jobs.rules import JobVerb
from support import job_lives
from support.action_stage import PRICE, Stage


async def make_jobs(stage: Stage, rich: int, poor: int) -> None:
    """Make jobs with lines in the queue and behind it: running, resting, woken, cancelled, late, claimed and stuck."""
    hook = {"callback_url": "https://receiver0.example/jobs"}
    made = [await job_lives.running(stage, rich, 4, budget_micros=3 * PRICE, **hook) for _ in range(7)]
    made.append(await job_lives.running(stage, poor, 4, **hook))
    for job_id in made:
        await job_lives.feed(stage, job_id, 2)
    _, resting, woken, cancelled, late, fed, stuck, _ = made
    for job_id in (resting, woken):
        await job_lives.change(stage, job_id, verb=JobVerb.PAUSE)
        await job_lives.settle(stage, job_id)
    await job_lives.change(stage, woken, verb=JobVerb.START)
    await job_lives.change(stage, cancelled, verb=JobVerb.CANCEL)
    await stage.change("UPDATE job SET deadline = $3 WHERE cell = $1 AND job_id = $2", late, stage.now)
    await job_lives.claim(stage, fed, 1)
    long_ago = stage.now - timedelta(hours=2)
    await stage.change("UPDATE job SET changed_at = $3 WHERE cell = $1 AND job_id = $2", stuck, long_ago)
