"""What the supervisor hands to a serving process: the names of variables, known to both."""

LISTEN_FD = "MANYEYES_LISTEN_FD"
OPS_FD = "MANYEYES_OPS_FD"  # empty: health and metrics are nowhere
READY_FD = "MANYEYES_READY_FD"
PARENT_PID = "MANYEYES_PARENT_PID"
PREPARES = "MANYEYES_PREPARES"  # not empty: it is the first one, and prepares the database for all
SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"  # the library's own variable: where several processes write theirs
