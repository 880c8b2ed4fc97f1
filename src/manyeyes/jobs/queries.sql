-- name: insert_job
-- Open a draft.
INSERT INTO job (cell, job_id, account_id, name, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
                 price_at_most_micros, callback_url, base_url, terms, created_at, changed_at)
SELECT $1, j.job_id, j.account_id, j.name, j.queue_id, j.question_id, j.answers, j.life_seconds, j.deadline,
       j.budget_micros, j.price_at_most_micros, j.callback_url, j.base_url, j.terms::jsonb, $2, $2
FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::int[], $7::bigint[], $8::smallint[], $9::int[], $10::timestamptz[],
            $11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::text[])
     AS j (job_id, account_id, name, queue_id, question_id, answers, life_seconds, deadline, budget_micros,
           price_at_most_micros, callback_url, base_url, terms);

-- name: existing
-- Which of these jobs are there already (a batch that is tried again asks).
SELECT job_id FROM job WHERE cell = $1 AND job_id = ANY ($2::bigint[]);

-- name: lock_jobs
-- Jobs, locked in the order of their numbers, the last of all tables.
SELECT job_id, account_id, name, state, queue_id, question_id, terms, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 AND job_id = ANY ($2::bigint[]) ORDER BY job_id FOR UPDATE;

-- name: jobs
-- Jobs as they are.
SELECT job_id, account_id, name, state, queue_id, question_id, terms, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 AND job_id = ANY ($2::bigint[]);

-- name: page_newest
-- An account's jobs before one, the newest first.
SELECT job_id, account_id, name, state, queue_id, question_id, terms, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 AND account_id = $2 AND job_id < $3 ORDER BY job_id DESC LIMIT $4;

-- name: page_oldest
-- An account's jobs after one, the oldest first.
SELECT job_id, account_id, name, state, queue_id, question_id, terms, life_seconds, deadline, budget_micros,
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

-- name: revise_jobs
-- Drafts with what they ask and their terms; their rows are locked.
UPDATE job SET name = j.name, queue_id = j.queue_id, question_id = j.question_id, life_seconds = j.life_seconds,
       deadline = j.deadline, budget_micros = j.budget_micros, price_at_most_micros = j.price_at_most_micros,
       callback_url = j.callback_url, base_url = j.base_url, changed_at = j.changed_at, answers = j.answers,
       terms = j.terms::jsonb
FROM unnest($2::bigint[], $3::text[], $4::int[], $5::bigint[], $6::int[], $7::timestamptz[], $8::bigint[], $9::bigint[],
            $10::text[], $11::text[], $12::timestamptz[], $13::smallint[], $14::text[])
     AS j (job_id, name, queue_id, question_id, life_seconds, deadline, budget_micros, price_at_most_micros, callback_url,
           base_url, changed_at, answers, terms)
WHERE job.cell = $1 AND job.job_id = j.job_id;

-- name: uploads
-- The files of jobs, complete or not, in the order of their lines.
SELECT job_id, upload_key, first_line, lines, items, complete, digest, created_at, changed_at FROM job_upload
WHERE cell = $1 AND job_id = ANY ($2::bigint[]) ORDER BY job_id, first_line, created_at;

-- name: live_jobs
-- Jobs of which something is left to do, and the instant at which that was so.
SELECT job_id, account_id, name, state, queue_id, question_id, terms, life_seconds, deadline, budget_micros,
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
SELECT job_id, account_id, name, state, queue_id, question_id, terms, life_seconds, deadline, budget_micros,
       price_at_most_micros, callback_url, base_url, created_at, started_at, ended_at, waits_for, items, entered, open, solved,
       unsolvable, unanswered, failed, cancelled, held_micros, charged_micros, refunded_micros, claim, claimed_until, changed_at,
       stuck_at
FROM job WHERE cell = $1 ORDER BY job_id;

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
DELETE FROM job_upload AS u USING unnest($2::bigint[], $3::text[]) AS d (job_id, upload_key)
WHERE u.cell = $1 AND u.job_id = d.job_id AND u.upload_key = d.upload_key;

-- name: stale_uploads
-- Files that nobody goes on with, and those whose dropping was cut off a minute ago.
SELECT u.job_id, j.account_id, u.upload_key, s.idle_seconds
FROM job_upload AS u JOIN job AS j ON j.cell = u.cell AND j.job_id = u.job_id,
     LATERAL (SELECT CASE WHEN u.digest = '' THEN 60 ELSE $2::int END AS idle_seconds) AS s
WHERE u.cell = $1 AND NOT u.complete AND u.changed_at < now() - make_interval(secs => s.idle_seconds) LIMIT $3;

