-- name: queues
-- All queues with their terms.
SELECT queue_id, name, language, price_micros, pay_micros, capacity, lease_seconds, marks, vote_micros,
       accepts_complaints, life_seconds, default_terms, audit_share, floor, gold_share, guide FROM queue
ORDER BY queue_id;

-- name: lock_queues
-- Queues whose terms may change now.
SELECT queue_id, name, language, price_micros, pay_micros, capacity, lease_seconds, marks, vote_micros,
       accepts_complaints, life_seconds, default_terms, audit_share, floor, gold_share, guide FROM queue
WHERE queue_id = ANY ($1::int[]) ORDER BY queue_id FOR UPDATE;

-- name: set_queue
-- Change a queue's terms; null leaves a value as it is. A life of 0 stands for the installation's, a floor of 0 for none.
UPDATE queue SET price_micros = coalesce($2, price_micros), pay_micros = coalesce($3, pay_micros),
       capacity = coalesce($4, capacity), lease_seconds = coalesce($5, lease_seconds), marks = coalesce($6, marks),
       vote_micros = coalesce($7, vote_micros), accepts_complaints = coalesce($8, accepts_complaints),
       life_seconds = nullif(coalesce($9, life_seconds), 0), default_terms = coalesce($10, default_terms),
       audit_share = coalesce($11, audit_share), floor = nullif(coalesce($12, floor), 0),
       gold_share = coalesce($13, gold_share), guide = coalesce($14, guide)
WHERE queue_id = $1 RETURNING queue_id;

-- name: add_queue
-- Open a queue of the operator's own.
INSERT INTO queue (queue_id, name, language, price_micros, pay_micros, capacity, lease_seconds, marks, vote_micros,
                   accepts_complaints, life_seconds, default_terms, audit_share, guide)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING queue_id;

-- name: take_serials
-- Take a block of serial numbers out of a cell's row.
UPDATE cell SET next_serial = next_serial + $2 WHERE cell = $1 RETURNING next_serial - $2;

-- name: insert_tasks
-- Store submitted tasks.
INSERT INTO task (cell, task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url, callback_url,
                  language_pool, created_at, contract, question_id, job_id, line, external_id, picture_url, marks)
SELECT $1, t.task_id, t.account_id, t.queue_id, t.kind, t.options::jsonb, t.media, t.soft_id, t.ip, t.website_url,
       t.callback_url, t.language_pool, $20, t.contract, t.question_id, t.job_id, t.line, t.external_id, t.picture_url, t.marks
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::smallint[], $14::bigint[], $15::bigint[], $16::int[], $17::text[],
            $18::text[], $19::smallint[])
     AS t (task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url, callback_url, language_pool,
           contract, question_id, job_id, line, external_id, picture_url, marks);

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
-- Results as getTaskResult gives them, and every task with its owner alone (ended_at null). The
-- numbers go through a query of their own: for a few of them, it would be planned anew each time.
SELECT task_id, account_id, queue_id, ip, created_at, ended_at, ending, answer AS text, media, solve_count, charged_micros,
       extract(epoch FROM now() - ended_at)::float8 AS age_seconds
FROM result WHERE cell = $1 AND task_id = ANY (ARRAY(SELECT unnest($2::bigint[])))
UNION ALL
SELECT task_id, account_id, queue_id, ip, created_at, NULL, NULL, NULL, media, NULL, NULL, NULL
FROM task WHERE cell = $1 AND task_id = ANY (ARRAY(SELECT unnest($2::bigint[])));

-- name: answered_leases
-- Which of these tasks were solved, by whom and on which lease (a repeated answer is recognised by it).
SELECT task_id, worker_id, lease, answer, pay_micros FROM result WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: last_leases
-- On which lease those of the tasks ended that ended like this.
SELECT task_id, lease FROM result WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND ending = $3;

-- name: insert_results
-- Store how tasks ended.
INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending, answer, media,
                    worker_id, lease, solve_count, charged_micros, pay_micros, share_micros, job_id, why, answers,
                    assurance, confidence, is_proven)
SELECT $1, r.task_id, r.account_id, r.queue_id, r.soft_id, r.ip, r.created_at, $2, r.ending, r.answer::jsonb, r.media,
       r.worker_id, r.lease, r.solve_count, r.charged_micros, r.pay_micros, r.share_micros, r.job_id, r.why, r.answers,
       r.assurance, r.confidence, r.is_proven
