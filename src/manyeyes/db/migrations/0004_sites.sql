-- Sites whose owners have proven control of them, and the trail of every check and every use. Which table is for what:
-- db/schema.sql.

ALTER TABLE work ADD COLUMN site text NOT NULL DEFAULT '';
CREATE INDEX work_site ON work (cell, account_id, site, state) WHERE site <> '';

CREATE TABLE site (
    cell        int NOT NULL,
    account_id  bigint NOT NULL,
    domain      text NOT NULL,
    token       text NOT NULL,
    state       smallint NOT NULL,
    proven_by   smallint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    verified_at timestamptz,
    checked_at  timestamptz,
    check_at    timestamptz,
    failures    smallint NOT NULL DEFAULT 0,
    why         text NOT NULL DEFAULT '',
    swept       boolean NOT NULL DEFAULT true,
    PRIMARY KEY (cell, account_id, domain)
);
CREATE INDEX site_due ON site (cell, check_at) WHERE check_at IS NOT NULL;
CREATE INDEX site_unswept ON site (cell, account_id, domain) WHERE NOT swept;

CREATE TABLE site_event (
    cell       int NOT NULL,
    cause_id   bigint NOT NULL,
    kind       smallint NOT NULL,
    n          int NOT NULL,
    account_id bigint NOT NULL,
    domain     text NOT NULL,
    worker_id  bigint NOT NULL DEFAULT 0,
    detail     text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL,
    PRIMARY KEY (cell, cause_id, kind, n)
);
CREATE INDEX site_event_site ON site_event (cell, domain, at);
