-- name: skills
-- What is known of people in queues.
SELECT queue_id, worker_id, right_weight, wrong_weight, confusion, as_of FROM skill
WHERE cell = $1 AND (queue_id, worker_id) IN (SELECT * FROM unnest($2::int[], $3::bigint[]));

-- name: methods
-- How answers of queues are weighed, and what share of accepted results is audited.
SELECT queue_id, method, audit_share, vote_micros FROM queue WHERE queue_id = ANY ($1::int[]);

-- name: forget_gold
-- Tasks whose answers and pictures are forgotten are asked no more; what they said of people stays in their skills.
DELETE FROM gold WHERE cell = $1 AND task_id = ANY ($2::bigint[]);
