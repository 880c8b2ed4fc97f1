-- name: thresholds
-- What audits prove of customers' questions in queues.
SELECT account_id, queue_id, question_id, target, threshold, is_refused FROM certainty
WHERE cell = $1 AND (account_id, queue_id, question_id)
      IN (SELECT * FROM unnest($2::bigint[], $3::int[], $4::bigint[]));

-- name: count_accepted
-- Count results that were accepted under sure terms; a promise that is new begins here. Rows come sorted.
INSERT INTO certainty (cell, account_id, queue_id, question_id, target, accepted, needed, since)
SELECT $1, a.account_id, a.queue_id, a.question_id, a.target, a.accepted, a.needed, $2
FROM unnest($3::bigint[], $4::int[], $5::bigint[], $6::real[], $7::bigint[], $8::int[])
     AS a (account_id, queue_id, question_id, target, accepted, needed)
ORDER BY a.account_id, a.queue_id, a.question_id, a.target
ON CONFLICT (cell, account_id, queue_id, question_id, target) DO UPDATE
SET accepted = certainty.accepted + excluded.accepted;

-- name: lock_certainties
-- What is known of promises, locked in the order of the key.
SELECT account_id, queue_id, question_id, target, accepted, audits, wrong, threshold, is_refused, needed, since, proven_at,
       round, drawn
FROM certainty WHERE cell = $1 AND (account_id, queue_id, question_id, target)
      IN (SELECT * FROM unnest($2::bigint[], $3::int[], $4::bigint[], $5::real[]))
ORDER BY account_id, queue_id, question_id, target FOR UPDATE;

-- name: save_certainties
-- What is known of promises; the rows are locked.
UPDATE certainty SET accepted = c.accepted, audits = c.audits, wrong = c.wrong, threshold = c.threshold,
                     is_refused = c.is_refused, needed = c.needed, since = c.since, proven_at = c.proven_at, round = c.round,
                     drawn = c.drawn
FROM unnest($2::bigint[], $3::int[], $4::bigint[], $5::real[], $6::bigint[], $7::int[], $8::int[], $9::float8[],
            $10::boolean[], $11::int[], $12::timestamptz[], $13::timestamptz[], $14::int[], $15::int[])
     AS c (account_id, queue_id, question_id, target, accepted, audits, wrong, threshold, is_refused, needed, since,
           proven_at, round, drawn)
WHERE certainty.cell = $1 AND certainty.account_id = c.account_id AND certainty.queue_id = c.queue_id
  AND certainty.question_id = c.question_id AND certainty.target = c.target;

-- name: certainties
-- What is known of promises of accounts (null: all) in queues (null: all).
SELECT account_id, queue_id, question_id, target, accepted, audits, wrong, threshold, is_refused, needed, since, proven_at,
       round, drawn
FROM certainty WHERE cell = $1 AND ($2::bigint IS NULL OR account_id = $2) AND ($3::int IS NULL OR queue_id = $3)
ORDER BY account_id, queue_id, question_id, target;

-- name: audits_of
-- Decided audits of a promise: those of one proving, or all (null).
SELECT task_id, score, stops, until, is_accepted, is_right, round FROM judgement
WHERE cell = $1 AND account_id = $2 AND queue_id = $3 AND question_id = $4 AND target = $5::real AND state = 2
  AND value IS NOT NULL AND ($6::int IS NULL OR round = $6) ORDER BY decided_at, task_id;

-- name: found_wrong
-- Results that audits found wrong, the newest first.
SELECT task_id, queue_id, question_id, proposal, value, decided_at FROM judgement
WHERE cell = $1 AND account_id = $2 AND target IS NOT NULL AND state = 2 AND is_accepted AND NOT is_right
  AND ($3::int IS NULL OR queue_id = $3) ORDER BY decided_at DESC, task_id DESC LIMIT $4;

-- name: insert_judgements
-- Ask reviewers.
INSERT INTO judgement (cell, task_id, purpose, account_id, queue_id, question_id, filed_at, proposal, score, pay_micros,
                       is_accepted, target, until, stops)
SELECT $1, j.task_id, j.purpose, j.account_id, j.queue_id, j.question_id, $2, j.proposal, j.score, j.pay_micros,
       j.is_accepted, j.target, j.until, j.stops::jsonb
FROM unnest($3::bigint[], $4::smallint[], $5::bigint[], $6::int[], $7::bigint[], $8::text[], $9::real[], $10::bigint[],
            $11::boolean[], $12::real[], $13::float8[], $14::text[])
     AS j (task_id, purpose, account_id, queue_id, question_id, proposal, score, pay_micros, is_accepted, target, until,
           stops);

