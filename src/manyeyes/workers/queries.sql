-- name: insert_worker
-- Register a worker.
INSERT INTO worker (worker_id, name, languages, queues, reviewer, created_at) VALUES ($1, $2, $3, $4, $5, now());

-- name: worker
-- One worker.
SELECT worker_id, name, languages, queues, reviewer, false AS disabled FROM worker WHERE worker_id = $1 AND disabled_at IS NULL;

-- name: lock_workers
-- Workers who may change now, disabled ones too.
SELECT worker_id, name, languages, queues, reviewer, disabled_at IS NOT NULL AS disabled FROM worker
WHERE worker_id = ANY ($1::bigint[]) ORDER BY worker_id FOR UPDATE;

-- name: workers_named
-- The workers of a name or an id, disabled ones too.
SELECT worker_id, name, languages, queues, reviewer, disabled_at IS NOT NULL AS disabled FROM worker
WHERE worker_id = $1 OR name = $2 ORDER BY worker_id;

-- name: every_worker
-- All workers, disabled ones too.
SELECT worker_id, name, languages, queues, reviewer, disabled_at IS NOT NULL AS disabled FROM worker ORDER BY worker_id;

-- name: set_worker
-- Change what a worker may do; null leaves a part as it is. What is taken away is chosen anew when it is given again.
UPDATE worker SET languages = coalesce($2, languages), queues = coalesce($3, queues), reviewer = coalesce($4, reviewer),
    declined_queues = ARRAY(SELECT d FROM unnest(declined_queues) AS d WHERE d = ANY (coalesce($3, queues)) ORDER BY d),
    declined_languages = ARRAY(SELECT d FROM unnest(declined_languages) AS d WHERE d = ANY (coalesce($2, languages)) ORDER BY d)
WHERE worker_id = $1;

-- name: disable_worker
-- Shut a worker out; their earnings stay theirs.
UPDATE worker SET disabled_at = now() WHERE worker_id = $1 AND disabled_at IS NULL RETURNING worker_id;

-- name: enable_worker
-- Let a worker in again.
UPDATE worker SET disabled_at = NULL WHERE worker_id = $1 AND disabled_at IS NOT NULL RETURNING worker_id;

-- name: insert_credential
-- Remember a secret by its hash.
INSERT INTO credential (secret_hash, kind, role, subject_id, cell, person_id, created_at, expires_at, through, address, seen_at,
    begun_by, factors)
VALUES ($1, $2, $3, $4, $5, $6, now(), now() + make_interval(secs => $7), $8, $9, CASE $2 WHEN 'session' THEN now() END,
    $10, $11);

-- name: credential
-- Whom a token or session signs in.
SELECT role, subject_id, cell, person_id FROM credential
WHERE secret_hash = $1 AND kind = ANY ($2::text[]) AND used_at IS NULL AND (expires_at IS NULL OR expires_at > now());

-- name: use_link
-- A one-time link signs in once.
UPDATE credential SET used_at = now()
WHERE secret_hash = $1 AND kind = 'link' AND used_at IS NULL AND expires_at > now() RETURNING role, subject_id, cell, person_id;

-- name: spent_link
-- Whom a link that is spent had signed in.
SELECT role, subject_id, cell, person_id FROM credential WHERE secret_hash = $1 AND kind = 'link' AND used_at IS NOT NULL;

-- name: browser_session
-- A session that has not ended.
SELECT secret_hash, role, subject_id, cell, person_id, through, created_at, address, seen_at, begun_by, factors FROM credential
WHERE secret_hash = $1 AND kind = 'session' AND expires_at > now();

-- name: browser_sessions
-- Where somebody is signed in, the session that was used last before the others.
SELECT secret_hash, role, subject_id, cell, person_id, through, created_at, address, seen_at, begun_by, factors FROM credential
WHERE role = $1 AND subject_id = $2 AND kind = 'session' AND expires_at > now() AND ($4::bigint IS NULL OR person_id = $4)
ORDER BY seen_at DESC NULLS LAST, created_at DESC, secret_hash LIMIT $3;

-- name: note_session
-- From where a session is used; who writes it again too soon changes nothing.
UPDATE credential SET address = $2, seen_at = now()
WHERE secret_hash = $1 AND kind = 'session' AND (seen_at IS NULL OR seen_at < now() - make_interval(secs => $3));

