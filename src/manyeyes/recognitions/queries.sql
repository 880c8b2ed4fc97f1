-- name: recognitions_of
-- An app's recognitions, the oldest first.
SELECT task_id, recognition_id, secret_id, name, recogniser, model, labels, threshold, queue_id, sample_share,
       review_seconds, review_url, price_micros, closed
FROM recognition WHERE secret_id = $1 ORDER BY recognition_id;

-- name: recognition
-- One recognition by the wire's taskId.
SELECT task_id, recognition_id, secret_id, name, recogniser, model, labels, threshold, queue_id, sample_share,
       review_seconds, review_url, price_micros, closed
FROM recognition WHERE task_id = $1;

-- name: days
-- Counts by day and label.
SELECT day, label, total, review, reviewed, overturned FROM recognition_day
WHERE cell = $1 AND recognition_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day, label;

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
