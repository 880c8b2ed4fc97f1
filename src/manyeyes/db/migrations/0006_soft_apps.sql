-- Applications of developers, who get a share of what is spent through them. What each table is for: db/schema.sql.

ALTER TABLE work ADD COLUMN share_micros bigint CHECK (share_micros >= 0);
ALTER TABLE result ADD COLUMN share_micros bigint NOT NULL DEFAULT 0;

CREATE TABLE soft_app (
    soft_id    int PRIMARY KEY CHECK (soft_id > 0),
    name       text NOT NULL,
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO counter (name, next_value) VALUES ('soft_app', 1);

CREATE TABLE app_day (
    cell              int NOT NULL,
    soft_id           int NOT NULL,
    day               date NOT NULL,
    account_id        bigint NOT NULL,
    solved            bigint NOT NULL DEFAULT 0,
    unsolvable        bigint NOT NULL DEFAULT 0,
    released          bigint NOT NULL DEFAULT 0,
    share_micros      bigint NOT NULL DEFAULT 0,
    taken_back_micros bigint NOT NULL DEFAULT 0,
    paid_out_micros   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, soft_id, day, account_id)
) WITH (fillfactor = 70);

CREATE TABLE app_refusal_day (
    cell    int NOT NULL,
    soft_id int NOT NULL,
    day     date NOT NULL,
    reason  text NOT NULL,
    times   bigint NOT NULL,
    PRIMARY KEY (cell, soft_id, day, reason)
) WITH (fillfactor = 70);
