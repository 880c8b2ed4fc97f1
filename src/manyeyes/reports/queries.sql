-- name: insert_reports
-- Store reports; a task that has one already keeps it. Rows come sorted, so that two batches never wait for each other.
INSERT INTO report (cell, task_id, account_id, queue_id, worker_id, kind, state, why, ended_at, filed_at)
SELECT $1, r.task_id, r.account_id, r.queue_id, r.worker_id, r.kind, r.state, r.why, r.ended_at, $10
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::bigint[], $6::smallint[], $7::smallint[], $8::text[],
            $9::timestamptz[]) AS r (task_id, account_id, queue_id, worker_id, kind, state, why, ended_at)
ORDER BY r.task_id
ON CONFLICT (cell, task_id) DO NOTHING RETURNING task_id;

-- name: insert_slots
-- Three judgements per complaint, open for reviewers.
INSERT INTO vote_slot (cell, task_id, n, author_id, queue_id, filed_at, pay_micros)
SELECT $1, s.task_id, s.n, s.author_id, s.queue_id, $7, s.pay_micros
FROM unnest($2::bigint[], $3::smallint[], $4::bigint[], $5::int[], $6::bigint[])
     AS s (task_id, n, author_id, queue_id, pay_micros);

-- name: note_refused
-- Remember why reports were refused; the same refusal again counts on its row.
INSERT INTO refused_report (cell, account_id, task_id, kind, reason, times, at)
SELECT $1, r.account_id, r.task_id, r.kind, r.reason, r.times, $7
FROM unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::text[], $6::int[])
     AS r (account_id, task_id, kind, reason, times)
ORDER BY r.account_id, r.task_id, r.kind, r.reason
ON CONFLICT (cell, account_id, task_id, kind, reason) DO UPDATE
SET times = refused_report.times + excluded.times, at = excluded.at;

-- name: count_refused
-- How many different tasks these accounts were refused for a reason.
SELECT account_id, count(*) AS tasks FROM refused_report
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND reason = $3 GROUP BY account_id;

-- name: forget_refused
-- Refused reports whose time is over.
DELETE FROM refused_report WHERE cell = $1 AND at < now() - make_interval(days => $2);

-- name: reporters
-- How often reviewers judged and confirmed the complaints of accounts.
SELECT account_id, judged, confirmed FROM reporter WHERE cell = $1 AND account_id = ANY ($2::bigint[]);

-- name: every_reporter
-- The records of accounts with at least so many judged complaints.
SELECT account_id, judged, confirmed FROM reporter WHERE cell = $1 AND judged >= $2 ORDER BY account_id;

-- name: open_complaints
-- How many complaints are undecided, and since when the oldest is.
SELECT count(*) AS number, min(filed_at) AS oldest_at FROM report WHERE cell = $1 AND state = 0;

-- name: add_to_reporters
-- Add a batch's verdicts to their accounts' records. Nothing ever takes them off (docs/contracts/anticaptcha.md#complaints).
INSERT INTO reporter (cell, account_id, judged, confirmed)
SELECT $1, r.account_id, r.judged, r.confirmed FROM unnest($2::bigint[], $3::bigint[], $4::bigint[])
     AS r (account_id, judged, confirmed)
ORDER BY r.account_id
ON CONFLICT (cell, account_id) DO UPDATE
SET judged = reporter.judged + excluded.judged, confirmed = reporter.confirmed + excluded.confirmed;

-- name: any_open
-- Whether any complaint waits for a reviewer: what a waiting reviewer asks every second.
SELECT EXISTS (SELECT FROM vote_slot WHERE cell = $1 AND state = 0);

-- name: held_slots
-- What these reviewers have before them (1), and what lies behind that (5).
SELECT task_id, n, state, author_id, queue_id, reviewer_id, lease, lease_until, verdict AS vote, reason, pay_micros, shown_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = vote_slot.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) AS marks
FROM vote_slot WHERE cell = $1 AND reviewer_id = ANY ($2::bigint[]) AND state IN (1, 5) AND lease_until > $3;

-- name: open_records
-- Make a reviewer's record when they come first.
INSERT INTO reviewer_record (cell, reviewer_id, votes, against)
SELECT $1, r.reviewer_id, 0, 0 FROM unnest($2::bigint[]) AS r (reviewer_id) ORDER BY r.reviewer_id
ON CONFLICT (cell, reviewer_id) DO NOTHING;

-- name: lock_records
-- A reviewer takes one slot at a time, whichever process they ask: their record is locked before any slot is.
SELECT reviewer_id FROM reviewer_record WHERE cell = $1 AND reviewer_id = ANY ($2::bigint[]) ORDER BY reviewer_id
FOR UPDATE;