-- name: has_operator
-- Whether an operator link was ever made.
SELECT EXISTS (SELECT FROM credential WHERE role = 'operator');

-- name: drop_queues
-- Queues that workers lose while they are there; their presences are locked.
UPDATE session SET queues = ARRAY(SELECT a.queue_id FROM unnest(session.queues) WITH ORDINALITY AS a (queue_id, n)
                                     WHERE a.queue_id <> ALL (l.lost) ORDER BY a.n)
FROM (SELECT worker_id, array_agg(queue_id ORDER BY queue_id) AS lost FROM unnest($2::int[], $3::bigint[]) AS l (queue_id, worker_id)
      GROUP BY worker_id) AS l WHERE session.cell = $1 AND session.worker_id = l.worker_id;

-- name: open_sessions
-- People who never came get a presence that has not begun.
INSERT INTO session (cell, worker_id, node_id, present, queues, languages, idle_since, online_since)
SELECT $1, w.worker_id, 0, false, '{}', '{}', $3, $3 FROM unnest($2::bigint[]) AS w (worker_id) ORDER BY w.worker_id
ON CONFLICT DO NOTHING;

-- name: begin_practising
-- People practise from now on; who was not online comes by that. Their presences are locked.
UPDATE session SET practice_queue = p.queue_id, node_id = p.node_id, present = true,
       silent = session.silent OR NOT session.present,
       languages = CASE WHEN o.is_new THEN p.languages::text[] ELSE session.languages END,
       earned_micros = CASE WHEN o.is_new THEN 0 ELSE session.earned_micros END,
       answered = CASE WHEN o.is_new THEN 0 ELSE session.answered END,
       online_since = CASE WHEN o.is_new THEN $6 ELSE session.online_since END,
       idle_since = CASE WHEN session.present THEN session.idle_since ELSE $6 END, lapses = 0,
       works_since = CASE WHEN session.present OR session.left_at > $6::timestamptz - interval '5 min'
                          THEN coalesce(session.works_since, $6) ELSE $6 END
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::text[]) AS p (worker_id, node_id, queue_id, languages)
     JOIN (SELECT worker_id, queues = '{}' AND practice_queue = 0 AS is_new FROM session
           WHERE cell = $1 AND worker_id = ANY ($2::bigint[])) AS o ON o.worker_id = p.worker_id
WHERE session.cell = $1 AND session.worker_id = p.worker_id;

-- name: end_practising
-- A try with a queue's training set is over; who passed has the queue again at once. Their presences are locked.
UPDATE session SET practice_queue = CASE session.practice_queue WHEN $2 THEN 0 ELSE session.practice_queue END,
       queues = CASE WHEN p.is_passed AND NOT session.queues @> ARRAY[$2::int] THEN session.queues || $2::int ELSE session.queues END
FROM unnest($3::bigint[], $4::boolean[]) AS p (worker_id, is_passed)
WHERE session.cell = $1 AND session.worker_id = p.worker_id;

-- name: online
-- Which are online, and whether the match knows that they ask through this node; who practises needs a picture of that (3) too.
SELECT worker_id, present AND node_id = $3 AND NOT silent AND (practice_queue = 0 OR EXISTS (
    SELECT FROM work AS w WHERE w.cell = $1 AND w.worker_id = session.worker_id AND w.state IN (1, 2) AND w.purpose = 3)) AS is_attached FROM session
WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND (cardinality(queues) > 0 OR practice_queue <> 0);

-- name: online_queues
-- In which queues those of these workers are who are online; who practises may be in none.
SELECT worker_id, queues FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND (queues <> '{}' OR practice_queue <> 0);

-- name: attach
-- Workers who are online ask through this node: they are present again, and matched before those who do not ask. Who practises.
-- Whose break is due is not: they end what they look at (workers/breaks/).
WITH mine AS MATERIALIZED (
    SELECT worker_id FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) ORDER BY worker_id FOR UPDATE)
UPDATE session SET present = true, silent = false, node_id = $3,
       idle_since = CASE WHEN session.present THEN session.idle_since ELSE $4 END,
       works_since = CASE WHEN session.present OR session.left_at > $4::timestamptz - interval '5 min'
                          THEN coalesce(session.works_since, $4) ELSE $4 END
