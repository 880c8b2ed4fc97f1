-- Who works at something keeps it for up to three leases; what was answered or passed on can be taken back
-- (docs/decisions/0074).

ALTER TABLE vote_slot ADD shown_at timestamptz;
ALTER TABLE judgement ADD shown_at timestamptz;

ALTER TABLE work ADD aside_text text;
ALTER TABLE work ADD aside_reason text NOT NULL DEFAULT '';
ALTER TABLE work ADD aside_until timestamptz;
ALTER TABLE work ADD aside_ms int NOT NULL DEFAULT 0;
CREATE INDEX work_aside ON work (cell, worker_id) WHERE state = 4;
CREATE INDEX work_aside_due ON work (cell, aside_until) WHERE state = 4;
