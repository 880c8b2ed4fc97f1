-- name: insert_address
-- An address that somebody gave.
INSERT INTO notice_address (cell, account_id, address_id, address, notices, language, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: addresses
-- An account's addresses, the newest first.
SELECT account_id, address_id, address, notices, language, created_at, confirmed_at, ended_at, unsubscribed
FROM notice_address WHERE cell = $1 AND account_id = $2 ORDER BY address_id DESC;

-- name: lock_addresses
-- Addresses of accounts that go on, or were given after an instant, and those of these numbers; locked in key order.
SELECT account_id, address_id, address, notices, language, created_at, confirmed_at, ended_at, unsubscribed
FROM notice_address WHERE cell = $1 AND account_id = ANY ($2::bigint[])
                      AND (ended_at IS NULL OR created_at > $4 OR address_id = ANY ($3::bigint[]))
ORDER BY account_id, address_id FOR UPDATE;

-- name: delete_ended
-- Sweep addresses that ended long ago; another process takes other rows.
DELETE FROM notice_address AS a USING (
    SELECT account_id, address_id FROM notice_address WHERE cell = $1 AND ended_at < $2 ORDER BY ended_at LIMIT $3
    FOR UPDATE SKIP LOCKED) AS old
WHERE a.cell = $1 AND a.account_id = old.account_id AND a.address_id = old.address_id;

-- name: low_mailed
-- Which of the accounts were mailed of a low balance since an instant, or are about to be, and for when the newest is.
SELECT account_id, max(ended_at) AS told_at FROM delivery
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND event = 'balance.low' AND url LIKE 'mailto:%' AND ended_at > $3
  AND state <> 2 GROUP BY account_id;

-- name: address_at
-- The address of an account that a notice goes to, as it is now.
SELECT account_id, address_id, address, notices, language, created_at, confirmed_at, ended_at, unsubscribed
FROM notice_address WHERE cell = $1 AND account_id = $2 AND address = $3 AND ended_at IS NULL;

-- name: set_address
-- What is so of an address by now.
UPDATE notice_address SET notices = $4, confirmed_at = $5, ended_at = $6, unsubscribed = $7
WHERE cell = $1 AND account_id = $2 AND address_id = $3;

-- name: wanting
-- Which confirmed addresses of these accounts want a notice.
SELECT w.place, a.address FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS w (account_id, kind, place)
JOIN notice_address AS a ON a.cell = $1 AND a.account_id = w.account_id AND w.kind = ANY (a.notices)
WHERE a.confirmed_at IS NOT NULL AND a.ended_at IS NULL ORDER BY w.place, a.address_id;

-- name: last_mails
-- What became of the newest notice to each of an account's addresses.
SELECT d.url, d.state, d.tries, d.last_status, d.last_fault, coalesce(d.closed_at, d.ended_at) AS told_at
FROM unnest($3::text[]) AS a (url) CROSS JOIN LATERAL (
    SELECT * FROM delivery WHERE cell = $1 AND account_id = $2 AND url = a.url AND url LIKE 'mailto:%'
    ORDER BY task_id DESC LIMIT 1) AS d;
