-- name: count_waiting
-- How many tasks wait in a queue, counted up to a limit, in the order of the index (see `backlog`).
SELECT count(*) FROM (SELECT FROM work WHERE cell = $1 AND queue_id = $2 AND state = 0
                      ORDER BY bid_micros DESC, turn, task_id LIMIT $3) AS head;

-- name: shallow_depths
-- How many tasks wait in each of these queues, counted up to what price and capacity are decided by exactly
-- (tasks/rules.py: DEPTH_COUNTED_EXACTLY); a limit that is a parameter would be planned anew each time. In the order of the
-- index (see `backlog`).
SELECT q.queue_id, w.waiting FROM unnest($2::int[]) AS q (queue_id), LATERAL (
       SELECT count(*) AS waiting FROM (SELECT FROM work WHERE cell = $1 AND queue_id = q.queue_id AND state = 0
                                        ORDER BY bid_micros DESC, turn, task_id LIMIT 256) AS head) AS w;

-- name: depths
-- The last measured depths of queues.
SELECT queue_id, waiting, average_micros FROM queue_depth WHERE cell = $1 AND queue_id = ANY ($2::int[]);

-- name: head_bid
-- The average bid at a queue's head.
SELECT coalesce(avg(bid_micros), 0)::bigint FROM
    (SELECT bid_micros FROM work WHERE cell = $1 AND queue_id = $2 AND state = 0 ORDER BY bid_micros DESC LIMIT $3) AS head;

-- name: set_depth
-- Remember a queue's measured depth.
INSERT INTO queue_depth (cell, queue_id, waiting, average_micros, measured_at) VALUES ($1, $2, $3, $4, now())
ON CONFLICT (cell, queue_id) DO UPDATE SET waiting = excluded.waiting, average_micros = excluded.average_micros,
    measured_at = excluded.measured_at;

-- name: account_waiting
-- How many tasks of an account wait or are being answered: the first by its index, of the others there are few.
SELECT (SELECT count(*) FROM work WHERE cell = $1 AND account_id = $2 AND state = 0) AS waiting,
       (SELECT count(*) FROM work WHERE cell = $1 AND account_id = $2 AND state IN (1, 2))
       + (SELECT count(*) FROM work WHERE cell = $1 AND account_id = $2 AND state = 4) AS leased;

-- name: held
-- What an account's open tasks cost together: what the ledger holds for them (manyeyes db check compares the two).
SELECT (SELECT coalesce(sum(price_micros), 0) FROM work WHERE cell = $1 AND account_id = $2 AND purpose = 0)::bigint
       + (SELECT coalesce(sum(held_micros), 0) FROM panel WHERE cell = $1 AND account_id = $2 AND state < 2)::bigint;

-- name: held_of
-- The same of several accounts; those without open tasks are left out.
SELECT account_id, sum(held)::bigint AS held_micros FROM (
    SELECT account_id, price_micros AS held FROM work WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND purpose = 0
    UNION ALL
    SELECT account_id, held_micros FROM panel WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND state < 2) AS open
GROUP BY account_id;

-- name: all_held
-- What the open tasks of each account cost: must equal the ledger's held sums.
SELECT account_id, sum(held)::bigint AS held_micros, count(*) AS tasks FROM (
    SELECT account_id, price_micros AS held FROM work WHERE cell = $1 AND purpose = 0
    UNION ALL
    SELECT account_id, held_micros FROM panel WHERE cell = $1 AND state < 2) AS open GROUP BY account_id;
