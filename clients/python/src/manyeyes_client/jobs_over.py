"""When a job is over, and how often one that is not is looked at where nothing tells."""

OVER = frozenset({"finished", "cancelled"})
LOOK_SECONDS = 2.0
