-- name: open_gates
-- Make the matcher's lock row for each queue of a cell.
INSERT INTO gate (cell, queue_id) SELECT $1, q.queue_id FROM unnest($2::int[]) AS q (queue_id) ON CONFLICT DO NOTHING;

-- name: lock_gate
-- One matcher at a time per cell and queue, on any engine.
SELECT virtual_turn FROM gate WHERE cell = $1 AND queue_id = $2 FOR UPDATE;

-- name: lock_gates
-- Several queues' gates, in the order of the key: no matcher runs in any of them until the transaction ends.
SELECT queue_id FROM gate WHERE cell = $1 AND queue_id = ANY ($2::int[]) ORDER BY queue_id FOR UPDATE;

-- name: backlog
-- How many tasks wait or lie queued, so that a run with nothing to match ends here and a run with little locks few workers;
-- how many of the queued ones have lain for long; the first one's turn; and whether any customer thinks anything of any
-- worker, and whether anything is marked, so that where nothing is, nobody is asked. A statement of its own: while `lock_gate` waited, another run may have
-- changed it all. Its limit is no parameter: it would be planned anew each time. What is counted up to it is counted in the
-- order of the index: where nearly all that waits is in one queue, a plan without an order reads all of it for another queue.
SELECT (SELECT count(*) FROM (SELECT FROM work WHERE cell = $1 AND queue_id = $2 AND state = 0
                              ORDER BY bid_micros DESC, turn, task_id LIMIT 256) AS w) AS waiting,
       q.queued, q.stuck,
       (SELECT turn FROM work WHERE cell = $1 AND queue_id = $2 AND state = 0
        ORDER BY bid_micros DESC, turn, task_id LIMIT 1) AS first_turn,
       coalesce((SELECT max(until) FROM standing WHERE cell = $1) > $3, false) AS is_regarding,
       coalesce((SELECT marks FROM queue WHERE queue_id = $2), 0::smallint) AS queue_marks,
       EXISTS (SELECT FROM work WHERE cell = $1 AND queue_id = $2 AND marks <> 0) AS is_marked
FROM (SELECT count(*) AS queued, count(*) FILTER (WHERE desk_since <= $4) AS stuck
      FROM (SELECT desk_since FROM work WHERE cell = $1 AND queue_id = $2 AND state = 2
            ORDER BY bid_micros DESC, turn, task_id LIMIT 256) AS w) AS q;

-- name: advance_gate
-- Move the queue's virtual time to the newest turn that was handed out.
UPDATE gate SET virtual_turn = $3 WHERE cell = $1 AND queue_id = $2 AND virtual_turn < $3;

-- name: turns
-- Where accounts stand in the virtual time of queues (their balance rows are locked already), and as account 0 the
-- virtual time itself, unlocked: a stale one only moves a new task a little forward.
SELECT account_id, queue_id, next_turn FROM account_turn
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND queue_id = ANY ($3::int[])
UNION ALL
SELECT 0, queue_id, virtual_turn FROM gate WHERE cell = $1 AND queue_id = ANY ($3::int[]);

-- name: set_account_turns
-- Remember where accounts stand now.
INSERT INTO account_turn (cell, account_id, queue_id, next_turn)
SELECT $1, t.account_id, t.queue_id, t.next_turn
FROM unnest($2::bigint[], $3::int[], $4::bigint[]) AS t (account_id, queue_id, next_turn)
ORDER BY t.account_id, t.queue_id
ON CONFLICT (cell, account_id, queue_id) DO UPDATE SET next_turn = excluded.next_turn;

-- name: turn_back
-- Tasks that nobody took give their turns back, so that they do not push their account's later tasks behind.
UPDATE account_turn SET next_turn = account_turn.next_turn - t.step
FROM unnest($2::bigint[], $3::int[], $4::bigint[]) AS t (account_id, queue_id, step)
WHERE account_turn.cell = $1 AND account_turn.account_id = t.account_id AND account_turn.queue_id = t.queue_id;

-- name: insert_work
-- Put submitted tasks into their queues.
INSERT INTO work (cell, task_id, account_id, queue_id, bid_micros, turn, price_micros, pay_micros, lease_seconds,
                  soft_id, ip, kind, options, media, callback_url, base_url, share_micros, site, created_at, expires_at,
                  question_id, job_id, entered_at, of_task, purpose, marks)
