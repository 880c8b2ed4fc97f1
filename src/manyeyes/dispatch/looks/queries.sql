-- name: desks_in
-- What lies on any desk of a cell, as little of it as tells whether anything changed: one look for all who wait.
SELECT worker_id, state, task_id, lease, lease_until FROM work WHERE cell = $1 AND state IN (1, 2) AND lease_until > now();

-- name: any_lapsed
-- Whether any lease is over.
SELECT EXISTS (SELECT FROM work WHERE cell = $1 AND state IN (1, 2) AND lease_until <= now());

-- name: any_aside
-- Whether anything that was laid aside is to be settled.
SELECT EXISTS (SELECT FROM work WHERE cell = $1 AND state = 4 AND aside_until <= now());

-- name: due_aside
-- Whose answers and skips are to be settled, the one that waits longest first, once for each, without those whose turn it
-- was; unlocked, since desks are locked worker first.
SELECT worker_id FROM work WHERE cell = $1 AND state = 4 AND aside_until <= now() AND worker_id <> ALL ($2::bigint[])
ORDER BY aside_until LIMIT $3;

-- name: any_overdue
-- Whether the longest life of any waiting task is over.
SELECT EXISTS (SELECT FROM work WHERE cell = $1 AND state = 0 AND expires_at <= now());

-- name: any_to_match
-- Whether any task waits or lies on a desk unseen. Ordered as indexes are: the first entry tells, wherever its row lies.
SELECT (SELECT true FROM work WHERE cell = $1 AND state = 0 ORDER BY expires_at LIMIT 1) IS NOT NULL
       OR (SELECT true FROM work WHERE cell = $1 AND state = 2 ORDER BY queue_id LIMIT 1) IS NOT NULL;

-- name: any_depth
-- Whether any queue is deeper than empty, or was when it was measured.
SELECT (SELECT true FROM work WHERE cell = $1 AND state = 0 ORDER BY expires_at LIMIT 1) IS NOT NULL
       OR EXISTS (SELECT FROM queue_depth WHERE cell = $1 AND (waiting <> 0 OR average_micros <> 0));