FROM mine WHERE session.cell = $1 AND session.worker_id = mine.worker_id
  AND (cardinality(session.queues) > 0 OR session.practice_queue <> 0)
  AND NOT coalesce(session.works_since <= $4::timestamptz - interval '2 h' AND NOT session.present
                   AND session.left_at > $4::timestamptz - interval '5 min', false)
RETURNING CASE WHEN session.practice_queue <> 0 THEN session.worker_id END AS worker_id;

-- name: astray
-- Of these workers, those of whom the match does not know that they are present and ask through this node, and those who
-- practise and have no picture of that (3) before them.
SELECT worker_id FROM session WHERE cell = $1 AND worker_id = ANY ($2::text::bigint[])
  AND NOT (present AND node_id = $3 AND NOT silent AND (cardinality(queues) > 0 OR practice_queue <> 0)
           AND (practice_queue = 0 OR EXISTS (
               SELECT FROM work AS w WHERE w.cell = $1 AND w.worker_id = session.worker_id AND w.state IN (1, 2) AND w.purpose = 3)));

-- name: ended_secrets
-- Of these tokens and sessions, those that sign nobody in any more.
SELECT s.secret_hash FROM unnest($1::text::bytea[]) AS s (secret_hash)
WHERE NOT EXISTS (SELECT FROM credential AS c WHERE c.secret_hash = s.secret_hash AND c.kind IN ('token', 'session')
                  AND c.used_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now()));

-- name: shut_out
-- Of these workers, those who are disabled.
SELECT worker_id FROM worker WHERE worker_id = ANY ($1::text::bigint[]) AND disabled_at IS NOT NULL;

-- name: leave
-- Workers are away or offline: out of the match. Offline ones forget their queues, and that they practise.
WITH mine AS MATERIALIZED (
    SELECT worker_id FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) ORDER BY worker_id FOR UPDATE)
UPDATE session SET present = false, silent = true, queues = CASE WHEN $3 THEN '{}' ELSE session.queues END,
       practice_queue = CASE WHEN $3 THEN 0 ELSE session.practice_queue END,
       left_at = CASE WHEN session.present THEN $4 ELSE session.left_at END,
       left_queues = CASE WHEN session.queues <> '{}' THEN session.queues ELSE session.left_queues END
FROM mine WHERE session.cell = $1 AND session.worker_id = mine.worker_id;

-- name: hush
-- No call and no stream of these workers waits for a task any more; they stay present. One who asks elsewhere by now goes on.
WITH mine AS MATERIALIZED (
    SELECT worker_id FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND node_id = $3 AND NOT silent
    ORDER BY worker_id FOR UPDATE)
UPDATE session SET silent = true FROM mine
WHERE session.cell = $1 AND session.worker_id = mine.worker_id AND session.node_id = $3 RETURNING session.worker_id;

-- name: session
-- A worker's presence, and the queues whose floor they are below.
SELECT worker_id, present, queues, languages, held, earned_micros, answered, online_since, practice_queue,
       ARRAY(SELECT queue_id FROM skill WHERE skill.cell = $1 AND skill.worker_id = $2 AND barred_at IS NOT NULL) AS lost FROM session WHERE cell = $1 AND worker_id = $2;

-- name: rooms
-- Present workers of a queue with room on their desks: idle ones first, of them those who ask, then those with one task.
SELECT worker_id, idle_since, held, silent, took_ms FROM session
WHERE cell = $1 AND present AND held < 2 AND queues @> ARRAY[$2::int] ORDER BY held, silent, idle_since LIMIT $3
FOR UPDATE SKIP LOCKED;

-- name: idle_among
-- Of these workers, those who are idle in a queue.
SELECT worker_id, idle_since, held, silent FROM session
WHERE cell = $1 AND worker_id = ANY ($3::bigint[]) AND present AND held = 0 AND queues @> ARRAY[$2::int];

-- name: idle_in
-- Everybody who is idle in a queue.
SELECT worker_id FROM session WHERE cell = $1 AND present AND held = 0 AND queues @> ARRAY[$2::int];

-- name: seen_lately
-- Who is present in a queue, and who left it after an instant; as far as a limit. Ordered as the indexes are, which makes
-- the planner go through them: not everybody who ever came is read.
(SELECT worker_id, NULL::timestamptz AS left_at FROM session
 WHERE cell = $1 AND present AND queues @> ARRAY[$2::int] ORDER BY held, silent, idle_since LIMIT $4)
