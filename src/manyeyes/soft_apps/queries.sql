-- name: soft_apps
-- All registered applications.
SELECT soft_id, name, cell, account_id FROM soft_app ORDER BY soft_id;

-- name: insert_soft_app
-- Register an application; one whose number is taken stays as it is.
INSERT INTO soft_app (soft_id, name, cell, account_id, created_at) VALUES ($1, $2, $3, $4, now())
ON CONFLICT (soft_id) DO NOTHING RETURNING soft_id;

-- name: add_days
-- Add a batch's ends, shares and what was taken back to their days. Rows come sorted, so batches lock in one order.
INSERT INTO app_day (cell, soft_id, day, account_id, solved, unsolvable, released, share_micros, taken_back_micros,
                     paid_out_micros)
SELECT $1, a.soft_id, a.day, a.account_id, a.solved, a.unsolvable, a.released, a.share_micros, a.taken_back_micros,
       a.paid_out_micros
FROM unnest($2::int[], $3::date[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
            $10::bigint[])
     AS a (soft_id, day, account_id, solved, unsolvable, released, share_micros, taken_back_micros, paid_out_micros)
ORDER BY a.soft_id, a.day, a.account_id
ON CONFLICT (cell, soft_id, day, account_id) DO UPDATE
SET solved = app_day.solved + excluded.solved, unsolvable = app_day.unsolvable + excluded.unsolvable,
    released = app_day.released + excluded.released, share_micros = app_day.share_micros + excluded.share_micros,
    taken_back_micros = app_day.taken_back_micros + excluded.taken_back_micros,
    paid_out_micros = app_day.paid_out_micros + excluded.paid_out_micros;

-- name: add_refusals
-- Count a batch's refused calls. Rows come sorted, so batches lock in one order.
INSERT INTO app_refusal_day (cell, soft_id, day, reason, times)
SELECT $1, r.soft_id, $2, r.reason, r.times FROM unnest($3::int[], $4::text[], $5::bigint[]) AS r (soft_id, reason, times)
ORDER BY r.soft_id, r.reason
ON CONFLICT (cell, soft_id, day, reason) DO UPDATE SET times = app_refusal_day.times + excluded.times;

-- name: days
-- An app's days from one on, over all its customers.
SELECT day, count(*) FILTER (WHERE solved + unsolvable + released > 0) AS users, sum(solved)::bigint AS solved,
       sum(unsolvable)::bigint AS unsolvable, sum(released)::bigint AS released,
       sum(share_micros)::bigint AS share_micros, sum(taken_back_micros)::bigint AS taken_back_micros
FROM app_day WHERE cell = $1 AND soft_id = $2 AND day >= $3 GROUP BY day;

-- name: refusals
-- An app's refused calls from a day on.
SELECT day, reason, times FROM app_refusal_day WHERE cell = $1 AND soft_id = $2 AND day >= $3;

-- name: owed_of
-- What a cell has of apps' shares that was neither taken back nor paid out.
SELECT soft_id, sum(share_micros - taken_back_micros - paid_out_micros)::bigint AS owed_micros FROM app_day
WHERE cell = $1 AND soft_id = ANY ($2::int[]) GROUP BY soft_id;

-- name: all_owed
-- The same of every app: must equal the ledger's books.
SELECT soft_id, sum(share_micros - taken_back_micros - paid_out_micros)::bigint AS owed_micros FROM app_day
WHERE cell = $1 GROUP BY soft_id;
