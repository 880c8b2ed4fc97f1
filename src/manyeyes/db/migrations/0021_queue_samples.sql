-- How each queue looked, minute by minute, for the operator's charts (docs/decisions/0080).

CREATE TABLE queue_sample (
    cell     int NOT NULL,
    queue_id int NOT NULL,
    minute   int NOT NULL,
    waiting  bigint NOT NULL,
    present  int NOT NULL,
    arrived  bigint NOT NULL,
    expired  bigint NOT NULL,
    PRIMARY KEY (cell, queue_id, minute)
);
-- Rows come in the order of these instants: a summary per megabyte finds a minute, and costs an insert nothing.
CREATE INDEX task_came ON task USING brin (cell, created_at) WITH (autosummarize = on);
CREATE INDEX result_ended ON result USING brin (cell, ended_at) WITH (autosummarize = on);