SELECT $1, w.task_id, w.account_id, w.queue_id, w.bid_micros, w.turn, w.price_micros, w.pay_micros,
       w.lease_seconds, w.soft_id, w.ip, w.kind, w.options::jsonb, w.media, w.callback_url, w.base_url, w.share_micros,
       w.site, coalesce(w.created_at, $26::timestamptz), $26::timestamptz + w.life_seconds * interval '1 second',
       w.question_id, w.job_id, CASE WHEN w.created_at IS NOT NULL THEN $26::timestamptz END,
       w.of_task, w.purpose, w.marks
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::int[],
            $10::int[], $11::text[], $12::text[], $13::text[], $14::text[], $15::int[], $16::text[], $17::text[],
            $18::bigint[], $19::text[], $20::bigint[], $21::bigint[], $22::timestamptz[],
            $23::bigint[], $24::smallint[], $25::smallint[])
     AS w (task_id, account_id, queue_id, bid_micros, turn, price_micros, pay_micros, lease_seconds, soft_id, ip, kind,
           options, media, life_seconds, callback_url, base_url, share_micros, site, question_id, job_id, created_at, of_task,
           purpose, marks);

-- name: waiting_head
-- The first waiting tasks of a queue; those that every one of these workers has tried, or is barred from, are passed over,
-- and those known. Of a seat everybody has tried it who is asked about its task, or was: nobody sits on two. That is looked
-- up for seats alone, and once for each (OFFSET keeps it from being written out twice).
SELECT task_id, account_id, created_at, lease_seconds, p.tried, kind, turn, bid_micros, 0 AS holder,
       NULL::timestamptz AS desk_since, false AS is_coming, marks
FROM work, LATERAL (
     SELECT CASE of_task WHEN 0 THEN work.tried ELSE work.tried
            || (SELECT asked FROM panel WHERE panel.cell = $1 AND panel.task_id = work.of_task)
            || ARRAY(SELECT unnest(o.tried || o.worker_id) FROM work AS o WHERE o.cell = $1 AND o.of_task = work.of_task
                     AND o.of_task <> 0) END AS tried OFFSET 0) AS p
WHERE cell = $1 AND queue_id = $2 AND state = 0 AND task_id <> ALL ($8::bigint[]) AND NOT (CASE
      WHEN cardinality($5::bigint[]) = 0 OR kind <> ALL ($7::text[]) THEN p.tried
      ELSE work.tried || ARRAY(SELECT b.worker_id FROM unnest($5::bigint[], $6::bigint[]) AS b (account_id, worker_id)
                               WHERE b.account_id = work.account_id) END
      || ARRAY(SELECT c.worker_id FROM unnest($3::bigint[], $9::int[]) AS c (worker_id, clear)
               WHERE (marks | $10::smallint) <> 0 AND (marks | $10::smallint) & ~c.clear <> 0)) @> $3::bigint[]
ORDER BY bid_micros DESC, turn, task_id LIMIT $4 FOR UPDATE OF work SKIP LOCKED;

-- name: queued_head
-- The first tasks on desks that nobody has seen and that could go to one of these workers, with their holders. They have lain
-- there for some seconds. Or, for who is idle: twice as long when they were handed out before, lest a slow house moves them
-- about instead of showing them; and at once when their holder does not ask, or looks at another task. What somebody else
-- is changing, task or holder, is passed over: others behind it are found all the same.
SELECT w.task_id, w.account_id, w.created_at, w.lease_seconds, p.tried, w.kind, w.turn, w.bid_micros, w.worker_id AS holder,
       w.desk_since, NOT s.silent AND NOT l.is_looking AS is_coming, w.marks
FROM work AS w JOIN session AS s ON s.cell = w.cell AND s.worker_id = w.worker_id, LATERAL (
     SELECT EXISTS (SELECT FROM work AS c WHERE c.cell = $1 AND c.worker_id = w.worker_id AND c.state = 1) AS is_looking) AS l,
     LATERAL (SELECT CASE w.of_task WHEN 0 THEN w.tried ELSE w.tried
                     || (SELECT asked FROM panel WHERE panel.cell = $1 AND panel.task_id = w.of_task)
                     || ARRAY(SELECT unnest(o.tried || o.worker_id) FROM work AS o WHERE o.cell = $1 AND o.of_task = w.of_task
                              AND o.of_task <> 0) END AS tried) AS p