-- name: any_open_judgement
-- Whether anything waits for a reviewer's decision.
SELECT EXISTS (SELECT FROM judgement WHERE cell = $1 AND state = 0);

-- name: held_judgements
-- What these reviewers have before them (1), and what lies behind that (5).
SELECT task_id, purpose, account_id, queue_id, question_id, state, reviewer_id, lease, lease_until, passed_by, proposal, score,
       value, is_right, pay_micros, is_accepted, target, until, stops, round, shown_at, filed_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = judgement.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) AS marks
FROM judgement WHERE cell = $1 AND reviewer_id = ANY ($2::bigint[]) AND state IN (1, 5) AND lease_until > $3;

-- name: lock_open_judgements
-- What has waited for longest; whoever else takes some now gets others.
SELECT task_id, purpose, account_id, queue_id, question_id, state, reviewer_id, lease, lease_until, passed_by, proposal, score,
       value, is_right, pay_micros, is_accepted, target, until, stops, round, shown_at, filed_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = judgement.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) AS marks
FROM judgement WHERE cell = $1 AND state = 0 ORDER BY filed_at, task_id LIMIT $2 FOR UPDATE SKIP LOCKED;

-- name: lock_open_judgement_for
-- What has waited for longest and fits one reviewer, for when the first ones are none for them: with no mark but those that are
-- clear to them in its queue.
SELECT task_id, purpose, account_id, queue_id, question_id, state, reviewer_id, lease, lease_until, passed_by, proposal, score,
       value, is_right, pay_micros, is_accepted, target, until, stops, round, shown_at, filed_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = j.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = j.queue_id), 0::smallint) AS marks
FROM judgement AS j WHERE j.cell = $1 AND j.state = 0 AND NOT j.passed_by @> ARRAY[$2::bigint]
  AND j.queue_id = ANY ($3::int[])
  AND (coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = j.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = j.queue_id), 0::smallint))
      & ~($4::int[])[array_position($3::int[], j.queue_id)] = 0
  AND NOT EXISTS (SELECT FROM answer AS a WHERE a.cell = $1 AND a.task_id = j.task_id AND a.worker_id = $2)
ORDER BY j.filed_at, j.task_id LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: lease_judgements
-- Give judgements to reviewers; the lease's number fences off whoever had one before. The rows are locked.
UPDATE judgement SET state = 1, reviewer_id = g.reviewer_id, lease = judgement.lease + 1, lease_until = $5,
                     shown_at = $6, looked_marks = 0
FROM unnest($2::bigint[], $3::smallint[], $4::bigint[]) AS g (task_id, purpose, reviewer_id)
WHERE judgement.cell = $1 AND judgement.task_id = g.task_id AND judgement.purpose = g.purpose
RETURNING judgement.task_id, judgement.purpose, account_id, queue_id, question_id, state, judgement.reviewer_id, lease,
          lease_until, passed_by, proposal, score, value, is_right, pay_micros, is_accepted, target, until, stops, round,
          shown_at, filed_at, settles_at, looked_marks,
          coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = judgement.task_id), 0::smallint)
          | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) AS marks;

-- name: lay_judgements_ahead
-- Lay judgements behind what reviewers look at: theirs until then, and shown to nobody. The rows are locked.
UPDATE judgement SET state = 5, reviewer_id = g.reviewer_id, lease = judgement.lease + 1, lease_until = $5,
                     looked_marks = 0
FROM unnest($2::bigint[], $3::smallint[], $4::bigint[]) AS g (task_id, purpose, reviewer_id)
WHERE judgement.cell = $1 AND judgement.task_id = g.task_id AND judgement.purpose = g.purpose
RETURNING judgement.task_id, judgement.purpose, account_id, queue_id, question_id, state, judgement.reviewer_id, lease,
          lease_until, passed_by, proposal, score, value, is_right, pay_micros, is_accepted, target, until, stops, round,
          shown_at, filed_at, settles_at, looked_marks,
          coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = judgement.task_id), 0::smallint)
          | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) AS marks;

-- name: show_judgements_ahead
-- What lay behind lies before these reviewers now, under the same number; what they had seen before keeps since when.
-- Whoever is at one of them now is not waited for. What was marked meanwhile is not shown: its minute ends, and it goes to others.
UPDATE judgement SET state = 1, lease_until = $3, shown_at = coalesce(shown_at, $4)
FROM (SELECT o.task_id, o.purpose FROM judgement AS o
      WHERE o.cell = $1 AND o.reviewer_id = ANY ($2::bigint[]) AND o.state = 5 AND o.lease_until > $4
        AND (coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = o.task_id), 0::smallint)
             | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = o.queue_id), 0::smallint)) = 0
      ORDER BY o.task_id, o.purpose FOR UPDATE SKIP LOCKED) AS a
