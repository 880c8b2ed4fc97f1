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
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at
FROM job WHERE cell = $1 AND job_id = ANY ($2::bigint[]) ORDER BY job_id FOR UPDATE;

-- name: jobs
-- Jobs as they are.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at
FROM job WHERE cell = $1 AND job_id = ANY ($2::bigint[]);

-- name: page_newest
-- An account's jobs before one, the newest first.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at
FROM job WHERE cell = $1 AND account_id = $2 AND job_id < $3 ORDER BY job_id DESC LIMIT $4;

-- name: page_oldest
-- An account's jobs after one, the oldest first.
SELECT job_id, account_id, name, state, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at
FROM job WHERE cell = $1 AND account_id = $2 AND job_id > $3 ORDER BY job_id LIMIT $4;

-- name: save_jobs
-- What of jobs was changed; their rows are locked.
UPDATE job SET name = j.name, state = j.state, deadline = j.deadline, budget_micros = j.budget_micros,
       started_at = j.started_at, ended_at = j.ended_at, waits_for = j.waits_for, items = j.items, entered = j.entered,
       open = j.open, solved = j.solved, unsolvable = j.unsolvable, unanswered = j.unanswered, failed = j.failed,
       cancelled = j.cancelled, held_micros = j.held_micros, charged_micros = j.charged_micros,
       refunded_micros = j.refunded_micros, claim = j.claim, claimed_until = j.claimed_until, changed_at = j.changed_at
FROM unnest($2::bigint[], $3::text[], $4::smallint[], $5::timestamptz[], $6::bigint[], $7::timestamptz[], $8::timestamptz[],
            $9::text[], $10::int[], $11::int[], $12::int[], $13::int[], $14::int[], $15::int[], $16::int[], $17::int[],
            $18::bigint[], $19::bigint[], $20::bigint[], $21::int[], $22::timestamptz[], $23::timestamptz[])
     AS j (job_id, name, state, deadline, budget_micros, started_at, ended_at, waits_for, items, entered, open, solved,
           unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until,
           changed_at)
WHERE job.cell = $1 AND job.job_id = j.job_id;

-- name: uploads
-- The files of jobs, complete or not, in the order of their lines.
SELECT job_id, upload_key, first_line, lines, items, complete, digest, created_at, changed_at FROM job_upload
WHERE cell = $1 AND job_id = ANY ($2::bigint[]) ORDER BY job_id, first_line, created_at;

-- name: save_uploads
-- How far files are; new ones are made.
INSERT INTO job_upload (cell, job_id, upload_key, first_line, lines, items, complete, digest, created_at, changed_at)
SELECT $1, u.job_id, u.upload_key, u.first_line, u.lines, u.items, u.complete, u.digest, $2, $2
FROM unnest($3::bigint[], $4::text[], $5::int[], $6::int[], $7::int[], $8::boolean[], $9::bytea[])
     AS u (job_id, upload_key, first_line, lines, items, complete, digest)
ON CONFLICT (cell, job_id, upload_key) DO UPDATE SET lines = excluded.lines, items = excluded.items,
       complete = excluded.complete, digest = excluded.digest, changed_at = excluded.changed_at;

-- name: delete_uploads
-- Forget files.
DELETE FROM job_upload WHERE cell = $1 AND (job_id, upload_key) IN (SELECT * FROM unnest($2::bigint[], $3::text[]));

-- name: stale_uploads
-- Files that nobody goes on with, and those whose dropping was cut off a minute ago.
SELECT u.job_id, j.account_id, u.upload_key, s.idle_seconds
FROM job_upload AS u JOIN job AS j ON j.cell = u.cell AND j.job_id = u.job_id,
     LATERAL (SELECT CASE WHEN u.digest = '' THEN 60 ELSE $2::int END AS idle_seconds) AS s
WHERE u.cell = $1 AND NOT u.complete AND u.changed_at < now() - make_interval(secs => s.idle_seconds) LIMIT $3;
