-- name: add_usage
-- Add a batch's charged tasks to their minute.
INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros)
SELECT $1, u.account_id, $2, u.queue_id, u.soft_id, u.ip, u.tasks, u.charged_micros
FROM unnest($3::bigint[], $4::int[], $5::int[], $6::text[], $7::bigint[], $8::bigint[])
     AS u (account_id, queue_id, soft_id, ip, tasks, charged_micros)
ORDER BY u.account_id, u.queue_id, u.soft_id, u.ip
ON CONFLICT (cell, account_id, minute, queue_id, soft_id, ip) DO UPDATE
SET tasks = usage_minute.tasks + excluded.tasks, charged_micros = usage_minute.charged_micros + excluded.charged_micros;

-- name: add_queue_minutes
-- Add a batch's answered tasks to their queues' minute.
INSERT INTO queue_minute (cell, queue_id, minute, tasks, handling_ms, charged_micros)
SELECT $1, q.queue_id, $2, q.tasks, q.handling_ms, q.charged_micros
FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::bigint[]) AS q (queue_id, tasks, handling_ms, charged_micros)
ORDER BY q.queue_id
ON CONFLICT (cell, queue_id, minute) DO UPDATE
SET tasks = queue_minute.tasks + excluded.tasks, handling_ms = queue_minute.handling_ms + excluded.handling_ms,
    charged_micros = queue_minute.charged_micros + excluded.charged_micros;

-- name: spending_minutes
-- Whole minutes of spending windows, summed by window; null filters take everything.
SELECT ((minute::bigint * 60 - $3::bigint) / 3600)::int AS hour, sum(tasks)::bigint AS tasks,
       sum(charged_micros)::bigint AS charged_micros
FROM usage_minute
WHERE cell = $1 AND account_id = $2 AND minute >= ($3 + 59) / 60 AND minute < $4::bigint / 60 AND NOT minute = ANY ($5::int[])
  AND ($6::int IS NULL OR queue_id = $6) AND ($7::int IS NULL OR soft_id = $7) AND ($8::text IS NULL OR ip = $8)
GROUP BY 1;

-- name: spending_edges
-- The minutes that a window's boundary cuts, from the raw rows.
SELECT floor((extract(epoch FROM r.ended_at) - $3) / 3600)::int AS hour, count(*) AS tasks,
       sum(r.charged_micros)::bigint AS charged_micros
FROM unnest($5::int[]) AS m (minute) CROSS JOIN LATERAL (
    SELECT ended_at, charged_micros FROM result
    WHERE cell = $1 AND account_id = $2 AND charged_micros > 0
      AND ended_at >= greatest(to_timestamp(m.minute::bigint * 60), to_timestamp($3))
      AND ended_at < least(to_timestamp(m.minute::bigint * 60 + 60), to_timestamp($4))
      AND ($6::int IS NULL OR queue_id = $6) AND ($7::int IS NULL OR soft_id = $7) AND ($8::text IS NULL OR ip = $8)
) AS r
GROUP BY 1;

-- name: queue_rates
-- How a queue did since a minute.
SELECT coalesce(sum(tasks), 0)::bigint AS tasks, coalesce(sum(handling_ms), 0)::bigint AS handling_ms,
       coalesce(sum(charged_micros), 0)::bigint AS charged_micros
FROM queue_minute WHERE cell = $1 AND queue_id = $2 AND minute >= $3;

-- name: usage_sums
-- All that an account was charged, by the buckets: must equal the ledger's settled sums.
SELECT account_id, sum(tasks)::bigint AS tasks, sum(charged_micros)::bigint AS charged_micros
FROM usage_minute WHERE cell = $1 GROUP BY account_id;
