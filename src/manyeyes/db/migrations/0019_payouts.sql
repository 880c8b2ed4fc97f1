-- What workers have earned can be paid out (docs/decisions/0078).

CREATE TABLE payout (
    cell          int NOT NULL,
    payout_id     bigint NOT NULL,
    request_id    bigint NOT NULL,
    worker_id     bigint NOT NULL,
    ask_key       bytea NOT NULL,
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    state         smallint NOT NULL DEFAULT 0,
    shown         text NOT NULL,
    details       bytea NOT NULL,
    words         text NOT NULL DEFAULT '',
    asked_at      timestamptz NOT NULL,
    approved_at   timestamptz,
    ended_at      timestamptz,
    PRIMARY KEY (cell, payout_id),
    CONSTRAINT payout_asked UNIQUE (cell, worker_id, ask_key),
    CONSTRAINT payout_request UNIQUE (cell, request_id),
    CHECK ((state >= 2) = (ended_at IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX payout_worker ON payout (cell, worker_id, asked_at);
CREATE INDEX payout_open ON payout (cell, asked_at) WHERE state < 2;
CREATE INDEX payout_ended ON payout (cell, ended_at) WHERE state >= 2;

-- A worker's statement is summed from the index alone.
CREATE INDEX transfer_earned ON transfer (cell, worker_id, at, cause_id, kind, n) INCLUDE (amount_micros)
    WHERE worker_id <> 0;
DROP INDEX transfer_worker;

INSERT INTO counter (name, next_value) VALUES ('payout', 1);
