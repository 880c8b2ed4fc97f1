-- What customers run themselves: their keys, their colleagues, asking for money, a notice when little is left
-- (docs/decisions/0077).

ALTER TABLE api_key ADD label text NOT NULL DEFAULT '';
ALTER TABLE api_key ADD hint text NOT NULL DEFAULT '';
ALTER TABLE api_key ADD made_by text NOT NULL DEFAULT '';
ALTER TABLE api_key ADD used_at timestamptz;
ALTER TABLE api_key ADD ends_at timestamptz;
CREATE INDEX api_key_account ON api_key (account_id);

ALTER TABLE credential ADD person_id bigint NOT NULL DEFAULT 0;
UPDATE credential SET person_id = -1 WHERE role = 'customer' AND kind = 'session' AND through IS NOT NULL;

CREATE TABLE colleague (
    account_id bigint NOT NULL,
    person_id  bigint NOT NULL,
    name       text NOT NULL,
    role       text NOT NULL CHECK (role IN ('owner', 'member', 'billing', 'read_only')),
    made_by    text NOT NULL,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (account_id, person_id)
);
INSERT INTO counter (name, next_value) VALUES ('person', 1);

ALTER TABLE account ADD low_micros bigint NOT NULL DEFAULT 0 CHECK (low_micros >= 0);
ALTER TABLE account ADD low_url text NOT NULL DEFAULT '';
ALTER TABLE account ADD low_since timestamptz;
CREATE INDEX account_low ON account (cell, account_id) WHERE low_micros > 0 OR low_since IS NOT NULL;

CREATE TABLE top_up_request (
    cell          int NOT NULL,
    request_id    bigint NOT NULL,
    account_id    bigint NOT NULL,
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    note          text NOT NULL,
    asked_by      text NOT NULL,
    asked_at      timestamptz NOT NULL,
    state         smallint NOT NULL DEFAULT 0,
    decided_at    timestamptz,
    word          text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, request_id)
);
CREATE INDEX top_up_request_account ON top_up_request (cell, account_id, request_id);
CREATE INDEX top_up_request_open ON top_up_request (cell, request_id) WHERE state = 0;