WHERE w.cell = $1 AND w.queue_id = $2 AND w.state = 2 AND w.purpose < 2 AND NOT (CASE
      WHEN cardinality($5::bigint[]) = 0 OR w.kind <> ALL ($7::text[]) THEN p.tried
      ELSE w.tried || ARRAY(SELECT b.worker_id FROM unnest($5::bigint[], $6::bigint[]) AS b (account_id, worker_id)
                            WHERE b.account_id = w.account_id) END
      || ARRAY(SELECT c.worker_id FROM unnest($3::bigint[], $11::int[]) AS c (worker_id, clear)
               WHERE (w.marks | $12::smallint) <> 0 AND (w.marks | $12::smallint) & ~c.clear <> 0)) @> $3::bigint[]
  AND (w.desk_since + interval '1 s' * $9::float8 * CASE WHEN $10 AND w.lease > 1 THEN 2 ELSE 1 END <= $8
       OR $10 AND (s.silent OR l.is_looking))
ORDER BY w.bid_micros DESC, w.turn, w.task_id LIMIT $4 FOR UPDATE OF w, s SKIP LOCKED;

-- name: oldest_of
-- The oldest waiting tasks of accounts in a queue, of each as many as it lists workers; those that all of them have tried
-- are passed over, and those with marks of their own: they come in their turn.
SELECT w.task_id, w.account_id, w.created_at, w.lease_seconds, w.tried, w.kind, w.turn, w.bid_micros, 0 AS holder,
       NULL::timestamptz AS desk_since, false AS is_coming, 0 AS marks
FROM unnest($3::bigint[], $4::text[], $5::int[]) AS a (account_id, workers, tasks), LATERAL (
    SELECT task_id, account_id, created_at, lease_seconds, p.tried, kind, turn, bid_micros FROM work, LATERAL (
           SELECT CASE of_task WHEN 0 THEN work.tried ELSE work.tried
                  || (SELECT asked FROM panel WHERE panel.cell = $1 AND panel.task_id = work.of_task)
                  || ARRAY(SELECT unnest(o.tried || o.worker_id) FROM work AS o WHERE o.cell = $1 AND o.of_task = work.of_task
                           AND o.of_task <> 0) END AS tried) AS p
    WHERE cell = $1 AND queue_id = $2 AND account_id = a.account_id AND state = 0 AND marks = 0 AND NOT p.tried @> a.workers::bigint[]
    ORDER BY created_at, task_id LIMIT a.tasks FOR UPDATE OF work SKIP LOCKED) AS w;

-- name: hand_over
-- Lay tasks on workers' desks, unseen; the lease's number fences off whoever had it before. From now on they carry their
-- queue's marks too.
UPDATE work SET state = 2, worker_id = p.worker_id, lease = work.lease + 1, lease_until = p.lease_until, desk_since = $5, aside_ms = 0,
       marks = work.marks | $6::smallint
FROM unnest($2::bigint[], $3::bigint[], $4::timestamptz[]) AS p (task_id, worker_id, lease_until)
WHERE work.cell = $1 AND work.task_id = p.task_id;

-- name: lock_leased
-- All that these workers have on their desks, locked in the order of the key.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose, aside_ms, marks
FROM work WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND state IN (1, 2) ORDER BY task_id FOR UPDATE;

-- name: desks
-- All that these workers have on their desks, to show.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose, aside_ms, marks
FROM work WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND state IN (1, 2) AND lease_until > now();

-- name: lapsed
-- Who holds leases whose time is over; unlocked, since desks are locked worker first.
SELECT DISTINCT worker_id FROM work WHERE cell = $1 AND state IN (1, 2) AND lease_until <= $2 LIMIT $3;

-- name: lock_overdue
-- Waiting tasks whose longest life is over, the oldest first; no other row is looked at.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose, aside_ms, marks
FROM work WHERE cell = $1 AND state = 0 AND expires_at <= $2 ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED;

-- name: lock_works
-- Tasks on their way and the open seats of those that take several answers, whoever has them, locked in the order of the key.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose, aside_ms, marks
FROM work WHERE cell = $1 AND (task_id = ANY ($2::bigint[])
                               OR of_task = ANY ($2::bigint[]) AND of_task <> 0 AND purpose = 1)
ORDER BY task_id FOR UPDATE;

