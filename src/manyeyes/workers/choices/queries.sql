-- name: choice
-- What a worker does not take now.
SELECT declined_queues, declined_languages FROM worker WHERE worker_id = $1;

-- name: save_choice
-- What a worker does not take from now on, of what they are given now.
UPDATE worker SET
    declined_queues = ARRAY(SELECT d FROM unnest($2::int[]) AS d WHERE d = ANY (queues) ORDER BY d),
    declined_languages = ARRAY(SELECT d FROM unnest($3::text[]) AS d WHERE d = ANY (languages) ORDER BY d)
WHERE worker_id = $1 AND disabled_at IS NULL;

-- name: take_these
-- The queues and languages that workers take from now on while they are there, and no others; their presences are locked. New
-- queues whose floor they are below are left out.
UPDATE session SET languages = g.languages::text[], queues = ARRAY(
    SELECT a.queue_id FROM unnest(session.queues) WITH ORDINALITY AS a (queue_id, n)
    WHERE a.queue_id = ANY (g.queues::int[]) ORDER BY a.n) || ARRAY(
    SELECT a.queue_id FROM unnest(g.queues::int[]) WITH ORDINALITY AS a (queue_id, n)
    WHERE a.queue_id <> ALL (session.queues) AND NOT EXISTS (
        SELECT FROM skill WHERE skill.cell = $1 AND skill.queue_id = a.queue_id AND skill.worker_id = session.worker_id
                            AND barred_at IS NOT NULL) ORDER BY a.n)
FROM unnest($2::bigint[], $3::text[], $4::text[]) AS g (worker_id, queues, languages)
WHERE session.cell = $1 AND session.worker_id = g.worker_id AND session.queues <> '{}';
