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
-- Ranges of whole minutes, each summed for its window; null filters take everything.
SELECT p.index, r.tasks, r.charged_micros
FROM unnest($3::int[], $4::int[], $5::int[]) AS p (index, first, until) CROSS JOIN LATERAL (
    SELECT coalesce(sum(tasks), 0)::bigint AS tasks, coalesce(sum(charged_micros), 0)::bigint AS charged_micros
    FROM usage_minute
    WHERE cell = $1 AND account_id = $2 AND minute >= p.first AND minute < p.until
      AND ($6::int IS NULL OR queue_id = $6) AND ($7::int IS NULL OR soft_id = $7) AND ($8::text IS NULL OR ip = $8)
) AS r;

-- name: spending_edges
-- Ranges of seconds that share a minute with another window, from the raw rows. Summed range by range: a GROUP BY over
-- the whole day makes the planner set up a hash table of 32 MB for 24 rows.
SELECT p.index, r.tasks, r.charged_micros
FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS p (index, first, until) CROSS JOIN LATERAL (
    SELECT count(*) AS tasks, coalesce(sum(charged_micros), 0)::bigint AS charged_micros
    FROM result
    WHERE cell = $1 AND account_id = $2 AND charged_micros > 0
      AND ended_at >= to_timestamp(p.first) AND ended_at < to_timestamp(p.until)
      AND ($6::int IS NULL OR queue_id = $6) AND ($7::int IS NULL OR soft_id = $7) AND ($8::text IS NULL OR ip = $8)
) AS r;

-- name: queue_rates
-- How a queue did since a minute.
SELECT coalesce(sum(tasks), 0)::bigint AS tasks, coalesce(sum(handling_ms), 0)::bigint AS handling_ms,
       coalesce(sum(charged_micros), 0)::bigint AS charged_micros
FROM queue_minute WHERE cell = $1 AND queue_id = $2 AND minute >= $3;

-- name: usage_sums
-- All that an account was charged, by the buckets: must equal the ledger's settled sums.
SELECT account_id, sum(tasks)::bigint AS tasks, sum(charged_micros)::bigint AS charged_micros
FROM usage_minute WHERE cell = $1 GROUP BY account_id;
