-- name: asked_before
-- Payouts that were asked for with these keys, of workers and keys side by side.
SELECT p.payout_id, p.request_id, p.worker_id, p.ask_key, p.amount_micros, p.state, p.shown, p.details, p.words, p.asked_at,
       p.approved_at, p.ended_at
FROM unnest($2::bigint[], $3::bytea[]) AS k (worker_id, ask_key)
JOIN payout p ON p.cell = $1 AND p.worker_id = k.worker_id AND p.ask_key = k.ask_key;

-- name: insert_payouts
-- Workers ask to be paid out; their wallets are locked, so nobody else does with the same key.
INSERT INTO payout (cell, payout_id, request_id, worker_id, ask_key, amount_micros, shown, details, asked_at)
SELECT $1, p.payout_id, p.request_id, p.worker_id, p.ask_key, p.amount_micros, p.shown, p.details, $9
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bigint[], $7::text[], $8::bytea[])
     AS p (payout_id, request_id, worker_id, ask_key, amount_micros, shown, details);

-- name: lock_requests
-- What belongs to these requests, locked in one order.
SELECT payout_id, request_id, worker_id, ask_key, amount_micros, state, shown, details, words, asked_at, approved_at, ended_at
FROM payout WHERE cell = $1 AND request_id = ANY ($2::bigint[]) ORDER BY request_id FOR UPDATE;

-- name: save_steps
-- What became of payouts; the rows are locked.
UPDATE payout SET state = p.state, words = p.words, approved_at = p.approved_at, ended_at = p.ended_at
FROM unnest($2::bigint[], $3::smallint[], $4::text[], $5::timestamptz[], $6::timestamptz[])
     AS p (payout_id, state, words, approved_at, ended_at)
WHERE payout.cell = $1 AND payout.payout_id = p.payout_id;

-- name: of_request
-- What belongs to a request.
SELECT payout_id, request_id, worker_id, ask_key, amount_micros, state, shown, details, words, asked_at, approved_at, ended_at
FROM payout WHERE cell = $1 AND request_id = $2;

-- name: of_worker
-- What a worker asked for last, newest first.
SELECT payout_id, request_id, worker_id, ask_key, amount_micros, state, shown, details, words, asked_at, approved_at, ended_at
FROM payout WHERE cell = $1 AND worker_id = $2 ORDER BY asked_at DESC LIMIT $3;

-- name: open_payouts
-- What waits for the operator, the oldest first.
SELECT payout_id, request_id, worker_id, ask_key, amount_micros, state, shown, details, words, asked_at, approved_at, ended_at
FROM payout WHERE cell = $1 AND state < 2 ORDER BY asked_at LIMIT $2;

-- name: ended_payouts
-- What was paid, declined or withdrawn last, newest first.
SELECT payout_id, request_id, worker_id, ask_key, amount_micros, state, shown, details, words, asked_at, approved_at, ended_at
FROM payout WHERE cell = $1 AND state >= 2 ORDER BY ended_at DESC LIMIT $2;

-- name: sums_of
-- What a worker has asked for and not got yet, and what they got.
SELECT coalesce(sum(amount_micros) FILTER (WHERE state < 2), 0)::bigint AS requested,
       coalesce(sum(amount_micros) FILTER (WHERE state = 2), 0)::bigint AS paid
FROM payout WHERE cell = $1 AND worker_id = $2;

-- name: all_payouts
-- Every payout, to prove the books.
SELECT payout_id, worker_id, amount_micros, state, asked_at, ended_at FROM payout WHERE cell = $1;
