-- Apps and recognitions of TUPU's contract, what they saw and what people said. What each table is for: db/schema.sql.

CREATE TABLE app (
    secret_id        text PRIMARY KEY,
    name             text NOT NULL,
    cell             int NOT NULL,
    account_id       bigint NOT NULL,
    medium           text NOT NULL CHECK (medium IN ('image', 'text', 'speech')),
    time_zone        text NOT NULL,
    public_key       text,
    calls_per_second int NOT NULL DEFAULT 50 CHECK (calls_per_second > 0),
    suspended        boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL
);
CREATE INDEX app_account ON app (account_id);

CREATE TABLE recognition (
    task_id        text PRIMARY KEY,
    recognition_id bigint NOT NULL UNIQUE,
    secret_id      text NOT NULL,
    name           text NOT NULL,
    recogniser     text NOT NULL,
    model          text NOT NULL DEFAULT '',
    labels         jsonb NOT NULL,
    threshold      double precision NOT NULL CHECK (threshold BETWEEN 0 AND 2),
    queue_id       int NOT NULL DEFAULT 0,
    sample_share   double precision NOT NULL DEFAULT 0 CHECK (sample_share BETWEEN 0 AND 1),
    review_seconds int NOT NULL DEFAULT 86400 CHECK (review_seconds > 0),
    review_url     text NOT NULL DEFAULT '',
    price_micros   bigint NOT NULL DEFAULT 0 CHECK (price_micros >= 0),
    closed         boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL
);
CREATE INDEX recognition_app ON recognition (secret_id, recognition_id);
INSERT INTO counter (name, next_value) VALUES ('recognition', 1);

CREATE TABLE recognition_call (
    cell      int NOT NULL,
    secret_id text NOT NULL,
    triple    bytea NOT NULL,
    call_id   bigint NOT NULL,
    digest    bytea NOT NULL,
    answer    text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (cell, secret_id, triple)
);
CREATE INDEX recognition_call_age ON recognition_call (cell, at);

CREATE TABLE recognition_result (
    cell           int NOT NULL,
    recognition_id bigint NOT NULL,
    result_id      bigint NOT NULL,
    call_id        bigint NOT NULL,
    at             timestamptz NOT NULL,
    name           text NOT NULL,
    tag            text NOT NULL,
    uid            text NOT NULL,
    sequence_id    text NOT NULL,
    label          int NOT NULL,
    rate           double precision NOT NULL,
    threshold      double precision NOT NULL,
    review         boolean NOT NULL,
    fault          text NOT NULL,
    details        jsonb,
    milliseconds   int NOT NULL,
    task_id        bigint NOT NULL,
    charged_micros bigint NOT NULL,
    PRIMARY KEY (cell, recognition_id, result_id)
);
CREATE INDEX recognition_result_at ON recognition_result (cell, recognition_id, at, result_id);

CREATE TABLE recognition_review (
    cell           int NOT NULL,
    task_id        bigint NOT NULL,
    recognition_id bigint NOT NULL,
    result_id      bigint NOT NULL,
    asked_at       timestamptz NOT NULL,
    day            date NOT NULL,
    label          int NOT NULL,
    rate           double precision NOT NULL,
    threshold      double precision NOT NULL,
    sample_share   double precision NOT NULL,
    sampled        boolean NOT NULL,
    name           text NOT NULL,
    state          smallint NOT NULL DEFAULT 0,
    verdict        int,
    worker_id      bigint NOT NULL DEFAULT 0,
    ended_at       timestamptz,
    refuted        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (cell, task_id)
) WITH (fillfactor = 70);
CREATE INDEX recognition_review_result ON recognition_review (cell, recognition_id, result_id);
CREATE INDEX recognition_review_verdicts ON recognition_review (cell, recognition_id, ended_at) WHERE state = 1;

CREATE TABLE recognition_day (
    cell           int NOT NULL,
    recognition_id bigint NOT NULL,
    day            date NOT NULL,
    label          int NOT NULL,
    total          bigint NOT NULL DEFAULT 0,
    review         bigint NOT NULL DEFAULT 0,
    reviewed       bigint NOT NULL DEFAULT 0,
    overturned     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, recognition_id, day, label)
) WITH (fillfactor = 50);

CREATE TABLE recognition_quarter (
    cell           int NOT NULL,
    recognition_id bigint NOT NULL,
    quarter        int NOT NULL,
    certain        bigint NOT NULL DEFAULT 0,
    uncertain      bigint NOT NULL DEFAULT 0,
    failed         bigint NOT NULL DEFAULT 0,
    asked          bigint NOT NULL DEFAULT 0,
    reviewed       bigint NOT NULL DEFAULT 0,
    overturned     bigint NOT NULL DEFAULT 0,
    undecided      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, recognition_id, quarter)
) WITH (fillfactor = 50);

CREATE TABLE recognition_time (
    cell           int NOT NULL,
    recognition_id bigint NOT NULL,
    quarter        int NOT NULL,
    measure        smallint NOT NULL,
    bucket         smallint NOT NULL,
    times          bigint NOT NULL,
    PRIMARY KEY (cell, recognition_id, quarter, measure, bucket)
) WITH (fillfactor = 50);
