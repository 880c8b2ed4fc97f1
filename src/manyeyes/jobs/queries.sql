-- name: insert_job
-- Open a draft.
INSERT INTO job (cell, job_id, account_id, name, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
                 price_at_most_micros, callback_url, base_url, created_at, changed_at)
SELECT $1, j.job_id, j.account_id, j.name, j.queue_id, j.question_id, j.answers, j.life_seconds, j.deadline,
       j.budget_micros, j.price_at_most_micros, j.callback_url, j.base_url, $2, $2
FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::int[], $7::bigint[], $8::smallint[], $9::int[], $10::timestamptz[],
            $11::bigint[], $12::bigint[], $13::text[], $14::text[])
     AS j (job_id, account_id, name, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
           price_at_most_micros, callback_url, base_url);

-- name: existing
-- Which of these jobs are there already (a batch that is tried again asks).
SELECT job_id FROM job WHERE cell = $1 AND job_id = ANY ($2::bigint[]);

-- name: lock_jobs
-- Jobs, locked in the order of their numbers, the last of all tables.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 AND job_id = ANY ($2::bigint[]) ORDER BY job_id FOR UPDATE;

-- name: jobs
-- Jobs as they are.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 AND job_id = ANY ($2::bigint[]);

-- name: page_newest
-- An account's jobs before one, the newest first.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 AND account_id = $2 AND job_id < $3 ORDER BY job_id DESC LIMIT $4;

-- name: page_oldest
-- An account's jobs after one, the oldest first.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 AND account_id = $2 AND job_id > $3 ORDER BY job_id LIMIT $4;

-- name: save_jobs
-- What of jobs was changed; their rows are locked.
UPDATE job SET name = j.name, state = j.state, deadline = j.deadline, budget_micros = j.budget_micros,
       started_at = j.started_at, ended_at = j.ended_at, waits_for = j.waits_for, items = j.items, entered = j.entered,
       open = j.open, solved = j.solved, unsolvable = j.unsolvable, unanswered = j.unanswered, failed = j.failed,
       cancelled = j.cancelled, held_micros = j.held_micros, charged_micros = j.charged_micros,
       refunded_micros = j.refunded_micros, claim = j.claim, claimed_until = j.claimed_until, changed_at = j.changed_at,
       stuck_at = j.stuck_at
FROM unnest($2::bigint[], $3::text[], $4::smallint[], $5::timestamptz[], $6::bigint[], $7::timestamptz[], $8::timestamptz[],
            $9::text[], $10::int[], $11::int[], $12::int[], $13::int[], $14::int[], $15::int[], $16::int[], $17::int[],
            $18::bigint[], $19::bigint[], $20::bigint[], $21::int[], $22::timestamptz[], $23::timestamptz[], $24::timestamptz[])
     AS j (job_id, name, state, deadline, budget_micros, started_at, ended_at, waits_for, items, entered, open, solved,
           unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until,
           changed_at, stuck_at)
WHERE job.cell = $1 AND job.job_id = j.job_id;

-- name: uploads
-- The files of jobs, complete or not, in the order of their lines.
SELECT job_id, upload_key, first_line, lines, complete, digest, created_at, changed_at FROM job_upload
WHERE cell = $1 AND job_id = ANY ($2::bigint[]) ORDER BY job_id, first_line, created_at;

-- name: live_jobs
-- Jobs of which something is left to do, and the instant at which that was so.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 AND state <> 0 AND ended_at IS NULL ORDER BY job_id;

-- name: count_ends
-- Count ends of tasks in their jobs, which are locked in the order of their numbers; a job of which nothing is left to do
-- ends with them.
UPDATE job SET open = job.open - e.closed, solved = job.solved + e.solved, unsolvable = job.unsolvable + e.unsolvable,
       unanswered = job.unanswered + e.unanswered, failed = job.failed + e.failed, cancelled = job.cancelled + e.cancelled,
       held_micros = job.held_micros - e.freed_micros, charged_micros = job.charged_micros + e.charged_micros,
       changed_at = $2, stuck_at = NULL,
       state = CASE WHEN job.state <> 4 AND job.open = e.closed AND job.items = job.open + job.solved + job.unsolvable
                         + job.unanswered + job.failed + job.cancelled THEN 3 ELSE job.state END,
       waits_for = CASE WHEN job.open = e.closed AND job.items = job.open + job.solved + job.unsolvable
                        + job.unanswered + job.failed + job.cancelled THEN '' ELSE job.waits_for END,
       ended_at = CASE WHEN job.open = e.closed AND job.items = job.open + job.solved + job.unsolvable
                       + job.unanswered + job.failed + job.cancelled THEN $2 ELSE job.ended_at END
FROM (SELECT job_id FROM job WHERE cell = $1 AND job_id = ANY ($3::bigint[]) ORDER BY job_id FOR UPDATE) AS locked
     JOIN unnest($3::bigint[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[], $10::bigint[], $11::bigint[])
     AS e (job_id, closed, solved, unsolvable, unanswered, failed, cancelled, freed_micros, charged_micros) USING (job_id)
WHERE job.cell = $1 AND job.job_id = e.job_id
RETURNING job.job_id, job.account_id, job.callback_url, job.base_url, job.ended_at;

-- name: add_refunds
-- Count what was given back of ended tasks in their jobs, which are locked in the order of their numbers.
UPDATE job SET refunded_micros = job.refunded_micros + r.micros, changed_at = $2
FROM (SELECT job_id FROM job WHERE cell = $1 AND job_id = ANY ($3::bigint[]) ORDER BY job_id FOR UPDATE) AS locked
     JOIN unnest($3::bigint[], $4::bigint[]) AS r (job_id, micros) USING (job_id)
WHERE job.cell = $1 AND job.job_id = r.job_id;

-- name: take_stuck
-- Running jobs whose tasks wait and of which nothing has changed since an instant; once until something does.
UPDATE job SET stuck_at = $2
FROM (SELECT job_id FROM job WHERE cell = $1 AND state = 1 AND ended_at IS NULL AND open > 0 AND stuck_at IS NULL
                                   AND changed_at <= $3 ORDER BY job_id LIMIT $4 FOR UPDATE SKIP LOCKED) AS stuck
WHERE job.cell = $1 AND job.job_id = stuck.job_id
RETURNING job.job_id, job.account_id, job.callback_url, job.base_url, job.ended_at;

-- name: all_jobs
-- Every job of a cell, for proving the books.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 ORDER BY job_id;
