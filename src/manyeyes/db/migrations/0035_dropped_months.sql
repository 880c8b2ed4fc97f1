-- What of a sealed month was written to files, and dropped (docs/decisions/0095).
ALTER TABLE seal ADD COLUMN exported_at timestamptz;
ALTER TABLE seal ADD COLUMN dropped_at timestamptz;
ALTER TABLE seal ADD COLUMN gone_through bigint NOT NULL DEFAULT 0;

-- What dropped tasks were charged, by the second of their end: statements and spending windows add it up as they did the tasks.
CREATE TABLE dropped_charge (
    cell           int NOT NULL,
    account_id     bigint NOT NULL,
    ended_at       timestamptz NOT NULL,  -- a whole second
    queue_id       int NOT NULL,
    soft_id        int NOT NULL,
    ip             text NOT NULL,
    tasks          bigint NOT NULL,
    charged_micros bigint NOT NULL,
    PRIMARY KEY (cell, account_id, ended_at, queue_id, soft_id, ip)
);

-- What people earned with dropped tasks, by the second and kind of entry.
CREATE TABLE dropped_pay (
    cell          int NOT NULL,
    worker_id     bigint NOT NULL,
    at            timestamptz NOT NULL,   -- a whole second
    kind          smallint NOT NULL,
    entries       bigint NOT NULL,
    amount_micros bigint NOT NULL,
    PRIMARY KEY (cell, worker_id, at, kind)
);
