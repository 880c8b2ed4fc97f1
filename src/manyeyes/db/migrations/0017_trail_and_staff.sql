-- Who changed what, when and from where, chained by hashes; the heads that were signed; operators, auditors and support
-- (docs/decisions/0076).

CREATE TABLE staff (
    staff_id   bigint PRIMARY KEY,
    name       text NOT NULL,
    role       text NOT NULL CHECK (role IN ('operator', 'auditor', 'support')),
    created_at timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE UNIQUE INDEX staff_name ON staff (name) WHERE removed_at IS NULL;
INSERT INTO counter (name, next_value) VALUES ('staff', 1);

CREATE TABLE trail_chain (
    cell     int PRIMARY KEY,
    number   bigint NOT NULL,
    previous bytea NOT NULL,
    hash     bytea NOT NULL
);

CREATE TABLE trail_entry (
    cell     int NOT NULL,
    number   bigint NOT NULL,
    previous bytea NOT NULL,
    hash     bytea NOT NULL,
    at       timestamptz NOT NULL,
    deed     text NOT NULL,
    subject  text NOT NULL,
    role     text NOT NULL,
    actor_id bigint NOT NULL,
    name     text NOT NULL,
    via      text NOT NULL,
    address  text NOT NULL,
    through  text NOT NULL,
    before   text NOT NULL,
    after    text NOT NULL,
    PRIMARY KEY (cell, number)
);
CREATE INDEX trail_entry_at ON trail_entry (cell, at, number);
CREATE INDEX trail_entry_deed ON trail_entry (cell, deed, at, number);
CREATE INDEX trail_entry_subject ON trail_entry (cell, subject, at, number);
CREATE INDEX trail_entry_actor ON trail_entry (cell, role, actor_id, at, number);
CREATE INDEX trail_entry_name ON trail_entry (cell, name, at, number);

CREATE TABLE trail_head (
    cell       int NOT NULL,
    day        date NOT NULL,
    number     bigint NOT NULL,
    hash       bytea NOT NULL,
    signed_at  timestamptz NOT NULL,
    public_key bytea NOT NULL,
    signature  bytea NOT NULL,
    PRIMARY KEY (cell, day)
);