WHERE judgement.cell = $1 AND judgement.task_id = a.task_id AND judgement.purpose = a.purpose
RETURNING judgement.task_id, judgement.purpose, account_id, queue_id, question_id, state, reviewer_id, lease,
          lease_until, passed_by, proposal, score, value, is_right, pay_micros, is_accepted, target, until, stops, round,
          shown_at, filed_at, settles_at, looked_marks,
          coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = judgement.task_id), 0::smallint)
          | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) AS marks;

-- name: put_judgements_behind
-- What reviewers look at goes behind what they took back; the rows are locked.
UPDATE judgement SET state = 5, lease_until = $4, looked_marks = 0
FROM unnest($2::bigint[], $3::smallint[]) AS j (task_id, purpose)
WHERE judgement.cell = $1 AND judgement.task_id = j.task_id AND judgement.purpose = j.purpose;

-- name: renew_judgements
-- Until when judgements lie before their reviewers, and the marks of which their look is counted; the rows are locked.
UPDATE judgement SET lease_until = r.lease_until, looked_marks = r.looked_marks
FROM unnest($2::bigint[], $3::smallint[], $4::timestamptz[], $5::smallint[]) AS r (task_id, purpose, lease_until, looked_marks)
WHERE judgement.cell = $1 AND judgement.task_id = r.task_id AND judgement.purpose = r.purpose;

-- name: lock_judgements
-- All judgements of tasks, locked in the order of the key, after their panels.
SELECT task_id, purpose, account_id, queue_id, question_id, state, reviewer_id, lease, lease_until, passed_by, proposal, score,
       value, is_right, pay_micros, is_accepted, target, until, stops, round, shown_at, filed_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = judgement.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) AS marks
FROM judgement WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id, purpose FOR UPDATE;

-- name: lock_judgements_and_desks
-- The same, and what lies before these reviewers (1), or behind that (5).
SELECT task_id, purpose, account_id, queue_id, question_id, state, reviewer_id, lease, lease_until, passed_by, proposal, score,
       value, is_right, pay_micros, is_accepted, target, until, stops, round, shown_at, filed_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = judgement.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) AS marks
FROM judgement WHERE cell = $1 AND (task_id = ANY ($2::bigint[]) OR (reviewer_id = ANY ($3::bigint[]) AND state IN (1, 5)))
ORDER BY task_id, purpose FOR UPDATE;

-- name: save_judgements
-- What became of judgements; the rows are locked.
UPDATE judgement SET state = j.state, value = j.value, is_right = j.is_right, stops = j.stops::jsonb, round = j.round,
                     decided_at = $9, settles_at = NULL
FROM unnest($2::bigint[], $3::smallint[], $4::smallint[], $5::text[], $6::boolean[], $7::text[], $8::int[])
     AS j (task_id, purpose, state, value, is_right, stops, round)
WHERE judgement.cell = $1 AND judgement.task_id = j.task_id AND judgement.purpose = j.purpose;

-- name: lay_decisions_aside
-- Decisions that their reviewers can take back for a while; nothing follows from them yet. The rows are locked.
UPDATE judgement SET state = 4, value = j.value, settles_at = j.settles_at, decided_at = $6
FROM unnest($2::bigint[], $3::smallint[], $4::text[], $5::timestamptz[]) AS j (task_id, purpose, value, settles_at)
WHERE judgement.cell = $1 AND judgement.task_id = j.task_id AND judgement.purpose = j.purpose;

-- name: take_decisions_back
-- Decisions that were aside are none: the results lie before their reviewers again. The rows are locked.
UPDATE judgement SET state = 1, value = NULL, decided_at = NULL, settles_at = NULL, lease_until = j.lease_until,
                     looked_marks = j.looked_marks
FROM unnest($2::bigint[], $3::smallint[], $4::timestamptz[], $5::smallint[]) AS j (task_id, purpose, lease_until, looked_marks)
WHERE judgement.cell = $1 AND judgement.task_id = j.task_id AND judgement.purpose = j.purpose;

-- name: any_decision_aside
-- Whether the time is over in which a decision can be taken back.
SELECT EXISTS (SELECT FROM judgement WHERE cell = $1 AND state = 4 AND settles_at <= now());

