-- name: site_holders
-- Who has tasks of these sites on their desk; unlocked, since desks are locked worker first.
SELECT DISTINCT worker_id FROM work
WHERE cell = $1 AND (account_id, site) IN (SELECT * FROM unnest($2::bigint[], $3::text[])) AND site <> ''
  AND state IN (1, 2);

-- name: lock_site_waiting
-- Waiting tasks of these sites, in no order; what somebody else is changing is left for the next sweep.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose, aside_ms, marks
FROM work
WHERE cell = $1 AND (account_id, site) IN (SELECT * FROM unnest($2::bigint[], $3::text[])) AND site <> '' AND state = 0
LIMIT $4 FOR UPDATE SKIP LOCKED;

-- name: busy_sites
-- Which of these sites still have tasks.
SELECT s.account_id, s.site FROM unnest($2::bigint[], $3::text[]) AS s (account_id, site)
WHERE EXISTS (SELECT FROM work
              WHERE cell = $1 AND work.account_id = s.account_id AND work.site = s.site AND work.site <> '');