-- name: lock_open
-- The slots that have been open for longest; whoever else takes slots now gets others.
SELECT task_id, n, state, author_id, queue_id, reviewer_id, lease, lease_until, verdict AS vote, reason, pay_micros, shown_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = vote_slot.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) AS marks
FROM vote_slot WHERE cell = $1 AND state = 0 ORDER BY filed_at, task_id, n LIMIT $2 FOR UPDATE SKIP LOCKED;

-- name: lock_open_for
-- The slot that has been open for longest and fits one reviewer, for when the first ones are none for them: neither one of
-- those who answered nor whoever decided among their answers, and with no mark but those that are clear to them in its queue.
SELECT task_id, n, state, author_id, queue_id, reviewer_id, lease, lease_until, verdict AS vote, reason, pay_micros, shown_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = s.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = s.queue_id), 0::smallint) AS marks
FROM vote_slot AS s WHERE s.cell = $1 AND s.state = 0 AND s.author_id <> $2
  AND s.queue_id = ANY ($3::int[])
  AND (coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = s.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = s.queue_id), 0::smallint))
      & ~($4::int[])[array_position($3::int[], s.queue_id)] = 0
  AND NOT EXISTS (SELECT FROM vote_slot AS o WHERE o.cell = $1 AND o.task_id = s.task_id
                    AND (o.reviewer_id = $2 OR o.passed_by @> ARRAY[$2::bigint]))
  AND NOT EXISTS (SELECT FROM answer AS a WHERE a.cell = $1 AND a.task_id = s.task_id AND a.worker_id = $2)
  AND NOT EXISTS (SELECT FROM judgement AS j WHERE j.cell = $1 AND j.task_id = s.task_id AND j.reviewer_id = $2)
ORDER BY s.filed_at, s.task_id, s.n LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: judges
-- Who has, or had, a slot of these complaints, or passed one on; who was one of several who answered; who decided among
-- their answers.
SELECT task_id, reviewer_id FROM vote_slot WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND reviewer_id <> 0
UNION ALL
SELECT s.task_id, p.reviewer_id FROM vote_slot AS s, unnest(s.passed_by) AS p (reviewer_id)
WHERE s.cell = $1 AND s.task_id = ANY ($2::bigint[])
UNION ALL
SELECT task_id, worker_id FROM answer WHERE cell = $1 AND task_id = ANY ($2::bigint[])
UNION ALL
SELECT task_id, reviewer_id FROM judgement WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND reviewer_id <> 0;

-- name: lease_slots
-- Give slots to reviewers; the lease's number fences off whoever had one before. The rows are locked.
UPDATE vote_slot SET state = 1, reviewer_id = s.reviewer_id, lease = vote_slot.lease + 1, lease_until = $5,
                     shown_at = $6, looked_marks = 0
FROM unnest($2::bigint[], $3::smallint[], $4::bigint[]) AS s (task_id, n, reviewer_id)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = s.task_id AND vote_slot.n = s.n
RETURNING vote_slot.task_id, vote_slot.n, state, author_id, queue_id, vote_slot.reviewer_id, lease, lease_until,
          verdict AS vote, reason, pay_micros, shown_at, settles_at, looked_marks,
          coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = vote_slot.task_id), 0::smallint)
          | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) AS marks;

-- name: renew_slots
-- Until when slots lie before their reviewers, and the marks of which their look is counted; the rows are locked.
UPDATE vote_slot SET lease_until = s.lease_until, looked_marks = s.looked_marks
FROM unnest($2::bigint[], $3::smallint[], $4::timestamptz[], $5::smallint[]) AS s (task_id, n, lease_until, looked_marks)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = s.task_id AND vote_slot.n = s.n;

-- name: lock_reports
-- Reports are locked before their slots, in the order of the key.
SELECT task_id, account_id, queue_id, worker_id, kind, state, ended_at FROM report
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id FOR UPDATE;

-- name: lock_overdue
-- Complaints that reviewers left undecided, the oldest first; who judges one right now is not waited for. Where two votes agree
-- that can be taken back, they decide it in some seconds.
SELECT task_id, account_id, queue_id, worker_id, kind, state, ended_at FROM report
WHERE cell = $1 AND state = 0 AND filed_at <= $2 AND 2 > (
    SELECT greatest(count(*) FILTER (WHERE s.verdict = 0), count(*) FILTER (WHERE s.verdict = 1)) FROM vote_slot AS s
    WHERE s.cell = $1 AND s.task_id = report.task_id AND s.state IN (2, 4))
