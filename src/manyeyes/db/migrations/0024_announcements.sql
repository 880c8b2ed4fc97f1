-- What the operator tells workers, and who has read it (docs/decisions/0084).

CREATE TABLE announcement (
    announcement_id bigint PRIMARY KEY,
    words           text NOT NULL,
    language        text NOT NULL DEFAULT '',
    until           timestamptz,
    created_at      timestamptz NOT NULL
);

CREATE TABLE dismissal (
    announcement_id bigint NOT NULL,
    worker_id       bigint NOT NULL,
    PRIMARY KEY (announcement_id, worker_id)
);

INSERT INTO counter (name, next_value) VALUES ('announcement', 1);
