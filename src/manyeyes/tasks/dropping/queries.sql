-- name: window_end
-- The number of the last of so many results behind one and up to another; null: there is none.
SELECT max(task_id) AS task_id FROM (
    SELECT task_id FROM result WHERE cell = $1 AND task_id > $2 AND task_id <= $3 ORDER BY task_id LIMIT $4) AS few;

-- name: droppable
-- Tasks by themselves of which all was over before an instant, answers and pictures long forgotten, and which nobody disputed,
-- judged or is asked as gold: in the order of their numbers, behind one and up to another. Locked: whoever else drops takes others.
SELECT r.task_id FROM result AS r
WHERE r.cell = $1 AND r.task_id > $2 AND r.task_id <= $3 AND r.ended_at < $4 AND NOT r.kept AND r.job_id = 0
  AND NOT EXISTS (SELECT FROM report AS o WHERE o.cell = $1 AND o.task_id = r.task_id)
  AND NOT EXISTS (SELECT FROM judgement AS o WHERE o.cell = $1 AND o.task_id = r.task_id)
  AND NOT EXISTS (SELECT FROM gold AS o WHERE o.cell = $1 AND o.task_id = r.task_id)
  AND NOT EXISTS (SELECT FROM delivery AS o WHERE o.cell = $1 AND o.task_id = r.task_id)
  AND NOT EXISTS (SELECT FROM kept_longer AS o WHERE o.cell = $1 AND o.task_id = r.task_id)
  AND NOT EXISTS (SELECT FROM work AS o WHERE o.cell = $1 AND o.of_task = r.task_id AND o.of_task <> 0)
  AND NOT EXISTS (SELECT FROM unnest(r.task_id || ARRAY(SELECT a.answer_id FROM answer AS a
                                                        WHERE a.cell = $1 AND a.task_id = r.task_id ORDER BY a.answer_id)) AS c (id)
                  WHERE EXISTS (SELECT FROM pending_pay AS o WHERE o.cell = $1 AND o.task_id = c.id)
                     OR EXISTS (SELECT FROM transfer AS o WHERE o.cell = $1 AND o.cause_id = c.id
                                                          AND (o.at >= $4 OR o.kind NOT IN (2, 3, 4, 5, 6, 11))))
ORDER BY r.task_id FOR UPDATE OF r SKIP LOCKED;

-- name: last_ended
-- The highest number of the tasks that ended before an instant.
SELECT coalesce(max(task_id), 0)::bigint FROM result WHERE cell = $1 AND ended_at < $2;

-- name: keep_charges
-- Sum up what tasks were charged, by the second of their end.
INSERT INTO dropped_charge (cell, account_id, ended_at, queue_id, soft_id, ip, tasks, charged_micros)
SELECT $1, account_id, date_trunc('second', ended_at), queue_id, soft_id, ip, count(*), sum(charged_micros) FROM result
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND charged_micros > 0
GROUP BY account_id, date_trunc('second', ended_at), queue_id, soft_id, ip
ORDER BY account_id, date_trunc('second', ended_at), queue_id, soft_id, ip
ON CONFLICT (cell, account_id, ended_at, queue_id, soft_id, ip) DO UPDATE
SET tasks = dropped_charge.tasks + excluded.tasks, charged_micros = dropped_charge.charged_micros + excluded.charged_micros;

-- name: drop_results
-- Delete how tasks ended.
DELETE FROM result WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: drop_tasks
-- Delete tasks as they were submitted.
DELETE FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: drop_truths
-- Delete the right answers of tasks.
DELETE FROM truth WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: transfers_of_month
-- The entries of a month.
SELECT * FROM transfer WHERE cell = $1 AND at >= $2 AND at < $3 ORDER BY cause_id, kind, n;

-- name: results_of_month
-- The tasks that ended in a month.
SELECT * FROM result WHERE cell = $1 AND ended_at >= $2 AND ended_at < $3 ORDER BY task_id;

-- name: tasks_of_month
-- The tasks that ended in a month, as they were submitted.
SELECT t.* FROM task AS t JOIN result AS r ON r.cell = $1 AND r.task_id = t.task_id
WHERE t.cell = $1 AND r.ended_at >= $2 AND r.ended_at < $3 ORDER BY t.task_id;

-- name: panels_of_month
-- Who was asked, on what terms and for what price, about tasks that ended in a month.
SELECT p.* FROM panel AS p JOIN result AS r ON r.cell = $1 AND r.task_id = p.task_id
WHERE p.cell = $1 AND r.ended_at >= $2 AND r.ended_at < $3 ORDER BY p.task_id;

-- name: truths_of_month
-- The right answers that customers gave of tasks that ended in a month.
SELECT t.* FROM truth AS t JOIN result AS r ON r.cell = $1 AND r.task_id = t.task_id
WHERE t.cell = $1 AND r.ended_at >= $2 AND r.ended_at < $3 ORDER BY t.task_id;

-- name: answers_of_month
-- What people gave in a month to tasks of several answers, gold and practice.
SELECT * FROM answer WHERE cell = $1 AND answered_at >= $2 AND answered_at < $3 ORDER BY answer_id;