ORDER BY filed_at LIMIT $3 FOR UPDATE SKIP LOCKED;

-- name: lock_slots
-- All slots of complaints, locked in the order of the key.
SELECT task_id, n, state, author_id, queue_id, reviewer_id, lease, lease_until, verdict AS vote, reason, pay_micros, shown_at,
       settles_at, looked_marks,
       coalesce((SELECT t.marks FROM task AS t WHERE t.cell = $1 AND t.task_id = vote_slot.task_id), 0::smallint)
       | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) AS marks
FROM vote_slot WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id, n FOR UPDATE;

-- name: save_votes
-- Votes that were cast; the rows are locked.
UPDATE vote_slot SET state = 2, verdict = v.verdict, reason = v.reason, voted_at = $6, settles_at = NULL
FROM unnest($2::bigint[], $3::smallint[], $4::smallint[], $5::text[]) AS v (task_id, n, verdict, reason)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = v.task_id AND vote_slot.n = v.n;

-- name: close_slots
-- A complaint is decided: what is not voted is closed, unpaid.
UPDATE vote_slot SET state = 3 WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state IN (0, 1, 5);

-- name: any_lapsed_slot
-- Whether a reviewer's time for a complaint is over.
SELECT coalesce((SELECT lease_until FROM vote_slot WHERE cell = $1 AND state IN (1, 5) ORDER BY lease_until LIMIT 1) <= now(),
                false);

-- name: lock_lapsed
-- Slots whose reviewers did not vote in time.
SELECT task_id, n FROM vote_slot WHERE cell = $1 AND state IN (1, 5) AND lease_until <= $2 ORDER BY lease_until LIMIT $3
FOR UPDATE SKIP LOCKED;

-- name: reopen_slots
-- Slots return to their places. The rows are locked.
UPDATE vote_slot SET state = 0, reviewer_id = 0, lease_until = NULL, shown_at = NULL
FROM unnest($2::bigint[], $3::smallint[]) AS s (task_id, n)
WHERE vote_slot.cell = $1 AND vote_slot.task_id = s.task_id AND vote_slot.n = s.n;

-- name: decide_reports
-- Verdicts; the rows are locked.
UPDATE report SET state = d.state, why = d.why, refunded_micros = d.refunded_micros, cancelled_micros = d.cancelled_micros,
       decided_at = $7
FROM unnest($2::bigint[], $3::smallint[], $4::text[], $5::bigint[], $6::bigint[])
     AS d (task_id, state, why, refunded_micros, cancelled_micros)
WHERE report.cell = $1 AND report.task_id = d.task_id;

-- name: add_to_records
-- Count reviewers' votes on decided complaints, and those against the verdict.
INSERT INTO reviewer_record (cell, reviewer_id, votes, against)
SELECT $1, r.reviewer_id, r.votes, r.against FROM unnest($2::bigint[], $3::bigint[], $4::bigint[])
     AS r (reviewer_id, votes, against)
ORDER BY r.reviewer_id
ON CONFLICT (cell, reviewer_id) DO UPDATE
SET votes = reviewer_record.votes + excluded.votes, against = reviewer_record.against + excluded.against;

-- name: records
-- Every reviewer's record.
SELECT reviewer_id, votes, against FROM reviewer_record WHERE cell = $1 AND votes > 0 ORDER BY reviewer_id;

-- name: record_of
-- A reviewer's record.
SELECT reviewer_id, votes, against FROM reviewer_record WHERE cell = $1 AND reviewer_id = $2;

-- name: reports_of
-- A page of an account's reports, newest first, before a place in the list; null asks for every state.
SELECT task_id, account_id, queue_id, worker_id, kind, state, why, ended_at, filed_at, decided_at, refunded_micros,
       cancelled_micros
FROM report WHERE cell = $1 AND account_id = $2 AND (filed_at, task_id) < ($3, $4)
  AND ($5::smallint IS NULL OR state = $5)
ORDER BY filed_at DESC, task_id DESC LIMIT $6;

-- name: refused_of
-- A page of an account's refused reports, newest first, before a place in the list.
SELECT task_id, kind, reason, times, at FROM refused_report
WHERE cell = $1 AND account_id = $2 AND (at, task_id, kind) < ($3, $4, $5::smallint)
ORDER BY at DESC, task_id DESC, kind DESC LIMIT $6;

-- name: report_of
-- An account's report on one task.
SELECT task_id, account_id, queue_id, worker_id, kind, state, why, ended_at, filed_at, decided_at, refunded_micros,
       cancelled_micros