-- name: promote
-- A queued task becomes the one that the worker looks at; its lease begins now. One that they looked at before counts from
-- as long ago.
UPDATE work SET state = 1, lease_until = p.lease_until, desk_since = $4::timestamptz - work.aside_ms * interval '1 ms', aside_ms = 0
FROM unnest($2::bigint[], $3::timestamptz[]) AS p (task_id, lease_until)
WHERE work.cell = $1 AND work.task_id = p.task_id;

-- name: renew
-- Who works at a task keeps it for longer, and what lies behind it waits as much longer; the rows are locked.
UPDATE work SET lease_until = r.lease_until FROM unnest($2::bigint[], $3::timestamptz[]) AS r (task_id, lease_until)
WHERE work.cell = $1 AND work.task_id = r.task_id;

-- name: put_back
-- Tasks return to their place in the queue, with who has tried them. Gold and practice are for one
-- person: the caller takes them out.
UPDATE work SET state = 0, worker_id = 0, lease_until = NULL, desk_since = NULL, failures = b.failures,
       aside_text = NULL, aside_reason = '', aside_until = NULL, aside_ms = 0,
       tried = CASE b.tried_by WHEN 0 THEN work.tried ELSE work.tried || b.tried_by END
FROM unnest($2::bigint[], $3::smallint[], $4::bigint[]) AS b (task_id, failures, tried_by)
WHERE work.cell = $1 AND work.task_id = b.task_id RETURNING work.task_id, work.purpose;

-- name: handed
-- The newest lease of tasks that is over, and who passed them on (a repeated skip is recognised by it).
SELECT task_id, lease - (state IN (1, 2, 4))::int AS over, tried FROM work WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: lay_down
-- Lay what is for one person on their desk, unseen, as if it had been handed out, with its task's marks and its queue's: it
-- never waits for others.
INSERT INTO work (cell, task_id, account_id, queue_id, bid_micros, turn, price_micros, pay_micros, lease_seconds, soft_id, ip,
                  kind, options, media, created_at, expires_at, state, worker_id, lease, lease_until, question_id, desk_since,
                  of_task, purpose, marks)
SELECT $1, w.task_id, 0, w.queue_id, 0, 0, 0, w.pay_micros, w.lease_seconds, 0, '', w.kind, w.options::jsonb, w.media, $2, $2,
       2, w.worker_id, 1, w.lease_until, w.question_id, $2, w.of_task, w.purpose,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = w.of_task), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = w.queue_id), 0::smallint)
FROM unnest($3::bigint[], $4::int[], $5::bigint[], $6::int[], $7::text[], $8::text[], $9::text[], $10::bigint[],
            $11::timestamptz[], $12::bigint[], $13::bigint[], $14::smallint[])
     AS w (task_id, queue_id, pay_micros, lease_seconds, kind, options, media, worker_id, lease_until, question_id, of_task,
           purpose);

-- name: lie_on
-- What is for one person lies on their desk a while longer, since they are busy with what is before it; it is locked.
UPDATE work SET lease_until = p.lease_until FROM unnest($2::bigint[], $3::timestamptz[]) AS p (task_id, lease_until)
WHERE work.cell = $1 AND work.task_id = p.task_id;

-- name: mark_unseen
-- What of queues lies on desks unseen gets marks that they have got; in the order of the key, as desks are locked.
UPDATE work SET marks = work.marks | unseen.marks
FROM (SELECT w.task_id, q.marks FROM unnest($2::int[], $3::smallint[]) AS q (queue_id, marks)
      JOIN work AS w ON w.cell = $1 AND w.queue_id = q.queue_id AND w.state = 2 ORDER BY w.task_id FOR UPDATE OF w) AS unseen
WHERE work.cell = $1 AND work.task_id = unseen.task_id;

-- name: subject
-- Which task a seat, or what is for one person, is about, and when that task came: a picture's address names the seat.
SELECT task_id, created_at FROM task WHERE cell = $1 AND task_id = coalesce(
    (SELECT of_task FROM work WHERE cell = $1 AND task_id = $2 AND of_task <> 0),
    (SELECT task_id FROM answer WHERE cell = $1 AND answer_id = $2),
    (SELECT task_id FROM gold_seen WHERE cell = $1 AND work_id = $2));

