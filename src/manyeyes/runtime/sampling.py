"""How queues look, kept once a minute for the operator's charts."""

from manyeyes.actions.forget_samples import ForgetSamples, forget_samples
from manyeyes.actions.sample_queues import SampleQueues, sample_queues
from manyeyes.runtime.context import Context


async def sample(context: Context, cell: int) -> None:
    """Keep how the queues look, for the operator's charts; asked more often than once a minute, lest one be missed."""
    await context.batcher.ask(sample_queues, SampleQueues(cell))


async def forget_old_samples(context: Context, cell: int) -> None:
    """Forget how queues looked longer ago than the charts go, and what people passed on longer ago than a year."""
    await context.batcher.ask(forget_samples, ForgetSamples(cell))


SAMPLING_JOBS = [(20.0, sample), (3600.0, forget_old_samples)]
