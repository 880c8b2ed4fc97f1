-- name: queue_gauges
-- How each queue of a cell is now: depth as it was measured last, people there, tasks that ended in a minute ($2) that is over.
SELECT queue.queue_id, coalesce(d.waiting, 0)::bigint AS waiting, coalesce(there.people, 0)::bigint AS people,
       coalesce(m.tasks, 0)::bigint AS ended
FROM queue
LEFT JOIN queue_depth AS d ON d.cell = $1 AND d.queue_id = queue.queue_id
LEFT JOIN queue_minute AS m ON m.cell = $1 AND m.queue_id = queue.queue_id AND m.minute = $2
LEFT JOIN (SELECT s.queue_id, count(*) AS people FROM session, unnest(session.queues) AS s (queue_id)
           WHERE session.cell = $1 AND session.present GROUP BY s.queue_id) AS there ON there.queue_id = queue.queue_id
ORDER BY queue.queue_id;

-- name: cell_gauges
-- How a cell is now. What piles up without a bound is counted up to a limit ($2): of what has ended nothing is read.
SELECT (SELECT extract(epoch FROM now() - created_at) FROM work WHERE cell = $1 AND state = 0
        ORDER BY expires_at LIMIT 1)::float8 AS oldest_seconds,
       (SELECT count(*) FROM work WHERE cell = $1 AND state IN (1, 2)) AS leased,
       (SELECT count(*) FROM session WHERE cell = $1 AND present) AS people,
       (SELECT coalesce(sum(price_micros), 0) FROM (SELECT price_micros FROM work WHERE cell = $1 AND purpose = 0
                                                    ORDER BY task_id LIMIT $2) AS open)::bigint AS held_micros,
       (SELECT coalesce(sum(amount_micros), 0) FROM (SELECT amount_micros FROM pending_pay WHERE cell = $1
                                                     ORDER BY task_id LIMIT $2) AS pay)::bigint AS pay_micros,
       (SELECT count(*) FROM (SELECT FROM payout WHERE cell = $1 AND state < 2 LIMIT $2) AS asked) AS payouts,
       (SELECT count(*) FROM (SELECT FROM report WHERE cell = $1 AND state = 0 LIMIT $2) AS open) AS complaints,
       (SELECT count(*) FROM (SELECT FROM delivery WHERE cell = $1 AND state = 0 LIMIT $2) AS due) AS deliveries,
       (SELECT count(*) FROM (SELECT FROM delivery WHERE cell = $1 AND state = 2 LIMIT $2) AS ended) AS given_up;

-- name: account_queues
-- An account's waiting tasks by queue, and for how many seconds the oldest waits.
SELECT queue_id, count(*) AS waiting, extract(epoch FROM now() - min(created_at))::float8 AS oldest_seconds FROM work
WHERE cell = $1 AND account_id = $2 AND state = 0 GROUP BY queue_id ORDER BY queue_id;

-- name: account_charged
-- What an account was charged for since a minute, by queue.
SELECT queue_id, sum(tasks)::bigint AS tasks, sum(charged_micros)::bigint AS charged_micros FROM usage_minute
WHERE cell = $1 AND account_id = $2 AND minute >= $3 GROUP BY queue_id ORDER BY queue_id;

-- name: account_refused
-- An account's tasks that ended since an instant ($3) without a charge, and its reports that were refused; up to a limit ($4).
SELECT (SELECT count(*) FROM (SELECT FROM result WHERE cell = $1 AND account_id = $2 AND ended_at >= $3
                              AND charged_micros = 0 LIMIT $4) AS free) AS unanswered,
       (SELECT count(*) FROM (SELECT FROM refused_report WHERE cell = $1 AND account_id = $2 AND at >= $3
                              LIMIT $4) AS refused) AS reports;
