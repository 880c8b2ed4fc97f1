-- name: insert_appeals
-- Workers ask the operator to look at a verdict; a task has one appeal.
INSERT INTO appeal (cell, task_id, worker_id, words, pay_micros, filed_at)
SELECT $1, a.task_id, a.worker_id, a.words, a.pay_micros, $6
FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[]) AS a (task_id, worker_id, words, pay_micros)
ORDER BY a.task_id
ON CONFLICT (cell, task_id) DO NOTHING RETURNING task_id;

-- name: verdicts
-- What a worker may appeal against, as it stands.
SELECT task_id, worker_id, kind, state, why, cancelled_micros FROM report
WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: appeals
-- The appeals on these tasks.
SELECT task_id, worker_id, words, pay_micros, filed_at, decided_at, accepted, answer FROM appeal
WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: open_appeals
-- Appeals that wait for the operator, the oldest first.
SELECT task_id, worker_id, words, pay_micros, filed_at, decided_at, accepted, answer FROM appeal
WHERE cell = $1 AND decided_at IS NULL ORDER BY filed_at LIMIT $2;

-- name: lock_appeals
-- Appeals are locked in the order of the key.
SELECT task_id, worker_id, words, pay_micros, filed_at, decided_at, accepted, answer FROM appeal
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id FOR UPDATE;

-- name: decide_appeals
-- The operator's word on appeals; the rows are locked.
UPDATE appeal SET accepted = d.accepted, answer = d.answer, decided_at = $5
FROM unnest($2::bigint[], $3::boolean[], $4::text[]) AS d (task_id, accepted, answer)
WHERE appeal.cell = $1 AND appeal.task_id = d.task_id;

-- name: all_accepted
-- What every appeal gave its worker that was accepted since an instant.
SELECT task_id, pay_micros FROM appeal WHERE cell = $1 AND accepted AND pay_micros > 0 AND decided_at >= $2;
