-- name: lay_slots_ahead
-- Lay slots behind what reviewers look at: theirs until then, and shown to nobody. The rows are locked.
UPDATE vote_slot SET state = 5, reviewer_id = s.reviewer_id, lease = vote_slot.lease + 1, lease_until = $5,
                     looked_marks = 0
FROM unnest($2::bigint[], $3::smallint[], $4::bigint[]) AS s (task_id, n, reviewer_id)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = s.task_id AND vote_slot.n = s.n
RETURNING vote_slot.task_id, vote_slot.n, state, author_id, queue_id, vote_slot.reviewer_id, lease, lease_until,
          verdict AS vote, reason, pay_micros, shown_at, settles_at, looked_marks,
          coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = vote_slot.task_id), 0::smallint)
          | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) AS marks;

-- name: show_slots_ahead
-- What lay behind lies before these reviewers now, under the same number; what they had seen before keeps since when.
-- Whoever is at one of them now is not waited for. What was marked meanwhile is not shown: its minute ends, and it goes to others.
UPDATE vote_slot SET state = 1, lease_until = $3, shown_at = coalesce(shown_at, $4)
FROM (SELECT o.task_id, o.n FROM vote_slot AS o
      WHERE o.cell = $1 AND o.reviewer_id = ANY ($2::bigint[]) AND o.state = 5 AND o.lease_until > $4
        AND (coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = o.task_id), 0::smallint)
             | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = o.queue_id), 0::smallint)) = 0
      ORDER BY o.task_id, o.n FOR UPDATE SKIP LOCKED) AS s
WHERE vote_slot.cell = $1 AND vote_slot.task_id = s.task_id AND vote_slot.n = s.n
RETURNING vote_slot.task_id, vote_slot.n, state, author_id, queue_id, reviewer_id, lease, lease_until, verdict AS vote, reason,
          pay_micros, shown_at, settles_at, looked_marks,
          coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = vote_slot.task_id), 0::smallint)
          | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) AS marks;

-- name: put_slots_behind
-- What reviewers look at goes behind what they took back; the rows are locked.
UPDATE vote_slot SET state = 5, lease_until = $4, looked_marks = 0
FROM unnest($2::bigint[], $3::smallint[]) AS s (task_id, n)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = s.task_id AND vote_slot.n = s.n;

-- name: lock_slots_and_desks
-- The same, and what lies before these reviewers (1), or behind that (5).
SELECT task_id, n, state, author_id, queue_id, reviewer_id, lease, lease_until, verdict AS vote, reason, pay_micros, shown_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = vote_slot.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) AS marks
FROM vote_slot WHERE cell = $1 AND (task_id = ANY ($2::bigint[]) OR (reviewer_id = ANY ($3::bigint[]) AND state IN (1, 5)))
ORDER BY task_id, n FOR UPDATE;

-- name: lock_held
-- What lies before reviewers, and behind that; whoever is at one of them now is not waited for.
SELECT task_id, n, state, author_id, queue_id, reviewer_id, lease, lease_until, verdict AS vote, reason, pay_micros, shown_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = vote_slot.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) AS marks
FROM vote_slot WHERE cell = $1 AND state IN (1, 5) AND reviewer_id = ANY ($2::bigint[])
ORDER BY task_id, n FOR UPDATE SKIP LOCKED;

-- name: lay_votes_aside
-- Votes that their reviewers can take back for a while; nothing follows from them yet. The rows are locked.
UPDATE vote_slot SET state = 4, verdict = v.verdict, reason = v.reason, settles_at = v.settles_at, voted_at = $7
FROM unnest($2::bigint[], $3::smallint[], $4::smallint[], $5::text[], $6::timestamptz[])
     AS v (task_id, n, verdict, reason, settles_at)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = v.task_id AND vote_slot.n = v.n;

