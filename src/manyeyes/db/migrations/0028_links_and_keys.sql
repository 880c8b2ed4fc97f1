-- Who asks for a new sign-in link without being signed in (docs/decisions/0086).

CREATE TABLE link_request (
    request_id bigint PRIMARY KEY,
    name       text NOT NULL,
    reach      text NOT NULL,
    address    text NOT NULL,
    asked_at   timestamptz NOT NULL
);

INSERT INTO counter (name, next_value) VALUES ('link_request', 1);

-- Whom it may be, by the name that somebody says is theirs.
CREATE INDEX worker_called ON worker (lower(name), worker_id) WHERE disabled_at IS NULL;
CREATE INDEX account_place_called ON account_place (lower(name), account_id);
CREATE INDEX colleague_called ON colleague (lower(name), account_id, person_id) WHERE removed_at IS NULL;

-- The keys that workers have set for themselves, as `action=key` by blanks (workers/keys/rules.py).
ALTER TABLE worker ADD own_keys text NOT NULL DEFAULT '';
