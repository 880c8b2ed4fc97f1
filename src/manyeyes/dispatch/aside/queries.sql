-- name: lay_aside
-- What was answered or passed on leaves the desk, and is not settled yet. The rows are locked.
UPDATE work SET state = 4, lease_until = NULL, aside_text = a.text, aside_reason = a.reason, aside_until = a.until, aside_ms = a.took_ms
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::int[]) AS a (task_id, text, reason, until, took_ms)
WHERE work.cell = $1 AND work.task_id = a.task_id;

-- name: hasten_aside
-- These workers have gone on: what they laid aside before is settled at the next look. Their presences are locked.
UPDATE work SET aside_until = $3 WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND state = 4 AND aside_until > $3;

-- name: lock_aside
-- All that these workers have laid aside, locked in the order of the key.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose,
       aside_text, aside_reason, aside_until, aside_ms
FROM work WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND state = 4 ORDER BY task_id FOR UPDATE;

-- name: aside_of
-- Those of these tasks that are laid aside: by whom, on which lease, and whether they were passed on.
SELECT task_id, worker_id, lease, aside_text IS NULL AS is_passed FROM work
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 4;

-- name: lay_behind
-- What a worker looked at lies behind what they take back, as if they had not seen it. The rows are locked.
UPDATE work SET state = 2, lease_until = b.lease_until, desk_since = $4
FROM unnest($2::bigint[], $3::timestamptz[]) AS b (task_id, lease_until)
WHERE work.cell = $1 AND work.task_id = b.task_id;