FROM unnest($3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::timestamptz[], $9::smallint[], $10::text[],
            $11::text[], $12::bigint[], $13::int[], $14::smallint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
            $19::text[], $20::smallint[], $21::smallint[], $22::real[], $23::boolean[])
     AS r (task_id, account_id, queue_id, soft_id, ip, created_at, ending, answer, media, worker_id, lease, solve_count,
           charged_micros, pay_micros, share_micros, job_id, why, answers, assurance, confidence, is_proven);

-- name: own_tasks
-- Which of these tasks came over /v1 (tasks/rules.py: Contract).
SELECT task_id FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND contract = 1;

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
SELECT t.task_id, t.kind, t.options, t.media, t.created_at, coalesce(r.kept, true) AS kept, t.question_id, t.marks
FROM task AS t LEFT JOIN result AS r ON r.cell = $1 AND r.task_id = t.task_id
WHERE t.cell = $1 AND t.task_id = ANY ($2::bigint[]);

-- name: origins
-- What tasks' ends are told and counted by.
SELECT task_id, kind, options, soft_id, ip, callback_url, marks FROM task WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: shares
-- What of charges went to the owners of soft apps, for those of the tasks where anything did.
SELECT task_id, account_id, soft_id, ended_at, share_micros FROM result
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND share_micros > 0 ORDER BY task_id;

-- name: share_sums
-- All that went to the owner of each soft app since an instant: must equal the ledger's shares.
SELECT soft_id, sum(share_micros)::bigint AS share_micros FROM result
WHERE cell = $1 AND share_micros > 0 AND ended_at >= $2 GROUP BY soft_id;

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

-- name: asked_questions
-- Questions as they were asked.
SELECT question_id, account_id, kind, options, instructions, examples FROM question
WHERE cell = $1 AND question_id = ANY ($2::bigint[]);

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

-- name: keeps_over
-- Accounts of which tasks ended so long ago that their keep is over, locked but for those that another process has.
SELECT a.account_id, a.forgotten_until, least($2::timestamptz - make_interval(days => a.keep_days), $3) AS before
FROM account AS a
WHERE a.cell = $1 AND EXISTS (
    SELECT FROM result AS r WHERE r.cell = $1 AND r.account_id = a.account_id AND r.ended_at >= a.forgotten_until
      AND r.ended_at < least($2::timestamptz - make_interval(days => a.keep_days), $3))
ORDER BY a.account_id LIMIT $4 FOR UPDATE OF a SKIP LOCKED;

-- name: ended_between
-- The next of an account's ended tasks in a span, and all others of the last one's instant.
SELECT task_id, ended_at FROM result
WHERE cell = $1 AND account_id = $2 AND ended_at >= $3 AND ended_at < $4
ORDER BY ended_at FETCH FIRST $5 ROWS WITH TIES;

-- name: set_forgotten
-- Remember until when an account's tasks were looked through; the row is locked.
UPDATE account SET forgotten_until = f.until FROM unnest($2::bigint[], $3::timestamptz[]) AS f (account_id, until)
WHERE account.cell = $1 AND account.account_id = f.account_id;

-- name: take_kept_longer
-- Tasks that were kept for a complaint, an appeal or a call-back, and are to be looked at again.
DELETE FROM kept_longer WHERE cell = $1 AND task_id = ANY (ARRAY(
    SELECT task_id FROM kept_longer WHERE cell = $1 AND look_at <= $2 ORDER BY look_at LIMIT $3 FOR UPDATE SKIP LOCKED))
RETURNING task_id;

-- name: keep_longer
-- Look at these tasks again at an instant.
INSERT INTO kept_longer (cell, task_id, look_at) SELECT $1, k.task_id, $3 FROM unnest($2::bigint[]) AS k (task_id)
ON CONFLICT (cell, task_id) DO UPDATE SET look_at = excluded.look_at;

-- name: forget_answers
-- Blank what was answered; that a task ended, when, and what it cost stays. Told is the day under which its picture lies.
UPDATE result SET answer = NULL, why = '', kept = false WHERE cell = $1 AND task_id = ANY ($2::bigint[])
RETURNING task_id, (created_at AT TIME ZONE 'UTC')::date AS day, media;

-- name: forget_words
-- Blank what a customer wrote about tasks, and the addresses that came with them; their kind and names stay.
UPDATE task SET website_url = '', callback_url = '', picture_url = '',
       options = options - 'comment' - 'words' - 'data'
              || CASE WHEN options ? 'website_url' THEN '{"website_url": ""}' ELSE '{}' END::jsonb
