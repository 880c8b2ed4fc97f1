-- name: lock_reviews
-- Which of these tasks ask a person about a result, locked in the order of the key.
SELECT task_id, recognition_id, asked_at, day, label, rate, state, verdict, refuted FROM recognition_review
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id FOR UPDATE;

-- name: close_reviews
-- Write how reviews end; they are locked.
UPDATE recognition_review SET state = c.state, verdict = c.verdict, worker_id = c.worker_id, ended_at = $2
FROM unnest($3::bigint[], $4::smallint[], $5::int[], $6::bigint[]) AS c (task_id, state, verdict, worker_id)
WHERE recognition_review.cell = $1 AND recognition_review.task_id = c.task_id;

-- name: refute_reviews
-- Reviewers confirmed that these verdicts are wrong.
UPDATE recognition_review SET refuted = true WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: decided_reviews
-- What people said, as it is told to customers.
SELECT task_id, name, verdict FROM recognition_review WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state = 1;

-- name: verdicts
-- What people said about a recognition's results, for the calibration: the newest.
SELECT newest.* FROM (SELECT task_id, rate, verdict <> label AS is_wrong, threshold, sample_share, sampled FROM recognition_review
    WHERE cell = $1 AND recognition_id = $2 AND ended_at >= $3 AND state = 1 AND NOT refuted
    ORDER BY ended_at DESC LIMIT $4) AS newest ORDER BY task_id;

-- name: recognitions_of
-- An app's recognitions, or those of all, the oldest first.
SELECT task_id, recognition_id, secret_id, name, recogniser, model, labels, threshold, queue_id, sample_share,
       review_seconds, review_url, price_micros, closed, terms, bounds
FROM recognition WHERE $1::text IS NULL OR secret_id = $1 ORDER BY recognition_id;

-- name: recognition
-- One recognition by the wire's taskId.
SELECT task_id, recognition_id, secret_id, name, recogniser, model, labels, threshold, queue_id, sample_share,
       review_seconds, review_url, price_micros, closed, terms, bounds FROM recognition WHERE task_id = $1;

-- name: lock_recognitions
-- Recognitions that may change now.
SELECT task_id, recognition_id, secret_id, name, recogniser, model, labels, threshold, queue_id, sample_share,
       review_seconds, review_url, price_micros, closed, terms, bounds
FROM recognition WHERE task_id = ANY ($1::text[]) ORDER BY task_id FOR UPDATE;

-- name: insert_recognition
-- Open a recognition.
INSERT INTO recognition (task_id, recognition_id, secret_id, name, recogniser, model, labels, threshold, queue_id,
                         sample_share, review_seconds, review_url, price_micros, closed, terms, bounds, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, now());

-- name: set_recognition
-- Change a recognition's terms; null leaves a value as it is.
UPDATE recognition SET threshold = coalesce($2, threshold), queue_id = coalesce($3, queue_id), bounds = coalesce($10, bounds),
       sample_share = coalesce($4, sample_share), review_seconds = coalesce($5, review_seconds), terms = coalesce($9, terms),
       review_url = coalesce($6, review_url), price_micros = coalesce($7, price_micros), closed = coalesce($8, closed)
WHERE task_id = $1 RETURNING task_id;

-- name: label_days
-- Counts by day, its labels in arrays that ascend.
SELECT day, array_agg(label ORDER BY label) AS labels, array_agg(total ORDER BY label) AS totals,
       array_agg(review ORDER BY label) AS reviews
FROM recognition_day WHERE cell = $1 AND recognition_id = $2 AND day BETWEEN $3 AND $4 GROUP BY day ORDER BY day;

-- name: days
-- Counts by day and label.
SELECT day, label, total, review, reviewed, overturned FROM recognition_day
WHERE cell = $1 AND recognition_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day, label;

-- name: calls
-- What was answered to signed calls that came before.
SELECT secret_id, triple, call_id, digest, answer FROM recognition_call WHERE cell = $1 AND (secret_id, triple) IN
    (SELECT k.secret_id, k.triple FROM unnest($2::text[], $3::bytea[]) AS k (secret_id, triple));

