-- Reports, their votes and verdicts; refunds; appeals. What each table is for: db/schema.sql.

ALTER TABLE queue ADD COLUMN vote_micros bigint NOT NULL DEFAULT 100 CHECK (vote_micros >= 0);

CREATE TABLE report (
    cell            int NOT NULL,
    task_id         bigint NOT NULL,
    account_id      bigint NOT NULL,
    queue_id        int NOT NULL,
    worker_id       bigint NOT NULL,
    kind            smallint NOT NULL,
    state           smallint NOT NULL,
    why             text NOT NULL DEFAULT '',
    ended_at        timestamptz NOT NULL,
    filed_at        timestamptz NOT NULL,
    decided_at      timestamptz,
    refunded_micros bigint NOT NULL DEFAULT 0,
    cancelled_micros bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX report_account ON report (cell, account_id, filed_at, task_id);
CREATE INDEX report_worker ON report (cell, worker_id, filed_at) WHERE kind = 0;
CREATE INDEX report_open ON report (cell, filed_at) WHERE state = 0;

CREATE TABLE refused_report (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    task_id    bigint NOT NULL,
    kind       smallint NOT NULL,
    reason     text NOT NULL,
    times      int NOT NULL DEFAULT 1,
    at         timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, task_id, kind, reason)
);
CREATE INDEX refused_report_account ON refused_report (cell, account_id, at);
CREATE INDEX refused_report_age ON refused_report (cell, at);

CREATE TABLE reporter (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    judged     bigint NOT NULL,
    confirmed  bigint NOT NULL,
    PRIMARY KEY (cell, account_id)
) WITH (fillfactor = 50);

CREATE TABLE vote_slot (
    cell        int NOT NULL,
    task_id     bigint NOT NULL,
    n           smallint NOT NULL,
    state       smallint NOT NULL DEFAULT 0,
    author_id   bigint NOT NULL,
    queue_id    int NOT NULL,
    filed_at    timestamptz NOT NULL,
    reviewer_id bigint NOT NULL DEFAULT 0,
    lease       int NOT NULL DEFAULT 0,
    lease_until timestamptz,
    verdict     smallint,
    reason      text NOT NULL DEFAULT '',
    voted_at    timestamptz,
    pay_micros  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, task_id, n)
) WITH (fillfactor = 50);
CREATE INDEX vote_slot_open ON vote_slot (cell, filed_at, task_id, n) WHERE state = 0;
CREATE INDEX vote_slot_leased ON vote_slot (cell, lease_until) WHERE state = 1;
CREATE UNIQUE INDEX vote_slot_once ON vote_slot (cell, task_id, reviewer_id) WHERE reviewer_id <> 0;
CREATE INDEX vote_slot_held ON vote_slot (cell, reviewer_id) WHERE state = 1;
CREATE INDEX vote_slot_reviewer ON vote_slot (cell, reviewer_id, voted_at) WHERE reviewer_id <> 0;

CREATE TABLE reviewer_record (
    cell        int NOT NULL,
    reviewer_id bigint NOT NULL,
    votes       bigint NOT NULL,
    against     bigint NOT NULL,
    PRIMARY KEY (cell, reviewer_id)
) WITH (fillfactor = 50);

CREATE TABLE appeal (
    cell        int NOT NULL,
    task_id     bigint NOT NULL,
    worker_id   bigint NOT NULL,
    words       text NOT NULL,
    pay_micros  bigint NOT NULL,
    filed_at    timestamptz NOT NULL,
    decided_at  timestamptz,
    accepted    boolean,
    answer      text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX appeal_open ON appeal (cell, filed_at) WHERE decided_at IS NULL;
CREATE INDEX appeal_worker ON appeal (cell, worker_id, filed_at);

CREATE TABLE refund (
    cell            int NOT NULL,
    task_id         bigint NOT NULL,
    account_id      bigint NOT NULL,
    queue_id        int NOT NULL,
    soft_id         int NOT NULL,
    ip              text NOT NULL,
    ended_at        timestamptz NOT NULL,
    refunded_at     timestamptz NOT NULL,
    refunded_micros bigint NOT NULL,
    PRIMARY KEY (cell, task_id),
    CONSTRAINT refund_positive CHECK (refunded_micros > 0)
);
CREATE INDEX refund_account ON refund (cell, account_id, ended_at);

-- Token kinds (docs/contracts/anticaptcha.md#queues; names are ours where none is printed). No language is needed.
INSERT INTO queue (queue_id, name, language, price_micros, pay_micros, capacity, lease_seconds) VALUES
    (6, 'Recaptcha Proxyless', '', 2000, 1400, 100000, 120),
    (18, 'Recaptcha V3 s0.3', '', 1000, 700, 100000, 60),
    (19, 'Recaptcha V3 s0.7', '', 1500, 1000, 100000, 60),
    (20, 'Recaptcha V3 s0.9', '', 2000, 1400, 100000, 60),
    (22, 'hCaptcha Proxyless', '', 2000, 1400, 100000, 120),
    (24, 'Recaptcha Enterprise V2 Proxyless', '', 5000, 3500, 100000, 120),
    (27, 'Turnstile Proxyless', '', 2000, 1400, 100000, 120)
ON CONFLICT DO NOTHING;
