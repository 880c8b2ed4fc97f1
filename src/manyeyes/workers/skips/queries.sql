-- name: count_skips
-- A batch's skips, added to their days. Rows come sorted, so batches lock in one order.
INSERT INTO skip_day (cell, worker_id, day, queue_id, reason, skips)
SELECT $1, s.worker_id, ($5::timestamptz AT TIME ZONE 'UTC')::date, s.queue_id, s.reason, count(*)
FROM unnest($2::bigint[], $3::int[], $4::text[]) AS s (worker_id, queue_id, reason)
GROUP BY s.worker_id, s.queue_id, s.reason ORDER BY s.worker_id, s.queue_id, s.reason
ON CONFLICT (cell, worker_id, day, queue_id, reason) DO UPDATE SET skips = skip_day.skips + excluded.skips;

-- name: skips_of
-- What somebody passed on from a day on, by queue and reason.
SELECT queue_id, reason, sum(skips)::bigint AS skips FROM skip_day WHERE cell = $1 AND worker_id = $2 AND day >= $3
GROUP BY queue_id, reason;

-- name: forget_skips
-- Skips of days before one.
DELETE FROM skip_day WHERE cell = $1 AND day < $2;
