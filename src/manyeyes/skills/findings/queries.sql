-- name: checked_of_queue
-- What gold and reviewers said of a queue's people since an instant, task by task, with the recogniser's label of reviews.
SELECT e.task_id, e.worker_id, e.truth, e.given, e.labels, e.at, t.kind, m.label AS model
FROM evidence AS e JOIN task AS t ON t.cell = $1 AND t.task_id = e.task_id
LEFT JOIN recognition_review AS m ON m.cell = $1 AND m.task_id = e.task_id AND m.label >= 0
WHERE e.cell = $1 AND e.queue_id = $2 AND e.at > $3 AND e.source IN ('gold', 'verdict') AND NOT e.is_aside AND e.truth <> ''
ORDER BY e.task_id, e.worker_id, e.source;

-- name: delete_alike
-- What the last night found of a queue's people and this one did not.
DELETE FROM alike WHERE cell = $1 AND queue_id = $2
  AND (worker_id, kind, other_id) NOT IN (
      SELECT k.* FROM unnest($3::bigint[], $4::text[], $5::bigint[]) AS k (worker_id, kind, other_id));

-- name: save_alike
-- What a night found of a queue's people; since when it is so stays.
INSERT INTO alike (cell, queue_id, worker_id, kind, other_id, tasks, alike, expected, first_at, found_at, as_of)
SELECT $1, $2, a.worker_id, a.kind, a.other_id, a.tasks, a.alike, a.expected, a.first_at, $3, $3
FROM unnest($4::bigint[], $5::text[], $6::bigint[], $7::int[], $8::int[], $9::real[], $10::timestamptz[])
     AS a (worker_id, kind, other_id, tasks, alike, expected, first_at)
ORDER BY a.worker_id, a.kind, a.other_id
ON CONFLICT (cell, queue_id, worker_id, kind, other_id) DO UPDATE
SET tasks = excluded.tasks, alike = excluded.alike, expected = excluded.expected, first_at = excluded.first_at,
    as_of = excluded.as_of;

-- name: alike_in_queue
-- What nights found of a queue's people, the newest first.
SELECT queue_id, worker_id, kind, other_id, tasks, alike, expected, first_at, found_at FROM alike
WHERE cell = $1 AND queue_id = $2 ORDER BY found_at DESC, worker_id, kind, other_id;

-- name: alike_of_worker
-- What nights found of somebody, alone or with others.
SELECT queue_id, worker_id, kind, other_id, tasks, alike, expected, first_at, found_at FROM alike
WHERE cell = $1 AND (worker_id = $2 OR (other_id = $2 AND other_id <> 0)) ORDER BY queue_id, worker_id, kind, other_id;
