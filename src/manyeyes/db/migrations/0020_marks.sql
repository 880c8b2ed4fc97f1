-- Marks of queues and tasks take the place of `sensitive`; what workers say to them, and what they were shown of them
-- (docs/decisions/0079). A queue that was sensitive is marked as distressing, and is nobody's until they say yes.

ALTER TABLE queue ADD marks smallint NOT NULL DEFAULT 0;
UPDATE queue SET marks = 64 WHERE sensitive;
ALTER TABLE queue DROP COLUMN sensitive;
ALTER TABLE task ADD marks smallint NOT NULL DEFAULT 0;
ALTER TABLE work ADD marks smallint NOT NULL DEFAULT 0;
UPDATE work SET marks = 64 FROM queue WHERE queue.queue_id = work.queue_id AND queue.marks <> 0;
CREATE INDEX work_marked ON work (cell, queue_id) WHERE marks <> 0;

ALTER TABLE cell ADD cells smallint NOT NULL DEFAULT 1;
ALTER TABLE cell ADD nth smallint NOT NULL DEFAULT 0;

ALTER TABLE session ADD works_since timestamptz;

CREATE TABLE wellbeing (
    cell         int NOT NULL,
    worker_id    bigint NOT NULL,
    agreed       jsonb NOT NULL DEFAULT '{}',
    avoided      smallint NOT NULL DEFAULT 0,
    caps         jsonb NOT NULL DEFAULT '{}',
    zone         text NOT NULL DEFAULT 'UTC',
    day          date NOT NULL DEFAULT '0001-01-01',
    spent        jsonb NOT NULL DEFAULT '{}',
    in_a_row     int NOT NULL DEFAULT 0,
    marked_until timestamptz,
    PRIMARY KEY (cell, worker_id)
) WITH (fillfactor = 50);
