-- name: queues
-- All queues with their terms.
SELECT queue_id, name, language, price_micros, pay_micros, capacity, lease_seconds, sensitive, vote_micros,
       accepts_complaints FROM queue
ORDER BY queue_id;

-- name: set_queue
-- Change a queue's terms; null leaves a value as it is.
UPDATE queue SET price_micros = coalesce($2, price_micros), pay_micros = coalesce($3, pay_micros),
       capacity = coalesce($4, capacity), lease_seconds = coalesce($5, lease_seconds), sensitive = coalesce($6, sensitive),
       vote_micros = coalesce($7, vote_micros), accepts_complaints = coalesce($8, accepts_complaints)
WHERE queue_id = $1 RETURNING queue_id;

-- name: add_queue
-- Open a queue of the operator's own.
INSERT INTO queue (queue_id, name, language, price_micros, pay_micros, capacity, lease_seconds, sensitive, vote_micros,
                   accepts_complaints)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING queue_id;

-- name: take_serials
-- Take a block of serial numbers out of a cell's row.
UPDATE cell SET next_serial = next_serial + $2 WHERE cell = $1 RETURNING next_serial - $2;

-- name: insert_tasks
-- Store submitted tasks.
INSERT INTO task (cell, task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url, callback_url,
                  language_pool, created_at, contract, question_id, job_id, line, external_id, picture_url)
SELECT $1, t.task_id, t.account_id, t.queue_id, t.kind, t.options::jsonb, t.media, t.soft_id, t.ip, t.website_url,
       t.callback_url, t.language_pool, $19, t.contract, t.question_id, t.job_id, t.line, t.external_id, t.picture_url
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::smallint[], $14::bigint[], $15::bigint[], $16::int[], $17::text[],
            $18::text[])
     AS t (task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url, callback_url, language_pool,
           contract, question_id, job_id, line, external_id, picture_url);

-- name: insert_blobs
-- Store the pictures of submitted tasks under today.
INSERT INTO blob (cell, day, task_id, media, bytes)
SELECT $1, $2, b.task_id, b.media, b.bytes FROM unnest($3::bigint[], $4::text[], $5::bytea[]) AS b (task_id, media, bytes);

-- name: blob
-- One picture.
SELECT media, bytes FROM blob WHERE cell = $1 AND day = $2 AND task_id = $3;

-- name: existing
-- Which of these tasks are stored already (a batch that is tried again asks).
SELECT task_id FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: progress
-- Results as getTaskResult gives them, and every task with its owner alone (ended_at null).
SELECT task_id, account_id, queue_id, ip, created_at, ended_at, ending, answer AS text, media, solve_count, charged_micros,
       extract(epoch FROM now() - ended_at)::float8 AS age_seconds
FROM result WHERE cell = $1 AND task_id = ANY ($2::bigint[])
UNION ALL
SELECT task_id, account_id, queue_id, ip, created_at, NULL, NULL, NULL, media, NULL, NULL, NULL
FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: answered_leases
-- Which of these tasks were solved, by whom and on which lease (a repeated answer is recognised by it).
SELECT task_id, worker_id, lease, answer, pay_micros FROM result WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: last_leases
-- On which lease those of the tasks ended that ended like this.
SELECT task_id, lease FROM result WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND ending = $3;

-- name: insert_results
-- Store how tasks ended.
INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending, answer, media,
                    worker_id, lease, solve_count, charged_micros, pay_micros, share_micros, job_id, why)
SELECT $1, r.task_id, r.account_id, r.queue_id, r.soft_id, r.ip, r.created_at, $2, r.ending, r.answer::jsonb, r.media,
       r.worker_id, r.lease, r.solve_count, r.charged_micros, r.pay_micros, r.share_micros, r.job_id, r.why
FROM unnest($3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::timestamptz[], $9::smallint[], $10::text[],
            $11::text[], $12::bigint[], $13::int[], $14::smallint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
            $19::text[])
     AS r (task_id, account_id, queue_id, soft_id, ip, created_at, ending, answer, media, worker_id, lease, solve_count,
           charged_micros, pay_micros, share_micros, job_id, why);

-- name: endings
-- How tasks ended, for their customer's page.
SELECT task_id, queue_id, created_at, ended_at, ending, solve_count, charged_micros FROM result
WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: lives
-- Tasks with what a report on them needs: as they ended, and every one as it was submitted (ended_at null).
SELECT task_id, account_id, queue_id, '' AS kind, ended_at, ending, worker_id FROM result
WHERE cell = $1 AND task_id = ANY ($2::bigint[])
UNION ALL
SELECT task_id, account_id, queue_id, kind, NULL, NULL, 0 FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: charges
-- What ended tasks cost, and under what they are counted.
SELECT task_id, account_id, queue_id, soft_id, ip, ended_at, charged_micros, job_id FROM result
WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: questions
-- What was asked, as a reviewer sees it: nobody's name.
SELECT task_id, kind, options, media, created_at FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: shares
-- What of charges went to the owners of soft apps, for those of the tasks where anything did.
SELECT task_id, account_id, soft_id, ended_at, share_micros FROM result
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND share_micros > 0 ORDER BY task_id;

-- name: share_sums
-- All that went to the owner of each soft app: must equal the ledger's shares.
SELECT soft_id, sum(share_micros)::bigint AS share_micros FROM result WHERE cell = $1 AND share_micros > 0
GROUP BY soft_id;

-- name: hold_question
-- Store a question that its account has not asked before; either way its number.
INSERT INTO question (cell, question_id, account_id, digest, kind, options, instructions, examples, created_at)
VALUES ($1, $3, $4, $5, $6, $7::text::jsonb, $8, '[]', $2)
ON CONFLICT (cell, account_id, digest) DO UPDATE SET kind = excluded.kind RETURNING question_id;

-- name: question
-- One question.
SELECT question_id, account_id, kind, options, instructions FROM question WHERE cell = $1 AND question_id = $2;

-- name: next_lines
-- The next lines of a job that have neither entered nor ended, in their order.
SELECT t.task_id, t.line, t.account_id, t.queue_id, t.kind, t.options, t.media, t.soft_id, t.ip, t.callback_url, t.question_id,
       t.picture_url, t.created_at
FROM task AS t
WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0 AND t.line > $3
      AND NOT EXISTS (SELECT FROM result AS r WHERE r.cell = $1 AND r.task_id = t.task_id)
ORDER BY t.line LIMIT $4;

-- name: lines
-- Items by their tasks, in the order of their lines.
SELECT task_id, line, account_id, queue_id, kind, options, media, soft_id, ip, callback_url, question_id, picture_url, created_at
FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY job_id, line;

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
