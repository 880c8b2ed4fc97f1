-- Several people per task, what is known of them, and what audits prove (docs/decisions/0055).

ALTER TABLE queue ADD default_terms jsonb;
ALTER TABLE queue ADD floor real CHECK (floor > 0 AND floor < 1);
ALTER TABLE queue ADD gold_share real CHECK (gold_share >= 0 AND gold_share <= 0.5);
ALTER TABLE queue ADD audit_share real NOT NULL DEFAULT 0.05 CHECK (audit_share BETWEEN 0 AND 1);
ALTER TABLE queue ADD method text NOT NULL DEFAULT 'majority';
ALTER TABLE queue ADD learned_at timestamptz;
ALTER TABLE recognition ADD terms jsonb;
ALTER TABLE job ADD terms jsonb;

ALTER TABLE work ADD of_task bigint NOT NULL DEFAULT 0;
ALTER TABLE work ADD purpose smallint NOT NULL DEFAULT 0;
CREATE INDEX work_seats ON work (cell, of_task) WHERE of_task <> 0;

ALTER TABLE result ADD answers smallint NOT NULL DEFAULT 1;
ALTER TABLE result ADD assurance smallint NOT NULL DEFAULT 0;
ALTER TABLE result ADD confidence real;
ALTER TABLE result ADD is_proven boolean NOT NULL DEFAULT false;

CREATE TABLE panel (
    cell          int NOT NULL,
    task_id       bigint NOT NULL,
    account_id    bigint NOT NULL,
    queue_id      int NOT NULL,
    job_id        bigint NOT NULL,
    question_id   bigint NOT NULL,
    terms         jsonb NOT NULL,
    state         smallint NOT NULL DEFAULT 0,
    first_seat    bigint NOT NULL,
    seats         smallint NOT NULL,
    open          smallint NOT NULL,
    given         smallint NOT NULL DEFAULT 0,
    failures      smallint NOT NULL DEFAULT 0,
    asked         bigint[] NOT NULL DEFAULT '{}',
    bid_micros    bigint NOT NULL,
    turn          bigint NOT NULL,
    price_micros  bigint NOT NULL,
    pay_micros    bigint NOT NULL,
    held_micros   bigint NOT NULL,
    share_micros  bigint,
    lease_seconds int NOT NULL,
    life_seconds  int NOT NULL,
    base_url      text NOT NULL,
    media         text NOT NULL,
    created_at    timestamptz NOT NULL,
    entered_at    timestamptz,
    PRIMARY KEY (cell, task_id)
) WITH (fillfactor = 70);
CREATE INDEX panel_open ON panel (cell, account_id) INCLUDE (held_micros) WHERE state < 2;
CREATE INDEX panel_seat ON panel (cell, first_seat);
CREATE INDEX panel_job ON panel (cell, job_id) WHERE job_id <> 0 AND state < 2;

CREATE TABLE answer (
    cell         int NOT NULL,
    answer_id    bigint NOT NULL,
    task_id      bigint NOT NULL,
    account_id   bigint NOT NULL,
    queue_id     int NOT NULL,
    question_id  bigint NOT NULL,
    purpose      smallint NOT NULL,
    worker_id    bigint NOT NULL,
    lease        int NOT NULL,
    answer       text,
    price_micros bigint NOT NULL,
    pay_micros   bigint NOT NULL,
    took_ms      int NOT NULL,
    answered_at  timestamptz NOT NULL,
    is_right     boolean,
    refuted_at   timestamptz,
    is_aside     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (cell, answer_id)
);
CREATE INDEX answer_task ON answer (cell, task_id, answer_id);
CREATE INDEX answer_worker ON answer (cell, worker_id, queue_id, answered_at);
CREATE INDEX answer_refuted ON answer (cell, worker_id, refuted_at) WHERE refuted_at IS NOT NULL;
CREATE INDEX answer_queue ON answer (cell, queue_id, answered_at);

