-- name: skills
-- What is known of people in queues.
SELECT queue_id, worker_id, right_weight, wrong_weight, confusion, as_of FROM skill
WHERE cell = $1 AND (queue_id, worker_id) IN (SELECT * FROM unnest($2::int[], $3::bigint[]));

-- name: methods
-- How answers of queues are weighed, and what share of accepted results is audited.
SELECT queue_id, method, audit_share, vote_micros FROM queue WHERE queue_id = ANY ($1::int[]);

-- name: admit_gold
-- Tasks whose right answer their customer gave become gold of their queue; those that are not among them are passed over.
INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at)
SELECT $1, t.task_id, t.account_id, t.queue_id, t.question_id, u.answer, 0, $2
FROM truth AS u JOIN task AS t ON t.cell = $1 AND t.task_id = u.task_id
WHERE u.cell = $1 AND u.task_id = ANY ($3::bigint[]) ORDER BY t.task_id ON CONFLICT DO NOTHING;

-- name: insert_gold
-- What reviewers decided becomes gold, once.
INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at)
SELECT $1, g.task_id, g.account_id, g.queue_id, g.question_id, g.answer, 1, $2
FROM unnest($3::bigint[], $4::bigint[], $5::int[], $6::bigint[], $7::text[])
     AS g (task_id, account_id, queue_id, question_id, answer) ORDER BY g.task_id ON CONFLICT DO NOTHING;

-- name: delete_gold
-- Gold whose pictures are forgotten is none any more; what it said of people stays.
DELETE FROM gold WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: golden_queues
-- Queues in which gold may be laid now: they have some, and ordinary work waits there or lies on desks unseen.
SELECT queue_id, pay_micros, lease_seconds, floor, gold_share FROM queue AS q
WHERE gold_share IS DISTINCT FROM 0
  AND EXISTS (SELECT FROM gold WHERE gold.cell = $1 AND gold.queue_id = q.queue_id AND aside_at IS NULL)
  AND (EXISTS (SELECT FROM work WHERE work.cell = $1 AND work.queue_id = q.queue_id AND state = 0)
       OR EXISTS (SELECT FROM work WHERE work.cell = $1 AND work.queue_id = q.queue_id AND state = 2 AND purpose < 2))
ORDER BY queue_id;

-- name: lock_drawing
-- Present workers of these queues for whose answers no lot was drawn yet, with room for one piece more; locked.
SELECT s.worker_id, s.queues, s.answered, coalesce(d.draws, 0) AS draws, coalesce(d.answered, 0) AS drawn
FROM session AS s LEFT JOIN gold_draw AS d ON d.cell = $1 AND d.worker_id = s.worker_id
WHERE s.cell = $1 AND s.present AND s.held <= $4 AND s.answered > 0 AND s.queues && $2::int[]
  AND d.answered IS DISTINCT FROM s.answered
ORDER BY s.worker_id LIMIT $3 FOR UPDATE OF s SKIP LOCKED;

-- name: save_draws
-- How far lots are drawn.
INSERT INTO gold_draw (cell, worker_id, draws, answered)
SELECT $1, d.worker_id, d.draws, d.answered FROM unnest($2::bigint[], $3::bigint[], $4::int[]) AS d (worker_id, draws, answered)
ORDER BY d.worker_id
ON CONFLICT (cell, worker_id) DO UPDATE SET draws = excluded.draws, answered = excluded.answered;

-- name: unseen_gold
-- Gold that each of these may be asked: of the questions before them (none: of any), never had before, neither as gold nor as
-- a task of its own; not of a customer who filters them. A task that has not ended is no gold yet: it may still come to them.
SELECT h.worker_id, g.task_id, g.answer, t.kind
FROM unnest($2::bigint[], $3::int[], $4::text[]) AS h (worker_id, queue_id, questions), LATERAL (
    SELECT g.task_id, g.answer FROM gold AS g JOIN result AS r ON r.cell = $1 AND r.task_id = g.task_id
    WHERE g.cell = $1 AND g.queue_id = h.queue_id AND g.aside_at IS NULL AND r.kept AND r.media <> ''
      AND r.worker_id <> h.worker_id
      AND (h.questions = '{}' OR g.question_id = ANY (h.questions::bigint[]))
      AND NOT EXISTS (SELECT FROM gold_seen AS s WHERE s.cell = $1 AND s.worker_id = h.worker_id AND s.task_id = g.task_id)
      AND NOT EXISTS (SELECT FROM panel AS p WHERE p.cell = $1 AND p.task_id = g.task_id AND h.worker_id = ANY (p.asked))
      AND NOT EXISTS (SELECT FROM standing AS f WHERE f.cell = $1 AND f.account_id = g.account_id
                      AND f.worker_id = h.worker_id AND f.filtered AND f.until > $6)
    ORDER BY g.task_id LIMIT $5) AS g
JOIN task AS t ON t.cell = $1 AND t.task_id = g.task_id
ORDER BY h.worker_id, g.task_id;

-- name: insert_seen
-- Gold that lies on somebody's desk now was had by them.
INSERT INTO gold_seen (cell, worker_id, task_id, queue_id, work_id, laid_at)
SELECT $1, s.worker_id, s.task_id, s.queue_id, s.work_id, $2
FROM unnest($3::bigint[], $4::bigint[], $5::int[], $6::bigint[]) AS s (worker_id, task_id, queue_id, work_id)
ORDER BY s.worker_id, s.task_id;

-- name: gold_answers
-- The right answers of gold, put aside or not.
SELECT task_id, answer FROM gold WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: standings
-- How often people were asked gold in queues, and how much they are doubted.
SELECT queue_id, worker_id, gold_asked, suspicion FROM skill
WHERE cell = $1 AND (queue_id, worker_id) IN (SELECT * FROM unnest($2::int[], $3::bigint[]));

-- name: insert_evidence
-- What proved to be right or wrong of people's answers, each once from each source; it is counted a moment later.
INSERT INTO evidence (cell, queue_id, worker_id, task_id, source, at, truth, given, is_unanimous, labels)
SELECT $1, e.queue_id, e.worker_id, e.task_id, e.source, $2, e.truth, e.given, e.is_unanimous, e.labels
FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::smallint[])
     AS e (queue_id, worker_id, task_id, source, truth, given, is_unanimous, labels)
ORDER BY e.queue_id, e.worker_id, e.task_id, e.source ON CONFLICT DO NOTHING;

-- name: known_people
-- What is known of a queue's people all together, faded to now: evidence halves in $3 days. Who is barred answers no more.
SELECT count(*)::int AS people, coalesce(sum(right_weight * fading), 0)::double precision AS right_weight,
       coalesce(sum(wrong_weight * fading), 0)::double precision AS wrong_weight
FROM (SELECT right_weight, wrong_weight,
             power(0.5::double precision, extract(epoch FROM now() - as_of)::double precision / 86400 / $3::double precision) AS fading
      FROM skill
      WHERE cell = $1 AND queue_id = $2 AND barred_at IS NULL AND right_weight + wrong_weight > 0) AS known;
