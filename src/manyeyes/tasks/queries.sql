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
SELECT task_id, account_id, queue_id, soft_id, ip, ended_at, charged_micros FROM result
WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: questions
-- What was asked, as a reviewer sees it: nobody's name.
SELECT task_id, kind, options, media, created_at, question_id FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: shares
-- What of charges went to the owners of soft apps, for those of the tasks where anything did.
SELECT task_id, account_id, soft_id, ended_at, share_micros FROM result
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND share_micros > 0 ORDER BY task_id;

-- name: share_sums
-- All that went to the owner of each soft app: must equal the ledger's shares.
SELECT soft_id, sum(share_micros)::bigint AS share_micros FROM result WHERE cell = $1 AND share_micros > 0
GROUP BY soft_id;

-- name: known_questions
-- Which of these questions (account, digest) are stored.
SELECT q.account_id, q.digest, q.question_id FROM unnest($2::bigint[], $3::bytea[]) AS k (account_id, digest)
JOIN question q ON q.cell = $1 AND q.account_id = k.account_id AND q.digest = k.digest;

-- name: insert_questions
-- Store questions, always in the same order; one that is there already stays as it is.
INSERT INTO question (cell, question_id, account_id, digest, kind, options, instructions, examples, created_at)
SELECT $1, q.question_id, q.account_id, q.digest, q.kind, q.options::jsonb, q.instructions, q.examples::jsonb, $9
FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[])
     AS q (question_id, account_id, digest, kind, options, instructions, examples)
ORDER BY q.account_id, q.digest ON CONFLICT (cell, account_id, digest) DO NOTHING RETURNING question_id;

-- name: insert_question_pictures
-- Store examples' pictures.
INSERT INTO question_picture (cell, question_id, n, media, bytes)
SELECT $1, p.question_id, p.n, p.media, p.data
FROM unnest($2::bigint[], $3::smallint[], $4::text[], $5::bytea[]) AS p (question_id, n, media, data);

-- name: question
-- One question.
SELECT question_id, account_id, kind, options, instructions, examples FROM question WHERE cell = $1 AND question_id = $2;

-- name: question_picture
-- One example's picture.
SELECT media, bytes FROM question_picture WHERE cell = $1 AND question_id = $2 AND n = $3;

-- name: question_media
-- Which examples have pictures.
SELECT n, media FROM question_picture WHERE cell = $1 AND question_id = $2 ORDER BY n;

-- name: explained_questions
-- Of workers and questions those where instructions or examples are, and whether the worker went past them.
SELECT k.worker_id, k.question_id, s.worker_id IS NOT NULL AS seen
FROM unnest($2::bigint[], $3::bigint[]) AS k (worker_id, question_id)
JOIN question q ON q.cell = $1 AND q.question_id = k.question_id AND (q.instructions <> '' OR q.examples <> '[]')
LEFT JOIN question_seen s ON s.cell = $1 AND s.worker_id = k.worker_id AND s.question_id = k.question_id;

-- name: note_questions_seen
-- Keep who went past which instructions, and when first.
INSERT INTO question_seen (cell, worker_id, question_id, seen_at)
SELECT $1, k.worker_id, k.question_id, $4 FROM unnest($2::bigint[], $3::bigint[]) AS k (worker_id, question_id)
ORDER BY k.worker_id, k.question_id ON CONFLICT DO NOTHING;
