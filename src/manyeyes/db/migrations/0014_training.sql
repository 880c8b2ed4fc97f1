-- A training set for each queue, and who practises with it (docs/decisions/0065).

ALTER TABLE session ADD practice_queue int NOT NULL DEFAULT 0;

CREATE TABLE training (
    cell      int NOT NULL,
    queue_id  int NOT NULL,
    task_ids  bigint[] NOT NULL CHECK (cardinality(task_ids) BETWEEN 1 AND 100),
    is_paid   boolean NOT NULL,
    pass_mark double precision NOT NULL CHECK (pass_mark > 0 AND pass_mark <= 1),
    set_at    timestamptz NOT NULL,
    PRIMARY KEY (cell, queue_id),
    CHECK (is_paid OR cardinality(task_ids) <= 10)
);

CREATE TABLE practice (
    cell          int NOT NULL,
    worker_id     bigint NOT NULL,
    queue_id      int NOT NULL,
    tries         smallint NOT NULL,
    left_ids      bigint[] NOT NULL,
    given         smallint NOT NULL DEFAULT 0,
    correct       smallint NOT NULL DEFAULT 0,
    is_paid       boolean NOT NULL,
    pass_mark     double precision NOT NULL,
    pay_micros    bigint NOT NULL,
    lease_seconds int NOT NULL,
    begun_at      timestamptz NOT NULL,
    ended_at      timestamptz,
    is_passed     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (cell, worker_id, queue_id),
    CHECK (correct <= given),
    CHECK (is_paid OR pay_micros = 0),
    CHECK (NOT is_passed OR ended_at IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX practice_of_queue ON practice (cell, queue_id, begun_at);
