-- Jobs, the kinds of answer, how long tasks live and answers are kept, calls that may be repeated (docs/decisions/0046).

ALTER TABLE api_key ADD scopes text[] NOT NULL DEFAULT '{tasks:read,tasks:write,money:read,webhooks}';
ALTER TABLE account ADD keep_days int NOT NULL DEFAULT 90 CHECK (keep_days BETWEEN 0 AND 3650);
ALTER TABLE account ADD forgotten_until timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE queue ADD life_seconds int CHECK (life_seconds BETWEEN 60 AND 2592000);

ALTER TABLE task ADD contract smallint NOT NULL DEFAULT 0;
ALTER TABLE task ADD question_id bigint NOT NULL DEFAULT 0;
ALTER TABLE task ADD job_id bigint NOT NULL DEFAULT 0;
ALTER TABLE task ADD line int NOT NULL DEFAULT 0;
ALTER TABLE task ADD external_id text NOT NULL DEFAULT '';
ALTER TABLE task ADD picture_url text NOT NULL DEFAULT '';
CREATE INDEX task_account ON task (cell, account_id, task_id);
CREATE INDEX task_external ON task (cell, account_id, external_id, task_id) WHERE external_id <> '';
CREATE UNIQUE INDEX task_line ON task (cell, job_id, line) WHERE job_id <> 0;
CREATE UNIQUE INDEX task_item ON task (cell, job_id, external_id) WHERE job_id <> 0 AND external_id <> '';

ALTER TABLE work ADD question_id bigint NOT NULL DEFAULT 0;
ALTER TABLE work ADD job_id bigint NOT NULL DEFAULT 0;
ALTER TABLE work ADD entered_at timestamptz;
DROP INDEX work_leased;
CREATE INDEX work_leased ON work (cell, worker_id) WHERE state IN (1, 2);
CREATE INDEX work_job ON work (cell, job_id, state) WHERE job_id <> 0;

ALTER TABLE result ADD job_id bigint NOT NULL DEFAULT 0;
ALTER TABLE result ADD why text NOT NULL DEFAULT '';
-- Until now answers could be read for minutes and pictures for a day: what ended before is told to be gone.
ALTER TABLE result ADD kept boolean NOT NULL DEFAULT false;
ALTER TABLE result ALTER kept SET DEFAULT true;
DROP INDEX result_charged;
CREATE INDEX result_account ON result (cell, account_id, ended_at, task_id)
    INCLUDE (queue_id, soft_id, ip, charged_micros, job_id);

CREATE TABLE kept_longer (
    cell       int NOT NULL,
    task_id    bigint NOT NULL,
    look_at    timestamptz NOT NULL,
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX kept_longer_due ON kept_longer (cell, look_at);

CREATE INDEX refund_given ON refund (cell, account_id, refunded_at, task_id)
    INCLUDE (queue_id, soft_id, ip, refunded_micros, ended_at);
CREATE INDEX transfer_rare ON transfer (cell, account_id, at) INCLUDE (kind, amount_micros)
    WHERE account_id <> 0 AND kind IN (1, 7, 13, 14);

CREATE TABLE question (
    cell         int NOT NULL,
    question_id  bigint NOT NULL,
    account_id   bigint NOT NULL,
    digest       bytea NOT NULL,
    kind         text NOT NULL,
    options      jsonb NOT NULL,
    instructions text NOT NULL,
    examples     jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (cell, question_id)
);
CREATE UNIQUE INDEX question_digest ON question (cell, account_id, digest);

CREATE TABLE question_picture (
    cell        int NOT NULL,
    question_id bigint NOT NULL,
    n           smallint NOT NULL,
    media       text NOT NULL,
    bytes       bytea NOT NULL,
    PRIMARY KEY (cell, question_id, n)
);
ALTER TABLE question_picture ALTER bytes SET STORAGE EXTERNAL;

CREATE TABLE question_seen (
    cell        int NOT NULL,
    worker_id   bigint NOT NULL,
    question_id bigint NOT NULL,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (cell, worker_id, question_id)
);

CREATE TABLE truth (
    cell    int NOT NULL,
    task_id bigint NOT NULL,
    answer  text NOT NULL,
    PRIMARY KEY (cell, task_id)
);

CREATE TABLE job (
    cell            int NOT NULL,
    job_id          bigint NOT NULL,
    account_id      bigint NOT NULL,
    name            text NOT NULL,
    state           smallint NOT NULL DEFAULT 0,
    queue_id        int NOT NULL,
    question_id     bigint NOT NULL,
    answers         smallint NOT NULL DEFAULT 1 CHECK (answers > 0),
    life_seconds    int CHECK (life_seconds BETWEEN 60 AND 2592000),
    deadline        timestamptz,
    budget_micros   bigint CHECK (budget_micros >= 0),
    price_at_most_micros bigint CHECK (price_at_most_micros > 0),
    callback_url    text NOT NULL DEFAULT '',
    base_url        text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    started_at      timestamptz,
    ended_at        timestamptz,
    waits_for       text NOT NULL DEFAULT '',
    items           int NOT NULL DEFAULT 0,
    entered         int NOT NULL DEFAULT 0,
    open            int NOT NULL DEFAULT 0,
    solved          int NOT NULL DEFAULT 0,
    unsolvable      int NOT NULL DEFAULT 0,
    unanswered      int NOT NULL DEFAULT 0,
    failed          int NOT NULL DEFAULT 0,
    cancelled       int NOT NULL DEFAULT 0,
    held_micros     bigint NOT NULL DEFAULT 0,
    charged_micros  bigint NOT NULL DEFAULT 0,
    refunded_micros bigint NOT NULL DEFAULT 0,
    claim           int NOT NULL DEFAULT 0,
    claimed_until   timestamptz,
    changed_at      timestamptz NOT NULL,
    stuck_at        timestamptz,
    PRIMARY KEY (cell, job_id)
) WITH (fillfactor = 50);
CREATE INDEX job_account ON job (cell, account_id, job_id);
CREATE INDEX job_live ON job (cell, job_id) WHERE state <> 0 AND ended_at IS NULL;

CREATE TABLE job_upload (
    cell       int NOT NULL,
    job_id     bigint NOT NULL,
    upload_key text NOT NULL,
    first_line int NOT NULL,
    lines      int NOT NULL,
    items      int NOT NULL,
    complete   boolean NOT NULL,
    digest     bytea NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (cell, job_id, upload_key)
);
CREATE INDEX job_upload_open ON job_upload (cell, changed_at) WHERE NOT complete;

CREATE TABLE repeated_call (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    key_hash   bytea NOT NULL,
    body_hash  bytea NOT NULL,
    subject_id bigint NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, key_hash)
);

CREATE TABLE bucket (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    name       text NOT NULL,
    endpoint   text NOT NULL,
    region     text NOT NULL,
    access_key text NOT NULL,
    secret     bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, name)
);

-- What is told at an address may be more than a compatible task's end: which event, and of which task or job.
ALTER TABLE delivery ADD event text NOT NULL DEFAULT '';
ALTER TABLE delivery ADD subject_id bigint NOT NULL DEFAULT 0;
CREATE INDEX delivery_subject ON delivery (cell, subject_id) WHERE state = 0 AND subject_id <> 0;
