-- name: set_trainings
-- Queues get a training set, or another one.
INSERT INTO training (cell, queue_id, task_ids, is_paid, pass_mark, set_at)
SELECT $1, t.queue_id, t.task_ids::bigint[], t.is_paid, t.pass_mark, $2
FROM unnest($3::int[], $4::text[], $5::boolean[], $6::double precision[]) AS t (queue_id, task_ids, is_paid, pass_mark)
ORDER BY t.queue_id
ON CONFLICT (cell, queue_id) DO UPDATE SET task_ids = excluded.task_ids, is_paid = excluded.is_paid,
    pass_mark = excluded.pass_mark, set_at = excluded.set_at;

-- name: clear_trainings
-- Queues have no training set any more.
DELETE FROM training WHERE cell = $1 AND queue_id = ANY ($2::int[]);

-- name: trainings
-- The training sets of queues, without what is forgotten or denied by now, and what a picture of them would pay.
SELECT t.queue_id, t.is_paid, t.pass_mark, CASE WHEN t.is_paid THEN q.pay_micros ELSE 0 END AS pay_micros, q.lease_seconds,
       cardinality(t.task_ids) AS saved,
       ARRAY(SELECT p.task_id FROM unnest(t.task_ids) WITH ORDINALITY AS p (task_id, n)
             JOIN gold AS g ON g.cell = $1 AND g.task_id = p.task_id AND g.aside_at IS NULL
             JOIN result AS r ON r.cell = $1 AND r.task_id = p.task_id AND r.kept ORDER BY p.n) AS task_ids
FROM training AS t JOIN queue AS q ON q.queue_id = t.queue_id
WHERE t.cell = $1 AND t.queue_id = ANY ($2::int[]) ORDER BY t.queue_id;

-- name: pictures
-- Gold of queues that people may practise with, what was asked least first: all of it, or those of it that are named.
SELECT g.queue_id, g.task_id, g.answer, t.kind, t.options::text AS options
FROM unnest($2::int[], $3::text[]) AS w (queue_id, task_ids), LATERAL (
    SELECT g.queue_id, g.task_id, g.answer, g.asked FROM gold AS g JOIN result AS r ON r.cell = $1 AND r.task_id = g.task_id
    WHERE g.cell = $1 AND g.queue_id = w.queue_id AND g.aside_at IS NULL AND r.kept AND r.media <> ''
      AND (w.task_ids = '{}' OR g.task_id = ANY (w.task_ids::bigint[]))
    ORDER BY g.asked, g.task_id LIMIT $4) AS g
JOIN task AS t ON t.cell = $1 AND t.task_id = g.task_id ORDER BY g.queue_id, g.asked, g.task_id;

-- name: right_answers
-- What is right of pictures that people practise with: of those that are still gold and still here.
SELECT g.task_id, g.answer FROM gold AS g JOIN result AS r ON r.cell = $1 AND r.task_id = g.task_id AND r.kept
WHERE g.cell = $1 AND g.task_id = ANY ($2::bigint[]) AND g.aside_at IS NULL;

-- name: barred
-- Who of these people does not get their queue, since they are below its floor.
SELECT queue_id, worker_id FROM skill
WHERE cell = $1 AND (queue_id, worker_id) IN (SELECT * FROM unnest($2::int[], $3::bigint[])) AND barred_at IS NOT NULL;

-- name: lock_practices
-- The tries of people, locked in the order of the key. A try goes on as long as the bar for which it began;
-- one that is younger than the try is another one.
SELECT p.worker_id, p.queue_id, p.tries, p.left_ids, p.given, p.correct, p.is_paid, p.pass_mark, p.pay_micros, p.lease_seconds,
       p.begun_at, p.ended_at, p.is_passed, coalesce(s.practice_queue = p.queue_id AND s.present, false) AS is_on,
       p.ended_at IS NULL AND coalesce(k.barred_at > p.begun_at, true) AS is_void,
       p.ended_at IS NULL AND k.barred_at IS NULL AS is_freed
FROM practice AS p LEFT JOIN session AS s ON s.cell = $1 AND s.worker_id = p.worker_id
     LEFT JOIN skill AS k ON k.cell = $1 AND k.queue_id = p.queue_id AND k.worker_id = p.worker_id
WHERE p.cell = $1 AND p.worker_id = ANY ($2::bigint[]) ORDER BY p.worker_id, p.queue_id FOR UPDATE OF p;