FROM report WHERE cell = $1 AND task_id = $2 AND account_id = $3;

-- name: refused_task
-- The refused reports of an account on one task, newest first.
SELECT task_id, kind, reason, times, at FROM refused_report
WHERE cell = $1 AND account_id = $2 AND task_id = $3 ORDER BY at DESC, kind DESC;

-- name: existing
-- Which of these tasks have a report, by whom and of which kind.
SELECT task_id, account_id, queue_id, worker_id, kind, state, ended_at FROM report
WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: votes_of
-- The votes on complaints, in the order in which they were cast.
SELECT task_id, verdict, reason, voted_at FROM vote_slot
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 2 ORDER BY task_id, voted_at, n;

-- name: reports_against
-- A worker's answers that are with reviewers or were refused by them, newest first.
SELECT task_id, account_id, queue_id, worker_id, kind, state, why, ended_at, filed_at, decided_at, refunded_micros,
       cancelled_micros
FROM report WHERE cell = $1 AND worker_id = $2 AND kind = 0 AND state IN (0, 1) AND why = ''
ORDER BY filed_at DESC LIMIT $3;

-- name: reports_against_several
-- Results of several people with a worker's answer among them that are with reviewers, or were refused by them with it.
SELECT r.task_id, r.account_id, r.queue_id, a.worker_id, r.kind, r.state, r.why, r.ended_at, r.filed_at, r.decided_at,
       r.refunded_micros, 0::bigint AS cancelled_micros
FROM report AS r JOIN answer AS a ON a.cell = $1 AND a.task_id = r.task_id AND a.worker_id = $2 AND a.purpose = 1
WHERE r.cell = $1 AND r.worker_id = 0 AND r.kind = 0 AND r.state = 0
UNION ALL
(SELECT r.task_id, r.account_id, r.queue_id, a.worker_id, r.kind, r.state, r.why, r.ended_at, r.filed_at, r.decided_at,
        r.refunded_micros, a.pay_micros AS cancelled_micros
 FROM answer AS a JOIN report AS r ON r.cell = $1 AND r.task_id = a.task_id AND r.kind = 0 AND r.state = 1
 WHERE a.cell = $1 AND a.worker_id = $2 AND a.refuted_at IS NOT NULL ORDER BY a.refuted_at DESC LIMIT $3);

-- name: all_confirmed
-- What every complaint of a cell gave back that was confirmed since an instant.
SELECT task_id, refunded_micros FROM report WHERE cell = $1 AND kind = 0 AND state = 1 AND decided_at >= $2;

-- name: all_cancelled
-- What pay every complaint took from its worker that was confirmed since an instant.
SELECT task_id, cancelled_micros FROM report WHERE cell = $1 AND cancelled_micros > 0 AND decided_at >= $2;

-- name: all_votes
-- What every reviewer's votes earned.
SELECT reviewer_id, sum(pay_micros)::bigint AS pay_micros FROM vote_slot
WHERE cell = $1 AND state = 2 AND pay_micros > 0 GROUP BY reviewer_id;

-- name: token_reports
-- How many tokens accounts reported since an instant, by queue, and how many of them as incorrect.
SELECT account_id, queue_id, count(*) FILTER (WHERE kind = 1) AS incorrect FROM report
WHERE cell = $1 AND kind IN (1, 2) AND filed_at > $2 GROUP BY account_id, queue_id;

-- name: ignored
-- Which of these accounts' reports of incorrect tokens are ignored now; null asks for all accounts.
SELECT account_id FROM ignored_reporter
WHERE cell = $1 AND ($2::bigint[] IS NULL OR account_id = ANY ($2::bigint[])) AND until > $3;

-- name: ignore
-- From now on these accounts' reports of incorrect tokens are ignored.
INSERT INTO ignored_reporter (cell, account_id, until, why)
SELECT $1, i.account_id, $4, i.why FROM unnest($2::bigint[], $3::text[]) AS i (account_id, why) ORDER BY i.account_id
ON CONFLICT (cell, account_id) DO UPDATE SET until = excluded.until, why = excluded.why;

-- name: undecided
-- Those of the tasks of which a complaint is undecided, or an appeal; of several answers it is about one of them.
SELECT task_id FROM report WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 0
UNION
SELECT task_id FROM appeal WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND decided_at IS NULL
UNION
SELECT a.task_id FROM answer AS a JOIN appeal AS p ON p.cell = $1 AND p.task_id = a.answer_id AND p.decided_at IS NULL
WHERE a.cell = $1 AND a.task_id = ANY ($2::bigint[]) AND a.refuted_at IS NOT NULL;
