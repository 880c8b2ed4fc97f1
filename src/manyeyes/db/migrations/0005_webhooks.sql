-- Results that are sent to their customers' addresses. What each table is for: db/schema.sql.

ALTER TABLE work ADD COLUMN callback_url text NOT NULL DEFAULT '';
ALTER TABLE work ADD COLUMN base_url text NOT NULL DEFAULT '';

CREATE TABLE delivery (
    cell         int NOT NULL,
    task_id      bigint NOT NULL,
    account_id   bigint NOT NULL,
    url          text NOT NULL,
    receiver     text NOT NULL,
    base_url     text NOT NULL,
    state        smallint NOT NULL DEFAULT 0,
    tries        int NOT NULL DEFAULT 0,
    tries_before int NOT NULL DEFAULT 0,
    claim        int NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL,
    ended_at     timestamptz NOT NULL,
    closed_at    timestamptz,
    last_status  int NOT NULL DEFAULT 0,
    last_fault   text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, task_id)
) WITH (fillfactor = 70);
CREATE INDEX delivery_due ON delivery (cell, receiver, next_at) WHERE state = 0;
CREATE INDEX delivery_account ON delivery (cell, account_id, task_id);
CREATE INDEX delivery_given_up ON delivery (cell, account_id, task_id) WHERE state = 2;
CREATE INDEX delivery_age ON delivery (cell, ended_at);

CREATE TABLE delivery_try (
    cell         int NOT NULL,
    task_id      bigint NOT NULL,
    n            int NOT NULL,
    at           timestamptz NOT NULL,
    status       int NOT NULL,
    fault        text NOT NULL,
    milliseconds int NOT NULL,
    PRIMARY KEY (cell, task_id, n)
);

CREATE TABLE webhook_rotation (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    generation int NOT NULL,
    rotated_at timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id)
);
