-- name: go_online
-- A worker's presence begins anew; leases that they still hold stay theirs. Queues whose floor they are below are left out. Of who
-- comes from a break no row comes back while it is due: it begins two hours after the last one, and lasts five minutes. What
-- they judged as reviewers was work too.
INSERT INTO session (cell, worker_id, node_id, present, queues, languages, idle_since, online_since, works_since)
SELECT $1, s.worker_id, s.node_id, true,
       ARRAY(SELECT a.queue_id FROM unnest(s.queues::int[]) WITH ORDINALITY AS a (queue_id, n) WHERE NOT EXISTS (
           SELECT FROM skill WHERE skill.cell = $1 AND skill.queue_id = a.queue_id AND skill.worker_id = s.worker_id
                               AND barred_at IS NOT NULL) ORDER BY a.n), s.languages::text[], $6, $6, coalesce(
           (SELECT r.works_since FROM reviewer_record AS r WHERE r.cell = $1 AND r.reviewer_id = s.worker_id
                AND r.rests_since IS NULL AND r.seen_at > $6::timestamptz - interval '5 min'), $6)
FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS s (worker_id, node_id, queues, languages)
WHERE NOT EXISTS (
    SELECT FROM reviewer_record AS r WHERE r.cell = $1 AND r.reviewer_id = s.worker_id AND (
        r.rests_since > $6::timestamptz - interval '5 min'
        OR r.rests_since IS NULL AND r.works_since <= $6::timestamptz - interval '2 h'
           AND r.seen_at > $6::timestamptz - interval '5 min'))
ORDER BY s.worker_id
ON CONFLICT (cell, worker_id) DO UPDATE SET node_id = excluded.node_id, present = true, queues = excluded.queues,
    languages = excluded.languages, idle_since = excluded.idle_since, online_since = excluded.online_since,
    earned_micros = 0, answered = 0, lapses = 0, silent = true,
    works_since = CASE WHEN session.present OR session.left_at > $6::timestamptz - interval '5 min'
                       THEN coalesce(session.works_since, $6) ELSE excluded.works_since END
WHERE NOT coalesce(session.works_since <= $6::timestamptz - interval '2 h' AND NOT session.present
                   AND session.left_at > $6::timestamptz - interval '5 min', false)
RETURNING worker_id, held;

-- name: due_for_break
-- Who has worked for two hours and is there, or goes on with what they look at; whom somebody else is changing is left for later.
SELECT worker_id FROM session
WHERE cell = $1 AND works_since <= $2::timestamptz - interval '2 h' AND (queues <> '{}' OR practice_queue <> 0)
  AND (present OR left_at > $2::timestamptz - interval '5 min')
ORDER BY worker_id LIMIT $3 FOR UPDATE SKIP LOCKED;

-- name: break_ends
-- Until when the breaks of these workers last at the least.
SELECT w.worker_id, greatest(s.left_at, coalesce(r.rests_since, r.seen_at)) + interval '5 min' AS ends
FROM unnest($2::bigint[]) AS w (worker_id) LEFT JOIN session AS s ON s.cell = $1 AND s.worker_id = w.worker_id
LEFT JOIN reviewer_record AS r ON r.cell = $1 AND r.reviewer_id = w.worker_id
WHERE s.left_at IS NOT NULL OR r.seen_at IS NOT NULL;

-- name: resting_reviewers
-- Which of these people have a break as reviewers, and since when; ``begun``: it stands in their record. Who decided just now ($4)
-- has worked until now. A break that they have as workers is theirs here too, from when they last did anything.
SELECT w.reviewer_id, r.rests_since IS NOT NULL AND r.rests_since > $2::timestamptz - interval '5 min' AS begun,
    CASE WHEN r.rests_since > $2::timestamptz - interval '5 min' THEN r.rests_since
         WHEN s.worker_id IS NOT NULL AND w.reviewer_id <> ALL ($4::bigint[]) THEN greatest(s.left_at, r.seen_at) ELSE $2 END AS since
FROM unnest($3::bigint[]) AS w (reviewer_id)
LEFT JOIN reviewer_record AS r ON r.cell = $1 AND r.reviewer_id = w.reviewer_id
LEFT JOIN session AS s ON s.cell = $1 AND s.worker_id = w.reviewer_id AND NOT s.present
    AND s.works_since <= $2::timestamptz - interval '2 h' AND s.left_at > $2::timestamptz - interval '5 min'
WHERE r.rests_since > $2::timestamptz - interval '5 min' OR s.worker_id IS NOT NULL
   OR r.rests_since IS NULL AND r.works_since <= $2::timestamptz - interval '2 h'
      AND (r.seen_at > $2::timestamptz - interval '5 min' OR r.reviewer_id = ANY ($4::bigint[]));

-- name: begin_rests
-- Breaks of reviewers begin, or began at these instants; one that has begun goes on as it is. What is locked by others begins when
-- they ask next.
UPDATE reviewer_record AS r SET rests_since = b.since
FROM (SELECT q.reviewer_id, d.since FROM unnest($3::bigint[], $4::timestamptz[]) AS d (reviewer_id, since)
      JOIN reviewer_record AS q ON q.cell = $1 AND q.reviewer_id = d.reviewer_id
      WHERE coalesce(q.rests_since <= $2::timestamptz - interval '5 min', true)
      ORDER BY q.reviewer_id FOR UPDATE OF q SKIP LOCKED) AS b
WHERE r.cell = $1 AND r.reviewer_id = b.reviewer_id;

-- name: note_judging
-- Something was laid before these reviewers, or they decided just now ($4). After five minutes without, or a break, two hours
-- begin anew; for who works as a worker too they began with that. A break that goes on is none the less one. What is locked by
-- others is noted with the next look.
UPDATE reviewer_record AS r SET seen_at = $2, rests_since = NULL,
    works_since = CASE WHEN r.rests_since IS NULL AND (r.seen_at > $2::timestamptz - interval '5 min'
                                                       OR r.works_since IS NOT NULL AND r.reviewer_id = ANY ($4::bigint[]))
        THEN r.works_since
        ELSE coalesce((SELECT s.works_since FROM session AS s WHERE s.cell = $1 AND s.worker_id = r.reviewer_id
                           AND (s.present OR s.left_at > $2::timestamptz - interval '5 min')), $2) END
FROM (SELECT reviewer_id FROM reviewer_record WHERE cell = $1 AND reviewer_id = ANY ($3::bigint[])
          AND coalesce(rests_since <= $2::timestamptz - interval '5 min', true)
      ORDER BY reviewer_id FOR UPDATE SKIP LOCKED) AS locked
WHERE r.cell = $1 AND r.reviewer_id = locked.reviewer_id;