WHERE cell = $1 AND task_id = ANY ($2::bigint[])
  AND (website_url <> '' OR callback_url <> '' OR picture_url <> '' OR coalesce(options ->> 'comment', '') <> ''
       OR coalesce(options ->> 'words', '') <> '' OR options ? 'website_url');

-- name: known_items
-- Which of these names jobs have for an item already.
SELECT job_id, external_id FROM task
WHERE cell = $1 AND job_id <> 0 AND external_id <> ''
      AND (job_id, external_id) IN (SELECT * FROM unnest($2::bigint[], $3::text[]));

-- name: delete_items
-- Delete items of a job that is a draft; the days of their pictures are told.
DELETE FROM task WHERE cell = $1 AND job_id = $2 AND job_id <> 0 AND line BETWEEN $3 AND $4 RETURNING task_id, created_at;

-- name: ended_lines
-- The lines of jobs that have ended.
SELECT t.job_id, t.line FROM task AS t JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id
WHERE t.cell = $1 AND t.job_id = ANY ($2::bigint[]) AND t.job_id <> 0;

-- name: delete_ends
-- Delete how items of a draft ended.
DELETE FROM result WHERE cell = $1 AND task_id IN (
    SELECT task_id FROM task WHERE cell = $1 AND job_id = $2 AND job_id <> 0 AND line BETWEEN $3 AND $4);

-- name: delete_blobs
-- Delete pictures of one day.
DELETE FROM blob WHERE cell = $1 AND day = $2 AND task_id = ANY ($3::bigint[]);

-- name: insert_truths
-- Keep the right answers of tasks where their customer knows them.
INSERT INTO truth (cell, task_id, answer)
SELECT $1, t.task_id, t.answer FROM unnest($2::bigint[], $3::text[]) AS t (task_id, answer);

-- name: delete_truths
-- Delete the right answers of tasks that are deleted.
DELETE FROM truth WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: item_outcomes
-- What became of a job's items, in the order of their lines; an answer that is no longer kept is gone. Its lines are bounded
-- on both sides: with a limit instead, a plan that sorts would read all that is left, for each portion anew. Of several
-- answers the seats say where it is, as for `seen_tasks`.
SELECT t.task_id, t.line, t.external_id, coalesce(w.state, s.state) AS work_state, r.ending, r.answer, r.answer AS shown,
       coalesce(r.answers, 0) AS answers, r.assurance, r.confidence, coalesce(r.is_proven, false) AS is_proven,
       coalesce(r.charged_micros, 0) AS charged_micros, coalesce(f.refunded_micros, 0) AS refunded_micros, r.ended_at
FROM task AS t
LEFT JOIN work AS w ON w.cell = t.cell AND w.task_id = t.task_id
LEFT JOIN panel AS q ON q.cell = t.cell AND q.task_id = t.task_id AND q.state < 2
LEFT JOIN LATERAL (
     SELECT CASE WHEN q.state = 1 OR bool_or(o.state IN (1, 2, 4)) THEN 1 WHEN bool_and(o.state = 3) THEN 3
                 WHEN q.given > 0 THEN 1 ELSE 0 END AS state
     FROM work AS o WHERE o.cell = $1 AND o.of_task = t.task_id AND o.of_task <> 0 AND o.purpose = 1) AS s ON q.state < 2
LEFT JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id
LEFT JOIN refund AS f ON f.cell = t.cell AND f.task_id = t.task_id
WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0 AND t.line > $3 AND t.line <= $4
ORDER BY t.line;

-- name: has_truths
-- Whether right answers of a job's items are kept.
SELECT EXISTS (SELECT FROM task AS t JOIN truth AS u ON u.cell = t.cell AND u.task_id = t.task_id
               WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0);

-- name: ask_anew
-- Let the items of a draft ask another question; what was said of one alone stands behind the question's words.
UPDATE task SET queue_id = $3, question_id = $4, kind = $5,
       options = CASE WHEN own.words = '' THEN $6::text::jsonb
                      ELSE jsonb_set($6::text::jsonb, ARRAY[$9::text], to_jsonb(btrim($8::text || E'\n' || own.words, E' \n')))
                 END
FROM (SELECT t.task_id, CASE WHEN $7::text = '' THEN s.words ELSE substr(s.words, length($7::text) + 2) END AS words
      FROM task AS t, LATERAL (SELECT coalesce(t.options ->> 'comment', t.options ->> 'words', '') AS words) AS s
      WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0) AS own
WHERE task.cell = $1 AND task.task_id = own.task_id;