CREATE TABLE gold (
    cell        int NOT NULL,
    task_id     bigint NOT NULL,
    account_id  bigint NOT NULL,
    queue_id    int NOT NULL,
    question_id bigint NOT NULL,
    answer      text NOT NULL,
    source      smallint NOT NULL,
    asked       int NOT NULL DEFAULT 0,
    wrong       int NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    aside_at    timestamptz,
    why         text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX gold_queue ON gold (cell, queue_id, task_id) WHERE aside_at IS NULL;

CREATE TABLE skill (
    cell         int NOT NULL,
    queue_id     int NOT NULL,
    worker_id    bigint NOT NULL,
    right_weight real NOT NULL DEFAULT 0,
    wrong_weight real NOT NULL DEFAULT 0,
    confusion    jsonb NOT NULL DEFAULT '{}',
    as_of        timestamptz NOT NULL,
    answered     int NOT NULL DEFAULT 0,
    gold_asked   int NOT NULL DEFAULT 0,
    gold_wrong   int NOT NULL DEFAULT 0,
    suspicion    real NOT NULL DEFAULT 0,
    since        timestamptz,
    barred_at    timestamptz,
    barred_why   text NOT NULL DEFAULT '',
    is_to_replace boolean NOT NULL DEFAULT false,
    appealed_at  timestamptz,
    appeal_words text NOT NULL DEFAULT '',
    appeal_decided_at timestamptz,
    appeal_accepted boolean,
    appeal_answer text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, queue_id, worker_id)
) WITH (fillfactor = 70);
CREATE INDEX skill_worker ON skill (cell, worker_id);
CREATE INDEX skill_replace ON skill (cell) WHERE is_to_replace;
CREATE INDEX skill_appeal ON skill (cell, appealed_at) WHERE appealed_at IS NOT NULL AND appeal_decided_at IS NULL;

CREATE TABLE evidence (
    cell         int NOT NULL,
    queue_id     int NOT NULL,
    worker_id    bigint NOT NULL,
    task_id      bigint NOT NULL,
    source       text NOT NULL,
    at           timestamptz NOT NULL,
    truth        text NOT NULL,
    given        text NOT NULL,
    is_unanimous boolean NOT NULL,
    is_aside     boolean NOT NULL DEFAULT false,
    is_counted   boolean NOT NULL DEFAULT false,
    labels       smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, queue_id, worker_id, task_id, source)
);
CREATE INDEX evidence_order ON evidence (cell, queue_id, worker_id, at);
CREATE INDEX evidence_new ON evidence (cell, at) WHERE NOT is_counted;
CREATE INDEX evidence_task ON evidence (cell, task_id);

CREATE TABLE gold_seen (
    cell      int NOT NULL,
    worker_id bigint NOT NULL,
    task_id   bigint NOT NULL,
    queue_id  int NOT NULL,
    work_id   bigint NOT NULL,
    laid_at   timestamptz NOT NULL,
    PRIMARY KEY (cell, worker_id, task_id)
);

CREATE TABLE gold_draw (
    cell      int NOT NULL,
    worker_id bigint NOT NULL,
    draws     bigint NOT NULL,
    answered  int NOT NULL,
    PRIMARY KEY (cell, worker_id)
) WITH (fillfactor = 70);

CREATE TABLE judgement (
    cell        int NOT NULL,
    task_id     bigint NOT NULL,
    purpose     smallint NOT NULL,
    account_id  bigint NOT NULL,
    queue_id    int NOT NULL,
    question_id bigint NOT NULL,
    state       smallint NOT NULL DEFAULT 0,
    filed_at    timestamptz NOT NULL,
    reviewer_id bigint NOT NULL DEFAULT 0,
    lease       int NOT NULL DEFAULT 0,
    lease_until timestamptz,
    passed_by   bigint[] NOT NULL DEFAULT '{}',
    proposal    text NOT NULL,
    score       real NOT NULL,
    value       text,
    is_right    boolean,
    pay_micros  bigint NOT NULL,
    decided_at  timestamptz,
    is_accepted boolean NOT NULL DEFAULT false,
    target      real,
    until       double precision NOT NULL DEFAULT 0,
    stops       jsonb NOT NULL DEFAULT '[]',
    round       int NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, task_id, purpose)
) WITH (fillfactor = 70);
CREATE INDEX judgement_open ON judgement (cell, filed_at, task_id) WHERE state = 0;
CREATE INDEX judgement_leased ON judgement (cell, lease_until) WHERE state = 1;
CREATE INDEX judgement_reviewer ON judgement (cell, reviewer_id, decided_at) WHERE reviewer_id <> 0;
CREATE INDEX judgement_audits ON judgement (cell, account_id, queue_id, question_id, decided_at) WHERE target IS NOT NULL AND state = 2;

CREATE TABLE certainty (
    cell        int NOT NULL,
    account_id  bigint NOT NULL,
    queue_id    int NOT NULL,
    question_id bigint NOT NULL,
    target      real NOT NULL,
    accepted    bigint NOT NULL DEFAULT 0,
    audits      int NOT NULL DEFAULT 0,
    wrong       int NOT NULL DEFAULT 0,
    threshold   double precision,
    is_refused  boolean NOT NULL DEFAULT false,
    needed      int NOT NULL DEFAULT 0,
    since       timestamptz NOT NULL,
    proven_at   timestamptz,
    round       int NOT NULL DEFAULT 1,
    drawn       int NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, account_id, queue_id, question_id, target)
) WITH (fillfactor = 70);
