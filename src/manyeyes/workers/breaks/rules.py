"""Two hours of work, then five minutes of rest (docs/decisions/0079)."""

from datetime import datetime, timedelta

from manyeyes.values.refusals import Reason, Refusal

REST = timedelta(minutes=5)


def break_due(ends: datetime) -> Refusal:
    """Return what somebody is told whose break lasts until then at the least."""
    return Refusal(Reason.BREAK_DUE, f"you have worked for two hours; your break lasts until {ends:%H:%M:%S} UTC")
