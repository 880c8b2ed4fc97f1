-- name: seen_tasks
-- Tasks as their customers see them: what was asked, where each is on its way, how it ended, what it costs, what was said
-- of it. Every other table is looked at by its key; a transfer of kind 2 is a hold (ledger/rules.py). Of several answers
-- the seats say where it is; once somebody answered, and while a reviewer decides (state 1), it is being answered. The numbers go
-- through a query of their own: for a few of them, it would be planned anew each time, which takes longer than to run it.
SELECT t.task_id, t.account_id, t.queue_id, t.kind, t.options, t.created_at, t.question_id, t.job_id, t.line,
       t.external_id,
       coalesce(nullif(r.media, ''), nullif(w.media, ''), t.media) AS media,
       coalesce(w.state, s.state) AS work_state, coalesce(w.expires_at, s.expires_at) AS expires_at,
       q.terms, coalesce(q.given, r.answers, 0) AS answers, r.assurance, r.confidence, r.is_proven,
       (SELECT j.state FROM job AS j WHERE j.cell = $1 AND j.job_id = t.job_id AND t.job_id <> 0) AS job_state,
       h.amount_micros AS price_micros,
       r.ended_at, r.ending, r.answer, r.answer AS shown, coalesce(r.solve_count, 0) AS solve_count, r.why,
       coalesce(r.charged_micros, 0) AS charged_micros, coalesce(f.refunded_micros, 0) AS refunded_micros,
       r.kept AS is_kept,
       p.kind AS report_kind, p.state AS report_state
FROM task AS t
LEFT JOIN work AS w ON w.cell = t.cell AND w.task_id = t.task_id
LEFT JOIN panel AS q ON q.cell = t.cell AND q.task_id = t.task_id
LEFT JOIN LATERAL (
     SELECT CASE WHEN q.state = 1 OR bool_or(o.state IN (1, 4)) THEN 1 WHEN bool_or(o.state = 2) THEN 2
                 WHEN bool_and(o.state = 3) THEN 3 WHEN q.given > 0 THEN 1 ELSE 0 END AS state, max(o.expires_at) AS expires_at
     FROM work AS o WHERE o.cell = $1 AND o.of_task = t.task_id AND o.of_task <> 0 AND o.purpose = 1) AS s ON q.state < 2
LEFT JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id
LEFT JOIN transfer AS h ON h.cell = t.cell AND h.cause_id = t.task_id AND h.kind = 2 AND h.n = 0
LEFT JOIN refund AS f ON f.cell = t.cell AND f.task_id = t.task_id
LEFT JOIN report AS p ON p.cell = t.cell AND p.task_id = t.task_id
WHERE t.cell = $1 AND t.task_id = ANY (ARRAY(SELECT unnest($2::bigint[])));

-- name: tasks_before
-- An account's tasks before one, newest first.
SELECT task_id AS place, task_id FROM task WHERE cell = $1 AND account_id = $2 AND task_id < $3
ORDER BY task_id DESC LIMIT $4;

-- name: tasks_after
-- An account's tasks after one, oldest first.
SELECT task_id AS place, task_id FROM task WHERE cell = $1 AND account_id = $2 AND task_id > $3
ORDER BY task_id LIMIT $4;

-- name: narrowed_before
-- Of these those of one queue (0: any) that were made in a span, newest first.
SELECT task_id AS place, task_id FROM task
WHERE cell = $1 AND account_id = $2 AND task_id < $3 AND ($5 = 0 OR queue_id = $5) AND created_at >= $6 AND created_at < $7
ORDER BY task_id DESC LIMIT $4;

-- name: narrowed_after
-- Of these those of one queue (0: any) that were made in a span, oldest first.
SELECT task_id AS place, task_id FROM task
WHERE cell = $1 AND account_id = $2 AND task_id > $3 AND ($5 = 0 OR queue_id = $5) AND created_at >= $6 AND created_at < $7
ORDER BY task_id LIMIT $4;

-- name: called_before
-- Of these those with the customer's own name for them, newest first.
SELECT task_id AS place, task_id FROM task
WHERE cell = $1 AND account_id = $2 AND external_id = $5 AND external_id <> '' AND task_id < $3
ORDER BY task_id DESC LIMIT $4;

-- name: called_after
-- Of these those with the customer's own name for them, oldest first.
SELECT task_id AS place, task_id FROM task
WHERE cell = $1 AND account_id = $2 AND external_id = $5 AND external_id <> '' AND task_id > $3
ORDER BY task_id LIMIT $4;

-- name: lines_before
-- A job's items before a line, the last one first.
SELECT line AS place, task_id FROM task
WHERE cell = $1 AND job_id = $5 AND job_id <> 0 AND line < $3 AND account_id = $2 ORDER BY line DESC LIMIT $4;

-- name: lines_after
-- A job's items after a line, in their order.
SELECT line AS place, task_id FROM task
WHERE cell = $1 AND job_id = $5 AND job_id <> 0 AND line > $3 AND account_id = $2 ORDER BY line LIMIT $4;

-- name: changes
-- What changed of an account's tasks after a place: the first ends (rank 0) and the first refunds (1), each in the order of
-- change. Only what changed before an instant behind which nothing can appear any more.
(SELECT ended_at AS at, task_id, 0 AS rank FROM result
 WHERE cell = $1 AND account_id = $2 AND (ended_at, task_id) > ($3, $4) AND ended_at < $6
 ORDER BY ended_at, task_id LIMIT $7)
UNION ALL
(SELECT refunded_at AS at, task_id, 1 AS rank FROM refund
 WHERE cell = $1 AND account_id = $2 AND (refunded_at, task_id) > ($3, $4 - 1 + $5) AND refunded_at < $6
 ORDER BY refunded_at, task_id LIMIT $7);