-- name: stored_results
-- Which of these results are stored already (a batch that is tried again asks).
SELECT result_id FROM recognition_result WHERE cell = $1 AND (recognition_id, result_id) IN
    (SELECT k.recognition_id, k.result_id FROM unnest($2::bigint[], $3::bigint[]) AS k (recognition_id, result_id));

-- name: insert_calls
-- Keep what is answered to signed calls, for their re-sends.
INSERT INTO recognition_call (cell, secret_id, triple, call_id, digest, answer, at)
SELECT $1, c.secret_id, c.triple, c.call_id, c.digest, c.answer, $2
FROM unnest($3::text[], $4::bytea[], $5::bigint[], $6::bytea[], $7::text[]) AS c (secret_id, triple, call_id, digest, answer);

-- name: claim_call
-- Keep a call's place unless it is taken; whoever takes it at the same time is waited for.
INSERT INTO recognition_call (cell, secret_id, triple, call_id, digest, answer, at) VALUES ($1, $3, $4, $5, $6, $7, $2)
ON CONFLICT (cell, secret_id, triple) DO NOTHING RETURNING call_id;

-- name: delete_old_calls
-- The oldest calls that cannot come again (another process deletes other rows). They are looked for once: inside of the
-- condition they could be looked for again, and then more than the limit would go.
WITH old AS MATERIALIZED ( SELECT secret_id, triple FROM recognition_call WHERE cell = $1 AND at < $2 ORDER BY at LIMIT $3
    FOR UPDATE SKIP LOCKED)
DELETE FROM recognition_call AS c USING old
WHERE c.cell = $1 AND c.secret_id = old.secret_id AND c.triple = old.triple
RETURNING c.call_id;

-- name: insert_results
-- Store what was recognised.
INSERT INTO recognition_result (cell, recognition_id, result_id, call_id, at, name, tag, uid, sequence_id, label, rate,
                                threshold, review, fault, details, milliseconds, task_id, charged_micros)
SELECT $1, r.recognition_id, r.result_id, r.call_id, r.at, r.name, r.tag, r.uid, r.sequence_id, r.label, r.rate,
       r.threshold, r.review, r.fault, r.details::jsonb, r.milliseconds, r.task_id, r.charged_micros
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::int[], $11::float8[], $12::float8[], $13::bool[], $14::text[], $15::text[], $16::int[], $17::bigint[],
            $18::bigint[])
     AS r (recognition_id, result_id, call_id, at, name, tag, uid, sequence_id, label, rate, threshold, review, fault,
           details, milliseconds, task_id, charged_micros);

-- name: insert_reviews
-- Remember which results people are asked about.
INSERT INTO recognition_review (cell, task_id, recognition_id, result_id, asked_at, day, label, rate, threshold,
                                sample_share, sampled, name)
SELECT $1, r.task_id, r.recognition_id, r.result_id, r.asked_at, r.day, r.label, r.rate, r.threshold, r.sample_share,
       r.sampled, r.name
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::date[], $7::int[], $8::float8[],
            $9::float8[], $10::float8[], $11::bool[], $12::text[])
     AS r (task_id, recognition_id, result_id, asked_at, day, label, rate, threshold, sample_share, sampled, name);