-- name: decisions_aside
-- Tasks with a decision whose time to be taken back is over, the oldest first, without those that are left; not locked.
SELECT task_id FROM judgement WHERE cell = $1 AND state = 4 AND settles_at <= now() AND task_id <> ALL ($2::bigint[])
ORDER BY settles_at, task_id LIMIT $3;

-- name: pass_judgements
-- Reviewers passed on these, which are open for others. The rows are locked.
UPDATE judgement SET state = 0, reviewer_id = 0, lease_until = NULL, shown_at = NULL, passed_by = passed_by || p.reviewer_id
FROM unnest($2::bigint[], $3::smallint[], $4::bigint[]) AS p (task_id, purpose, reviewer_id)
WHERE judgement.cell = $1 AND judgement.task_id = p.task_id AND judgement.purpose = p.purpose;

-- name: any_lapsed_judgement
-- Whether a reviewer's time for a result is over.
SELECT EXISTS (SELECT FROM judgement WHERE cell = $1 AND state IN (1, 5) AND lease_until <= now());

-- name: lock_lapsed_judgements
-- Judgements whose reviewers did not decide in time.
SELECT task_id, purpose FROM judgement WHERE cell = $1 AND state IN (1, 5) AND lease_until <= $2 ORDER BY lease_until LIMIT $3
FOR UPDATE SKIP LOCKED;

-- name: lock_held_judgements
-- What lies before reviewers, and behind that; whoever is at one of them now is not waited for.
SELECT task_id, purpose, account_id, queue_id, question_id, state, reviewer_id, lease, lease_until, passed_by, proposal, score,
       value, is_right, pay_micros, is_accepted, target, until, stops, round, shown_at, filed_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = judgement.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) AS marks
FROM judgement WHERE cell = $1 AND state IN (1, 5) AND reviewer_id = ANY ($2::bigint[])
ORDER BY task_id, purpose FOR UPDATE SKIP LOCKED;

-- name: reopen_judgements
-- Judgements return to their places. The rows are locked.
UPDATE judgement SET state = 0, reviewer_id = 0, lease_until = NULL, shown_at = NULL
FROM unnest($2::bigint[], $3::smallint[]) AS j (task_id, purpose)
WHERE judgement.cell = $1 AND judgement.task_id = j.task_id AND judgement.purpose = j.purpose;

-- name: overdue_judgements
-- Tasks with a judgement that nobody made in time, those that wait with the oldest first, then those that reviewers have before
-- them; their panels are locked before them.
(SELECT task_id FROM judgement WHERE cell = $1 AND state = 0 AND filed_at <= $2 ORDER BY filed_at, task_id LIMIT $3)
UNION ALL
SELECT task_id FROM judgement WHERE cell = $1 AND state IN (1, 5) AND filed_at <= $2
LIMIT $3;

-- name: undecided_judgements
-- Those of the tasks about which a reviewer is asked.
SELECT task_id FROM judgement WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state NOT IN (2, 3);

-- name: judged_since
-- How many judgements a reviewer made since an instant, and what they earned.
SELECT count(*) AS judgements, coalesce(sum(pay_micros), 0)::bigint AS pay_micros FROM judgement
WHERE cell = $1 AND reviewer_id = $2 AND reviewer_id <> 0 AND state IN (2, 4) AND decided_at >= $3;

-- name: all_judgements
-- What every reviewer's decisions earned.
SELECT reviewer_id, sum(pay_micros)::bigint AS pay_micros FROM judgement
WHERE cell = $1 AND state = 2 AND pay_micros > 0 GROUP BY reviewer_id;

-- name: agreement_of
-- How often a reviewer's decisions since an instant say what people said together, and how often the other reviewers' do.
SELECT reviewer_id = $2 AS is_own, count(*) AS decided, count(*) FILTER (WHERE is_right) AS alike FROM judgement
WHERE cell = $1 AND reviewer_id <> 0 AND state = 2 AND value IS NOT NULL AND decided_at >= $3 GROUP BY is_own;

-- name: forget_judgements
-- Blank what reviewers were shown and what they decided; that they did, and what it said of people, stays.
UPDATE judgement SET proposal = '', value = CASE WHEN value IS NOT NULL THEN '' END,
                     stops = CASE state WHEN 2 THEN stops ELSE '[]' END
WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: decisions_by
-- A page of a reviewer's decisions, newest first, before a place in the list.
SELECT task_id, state, queue_id, value, is_right, pay_micros, decided_at, settles_at FROM judgement
WHERE cell = $1 AND reviewer_id = $2 AND reviewer_id <> 0 AND state IN (2, 4) AND (decided_at, task_id) < ($3, $4)
ORDER BY decided_at DESC, task_id DESC LIMIT $5;
