-- name: go_online
-- A worker's presence begins anew; leases that they still hold stay theirs. Queues whose floor they are below are left out. Of who
-- comes from a break no row comes back while it is due: it begins two hours after the last one, and lasts five minutes.
INSERT INTO session (cell, worker_id, node_id, present, queues, languages, idle_since, online_since, works_since)
SELECT $1, s.worker_id, s.node_id, true,
       ARRAY(SELECT a.queue_id FROM unnest(s.queues::int[]) WITH ORDINALITY AS a (queue_id, n) WHERE NOT EXISTS (
           SELECT FROM skill WHERE skill.cell = $1 AND skill.queue_id = a.queue_id AND skill.worker_id = s.worker_id
                               AND barred_at IS NOT NULL) ORDER BY a.n), s.languages::text[], $6, $6, $6
FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS s (worker_id, node_id, queues, languages)
ORDER BY s.worker_id
ON CONFLICT (cell, worker_id) DO UPDATE SET node_id = excluded.node_id, present = true, queues = excluded.queues,
    languages = excluded.languages, idle_since = excluded.idle_since, online_since = excluded.online_since,
    earned_micros = 0, answered = 0, lapses = 0, silent = true,
    works_since = CASE WHEN session.present OR session.left_at > $6::timestamptz - interval '5 min'
                       THEN coalesce(session.works_since, $6) ELSE $6 END
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
SELECT worker_id, left_at + interval '5 min' AS ends FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]);
