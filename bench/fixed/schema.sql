-- The fixed yardstick: what a task's life needs in a database and no more. Frozen (tests/tidy/test_fixed_yardstick.py).
-- Money in micro-units. A task's status: 0 waits, 1 is with a worker, 2 is solved.

CREATE SCHEMA fixed;

CREATE TABLE fixed.account (
    account_id int PRIMARY KEY,
    client_key text NOT NULL UNIQUE,
    balance_micros bigint NOT NULL,
    held_micros bigint NOT NULL DEFAULT 0 CHECK (held_micros >= 0)
) WITH (fillfactor = 50);

CREATE TABLE fixed.worker (
    worker_id int PRIMARY KEY,
    token text NOT NULL UNIQUE,
    earned_micros bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE fixed.listed (
    worker_id int NOT NULL,
    account_id int NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (worker_id, account_id)
);

CREATE TABLE fixed.task (
    task_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id int NOT NULL,
    worker_id int,
    queue_id smallint NOT NULL,
    status smallint NOT NULL DEFAULT 0,
    bid_micros int NOT NULL,
    charged_micros int,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    handed_out_at timestamptz,
    lease_until timestamptz,
    ended_at timestamptz,
    question jsonb NOT NULL,
    answer jsonb
) WITH (fillfactor = 75);

-- A row for each task that waits, so that no index of `task` moves with its status.
CREATE TABLE fixed.waiting (
    queue_id smallint NOT NULL,
    bid_micros int NOT NULL,
    task_id bigint NOT NULL,
    account_id int NOT NULL,
    PRIMARY KEY (queue_id, bid_micros, task_id)
);
CREATE INDEX waiting_of_account ON fixed.waiting (account_id, queue_id, bid_micros, task_id);

-- Three rows a life, which sum up to 0. Side: 0 the customer, 1 the worker, 2 the house.
CREATE TABLE fixed.entry (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id bigint NOT NULL,
    side smallint NOT NULL,
    party_id int NOT NULL,
    amount_micros bigint NOT NULL,
    kind smallint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX entry_of_party ON fixed.entry (side, party_id, at);

CREATE TABLE fixed.usage_hour (
    account_id int NOT NULL,
    queue_id smallint NOT NULL,
    hour timestamptz NOT NULL,
    tasks int NOT NULL,
    charged_micros bigint NOT NULL,
    PRIMARY KEY (account_id, queue_id, hour)
) WITH (fillfactor = 50);

INSERT INTO fixed.account (account_id, client_key, balance_micros)
SELECT n, md5('account ' || n), 1000000000000000 FROM generate_series(1, 1000) AS n;

INSERT INTO fixed.worker (worker_id, token) SELECT n, md5('worker ' || n) FROM generate_series(1, 10000) AS n;

-- About two listings a worker, none for some: drawn by a hash, the same ones every time.
INSERT INTO fixed.listed (worker_id, account_id, expires_at)
SELECT DISTINCT 1 + abs(hashint8(n) % 10000), 1 + abs(hashint8(n + 1000000) % 1000), now() + interval '1 day'
FROM generate_series(1, 20000) AS n;
