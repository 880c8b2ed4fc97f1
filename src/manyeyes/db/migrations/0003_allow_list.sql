-- Allow-lists, their mirror (filters), and the guard over token reports. What each table is for: db/schema.sql.

CREATE TABLE standing (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    worker_id  bigint NOT NULL,
    filtered   boolean NOT NULL,
    until      timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, worker_id) INCLUDE (filtered, until)
);
CREATE INDEX standing_worker ON standing (cell, worker_id, filtered, until) INCLUDE (account_id);
CREATE INDEX standing_until ON standing (cell, until);

CREATE TABLE ignored_reporter (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    until      timestamptz NOT NULL,
    why        text NOT NULL,
    PRIMARY KEY (cell, account_id)
);

CREATE INDEX report_token ON report (cell, filed_at) INCLUDE (account_id, queue_id, kind) WHERE kind IN (1, 2);
CREATE INDEX work_account ON work (cell, account_id, queue_id, created_at, task_id) WHERE state = 0;