UNION ALL (SELECT worker_id, left_at FROM session
 WHERE cell = $1 AND NOT present AND left_at > $3 AND left_queues @> ARRAY[$2::int] ORDER BY left_at DESC LIMIT $4)
LIMIT $4;

-- name: lock_idle
-- Of these workers, those who are idle in a queue and whom nobody else is changing right now.
SELECT worker_id, idle_since, held, silent FROM session
WHERE cell = $1 AND worker_id = ANY ($3::bigint[]) AND present AND held = 0 AND queues @> ARRAY[$2::int]
ORDER BY worker_id FOR UPDATE SKIP LOCKED;

-- name: lock_free
-- Of these workers, those whose presence nobody else is changing right now.
SELECT worker_id FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) ORDER BY worker_id FOR UPDATE SKIP LOCKED;

-- name: lock_sessions
-- A worker's presence is locked before what lies on their desk, everywhere, in the order of the ids.
SELECT worker_id FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) ORDER BY worker_id FOR UPDATE;

-- name: change_desks
-- Add to what workers hold, have answered and earned; whoever becomes idle is idle since now. The rows are locked.
UPDATE session SET held = session.held + d.held, answered = session.answered + d.answered,
       earned_micros = session.earned_micros + d.earned_micros,
       idle_since = CASE WHEN d.held < 0 THEN $7 ELSE session.idle_since END,
       lapses = CASE WHEN d.is_awake THEN 0 ELSE session.lapses END,
       took_ms = CASE WHEN d.took_ms > 0 THEN d.took_ms ELSE session.took_ms END
FROM unnest($2::bigint[], $3::int[], $4::int[], $5::bigint[], $6::boolean[], $8::int[])
     AS d (worker_id, held, answered, earned_micros, is_awake, took_ms)
WHERE session.cell = $1 AND session.worker_id = d.worker_id;

-- name: count_lapses
-- Leases ran out before these workers; tell how many did in a row. The rows are locked.
UPDATE session SET lapses = lapses + 1 WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) RETURNING worker_id, lapses;

-- name: beat
-- This node is alive.
INSERT INTO node (cell, node_id, beat_at) VALUES ($1, $2, now())
ON CONFLICT (cell, node_id) DO UPDATE SET beat_at = excluded.beat_at;

-- name: through_node
-- Which of these workers the match knows to be present through a node.
SELECT worker_id FROM session WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND present AND node_id = $3;

-- name: live_nodes
-- Nodes that were heard of lately.
SELECT node_id FROM node WHERE cell = $1 AND beat_at > now() - make_interval(secs => $2);

-- name: any_silent_node
-- Whether a node has missed its beat through which workers are present: it may be dead.
SELECT EXISTS (SELECT FROM node AS n WHERE n.cell = $1 AND n.beat_at < now() - interval '5 s'
               AND EXISTS (SELECT FROM session AS s WHERE s.cell = $1 AND s.present AND s.node_id = n.node_id));

-- name: forget_nodes
-- Nodes that have been silent for long.
DELETE FROM node WHERE cell = $1 AND beat_at < now() - make_interval(secs => $2);

-- name: lock_orphans
-- Sessions of nodes that are gone.
SELECT worker_id FROM session WHERE cell = $1 AND present AND NOT node_id = ANY ($2::bigint[])
ORDER BY worker_id LIMIT $3 FOR UPDATE SKIP LOCKED;

-- name: presence
-- How many workers are present for a queue and how many of them are idle.
SELECT count(*) AS total, count(*) FILTER (WHERE held = 0) AS idle FROM session
WHERE cell = $1 AND present AND queues @> ARRAY[$2::int];

-- name: all_sessions
-- Every worker's presence in a cell, and the queues whose floor they are below.
SELECT worker_id, present, queues, languages, held, earned_micros, answered, online_since, practice_queue,
       ARRAY(SELECT queue_id FROM skill WHERE skill.cell = $1 AND skill.worker_id = session.worker_id
             AND barred_at IS NOT NULL) AS lost
FROM session WHERE cell = $1 ORDER BY worker_id;

-- name: count_enabled
-- How many workers may take a queue's tasks, whether they are there now or not.
SELECT count(*) FROM worker WHERE disabled_at IS NULL AND queues @> ARRAY[$1::int];
