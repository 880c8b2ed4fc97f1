-- Who answers as somebody else does, for the operator to look at; gold that was passed on (docs/decisions/0066).

ALTER TABLE gold_seen ADD passed_lease int NOT NULL DEFAULT 0;
ALTER TABLE gold_seen ADD passed_at timestamptz;
CREATE INDEX gold_seen_work ON gold_seen (cell, work_id);
