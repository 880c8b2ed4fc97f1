-- Who answers as somebody else does, for the operator to look at; gold that was passed on (docs/decisions/0066).

ALTER TABLE gold_seen ADD passed_lease int NOT NULL DEFAULT 0;
ALTER TABLE gold_seen ADD passed_at timestamptz;
CREATE INDEX gold_seen_work ON gold_seen (cell, work_id);

ALTER TABLE queue ADD peers_right real;

CREATE TABLE alike (
    cell      int NOT NULL,
    queue_id  int NOT NULL,
    worker_id bigint NOT NULL,
    kind      text NOT NULL,
    other_id  bigint NOT NULL,
    tasks     int NOT NULL,
    alike     int NOT NULL,
    expected  real NOT NULL,
    first_at  timestamptz,
    found_at  timestamptz NOT NULL,
    as_of     timestamptz NOT NULL,
    PRIMARY KEY (cell, queue_id, worker_id, kind, other_id)
);
CREATE INDEX alike_worker ON alike (cell, worker_id);
CREATE INDEX alike_other ON alike (cell, other_id) WHERE other_id <> 0;
