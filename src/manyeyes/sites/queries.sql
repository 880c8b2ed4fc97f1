-- name: sites
-- All sites of a cell, or an account's.
SELECT account_id, domain, token, state, proven_by, created_at, verified_at, checked_at, check_at, failures, why, swept
FROM site WHERE cell = $1 AND ($2::bigint IS NULL OR account_id = $2) ORDER BY account_id, domain;

-- name: site_of
-- One site of an account.
SELECT account_id, domain, token, state, proven_by, created_at, verified_at, checked_at, check_at, failures, why, swept
FROM site WHERE cell = $1 AND account_id = $2 AND domain = $3;

-- name: hold_sites
-- Sites as they are, kept from changing until the transaction ends: what is decided by them is decided by the truth.
SELECT account_id, domain, token, state, proven_by, created_at, verified_at, checked_at, check_at, failures, why, swept
FROM site WHERE cell = $1 AND (account_id, domain) IN (SELECT * FROM unnest($2::bigint[], $3::text[]))
ORDER BY account_id, domain FOR SHARE;

-- name: lock_sites
-- Sites that are about to change.
SELECT account_id, domain, token, state, proven_by, created_at, verified_at, checked_at, check_at, failures, why, swept
FROM site WHERE cell = $1 AND (account_id, domain) IN (SELECT * FROM unnest($2::bigint[], $3::text[]))
ORDER BY account_id, domain FOR UPDATE;

-- name: take_due
-- Sites whose check is due, put off for as long as a check may take, so that one process makes it.
UPDATE site SET check_at = $3 FROM (
    SELECT account_id, domain FROM site WHERE cell = $1 AND check_at <= $2 ORDER BY check_at LIMIT $4
    FOR UPDATE SKIP LOCKED) AS due
WHERE site.cell = $1 AND site.account_id = due.account_id AND site.domain = due.domain
RETURNING site.account_id, site.domain, token, state, proven_by, created_at, verified_at, checked_at, check_at, failures,
          why, swept;

-- name: put_site
-- A site as it is from now on.
INSERT INTO site (cell, account_id, domain, token, state, proven_by, created_at, verified_at, checked_at, check_at,
                  failures, why, swept)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (cell, account_id, domain) DO UPDATE SET token = excluded.token, state = excluded.state,
    proven_by = excluded.proven_by, verified_at = excluded.verified_at, checked_at = excluded.checked_at,
    check_at = excluded.check_at, failures = excluded.failures, why = excluded.why, swept = excluded.swept;

-- name: any_unswept
-- Whether the open tasks of any site are still to be ended.
SELECT EXISTS (SELECT FROM site WHERE cell = $1 AND NOT swept);

-- name: unswept
-- The sites whose open tasks are still to be ended.
SELECT account_id, domain FROM site WHERE cell = $1 AND NOT swept ORDER BY account_id, domain LIMIT $2;

-- name: mark_swept
-- Nothing is left to end of a site's tasks; the site is locked.
UPDATE site SET swept = true
WHERE cell = $1 AND (account_id, domain) IN (SELECT * FROM unnest($2::bigint[], $3::text[]));

-- name: insert_events
-- Add to the audit trail; what is there already happened once.
INSERT INTO site_event (cell, at, cause_id, kind, n, account_id, domain, worker_id, detail)
SELECT $1, $2, e.cause_id, e.kind, e.n, e.account_id, e.domain, e.worker_id, e.detail
FROM unnest($3::bigint[], $4::smallint[], $5::int[], $6::bigint[], $7::text[], $8::bigint[], $9::text[])
     AS e (cause_id, kind, n, account_id, domain, worker_id, detail)
ON CONFLICT DO NOTHING;

-- name: events
-- The audit trail of a domain, the newest first; null for every account.
SELECT cause_id, kind, n, account_id, domain, worker_id, detail, at FROM site_event
WHERE cell = $1 AND domain = $2 AND ($3::bigint IS NULL OR account_id = $3) ORDER BY at DESC, cause_id DESC, kind DESC LIMIT $4;
