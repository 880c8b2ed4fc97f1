-- name: found_workers
-- Workers whose name has these letters, or whose number it is, behind a number: a page of a list, disabled ones too.
SELECT worker_id, name, languages, queues, reviewer, disabled_at IS NOT NULL AS disabled FROM worker
WHERE worker_id > $2 AND ($1 = '' OR worker_id::text = $1 OR strpos(lower(name), lower($1)) > 0)
ORDER BY worker_id LIMIT $3;

-- name: given_queues
-- Whether anybody may work, and the queues that those who may were given.
SELECT count(*) > 0 AS has_worker, coalesce((SELECT array_agg(DISTINCT q ORDER BY q) FROM worker AS w, unnest(w.queues) AS q
        WHERE w.disabled_at IS NULL), '{}') AS queue_ids FROM worker WHERE disabled_at IS NULL;

-- name: names_of
-- What these workers are called, disabled ones too.
SELECT worker_id, name FROM worker WHERE worker_id = ANY ($1::bigint[]);

-- name: known_worker
-- One worker, though they be disabled.
SELECT worker_id, name, languages, queues, reviewer, disabled_at IS NOT NULL AS disabled FROM worker WHERE worker_id = $1;

-- name: sessions_of
-- The presences of workers, and the queues whose floor they are below.
SELECT worker_id, present, queues, languages, held, earned_micros, answered, online_since, practice_queue,
       ARRAY(SELECT queue_id FROM skill WHERE skill.cell = $1 AND skill.worker_id = session.worker_id
             AND barred_at IS NOT NULL) AS lost
FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]);
