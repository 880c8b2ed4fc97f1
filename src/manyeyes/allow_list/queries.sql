-- name: save_standings
-- Words on workers, each for its hour; the last one counts. Rows come sorted, so that two batches never cross.
INSERT INTO standing (cell, account_id, worker_id, filtered, until)
SELECT $1, s.account_id, s.worker_id, s.filtered, $5
FROM unnest($2::bigint[], $3::bigint[], $4::boolean[]) AS s (account_id, worker_id, filtered)
ORDER BY s.account_id, s.worker_id
ON CONFLICT (cell, account_id, worker_id)
DO UPDATE SET filtered = excluded.filtered, until = greatest(standing.until, excluded.until);

-- name: regards
-- Who lists the first of these workers (of each the newest entries, as far as a limit), and who filters the second.
SELECT s.account_id, w.worker_id, false AS filtered FROM unnest($2::bigint[]) AS w (worker_id), LATERAL (
    SELECT account_id FROM standing
    WHERE cell = $1 AND worker_id = w.worker_id AND NOT filtered AND until > $5 ORDER BY until DESC LIMIT $3) AS s
UNION ALL
SELECT account_id, worker_id, true FROM standing
WHERE cell = $1 AND worker_id = ANY ($4::bigint[]) AND filtered AND until > $5;

-- name: listed_by
-- Whom these accounts list, as far as a limit.
SELECT account_id, worker_id FROM standing
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND until > $3 AND NOT filtered LIMIT $4;

-- name: listed_among
-- Which of these workers these accounts list.
SELECT account_id, worker_id FROM standing
WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND account_id = ANY ($3::bigint[]) AND until > $4 AND NOT filtered;

-- name: filtered_by
-- Whom these accounts filter, and until when.
SELECT account_id, worker_id, until FROM standing
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND until > $3 AND filtered;

-- name: forget_standings
-- Words whose hour is over (another process takes other rows).
WITH past AS MATERIALIZED (
    SELECT account_id, worker_id FROM standing WHERE cell = $1 AND until <= $2 ORDER BY until LIMIT $3
    FOR UPDATE SKIP LOCKED)
DELETE FROM standing USING past
WHERE standing.cell = $1 AND standing.account_id = past.account_id AND standing.worker_id = past.worker_id
RETURNING standing.account_id;