-- name: delete_work
-- Finished tasks leave the queue; they are locked already.
DELETE FROM work WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: answering
-- How many tasks of each queue lie on workers' desks or are laid aside; two looks, since each has an index of its own.
SELECT queue_id, sum(tasks)::bigint AS tasks FROM (
    SELECT queue_id, count(*) AS tasks FROM work WHERE cell = $1 AND state IN (1, 2) GROUP BY queue_id
    UNION ALL
    SELECT queue_id, count(*) AS tasks FROM work WHERE cell = $1 AND state = 4 GROUP BY queue_id) AS held GROUP BY queue_id;

-- name: states
-- Where tasks are on their way: the queue and whether somebody has them.
SELECT task_id, queue_id, state FROM work WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: works_of
-- What is open of a task: its own row, or its seats; with whom it lies and who had it before.
SELECT task_id, of_task, state, worker_id, lease, lease_until, tried, entered_at, desk_since, expires_at FROM work
WHERE cell = $1 AND (task_id = $2 OR (of_task <> 0 AND of_task = $2)) ORDER BY task_id;

-- name: oldest_waiting
-- Since when the waiting task of a cell waits whose life ends first: the oldest one, as long as all live equally long.
SELECT created_at FROM work WHERE cell = $1 AND state = 0 ORDER BY expires_at LIMIT 1;

-- name: job_states
-- Whether jobs have tasks that wait, rest, or lie on desks unseen: three index looks each.
SELECT j.job_id,
       EXISTS (SELECT FROM work WHERE cell = $1 AND work.job_id = j.job_id AND work.job_id <> 0 AND state = 0) AS waiting,
       EXISTS (SELECT FROM work WHERE cell = $1 AND work.job_id = j.job_id AND work.job_id <> 0 AND state = 3) AS resting,
       EXISTS (SELECT FROM work WHERE cell = $1 AND work.job_id = j.job_id AND work.job_id <> 0 AND state = 2) AS queued
FROM unnest($2::bigint[]) AS j (job_id);

-- name: job_holders
-- On whose desks tasks of these jobs lie unseen; unlocked, since desks are locked worker first.
SELECT DISTINCT worker_id FROM work WHERE cell = $1 AND job_id = ANY ($2::bigint[]) AND job_id <> 0 AND state = 2;

-- name: let_rest
-- Let waiting tasks of paused jobs rest; what somebody else is changing is left for the next look.
UPDATE work SET state = 3
FROM (SELECT task_id FROM work WHERE cell = $1 AND job_id = ANY ($2::bigint[]) AND job_id <> 0 AND state = 0
      LIMIT $3 FOR UPDATE SKIP LOCKED) AS idle
WHERE work.cell = $1 AND work.task_id = idle.task_id RETURNING work.task_id;

-- name: let_wait
-- Let resting tasks wait again, each from now on for its whole life.
UPDATE work SET state = 0, expires_at = $2::timestamptz + idle.life_seconds * interval '1 second'
FROM (SELECT task_id, j.life_seconds FROM unnest($3::bigint[], $4::int[]) AS j (job_id, life_seconds)
      JOIN work USING (job_id) WHERE work.cell = $1 AND work.job_id <> 0 AND state = 3 LIMIT $5
      FOR UPDATE OF work SKIP LOCKED) AS idle
WHERE work.cell = $1 AND work.task_id = idle.task_id RETURNING work.task_id, work.queue_id;

-- name: lock_idle
-- Tasks of jobs that nobody has, waiting or resting, in no order; what somebody else is changing is left.
SELECT task_id, account_id, queue_id, price_micros, pay_micros, lease_seconds, soft_id, ip, kind, options, media,
       created_at, state, worker_id, lease, lease_until, tried, failures, bid_micros, callback_url, base_url,
       share_micros, site, desk_since, question_id, job_id, entered_at, of_task, purpose, aside_ms, marks
FROM work WHERE cell = $1 AND job_id = ANY ($2::bigint[]) AND job_id <> 0 AND state IN (0, 3) LIMIT $3 FOR UPDATE SKIP LOCKED;

-- name: job_prices
-- What the open tasks of each job cost together: must equal what the job holds.
SELECT job_id, count(*) AS tasks, sum(held)::bigint AS held_micros FROM (
    SELECT job_id, price_micros AS held FROM work WHERE cell = $1 AND job_id <> 0 AND purpose = 0
    UNION ALL
    SELECT job_id, held_micros FROM panel WHERE cell = $1 AND job_id <> 0 AND state < 2) AS open GROUP BY job_id;
