-- What people pass on is counted, by day, queue and reason: for themselves and for the operator (docs/decisions/0089).

CREATE TABLE skip_day (
    cell      int NOT NULL,
    worker_id bigint NOT NULL,
    day       date NOT NULL,        -- in UTC
    queue_id  int NOT NULL,
    reason    text NOT NULL,        -- workers/rules.py
    skips     bigint NOT NULL,
    PRIMARY KEY (cell, worker_id, day, queue_id, reason)
) WITH (fillfactor = 50);
CREATE INDEX skip_day_age ON skip_day (cell, day);