-- name: next_lines
-- The next lines of a job that have neither entered nor ended, in their order.
SELECT t.task_id, t.job_id, t.line, t.account_id, t.queue_id, t.kind, t.options, t.media, t.soft_id, t.ip, t.callback_url,
       t.question_id, t.picture_url, t.created_at, t.marks
FROM task AS t
WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0 AND t.line > $3
      AND NOT EXISTS (SELECT FROM result AS r WHERE r.cell = $1 AND r.task_id = t.task_id)
ORDER BY t.line LIMIT $4;

-- name: lines
-- Items that have not ended, by their tasks, in the order of their lines.
SELECT t.task_id, t.job_id, t.line, t.account_id, t.queue_id, t.kind, t.options, t.media, t.soft_id, t.ip, t.callback_url,
       t.question_id, t.picture_url, t.created_at, t.marks
FROM task AS t
WHERE t.cell = $1 AND t.task_id = ANY ($2::bigint[]) AND t.job_id <> 0
      AND NOT EXISTS (SELECT FROM result AS r WHERE r.cell = $1 AND r.task_id = t.task_id)
ORDER BY t.job_id, t.line;

-- name: end_lines
-- End the next lines of a job that never entered its queue: nothing was held for them.
INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending, answer, media,
                    worker_id, lease, solve_count, charged_micros, pay_micros, share_micros, job_id, why)
SELECT $1, t.task_id, t.account_id, t.queue_id, t.soft_id, t.ip, t.created_at, $2, $5, NULL, t.media, 0, 0, 0, 0, 0, 0,
       t.job_id, ''
FROM task AS t
WHERE t.cell = $1 AND t.job_id = $3 AND t.job_id <> 0 AND t.line > $4 AND t.line < $6
      AND NOT EXISTS (SELECT FROM result AS r WHERE r.cell = $1 AND r.task_id = t.task_id)
ORDER BY t.line LIMIT $7
RETURNING task_id;

-- name: last_line
-- The last line of a job among these tasks.
SELECT max(line) FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: set_media
-- What pictures are that were fetched from their addresses.
UPDATE task SET media = m.media FROM unnest($2::bigint[], $3::text[]) AS m (task_id, media)
WHERE task.cell = $1 AND task.task_id = m.task_id;

-- name: result_tallies
-- How the ended items of these jobs (null: of all) ended, and what they were charged: must equal what the job counted.
SELECT job_id, count(*) FILTER (WHERE ending = 0) AS solved, count(*) FILTER (WHERE ending = 1) AS unsolvable,
       count(*) FILTER (WHERE ending IN (2, 3)) AS unanswered, count(*) FILTER (WHERE ending = 5) AS failed,
       count(*) FILTER (WHERE ending = 4) AS cancelled, sum(charged_micros)::bigint AS charged_micros
FROM result WHERE cell = $1 AND job_id <> 0 AND ($2::bigint[] IS NULL OR task_id = ANY (ARRAY(
         SELECT t.task_id FROM task AS t WHERE t.cell = $1 AND t.job_id <> 0 AND t.job_id = ANY ($2) ORDER BY t.task_id)))
GROUP BY job_id;

-- name: item_tallies
-- How many items these jobs (null: all) have: their lines, without those of files that are only half there.
SELECT t.job_id, count(*) AS items FROM task AS t
WHERE t.cell = $1 AND t.job_id <> 0 AND ($2::bigint[] IS NULL OR t.job_id = ANY ($2)) AND NOT EXISTS (
      SELECT FROM job_upload AS u WHERE u.cell = $1 AND u.job_id = t.job_id AND NOT u.complete
                                        AND t.line >= u.first_line AND t.line < u.first_line + u.items)
GROUP BY t.job_id;

-- name: refund_tallies
-- What was given back of tasks of these jobs (null: of all).
SELECT r.job_id, sum(f.refunded_micros)::bigint AS micros
FROM refund AS f JOIN result AS r ON r.cell = f.cell AND r.task_id = f.task_id
WHERE f.cell = $1 AND r.job_id <> 0 AND ($2::bigint[] IS NULL OR r.job_id = ANY ($2)) GROUP BY r.job_id;

-- name: refunded_since
-- The jobs of whose tasks something was given back since an instant.
SELECT DISTINCT e.job_id FROM refund AS f JOIN result AS e ON e.cell = $1 AND e.task_id = f.task_id
WHERE f.cell = $1 AND f.refunded_at >= $2 AND e.job_id <> 0 ORDER BY e.job_id;

-- name: ends_without_hold
-- Items that somebody answered or tried since an instant though nothing was ever held for them; there are none.
SELECT r.task_id FROM result AS r
WHERE r.cell = $1 AND r.job_id <> 0 AND r.ending IN (0, 1) AND r.ended_at >= $2
      AND NOT EXISTS (SELECT FROM transfer AS t WHERE t.cell = $1 AND t.cause_id = r.task_id AND t.kind = 2);
