-- name: insert_deliveries
-- The ends of tasks that are to be told, due at once.
INSERT INTO delivery (cell, task_id, account_id, url, receiver, base_url, next_at, ended_at, event, subject_id)
SELECT $1, d.task_id, d.account_id, d.url, d.receiver, d.base_url, $2, $2, d.event, d.subject_id
FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
     AS d (task_id, account_id, url, receiver, base_url, event, subject_id);

-- name: any_delivery
-- Whether any delivery waits, be it due or not.
SELECT EXISTS (SELECT FROM delivery WHERE cell = $1 AND state = 0);

-- name: due
-- Of each receiver with anything waiting the first ones that are due. One index look per receiver: however much waits
-- for one that is down, the others are found as quickly.
WITH RECURSIVE receivers AS (
    (SELECT receiver FROM delivery WHERE cell = $1 AND state = 0 ORDER BY receiver LIMIT 1)
    UNION ALL
    SELECT (SELECT d.receiver FROM delivery AS d WHERE d.cell = $1 AND d.state = 0 AND d.receiver > r.receiver
            ORDER BY d.receiver LIMIT 1)
    FROM receivers AS r WHERE r.receiver IS NOT NULL)
SELECT f.task_id, f.account_id, r.receiver, f.next_at
FROM receivers AS r CROSS JOIN LATERAL (
    SELECT task_id, account_id, next_at FROM delivery
    WHERE cell = $1 AND state = 0 AND receiver = r.receiver AND next_at <= $2 ORDER BY next_at LIMIT $3) AS f
WHERE r.receiver IS NOT NULL;

-- name: claim
-- Take deliveries for one process until an instant; what another one takes at this moment is passed over.
UPDATE delivery SET claim = delivery.claim + 1, next_at = $4
FROM (SELECT task_id FROM delivery WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 0 AND next_at <= $3
      ORDER BY task_id FOR UPDATE SKIP LOCKED) AS free
WHERE delivery.cell = $1 AND delivery.task_id = free.task_id
RETURNING delivery.task_id, delivery.account_id, delivery.url, delivery.receiver, delivery.base_url,
          delivery.claim AS number, delivery.event, delivery.subject_id;

-- name: lock_waiting
-- Deliveries that were tried, locked in the order of the key.
SELECT task_id, claim, tries, tries_before FROM delivery
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 0 ORDER BY task_id FOR UPDATE;

-- name: note
-- What came of tries.
UPDATE delivery SET state = n.state, tries = delivery.tries + 1, last_status = n.status, last_fault = n.fault,
       next_at = $2::timestamptz + n.wait_seconds * interval '1 second',
       closed_at = CASE n.state WHEN 0 THEN NULL ELSE $2::timestamptz END
FROM unnest($3::bigint[], $4::smallint[], $5::int[], $6::text[], $7::float8[])
     AS n (task_id, state, status, fault, wait_seconds)
WHERE delivery.cell = $1 AND delivery.task_id = n.task_id;

-- name: insert_tries
-- Remember tries one by one.
INSERT INTO delivery_try (cell, task_id, n, at, status, fault, milliseconds)
SELECT $1, t.task_id, t.n, $2, t.status, t.fault, t.milliseconds
FROM unnest($3::bigint[], $4::int[], $5::int[], $6::text[], $7::int[]) AS t (task_id, n, status, fault, milliseconds);

-- name: rotations
-- How often accounts' secrets were renewed, and when last.
SELECT account_id, generation, rotated_at FROM webhook_rotation WHERE cell = $1 AND account_id = ANY ($2::bigint[]);

-- name: rotate
-- Renew an account's secret of this generation (0: it was never renewed), unless another one is its secret by now.
INSERT INTO webhook_rotation (cell, account_id, generation, rotated_at)
SELECT $1, $2, $3 + 1, now() WHERE $3 = 0 OR EXISTS (
    SELECT FROM webhook_rotation WHERE cell = $1 AND account_id = $2 AND generation = $3)
ON CONFLICT (cell, account_id) DO UPDATE SET generation = excluded.generation, rotated_at = excluded.rotated_at
WHERE webhook_rotation.generation = $3 RETURNING account_id;

-- name: page
-- An account's deliveries before one, newest first.
SELECT task_id, url, state, tries, next_at, ended_at, closed_at, last_status, last_fault, event FROM delivery
WHERE cell = $1 AND account_id = $2 AND task_id < $3 ORDER BY task_id DESC LIMIT $4;

-- name: page_of_given_up
-- Of these those that were given up.
SELECT task_id, url, state, tries, next_at, ended_at, closed_at, last_status, last_fault, event FROM delivery
WHERE cell = $1 AND account_id = $2 AND task_id < $3 AND state = 2 ORDER BY task_id DESC LIMIT $4;

-- name: delivery
-- One delivery of an account.
SELECT task_id, url, state, tries, next_at, ended_at, closed_at, last_status, last_fault, event FROM delivery
WHERE cell = $1 AND task_id = $2 AND account_id = $3;

-- name: account_of
-- Whose delivery that of a task is.
SELECT account_id FROM delivery WHERE cell = $1 AND task_id = $2;

-- name: tries
-- Every try of a delivery, the first one first.
SELECT n, at, status, fault, milliseconds FROM delivery_try WHERE cell = $1 AND task_id = $2 ORDER BY n;

-- name: replay
-- Make deliveries of an account due again, whatever became of them, unless they were tried very often or what they would
-- tell is no longer kept, or are of an event that is told once ($6); who tries them now is not asked any more.
UPDATE delivery SET state = 0, tries_before = delivery.tries, claim = delivery.claim + 1, next_at = $4, closed_at = NULL
WHERE cell = $1 AND account_id = $2 AND task_id = ANY ($3::bigint[]) AND tries < $5 AND event <> $6
  AND NOT EXISTS (SELECT FROM result AS r WHERE r.cell = $1 AND NOT r.kept
                    AND r.task_id = CASE delivery.subject_id WHEN 0 THEN delivery.task_id ELSE delivery.subject_id END)
RETURNING task_id;

-- name: given_up_after
-- An account's deliveries that were given up and that `replay` makes due again, in the order of their tasks, locked.
SELECT task_id FROM delivery WHERE cell = $1 AND account_id = $2 AND task_id > $3 AND state = 2 AND tries < $5 AND event <> $6
  AND NOT EXISTS (SELECT FROM result AS r WHERE r.cell = $1 AND NOT r.kept
                    AND r.task_id = CASE delivery.subject_id WHEN 0 THEN delivery.task_id ELSE delivery.subject_id END)
ORDER BY task_id LIMIT $4 FOR UPDATE;

-- name: lock_old
-- Deliveries that nobody needs to see any more; another process takes other rows.
SELECT task_id FROM delivery WHERE cell = $1 AND ended_at < $2 AND state <> 0 ORDER BY ended_at LIMIT $3
FOR UPDATE SKIP LOCKED;

-- name: delete_tries
-- The log of swept deliveries goes with them.
DELETE FROM delivery_try WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: delete_deliveries
-- Sweep deliveries that are locked already.
DELETE FROM delivery WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: untold
-- Those of the tasks whose end is still to be told to a call-back address.
SELECT task_id FROM delivery WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 0
UNION
SELECT subject_id FROM delivery
WHERE cell = $1 AND subject_id = ANY ($2::bigint[]) AND state = 0 AND subject_id <> 0;
