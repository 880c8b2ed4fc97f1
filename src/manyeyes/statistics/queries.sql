-- name: add_usage
-- Add a batch's charged tasks to their minute.
INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros)
SELECT $1, u.account_id, $2, u.queue_id, u.soft_id, u.ip, u.tasks, u.charged_micros
FROM unnest($3::bigint[], $4::int[], $5::int[], $6::text[], $7::bigint[], $8::bigint[])
     AS u (account_id, queue_id, soft_id, ip, tasks, charged_micros)
ORDER BY u.account_id, u.queue_id, u.soft_id, u.ip
ON CONFLICT (cell, account_id, minute, queue_id, soft_id, ip) DO UPDATE
SET tasks = usage_minute.tasks + excluded.tasks, charged_micros = usage_minute.charged_micros + excluded.charged_micros;

-- name: take_off_usage
-- Refunds come off the minutes of their tasks: less money, the same number of tasks. The rows are there already; written
-- as an upsert because that locks them in the order in which `add_usage` does.
INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros)
SELECT $1, u.account_id, u.minute, u.queue_id, u.soft_id, u.ip, 0, -u.refunded_micros
FROM unnest($2::bigint[], $3::int[], $4::int[], $5::int[], $6::text[], $7::bigint[])
     AS u (account_id, minute, queue_id, soft_id, ip, refunded_micros)
ORDER BY u.account_id, u.minute, u.queue_id, u.soft_id, u.ip
ON CONFLICT (cell, account_id, minute, queue_id, soft_id, ip) DO UPDATE
SET charged_micros = usage_minute.charged_micros + excluded.charged_micros;

-- name: insert_refunds
-- What is given back, by the task's end: spending windows take it off there.
INSERT INTO refund (cell, task_id, account_id, queue_id, soft_id, ip, ended_at, refunded_at, refunded_micros)
SELECT $1, r.task_id, r.account_id, r.queue_id, r.soft_id, r.ip, r.ended_at, $9, r.refunded_micros
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::timestamptz[], $8::bigint[])
     AS r (task_id, account_id, queue_id, soft_id, ip, ended_at, refunded_micros);

-- name: all_refunds
-- Every refund of a cell since an instant: must equal the ledger's, and what the confirmed complaints say.
SELECT task_id, refunded_micros FROM refund WHERE cell = $1 AND refunded_at >= $2;

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
    UNION ALL
    SELECT coalesce(sum(tasks), 0)::bigint, coalesce(sum(charged_micros), 0)::bigint FROM dropped_charge
    WHERE cell = $1 AND account_id = $2 AND ended_at >= to_timestamp(p.first) AND ended_at < to_timestamp(p.until)
      AND ($6::int IS NULL OR queue_id = $6) AND ($7::int IS NULL OR soft_id = $7) AND ($8::text IS NULL OR ip = $8)
) AS r;

-- name: spending_refunds
-- Refunds of the tasks in the same ranges of seconds; they lower the money and not the number of tasks.
SELECT p.index, r.tasks, r.charged_micros
FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS p (index, first, until) CROSS JOIN LATERAL (
    SELECT 0 AS tasks, -coalesce(sum(refunded_micros), 0)::bigint AS charged_micros
    FROM refund
    WHERE cell = $1 AND account_id = $2
      AND ended_at >= to_timestamp(p.first) AND ended_at < to_timestamp(p.until)
      AND ($6::int IS NULL OR queue_id = $6) AND ($7::int IS NULL OR soft_id = $7) AND ($8::text IS NULL OR ip = $8)
) AS r;

-- name: queue_rates
-- How a queue did since a minute.
SELECT coalesce(sum(tasks), 0)::bigint AS tasks, coalesce(sum(handling_ms), 0)::bigint AS handling_ms,
       coalesce(sum(charged_micros), 0)::bigint AS charged_micros
FROM queue_minute WHERE cell = $1 AND queue_id = $2 AND minute >= $3;

-- name: queue_spans
-- What a queue answered in spans of minutes, and how long that took from submission to answer.
SELECT p.index, coalesce(sum(m.tasks), 0)::bigint AS tasks, coalesce(sum(m.handling_ms), 0)::bigint AS handling_ms
FROM unnest($3::int[], $4::int[], $5::int[]) AS p (index, first, until)
LEFT JOIN queue_minute AS m ON m.cell = $1 AND m.queue_id = $2 AND m.minute >= p.first AND m.minute < p.until
GROUP BY p.index ORDER BY p.index;

-- name: usage_sums
-- All that an account was charged since an instant, on a minute, by the buckets: must equal the ledger's settled sums less its
-- refunds, those too that were taken off an older minute.
SELECT account_id, sum(micros)::bigint AS charged_micros FROM (
    SELECT account_id, charged_micros AS micros FROM usage_minute
    WHERE cell = $1 AND minute >= (extract(epoch FROM $2::timestamptz) / 60)::int
    UNION ALL
    SELECT account_id, -refunded_micros FROM refund WHERE cell = $1 AND refunded_at >= $2 AND ended_at < $2
) AS sides GROUP BY account_id;

-- name: tasks_since
-- How many charged tasks accounts had in queues since a minute.
SELECT account_id, sum(tasks)::bigint AS tasks FROM usage_minute
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND minute > $3 AND queue_id = ANY ($4::int[]) GROUP BY account_id;

-- name: refunds_given
-- Refunds that were given in ranges of seconds, whenever their tasks ended.
SELECT p.index, r.tasks, r.refunded_micros
FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS p (index, first, until) CROSS JOIN LATERAL (
    SELECT count(*) AS tasks, coalesce(sum(refunded_micros), 0)::bigint AS refunded_micros
    FROM refund
    WHERE cell = $1 AND account_id = $2
      AND refunded_at >= to_timestamp(p.first) AND refunded_at < to_timestamp(p.until)
      AND ($6::int IS NULL OR queue_id = $6) AND ($7::int IS NULL OR soft_id = $7) AND ($8::text IS NULL OR ip = $8)
) AS r;

-- name: charged_by_work
-- Charged tasks of a span by queue and job, refunds not taken off.
SELECT queue_id, job_id, count(*) AS tasks, sum(charged_micros)::bigint AS charged_micros, 0::bigint AS refunded_micros
FROM result
WHERE cell = $1 AND account_id = $2 AND charged_micros > 0 AND ended_at >= $3 AND ended_at < $4
GROUP BY queue_id, job_id
UNION ALL
SELECT queue_id, 0, sum(tasks)::bigint, sum(charged_micros)::bigint, 0 FROM dropped_charge
WHERE cell = $1 AND account_id = $2 AND ended_at >= $3 AND ended_at < $4 GROUP BY queue_id;

-- name: refunds_by_work
-- Refunds that were given in a span, by queue and job.
SELECT f.queue_id, r.job_id, 0::bigint AS tasks, 0::bigint AS charged_micros,
       sum(f.refunded_micros)::bigint AS refunded_micros
FROM refund AS f JOIN result AS r ON r.cell = $1 AND r.task_id = f.task_id
WHERE f.cell = $1 AND f.account_id = $2 AND f.refunded_at >= $3 AND f.refunded_at < $4
GROUP BY f.queue_id, r.job_id;