-- name: correct_votes
-- What reviewers say now of complaints that are undecided; the rows are locked.
UPDATE vote_slot SET verdict = v.verdict, reason = v.reason
FROM unnest($2::bigint[], $3::smallint[], $4::smallint[], $5::text[]) AS v (task_id, n, verdict, reason)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = v.task_id AND vote_slot.n = v.n;

-- name: take_votes_back
-- Votes that were aside are none: the complaints lie before their reviewers again. The rows are locked.
UPDATE vote_slot SET state = 1, verdict = NULL, reason = '', voted_at = NULL, settles_at = NULL, lease_until = s.lease_until,
                     looked_marks = s.looked_marks
FROM unnest($2::bigint[], $3::smallint[], $4::timestamptz[], $5::smallint[]) AS s (task_id, n, lease_until, looked_marks)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = s.task_id AND vote_slot.n = s.n;

-- name: pass_slots
-- Reviewers passed on these, which are open for others. The rows are locked.
UPDATE vote_slot SET state = 0, reviewer_id = 0, lease_until = NULL, shown_at = NULL, passed_by = passed_by || p.reviewer_id
FROM unnest($2::bigint[], $3::smallint[], $4::bigint[]) AS p (task_id, n, reviewer_id)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = p.task_id AND vote_slot.n = p.n;

-- name: hold_slots_back
-- Two votes agree and one of them is aside: nobody is asked for a third meanwhile.
UPDATE vote_slot SET state = 3 WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 0;

-- name: let_slots_in
-- No two votes agree any more, so that others are asked. The complaints are undecided.
UPDATE vote_slot SET state = 0 WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 3;

-- name: any_vote_aside
-- Whether the time is over in which a vote can be taken back.
SELECT EXISTS (SELECT FROM vote_slot WHERE cell = $1 AND state = 4 AND settles_at <= now());

-- name: votes_aside
-- Complaints with a vote whose time to be taken back is over, the oldest first, without those that are left; not locked.
SELECT task_id FROM vote_slot WHERE cell = $1 AND state = 4 AND settles_at <= now() AND task_id <> ALL ($2::bigint[])
ORDER BY settles_at, task_id LIMIT $3;

-- name: votes_by
-- A page of a reviewer's votes, newest first, before a place in the list; how many others voted, and how many of them alike.
SELECT s.task_id, s.n, s.lease, s.state, s.queue_id, s.verdict AS vote, s.reason, s.voted_at, s.pay_micros, s.settles_at,
       r.state AS report_state, r.why, o.others, o.alike
FROM vote_slot AS s JOIN report AS r ON r.cell = s.cell AND r.task_id = s.task_id,
     LATERAL (SELECT count(*) AS others, count(*) FILTER (WHERE e.verdict = s.verdict) AS alike FROM vote_slot AS e
              WHERE e.cell = $1 AND e.task_id = s.task_id AND e.state = 2 AND e.reviewer_id <> $2) AS o
WHERE s.cell = $1 AND s.reviewer_id = $2 AND s.reviewer_id <> 0 AND (s.voted_at, s.task_id) < ($3, $4)
ORDER BY s.voted_at DESC, s.task_id DESC LIMIT $5;

-- name: other_records
-- How all other reviewers voted on decided complaints.
SELECT coalesce(sum(votes), 0)::bigint AS votes, coalesce(sum(against), 0)::bigint AS against FROM reviewer_record
WHERE cell = $1 AND reviewer_id <> $2;

-- name: slots_of
-- The judgements of one complaint as they went, for the operator.
SELECT n, reviewer_id, state, verdict AS vote, reason, voted_at, pay_micros FROM vote_slot
WHERE cell = $1 AND task_id = $2 ORDER BY n;

-- name: reviewer_since
-- How many votes a reviewer cast since an instant, and what they earned.
SELECT count(*) AS votes, coalesce(sum(pay_micros), 0)::bigint AS pay_micros FROM vote_slot
WHERE cell = $1 AND reviewer_id = $2 AND reviewer_id <> 0 AND voted_at >= $3;
