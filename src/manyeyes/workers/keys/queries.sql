-- name: own_keys
-- The keys that a worker has set.
SELECT own_keys FROM worker WHERE worker_id = $1;

-- name: every_own_keys
-- The keys that these workers have set.
SELECT worker_id, own_keys FROM worker WHERE worker_id = ANY ($1::bigint[]) ORDER BY worker_id;

-- name: save_own_keys
-- Keep the keys that workers have set, all of them; their rows are locked.
UPDATE worker SET own_keys = k.own_keys
FROM unnest($1::bigint[], $2::text[]) AS k (worker_id, own_keys) WHERE worker.worker_id = k.worker_id;
