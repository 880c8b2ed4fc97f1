"""When a job is over, and what is told of one where the server has no stream of its progress."""

from manyeyes_client.messages import Job, JobProgress

OVER = frozenset({"finished", "cancelled"})
LOOK_SECONDS = 2.0


def progress_of(job: Job) -> JobProgress:
    """Return what of a job changes while it runs."""
    return JobProgress(**{name: getattr(job, name) for name in JobProgress.__struct_fields__})
