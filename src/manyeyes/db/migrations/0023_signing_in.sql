-- Passkeys, and the company's own sign-in (docs/decisions/0082, 0083).

CREATE TABLE passkey (
    credential_id bytea PRIMARY KEY,
    role          text NOT NULL CHECK (role IN ('worker', 'customer', 'operator')),
    subject_id    bigint NOT NULL,
    cell          int NOT NULL DEFAULT 0,
    person_id     bigint NOT NULL DEFAULT 0,
    user_handle   bytea NOT NULL,
    public_key    bytea NOT NULL,
    sign_count    bigint NOT NULL,
    name          text NOT NULL,
    created_at    timestamptz NOT NULL,
    used_at       timestamptz
);
CREATE INDEX passkey_subject ON passkey (role, subject_id);

CREATE TABLE used_challenge (
    challenge_hash bytea PRIMARY KEY,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX used_challenge_over ON used_challenge (expires_at);

ALTER TABLE credential ADD begun_by text NOT NULL DEFAULT '';
ALTER TABLE credential ADD factors smallint NOT NULL DEFAULT 1;

CREATE TABLE identity (
    issuer     text NOT NULL,
    sub        text NOT NULL,
    role       text NOT NULL CHECK (role IN ('worker', 'customer', 'operator')),
    subject_id bigint NOT NULL,
    cell       int NOT NULL DEFAULT 0,
    person_id  bigint NOT NULL DEFAULT 0,
    name       text NOT NULL,
    by_claims  boolean NOT NULL,
    created_at timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (issuer, sub)
);
CREATE INDEX identity_subject ON identity (role, subject_id);
