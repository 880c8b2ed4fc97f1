-- name: take_minute
-- Take a minute that is over, to be sampled by this transaction alone: one that was taken is taken by nobody again.
INSERT INTO sampled_minute (cell, minute) VALUES ($1, $2)
ON CONFLICT (cell) DO UPDATE SET minute = excluded.minute WHERE sampled_minute.minute < excluded.minute RETURNING minute;

-- name: sample_queues
-- How queues look now, under a minute ($2) that is over, and what came and ran out in it; one in which nothing was there
-- leaves nothing.
INSERT INTO queue_sample (cell, queue_id, minute, waiting, present, arrived, expired)
SELECT $1, q.queue_id, $2, q.waiting, q.present, q.arrived, q.expired FROM (
    SELECT queue.queue_id,
           coalesce((SELECT waiting FROM queue_depth AS d WHERE d.cell = $1 AND d.queue_id = queue.queue_id), 0) AS waiting,
           coalesce(there.people, 0) AS present, coalesce(came.tasks, 0) AS arrived, coalesce(late.tasks, 0) AS expired
    FROM queue
    LEFT JOIN (SELECT s.queue_id, count(*) AS people FROM session, unnest(session.queues) AS s (queue_id)
               WHERE session.cell = $1 AND session.present GROUP BY s.queue_id) AS there USING (queue_id)
    LEFT JOIN (SELECT queue_id, count(*) AS tasks FROM task
               WHERE cell = $1 AND created_at >= to_timestamp($2::bigint * 60) AND created_at < to_timestamp($2::bigint * 60 + 60)
               GROUP BY queue_id) AS came USING (queue_id)
    LEFT JOIN (SELECT queue_id, count(*) AS tasks FROM result
               WHERE cell = $1 AND ended_at >= to_timestamp($2::bigint * 60) AND ended_at < to_timestamp($2::bigint * 60 + 60)
                 AND ending = $3 GROUP BY queue_id) AS late USING (queue_id)
) AS q
WHERE q.waiting > 0 OR q.present > 0 OR q.arrived > 0 OR q.expired > 0
ORDER BY q.queue_id
ON CONFLICT (cell, queue_id, minute) DO NOTHING RETURNING queue_id;

-- name: forget_samples
-- Samples of minutes that are too long ago, by queue, as their key is.
DELETE FROM queue_sample USING queue WHERE queue_sample.cell = $1 AND queue_sample.queue_id = queue.queue_id AND minute < $2;

-- name: sampled_spans
-- What was seen of a queue in spans of minutes.
SELECT p.index, coalesce(max(s.waiting), 0)::bigint AS waiting, coalesce(max(s.present), 0)::int AS present,
       coalesce(sum(s.arrived), 0)::bigint AS arrived, coalesce(sum(s.expired), 0)::bigint AS expired
FROM unnest($3::int[], $4::int[], $5::int[]) AS p (index, first, until)
LEFT JOIN queue_sample AS s ON s.cell = $1 AND s.queue_id = $2 AND s.minute >= p.first AND s.minute < p.until
GROUP BY p.index ORDER BY p.index;