-- name: add_days
-- Add to the counts by day and label. Rows come sorted, so batches lock in one order.
INSERT INTO recognition_day (cell, recognition_id, day, label, total, review, reviewed, overturned)
SELECT $1, d.recognition_id, d.day, d.label, d.total, d.review, d.reviewed, d.overturned
FROM unnest($2::bigint[], $3::date[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
     AS d (recognition_id, day, label, total, review, reviewed, overturned)
ON CONFLICT (cell, recognition_id, day, label) DO UPDATE
SET total = recognition_day.total + excluded.total, review = recognition_day.review + excluded.review,
    reviewed = recognition_day.reviewed + excluded.reviewed,
    overturned = recognition_day.overturned + excluded.overturned;

-- name: add_quarters
-- Add to the counts by quarter of an hour. Rows come sorted, so batches lock in one order.
INSERT INTO recognition_quarter (cell, recognition_id, quarter, certain, uncertain, failed, asked, reviewed, overturned,
                                 undecided)
SELECT $1, q.recognition_id, q.quarter, q.certain, q.uncertain, q.failed, q.asked, q.reviewed, q.overturned, q.undecided
FROM unnest($2::bigint[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
            $10::bigint[])
     AS q (recognition_id, quarter, certain, uncertain, failed, asked, reviewed, overturned, undecided)
ON CONFLICT (cell, recognition_id, quarter) DO UPDATE
SET certain = recognition_quarter.certain + excluded.certain,
    uncertain = recognition_quarter.uncertain + excluded.uncertain,
    failed = recognition_quarter.failed + excluded.failed, asked = recognition_quarter.asked + excluded.asked,
    reviewed = recognition_quarter.reviewed + excluded.reviewed,
    overturned = recognition_quarter.overturned + excluded.overturned,
    undecided = recognition_quarter.undecided + excluded.undecided;

-- name: add_times
-- Add to the histograms of durations. Rows come sorted, so batches lock in one order.
INSERT INTO recognition_time (cell, recognition_id, quarter, measure, bucket, times)
SELECT $1, t.recognition_id, t.quarter, t.measure, t.bucket, t.times
FROM unnest($2::bigint[], $3::int[], $4::smallint[], $5::smallint[], $6::bigint[])
     AS t (recognition_id, quarter, measure, bucket, times)
ON CONFLICT (cell, recognition_id, quarter, measure, bucket) DO UPDATE
SET times = recognition_time.times + excluded.times;

-- name: spans
-- From when to when each recognition has results since an instant, and from which day to which it has counts after its day.
SELECT recognition_id, min(at) AS first, max(at) AS last, NULL::date AS first_day, NULL::date AS last_day
FROM recognition_result WHERE cell = $1 AND at >= $2 GROUP BY recognition_id
UNION ALL
SELECT recognition_id, NULL, NULL, min(day), max(day) FROM recognition_day WHERE cell = $1 AND day > ($2::timestamptz AT TIME ZONE 'UTC')::date GROUP BY recognition_id;

-- name: quarter_gaps
-- By how much counts by quarter of an hour since an instant differ from the results and reviews themselves; only where they do.
SELECT recognition_id, quarter, sum(certain)::bigint AS certain, sum(uncertain)::bigint AS uncertain,
       sum(failed)::bigint AS failed, sum(asked)::bigint AS asked, sum(reviewed)::bigint AS reviewed,
       sum(overturned)::bigint AS overturned, sum(undecided)::bigint AS undecided
FROM (
    SELECT recognition_id, quarter, certain, uncertain, failed, asked, reviewed, overturned, undecided
    FROM recognition_quarter WHERE cell = $1 AND quarter >= (extract(epoch FROM $2::timestamptz) / 900)::int
    UNION ALL
    SELECT recognition_id, floor(extract(epoch FROM at) / 900)::int, -(label >= 0 AND NOT review)::int,
           -(label >= 0 AND review)::int, -(label < 0)::int, -(task_id <> 0)::int, 0, 0, 0
    FROM recognition_result WHERE cell = $1 AND at >= $2
    UNION ALL
    SELECT recognition_id, floor(extract(epoch FROM asked_at) / 900)::int, 0, 0, 0, 0,
           -(state = 1 AND NOT refuted)::int, -(state = 1 AND NOT refuted AND rate > 0 AND verdict <> label)::int,
           -(state = 2 OR state = 1 AND refuted)::int
    FROM recognition_review WHERE cell = $1 AND asked_at >= $2
) AS sides GROUP BY recognition_id, quarter
HAVING sum(certain) <> 0 OR sum(uncertain) <> 0 OR sum(failed) <> 0 OR sum(asked) <> 0 OR sum(reviewed) <> 0
    OR sum(overturned) <> 0 OR sum(undecided) <> 0 ORDER BY recognition_id, quarter;

-- name: day_gaps
-- By how much counts by day and label differ from the results and reviews themselves; only where they do. The days are
-- the nth between the starts that are given, the first of which is that of $4 and begins at $5; without any they are summed up.
SELECT recognition_id, CASE WHEN cardinality($3::timestamptz[]) > 0 THEN n END AS n, label, sum(total)::bigint AS total,
       sum(review)::bigint AS review, sum(reviewed)::bigint AS reviewed, sum(overturned)::bigint AS overturned
FROM (
    SELECT recognition_id, CASE WHEN cardinality($3::timestamptz[]) > 0 THEN day - $4::date + 1 ELSE 0 END AS n, label,
           total, review, reviewed, overturned
    FROM recognition_day WHERE cell = $1 AND recognition_id = ANY ($2::bigint[]) AND day >= $4
    UNION ALL
    SELECT recognition_id, width_bucket(at, $3::timestamptz[]), label, -1, -(review)::int, 0, 0
    FROM recognition_result WHERE cell = $1 AND recognition_id = ANY ($2::bigint[]) AND at >= $5
    UNION ALL
    SELECT recognition_id, width_bucket(asked_at, $3::timestamptz[]), label, 0, 0, -(state = 1 AND NOT refuted)::int,
           -(state = 1 AND NOT refuted AND rate > 0 AND verdict <> label)::int
    FROM recognition_review WHERE cell = $1 AND recognition_id = ANY ($2::bigint[]) AND asked_at >= $5
) AS sides GROUP BY recognition_id, n, label
HAVING sum(total) <> 0 OR sum(review) <> 0 OR sum(reviewed) <> 0 OR sum(overturned) <> 0
ORDER BY recognition_id, n, label;

-- name: time_gaps
-- By how much the histograms hold more durations than there were results (imported ones took none: their calls have no
-- digest for a key) and verdicts; only where they do.
SELECT recognition_id, quarter, measure, sum(times)::bigint AS times FROM (
    SELECT recognition_id, quarter, measure, times FROM recognition_time WHERE cell = $1 AND quarter >= (extract(epoch FROM $2::timestamptz) / 900)::int
    UNION ALL
    SELECT recognition_id, floor(extract(epoch FROM at) / 900)::int, 0, -1 FROM recognition_result
    WHERE cell = $1 AND at >= $2 AND call_id NOT IN (SELECT call_id FROM recognition_call WHERE cell = $1 AND length(triple) <> 32)
    UNION ALL
    SELECT recognition_id, floor(extract(epoch FROM asked_at) / 900)::int, 1, -1 FROM recognition_review
    WHERE cell = $1 AND state = 1 AND asked_at >= $2
) AS sides GROUP BY recognition_id, quarter, measure HAVING sum(times) <> 0 ORDER BY recognition_id, quarter, measure;

-- name: unmatched_reviews
-- Reviews and results that do not point at each other; there are none.
SELECT recognition_id, task_id FROM (
    SELECT recognition_id, task_id, result_id, label, rate, at FROM recognition_result WHERE cell = $1 AND task_id <> 0 AND at >= $2
    UNION ALL
    SELECT recognition_id, task_id, result_id, label, rate, asked_at FROM recognition_review WHERE cell = $1 AND asked_at >= $2
) AS sides GROUP BY recognition_id, task_id, result_id, label, rate, at HAVING count(*) <> 2;

-- name: charge_gaps
-- Calls whose results say another charge than the ledger; there are none.
SELECT call_id, sum(micros)::bigint AS micros FROM (
    SELECT call_id, charged_micros AS micros FROM recognition_result WHERE cell = $1 AND charged_micros > 0 AND at >= $2
    UNION ALL
    SELECT cause_id, -amount_micros FROM transfer WHERE cell = $1 AND kind + 0 = 14 AND at >= $2
) AS sides GROUP BY call_id HAVING sum(micros) <> 0 ORDER BY call_id;

-- name: hollow_calls
-- Calls that are kept for re-sends though nothing of them was recorded; there are none.
SELECT call_id FROM recognition_call AS c WHERE cell = $1
    AND NOT EXISTS (SELECT FROM recognition_result AS r WHERE r.cell = c.cell AND r.call_id = c.call_id);

-- name: complete_through
-- Since when a transaction of this database has been open, any of which may still record results; now, if there is none.
-- A second is taken off for one that has begun and is not listed yet.
SELECT least(clock_timestamp(), min(xact_start)) - interval '1 second' FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid();

-- name: quarters
-- Ranges of quarters of an hour, each summed for its span.
SELECT p.index, r.certain, r.uncertain, r.failed, r.asked, r.reviewed, r.overturned, r.undecided
FROM unnest($3::int[], $4::int[]) WITH ORDINALITY AS p (first, until, index) CROSS JOIN LATERAL (
    SELECT coalesce(sum(certain), 0)::bigint AS certain, coalesce(sum(uncertain), 0)::bigint AS uncertain,
           coalesce(sum(failed), 0)::bigint AS failed, coalesce(sum(asked), 0)::bigint AS asked,
           coalesce(sum(reviewed), 0)::bigint AS reviewed, coalesce(sum(overturned), 0)::bigint AS overturned,
           coalesce(sum(undecided), 0)::bigint AS undecided
    FROM recognition_quarter
    WHERE cell = $1 AND recognition_id = $2 AND quarter >= p.first AND quarter < p.until
) AS r;

-- name: times
-- The histograms of ranges of quarters of an hour, each summed for its span.
SELECT p.index, r.measure, r.bucket, r.times
FROM unnest($3::int[], $4::int[]) WITH ORDINALITY AS p (first, until, index) CROSS JOIN LATERAL (
    SELECT measure, bucket, sum(times)::bigint AS times FROM recognition_time
    WHERE cell = $1 AND recognition_id = $2 AND quarter >= p.first AND quarter < p.until
    GROUP BY measure, bucket
) AS r;

-- name: day_of
-- One day of several recognitions, by label.
SELECT recognition_id, label, total, review FROM recognition_day
WHERE cell = $1 AND recognition_id = ANY ($2::bigint[]) AND day = $3 ORDER BY recognition_id, label;

-- name: results_before
-- A page of results, the newest first, with what a person said. Filters: what takes everything is null.
SELECT r.result_id, r.at, r.name, r.tag, r.uid, r.sequence_id, r.label, r.rate, r.threshold, r.review, r.fault, r.details,
       r.milliseconds, r.task_id, r.charged_micros, v.state, v.verdict, coalesce(v.refuted, false) AS refuted
FROM recognition_result AS r LEFT JOIN recognition_review AS v ON v.cell = $1 AND v.task_id = r.task_id
WHERE r.cell = $1 AND r.recognition_id = $2 AND (r.at, r.result_id) < ($3, $4) AND (r.at, r.result_id) >= ($5, $6)
  AND ($7::bool IS NULL OR r.review = $7) AND ($8::int IS NULL OR r.label = $8)
  AND ($9::bool IS NULL OR $9 = (v.state IS NOT DISTINCT FROM 1 AND NOT v.refuted AND r.rate > 0 AND v.verdict <> r.label))
ORDER BY r.at DESC, r.result_id DESC LIMIT $10;

-- name: results_floor
-- How far back so many results reach: as far as one page with filters looks.
SELECT at, result_id FROM recognition_result
WHERE cell = $1 AND recognition_id = $2 AND (at, result_id) < ($3, $4)
ORDER BY at DESC, result_id DESC OFFSET $5 LIMIT 1;

-- name: results_after
-- The next of a span's results, the oldest first, with what a person said.
SELECT r.result_id, r.at, r.name, r.tag, r.uid, r.sequence_id, r.label, r.rate, r.threshold, r.review, r.fault, r.details,
       r.milliseconds, r.task_id, r.charged_micros, v.state, v.verdict, coalesce(v.refuted, false) AS refuted
FROM recognition_result AS r LEFT JOIN recognition_review AS v ON v.cell = $1 AND v.task_id = r.task_id
WHERE r.cell = $1 AND r.recognition_id = $2 AND (r.at, r.result_id) > ($3, $4) AND r.at < $5
ORDER BY r.at, r.result_id LIMIT $6;

-- name: verdict_counts
-- Verdicts of several recognitions since an instant, and those on certain results that were drawn by lot.
SELECT recognition_id, count(*) AS verdicts, count(*) FILTER (WHERE rate > 0 AND verdict <> label) AS overturned,
       count(*) FILTER (WHERE sampled) AS sampled,
       count(*) FILTER (WHERE sampled AND rate > 0 AND verdict <> label) AS wrong
FROM recognition_review
WHERE cell = $1 AND recognition_id = ANY ($2::bigint[]) AND state = 1 AND NOT refuted AND ended_at >= $3
GROUP BY recognition_id;
