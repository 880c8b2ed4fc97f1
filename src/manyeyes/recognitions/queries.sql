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