-- name: save_practices
-- How far tries are; their people's presences are locked.
INSERT INTO practice (cell, worker_id, queue_id, tries, left_ids, given, correct, is_paid, pass_mark, pay_micros, lease_seconds,
                      begun_at, ended_at, is_passed)
SELECT $1, p.worker_id, p.queue_id, p.tries, p.left_ids::bigint[], p.given, p.correct, p.is_paid, p.pass_mark, p.pay_micros,
       p.lease_seconds, p.begun_at, p.ended_at, p.is_passed
FROM unnest($2::bigint[], $3::int[], $4::smallint[], $5::smallint[], $6::smallint[], $7::boolean[], $8::double precision[],
            $9::bigint[], $10::int[], $11::timestamptz[], $12::timestamptz[], $13::boolean[], $14::text[])
     AS p (worker_id, queue_id, tries, given, correct, is_paid, pass_mark, pay_micros, lease_seconds, begun_at, ended_at,
           is_passed, left_ids) ORDER BY p.worker_id, p.queue_id
ON CONFLICT (cell, worker_id, queue_id) DO UPDATE SET tries = excluded.tries, left_ids = excluded.left_ids,
    given = excluded.given, correct = excluded.correct, is_paid = excluded.is_paid, pass_mark = excluded.pass_mark,
    pay_micros = excluded.pay_micros, lease_seconds = excluded.lease_seconds, begun_at = excluded.begun_at,
    ended_at = excluded.ended_at, is_passed = excluded.is_passed;

-- name: forget_tries
-- An operator gave these people the queue: they may try anew. Their rows are locked.
UPDATE practice SET tries = 0 FROM unnest($2::bigint[], $3::int[]) AS p (worker_id, queue_id)
WHERE practice.cell = $1 AND practice.worker_id = p.worker_id AND practice.queue_id = p.queue_id;

-- name: practices_of
-- The tries of one person.
SELECT p.worker_id, p.queue_id, p.tries, p.left_ids, p.given, p.correct, p.is_paid, p.pass_mark, p.pay_micros, p.lease_seconds,
       p.begun_at, p.ended_at, p.is_passed, coalesce(s.practice_queue = p.queue_id AND s.present, false) AS is_on,
       p.ended_at IS NULL AND coalesce(k.barred_at > p.begun_at, true) AS is_void,
       p.ended_at IS NULL AND k.barred_at IS NULL AS is_freed
FROM practice AS p LEFT JOIN session AS s ON s.cell = $1 AND s.worker_id = p.worker_id
     LEFT JOIN skill AS k ON k.cell = $1 AND k.queue_id = p.queue_id AND k.worker_id = p.worker_id
WHERE p.cell = $1 AND p.worker_id = $2 ORDER BY p.queue_id;

-- name: practices_in
-- Who practised in a queue, the newest try first.
SELECT p.worker_id, p.queue_id, p.tries, p.left_ids, p.given, p.correct, p.is_paid, p.pass_mark, p.pay_micros, p.lease_seconds,
       p.begun_at, p.ended_at, p.is_passed, coalesce(s.practice_queue = p.queue_id AND s.present, false) AS is_on,
       p.ended_at IS NULL AND coalesce(k.barred_at > p.begun_at, true) AS is_void,
       p.ended_at IS NULL AND k.barred_at IS NULL AS is_freed
FROM practice AS p LEFT JOIN session AS s ON s.cell = $1 AND s.worker_id = p.worker_id
     LEFT JOIN skill AS k ON k.cell = $1 AND k.queue_id = p.queue_id AND k.worker_id = p.worker_id
WHERE p.cell = $1 AND p.queue_id = $2 ORDER BY p.begun_at DESC, p.worker_id LIMIT $3;

-- name: practised
-- What somebody gave in a try, wrong ones first, with what is right; forgotten and denied ones are left out.
SELECT a.task_id, a.answer AS text, g.answer AS truth, coalesce(a.is_right, false) AS is_right, a.answered_at
FROM answer AS a JOIN gold AS g ON g.cell = $1 AND g.task_id = a.task_id AND g.aside_at IS NULL
WHERE a.cell = $1 AND a.worker_id = $2 AND a.queue_id = $3 AND a.answered_at >= $4 AND a.purpose = 3 AND a.answer IS NOT NULL
ORDER BY a.is_right, a.answered_at, a.answer_id;
