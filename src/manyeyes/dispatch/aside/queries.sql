-- name: lay_aside
-- What was answered or passed on leaves the desk, and is not settled yet. The rows are locked. Since when it was looked at
-- stays; what was answered unseen is seen now at the latest.
UPDATE work SET state = 4, lease_until = NULL, aside_text = a.text, aside_reason = a.reason, aside_until = a.until, aside_ms = a.took_ms,
       desk_since = CASE work.state WHEN 2 THEN $7::timestamptz - work.aside_ms * interval '1 ms' ELSE work.desk_since END
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::int[]) AS a (task_id, text, reason, until, took_ms)
WHERE work.cell = $1 AND work.task_id = a.task_id;

-- name: hasten_aside
-- These workers have gone on: what they laid aside before is settled at the next look. Their presences are locked.
UPDATE work SET aside_until = $3 WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND state = 4 AND aside_until > $3;

-- name: lock_aside
-- All that these workers have laid aside, locked in the order of the key.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose, aside_ms, marks,
       aside_text, aside_reason, aside_until
FROM work WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND state = 4 ORDER BY task_id FOR UPDATE;

-- name: lock_desks
-- All that these workers have on their desks or have laid aside, locked in the order of the key by one statement: two would
-- lock a later row before an earlier one, and wait for who locks both in order.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose, aside_ms, marks,
       aside_text, aside_reason, aside_until
FROM work WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND (state IN (1, 2) OR state = 4) ORDER BY task_id FOR UPDATE;

-- name: aside_of
-- Those of these tasks that are laid aside: by whom, on which lease, and whether they were passed on.
SELECT task_id, worker_id, lease, aside_text IS NULL AS is_passed FROM work
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 4;

-- name: lay_behind
-- What a worker looked at lies behind what they take back; for how long they did is kept. The rows are locked.
UPDATE work SET state = 2, lease_until = b.lease_until, desk_since = $5, aside_text = NULL, aside_reason = '', aside_until = NULL,
       aside_ms = b.aside_ms
FROM unnest($2::bigint[], $3::timestamptz[], $4::int[]) AS b (task_id, lease_until, aside_ms)
WHERE work.cell = $1 AND work.task_id = b.task_id;

-- name: take_back
-- What was laid aside lies before its worker again; since when they look at it stays. The rows are locked.
UPDATE work SET state = 1, lease_until = b.lease_until, aside_text = NULL, aside_reason = '', aside_until = NULL, aside_ms = 0
FROM unnest($2::bigint[], $3::timestamptz[]) AS b (task_id, lease_until)
WHERE work.cell = $1 AND work.task_id = b.task_id;
