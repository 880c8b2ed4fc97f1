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
-- Whose answers and skips are to be settled, the one that waits longest first, once for each, without those that are
-- left; unlocked, since desks are locked worker first.
SELECT worker_id FROM work WHERE cell = $1 AND state = 4 AND aside_until <= now() AND worker_id <> ALL ($2::bigint[])
ORDER BY aside_until LIMIT $3;

-- name: any_to_mark
-- Whether anything lies on desks unseen without the marks that its queue has got.
SELECT EXISTS (SELECT FROM queue AS q WHERE q.marks <> 0 AND EXISTS (
    SELECT FROM work AS w WHERE w.cell = $1 AND w.queue_id = q.queue_id AND w.state = 2 AND q.marks & ~w.marks <> 0));

-- name: queues_to_mark
-- Of which queues anything does, with their marks.
SELECT q.queue_id, q.marks FROM queue AS q WHERE q.marks <> 0 AND EXISTS (
    SELECT FROM work AS w WHERE w.cell = $1 AND w.queue_id = q.queue_id AND w.state = 2 AND q.marks & ~w.marks <> 0)
ORDER BY q.queue_id;

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
